// A program as a job brings it: an ELF file, or a Docker image that holds one.
import { loadElf, type ProgramImage } from "../core/machine/elf.ts";
import { readImage } from "./image/read.ts";

const ELF_MAGIC = "7f454c46";

/**
 * Reads the program from the bytes of an ELF file or of a docker-archive tar.
 * @throws Failure saying what is wrong with it
 */
export async function readProgram(bytes: Uint8Array): Promise<ProgramImage> {
  return loadElf(await elfIn(bytes));
}

async function elfIn(bytes: Uint8Array): Promise<Uint8Array> {
  const isElf = Buffer.from(bytes.subarray(0, 4)).toString("hex") === ELF_MAGIC;
  return isElf ? bytes : (await readImage(bytes)).elf;
}
