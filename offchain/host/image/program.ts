// A program as a job brings it: an ELF file, or a Docker image that holds one. Anybody can name any file on the chain, so it is read in
// a thread of its own, which ends at a limit of time or memory. Meanwhile the caller's timers fire.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { ElfRefused, type ProgramImage } from "@sonm/protocol/machine/elf";
import { Failure } from "@sonm/protocol/values/failure";
import type { Reading } from "./program-thread.ts";

export type ThreadLimits = {
  /** milliseconds of real time */
  readonly ms: number;
  /** MiB of objects; contents of files are bounded by the limits of images */
  readonly heapMiB: number;
};

/** An image with the most entries took 12 s on two busy cores. */
const LIMITS: ThreadLimits = { ms: 60_000, heapMiB: 1024 };
/** A failure is told to others in letters, which are short. */
const MOST_WHY = 600;

/** A thread runs a file of the same kind as this one: a TypeScript source, or the JavaScript that it was compiled to. */
const ending = extname(import.meta.url);

/** The last reading: one at a time, so that many images need no more memory than one. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Reads the program from the bytes of an ELF file or of an image.
 * @throws Failure saying what is wrong with it
 */
export async function readProgram(bytes: Uint8Array, limits: ThreadLimits = LIMITS): Promise<ProgramImage> {
  return (await readInTurn(bytes, limits)).program;
}

/**
 * The ELF file itself, which also names places in the program.
 * @throws Failure if there is none
 */
export async function readElf(bytes: Uint8Array): Promise<Uint8Array> {
  return (await readInTurn(bytes, LIMITS)).elf;
}

type Found = Extract<Reading, { program: unknown }>;

function readInTurn(bytes: Uint8Array, limits: ThreadLimits): Promise<Found> {
  const reading = last.then(() => readInThread(bytes, limits));
  last = reading.catch(() => {});
  return reading;
}

function tooMuch(why: string): Failure {
  return new Failure("This file cannot be read", why, "make a smaller image: the program alone is enough");
}

async function readInThread(bytes: Uint8Array, { ms, heapMiB }: ThreadLimits): Promise<Found> {
  // The thread gets a copy: the caller may need its bytes.
  const copy = new Uint8Array(bytes);
  const worker = new Worker(new URL(`./program-thread${ending}`, import.meta.url), {
    workerData: copy,
    transferList: [copy.buffer],
    resourceLimits: { maxOldGenerationSizeMb: heapMiB },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const reading = await new Promise<Reading>((resolve, reject) => {
      timer = setTimeout(() => reject(tooMuch(`it takes longer than ${ms / 1000} s`)), ms);
      worker.on("message", resolve);
      worker.on("error", (error: NodeJS.ErrnoException) =>
        reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? tooMuch(`it needs more than ${heapMiB} MiB`) : error),
      );
      worker.on("exit", () => reject(tooMuch("the thread that read it has ended")));
    });
    if ("program" in reading) return reading;
    const { name, what, why, todo } = reading.failure;
    const short = why.length > MOST_WHY ? `${why.slice(0, MOST_WHY)}…` : why;
    throw name === "ElfRefused" ? new ElfRefused(short, todo) : new Failure(what, short, todo);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
