// A program as a job brings it: an ELF file, or a Docker image that holds one.

import { loadElf, type ProgramImage } from "@sonm/protocol/machine/elf";
import { Failure } from "@sonm/protocol/values/failure";
import { readImage } from "./read.ts";

/** First bytes of a file of this kind, in hex. */
const ELF = /^7f454c46/;
const COMPRESSED = /^(1f8b|28b52ffd)/;
/** Text at byte 257 of every tar. */
const TAR = "ustar";

/**
 * Reads the program from the bytes of an ELF file or of a docker-archive tar.
 * @throws Failure saying what is wrong with it
 */
export async function readProgram(bytes: Uint8Array): Promise<ProgramImage> {
  return loadElf(await elfIn(bytes));
}

async function elfIn(bytes: Uint8Array): Promise<Uint8Array> {
  const start = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  if (ELF.test(start)) return bytes;
  const isArchive = COMPRESSED.test(start) || Buffer.from(bytes.subarray(257, 262)).toString() === TAR;
  if (isArchive) return (await readImage(bytes)).elf;
  throw new Failure(
    "This file is no program",
    "it is neither an ELF file nor an image tar",
    "give a static riscv64 executable (see guest/README.md), or what `sonm image build` or `docker save` wrote",
  );
}
