// Fetches programs and inputs of jobs, and checks them against what the chain says about the jobs.

import { inputPath } from "@sonm/protocol/job/inputs";
import type { Job } from "@sonm/protocol/job/job";
import { decodeManifest, type Manifest, mostManifestBytes } from "@sonm/protocol/job/manifest";
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { Failure } from "@sonm/protocol/values/failure";
import type { ContentId, Hex } from "@sonm/protocol/values/ids";
import { readProgram } from "../../image/program.ts";
import { createByteCache } from "./byte-cache.ts";
import type { Executor } from "./executor.ts";

export type JobSource = {
  /** The job's program. Throws if its root or entry differ from the job's: nobody could win a game about it. */
  program(job: Job): Promise<ProgramImage>;
  /** The input of a unit, checked like the program. */
  input(job: Job, unit: number): Promise<Uint8Array>;
  /** The same, but kept in memory while it is in use, so not fetched and checked again: a game needs its input at every move. */
  inputInPlay(job: Job, unit: number): Promise<Uint8Array>;
  /** Root of a unit's input region and its path to the job's `inputsRoot`. */
  openInput(job: Job, unit: number): Promise<{ readonly root: Hex; readonly path: readonly Hex[] }>;
};

/** Jobs whose program and manifest are kept in memory. */
const KEPT_JOBS = 8;
/** Bytes of inputs in play that are kept in memory. */
const KEPT_INPUT_BYTES = 256 * 2 ** 20;

type Kept = { readonly program: Promise<ProgramImage>; readonly manifest: Promise<Manifest> };

function mismatch(what: string, found: unknown, said: unknown): Failure {
  return new Failure(
    `The ${what} does not fit the job`,
    `it is ${found}, the job says ${said}`,
    "do not take this job",
  );
}

/**
 * @param fetch content by its hash, checked
 * @param executor where roots are computed
 */
export function createJobSource(
  fetch: (id: ContentId, most?: number) => Promise<Uint8Array>,
  executor: Executor,
): JobSource {
  const kept = new Map<string, Kept>();
  const inPlay = createByteCache(KEPT_INPUT_BYTES);

  async function loadProgram(job: Job): Promise<ProgramImage> {
    const program = await readProgram(await fetch(job.image as ContentId));
    if (BigInt(program.entry) !== job.entry) throw mismatch("program's entry", program.entry, job.entry);
    const root = await executor.ask("programRoot", program);
    if (root !== job.programRoot.toLowerCase()) throw mismatch("program's root", root, job.programRoot);
    return program;
  }

  /** The fields of a job on which its program and inputs depend. */
  function keyOf({ image, programRoot, entry, salt, inputsRoot, units }: Job): string {
    return `${image} ${programRoot} ${entry} ${salt} ${inputsRoot} ${units}`;
  }

  function keep(job: Job): Kept {
    const key = keyOf(job);
    const known = kept.get(key);
    if (known) return known;
    const manifest = fetch(job.salt as ContentId, mostManifestBytes(job.units)).then((bytes) =>
      decodeManifest(bytes, job),
    );
    const entry = { program: loadProgram(job), manifest };
    kept.set(key, entry);
    // A failed fetch is forgotten: it may succeed later, when somebody has published the content.
    for (const promise of [entry.program, entry.manifest]) promise.catch(() => kept.delete(key));
    if (kept.size > KEPT_JOBS) kept.delete(kept.keys().next().value as string);
    return entry;
  }

  async function loadInput(job: Job, unit: number): Promise<Uint8Array> {
    const { inputs, inputRoots } = await keep(job).manifest;
    const bytes = await fetch(inputs[unit] as ContentId);
    const [root] = await executor.ask("inputRoots", [bytes]);
    if (root !== inputRoots[unit]?.toLowerCase()) throw mismatch(`input of unit ${unit}`, root, inputRoots[unit]);
    return bytes;
  }

  return {
    program: (job) => keep(job).program,
    input: loadInput,
    inputInPlay: (job, unit) => inPlay.get(`${keyOf(job)} ${unit}`, () => loadInput(job, unit)),
    async openInput(job, unit) {
      const { inputRoots } = await keep(job).manifest;
      return { root: inputRoots[unit] as Hex, path: inputPath(inputRoots, unit) };
    },
  };
}
