// Images in a Docker engine.
import { Readable } from "node:stream";
import { Failure } from "@sonm/protocol/values/failure";
import type Docker from "dockerode";

/**
 * The docker-archive tar of an image in the engine, as `docker save` writes it.
 * @param reference name, name:tag or id
 * @throws Failure if there is no engine, or no such image in it
 */
export async function saveImage(docker: Docker, reference: string): Promise<Uint8Array> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of await docker.getImage(reference).get()) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (cause) {
    throw engineFailure(`Cannot read the image ${reference} from the Docker engine`, cause);
  }
}

/**
 * Puts an image into the engine, as `docker load` does.
 * @throws Failure if there is no engine, or it refuses the image
 */
export async function loadImage(docker: Docker, tar: Uint8Array): Promise<void> {
  try {
    const progress = await docker.loadImage(Readable.from([tar]));
    let said = "";
    for await (const chunk of progress) said += chunk;
    if (/"error"/.test(said)) throw new Error(said.trim());
  } catch (cause) {
    throw engineFailure("Cannot load the image into the Docker engine", cause);
  }
}

function engineFailure(what: string, cause: unknown): Failure {
  const error = cause as Partial<NodeJS.ErrnoException & { statusCode: number }>;
  const why = error.message || error.code || String(cause);
  const unreachable = ["ENOENT", "ECONNREFUSED", "EACCES", "ECONNRESET"].includes(error.code ?? "");
  const todo = unreachable
    ? "start Docker and make sure that you may use its socket; or save the image to a file and name that"
    : error.statusCode === 404
      ? "see `docker images` for what there is"
      : "read the engine's words above";
  return new Failure(what, why, todo, { cause });
}
