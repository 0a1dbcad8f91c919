// Fetches programs and inputs of jobs, and checks them against what the chain says about the jobs.

import type { Job } from "@sonm/protocol/job/job";
import { mostManifestBytes } from "@sonm/protocol/job/manifest";
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { Failure } from "@sonm/protocol/values/failure";
import type { ContentId, Hex } from "@sonm/protocol/values/ids";
import type { ContentFile } from "../../disk/content-file.ts";
import { readProgram } from "../../image/program.ts";
import type { Executor } from "./executor.ts";
import type { Held, InputFiles } from "./input-files.ts";
import { hashAt } from "./input-list.ts";

export type JobSource = {
  /** The job's program. Throws if its root or entry differ from the job's: nobody could win a game about it. */
  program(job: Job): Promise<ProgramImage>;
  /**
   * The input of a unit, checked like the program, as a file that stays while `use` has not ended. What is asked for again and again, as by a
   * game at every move, is not fetched and checked again.
   */
  withInput<T>(job: Job, unit: number, use: (file: ContentFile) => Promise<T>): Promise<T>;
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
/** Units of a job whose manifest is read: 136 MiB. Twice as many need more objects than a thread may have. */
const MOST_UNITS = 2 ** 20;
/** Inputs whose roots are remembered. */
const KEPT_ROOTS = 4096;

/** Has one done after the other, so that much content needs no more memory than the largest one of it. */
function inTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}

function mismatch(what: string, found: unknown, said: unknown): Failure {
  return new Failure(
    `The ${what} does not fit the job`,
    `it is ${found}, the job says ${said}`,
    "do not take this job",
  );
}

/** The fields of a job on which its program and inputs depend. */
function keyOf({ image, programRoot, entry, salt, inputsRoot, units }: Job): string {
  return `${image} ${programRoot} ${entry} ${salt} ${inputsRoot} ${units}`;
}

/** Loads something of a job once, and keeps it. A failure is not kept: what is missing may be published later. */
function onceForJob<T>(load: (job: Job) => Promise<T>): (job: Job) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (job) => {
    const key = keyOf(job);
    const known = kept.get(key);
    if (known) return known;
    const loading = load(job);
    kept.set(key, loading);
    if (kept.size > KEPT_JOBS) kept.delete(kept.keys().next().value as string);
    loading.catch(() => {
      if (kept.get(key) === loading) kept.delete(key);
    });
    return loading;
  };
}

/**
 * @param fetch content by its hash, checked
 * @param files where inputs are kept
 * @param executor where roots are computed
 * @param reading how content is read; as it comes, if not given
 */
export function createJobSource(
  fetch: (id: ContentId, most?: number) => Promise<Uint8Array>,
  files: InputFiles,
  executor: Executor,
  reading: Reading = (_name, fetch, read) => fetch().then(read),
): JobSource {
  const [images, manifests] = [inTurns(), inTurns()];
  /** roots of input regions by content; the content of an id is always the same */
  const roots = new Map<ContentId, Hex>();

  const programOf = onceForJob(({ image, entry, programRoot }) =>
    reading(
      `program of image ${image} with root ${programRoot} and entry ${entry}`,
      () =>
        images(() =>
          reading(
            `image ${image}`,
            () => fetch(image as ContentId),
            (bytes) => readProgram(bytes),
          ),
        ),
      async (program) => {
        if (BigInt(program.entry) !== entry) throw mismatch("program's entry", program.entry, entry);
        const root = await executor.ask("programRoot", program);
        if (root !== programRoot.toLowerCase()) throw mismatch("program's root", root, programRoot);
        return program;
      },
    ),
  );

  const manifestOf = onceForJob(async ({ salt, units, image, inputsRoot }) => {
    if (units > MOST_UNITS) {
      const why = `it has ${units.toLocaleString("en-US")} units, and at most ${MOST_UNITS.toLocaleString("en-US")} are read`;
      throw new Failure("The job is too large", why, "make several jobs of it");
    }
    return manifests(() =>
      reading(
        `manifest ${salt} of ${units} units of image ${image} with inputs ${inputsRoot}`,
        () => fetch(salt as ContentId, mostManifestBytes(units)),
        (bytes) => executor.ask("manifest", { bytes, about: { units, image, inputsRoot } }),
      ),
    );
  });

  /** The id of a unit's input, and the root of its region. */
  async function inputOf(job: Job, unit: number): Promise<{ readonly id: ContentId; readonly root: Hex }> {
    const { ids, roots } = await manifestOf(job);
    return { id: hashAt(ids, unit) as ContentId, root: hashAt(roots, unit) };
  }

  async function rootOf(id: ContentId, file: ContentFile): Promise<Hex> {
    const known = roots.get(id);
    if (known) return known;
    const { root } = await executor.ask("inputRoot", file);
    roots.set(id, root);
    if (roots.size > KEPT_ROOTS) roots.delete(roots.keys().next().value as ContentId);
    return root;
  }

  async function withInput<T>(job: Job, unit: number, use: (file: ContentFile) => Promise<T>): Promise<T> {
    const said = await inputOf(job, unit);
    const { id } = said;
    const held: Held[] = [];
    try {
      const file = await reading(
        `input ${id} with root ${said.root}`,
        async () => {
          const one = await files.hold(id);
          held.push(one);
          return one.file;
        },
        async (file) => {
          const root = await rootOf(id, file);
          if (root !== said.root) throw mismatch(`input of unit ${unit}`, root, said.root);
          return file;
        },
      );
      return await use(file);
    } finally {
      for (const { release } of held) release();
    }
  }

  return {
    program: programOf,
    withInput,
    async openInput(job, unit) {
      const { roots } = await manifestOf(job);
      return { root: hashAt(roots, unit), path: await executor.ask("inputPath", { roots, unit }) };
    },
  };
}
