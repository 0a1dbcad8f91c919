// Makes a job out of an image, inputs and terms.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { checkJob } from "@sonm/protocol/job/check";
import { inputsRoot } from "@sonm/protocol/job/inputs";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { encodeManifest } from "@sonm/protocol/job/manifest";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { Failure } from "@sonm/protocol/values/failure";
import { bytesToHex } from "viem";
import type { Executor } from "../../host/engines/machine/executor.ts";
import { readProgram } from "../../host/image/program.ts";
import type { Order } from "./journal.ts";

/** All of a job that does not follow from its program and its inputs. */
export type Terms = Omit<Job, "image" | "programRoot" | "entry" | "inputsRoot" | "units" | "salt">;

/** Reads a file that an order is made of. */
export async function readPart(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new Failure(`The file ${path} cannot be read`, (cause as Error).message, "correct the order", { cause });
  }
}

/** The order that has these terms, computed from its files. Every call makes another job: the manifest has a nonce. */
export async function makeOrder(
  image: Uint8Array,
  inputs: readonly Uint8Array[],
  terms: Terms,
  executor: Executor,
): Promise<Order> {
  const program = await readProgram(image);
  const inputRoots = await executor.ask("inputRoots", inputs);
  const manifest = encodeManifest({
    image: contentIdOf(image),
    inputs: inputs.map(contentIdOf),
    inputRoots,
    nonce: bytesToHex(randomBytes(32)),
  });
  const job: Job = {
    ...terms,
    image: contentIdOf(image),
    programRoot: await executor.ask("programRoot", program),
    entry: BigInt(program.entry),
    inputsRoot: inputsRoot(inputRoots),
    units: inputs.length,
    salt: contentIdOf(manifest),
  };
  checkJob(job);
  return { id: jobId(job), job, manifest };
}
