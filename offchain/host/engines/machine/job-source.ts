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

/**
 * Fetches content and reads it, or refuses to.
 * @param name everything on which the outcome depends
 */
export type Reading = <Content, T>(
  name: string,
  fetch: () => Promise<Content>,
  read: (content: Content) => T | Promise<T>,
) => Promise<T>;

/** Jobs whose program and manifest are kept in memory. */
const KEPT_JOBS = 8;
/** Bytes of inputs in play that are kept in memory. */
const KEPT_INPUT_BYTES = 256 * 2 ** 20;

/** What has been asked for of a job. */
type Kept = { program?: Promise<ProgramImage> | undefined; manifest?: Promise<Manifest> | undefined };

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
 * @param reading how content is read; as it comes, if not given
 */
export function createJobSource(
  fetch: (id: ContentId, most?: number) => Promise<Uint8Array>,
  executor: Executor,
  reading: Reading = (_name, fetch, read) => fetch().then(read),
): JobSource {
  const kept = new Map<string, Kept>();
  const inPlay = createByteCache(KEPT_INPUT_BYTES);

  async function loadProgram({ image, entry, programRoot }: Job): Promise<ProgramImage> {
    return reading(
      `program of image ${image} with root ${programRoot} and entry ${entry}`,
      () =>
        reading(
          `image ${image}`,
          () => fetch(image as ContentId),
          (bytes) => readProgram(bytes),
        ),
      async (program) => {
        if (BigInt(program.entry) !== entry) throw mismatch("program's entry", program.entry, entry);
        const root = await executor.ask("programRoot", program);
        if (root !== programRoot.toLowerCase()) throw mismatch("program's root", root, programRoot);
        return program;
      },
    );
  }

  function loadManifest(job: Job): Promise<Manifest> {
    const { salt, units, image, inputsRoot } = job;
    return reading(
      `manifest ${salt} of ${units} units of image ${image} with inputs ${inputsRoot}`,
      () => fetch(salt as ContentId, mostManifestBytes(units)),
      (bytes) => decodeManifest(bytes, job),
    );
  }

  /** The fields of a job on which its program and inputs depend. */
  function keyOf({ image, programRoot, entry, salt, inputsRoot, units }: Job): string {
    return `${image} ${programRoot} ${entry} ${salt} ${inputsRoot} ${units}`;
  }

  function keep(job: Job): Kept {
    const key = keyOf(job);
    const known = kept.get(key);
    if (known) return known;
    const entry: Kept = {};
    kept.set(key, entry);
    if (kept.size > KEPT_JOBS) kept.delete(kept.keys().next().value as string);
    return entry;
  }

  // A failed fetch is forgotten: it may succeed later, when somebody has published the content.

  function programOf(job: Job): Promise<ProgramImage> {
    const entry = keep(job);
    if (entry.program) return entry.program;
    const program = loadProgram(job);
    entry.program = program;
    program.catch(() => {
      entry.program = undefined;
    });
    return program;
  }

  function manifestOf(job: Job): Promise<Manifest> {
    const entry = keep(job);
    if (entry.manifest) return entry.manifest;
    const manifest = loadManifest(job);
    entry.manifest = manifest;
    manifest.catch(() => {
      entry.manifest = undefined;
    });
    return manifest;
  }

  async function loadInput(job: Job, unit: number): Promise<Uint8Array> {
    const { inputs, inputRoots } = await manifestOf(job);
    const id = inputs[unit] as ContentId;
    return reading(
      `input ${id} with root ${inputRoots[unit]}`,
      () => fetch(id),
      async (bytes) => {
        const [root] = await executor.ask("inputRoots", [bytes]);
        if (root !== inputRoots[unit]?.toLowerCase()) throw mismatch(`input of unit ${unit}`, root, inputRoots[unit]);
        return bytes;
      },
    );
  }

  return {
    program: programOf,
    input: loadInput,
    inputInPlay: (job, unit) => inPlay.get(`${keyOf(job)} ${unit}`, () => loadInput(job, unit)),
    async openInput(job, unit) {
      const { inputRoots } = await manifestOf(job);
      return { root: inputRoots[unit] as Hex, path: inputPath(inputRoots, unit) };
    },
  };
}
