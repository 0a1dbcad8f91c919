// Makes a job out of an image, inputs and terms.
import { readFile } from "node:fs/promises";
import { checkJob } from "@sonm/protocol/job/check";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import type { Engine, JobContent } from "../../host/engines/engine.ts";
import type { Referee } from "../../host/referees/referee.ts";
import type { Order } from "./journal.ts";

/** The part of a job that does not follow from its engine, its image and its inputs. */
export type Terms = Omit<Job, keyof JobContent>;

/** The referee that gives the guarantee of the engine's jobs. */
export function refereeFor(
  { guarantee }: Pick<Engine, "guarantee">,
  referees: readonly Pick<Referee, "address" | "guarantee">[],
): Address {
  const referee = referees.find((one) => one.guarantee === guarantee);
  if (referee) return referee.address;
  const why = `no referee of this deployment judges ${guarantee} jobs`;
  throw new Failure("The job has no referee", why, "use another deployment or another image");
}

/** Reads a file that an order is made of. */
export async function readPart(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new Failure(`The file ${path} cannot be read`, (cause as Error).message, "correct the order", { cause });
  }
}

/** Makes an order with these terms from its files. Every call makes a different job, because the manifest has a nonce. */
export async function makeOrder(
  image: Uint8Array,
  inputs: readonly Uint8Array[],
  terms: Terms,
  engine: Pick<Engine, "describe">,
): Promise<Order> {
  const { content, manifest } = await engine.describe(image, inputs);
  const job: Job = { ...terms, ...content };
  checkJob(job);
  return { id: jobId(job), job, manifest };
}
