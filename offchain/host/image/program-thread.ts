// The thread that reads one program, and ends.
import { parentPort, workerData } from "node:worker_threads";
import { loadElf, type ProgramImage } from "@sonm/protocol/machine/elf";
import { Failure } from "@sonm/protocol/values/failure";
import { isCompressed } from "./compression.ts";
import { readImage } from "./read.ts";

/** What the thread says: the program, or why there is none. A failure loses its class when it is copied between threads. */
export type Reading =
  | { readonly program: ProgramImage; readonly elf: Uint8Array }
  | { readonly failure: { readonly name: string; readonly what: string; readonly why: string; readonly todo: string } };

/** First bytes of an ELF file. */
const ELF = "7f454c46";
/** Text at byte 257 of every tar. */
const TAR = "ustar";

function elfIn(bytes: Uint8Array): Uint8Array {
  if (Buffer.from(bytes.subarray(0, 4)).toString("hex") === ELF) return bytes;
  if (isCompressed(bytes) || Buffer.from(bytes.subarray(257, 262)).toString() === TAR) return readImage(bytes).elf;
  throw new Failure(
    "This file is no program",
    "it is neither an ELF file nor an image tar",
    "give a static riscv64 executable (see guest/README.md), or what `sonm image build` or `docker save` wrote",
  );
}

function read(bytes: Uint8Array): void {
  try {
    const elf = elfIn(bytes);
    parentPort?.postMessage({ program: loadElf(elf), elf } satisfies Reading, [elf.buffer as ArrayBuffer]);
  } catch (error) {
    const { name, what, why, todo } =
      error instanceof Failure
        ? error
        : {
            name: "Failure",
            what: "This file cannot be read",
            why: String(error),
            todo: "this is a fault of sonm: report it, with the file",
          };
    parentPort?.postMessage({ failure: { name, what, why, todo } } satisfies Reading);
  }
}

read(workerData as Uint8Array);
