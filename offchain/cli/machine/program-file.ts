// PROGRAM and --input, which all verbs of the machine take.

import { loadElf, type ProgramImage } from "@sonm/protocol/machine/elf";
import type { Fault } from "@sonm/protocol/machine/fault";
import { symbolAt } from "@sonm/protocol/machine/symbols";
import { plain } from "@sonm/protocol/values/plain";
import type { Command } from "commander";
import { readNamedFile } from "../../host/access/files.ts";
import { readElf } from "../../host/image/program.ts";

const DOCKER_PREFIX = "docker:";

export function takesProgram(command: Command): Command {
  return command
    .argument("<program>", "ELF file, image tar, or docker:NAME for an image in the Docker engine")
    .option("-i, --input <file>", "the unit's input; - for stdin (default: none)");
}

async function fromEngine(reference: string): Promise<Uint8Array> {
  const [{ default: Docker }, { saveImage }] = await Promise.all([
    import("dockerode"),
    import("../../host/image/docker.ts"),
  ]);
  return saveImage(new Docker(), reference);
}

/** What a verb of the machine runs. */
export type Unit = {
  readonly program: ProgramImage;
  readonly input: Uint8Array;
  /** What the program calls the place of a fault, as a terminal can show it; undefined if it has no names. */
  symbolOf(fault: Fault): string | undefined;
};

/** Reads the program that an argument names, and the input that an option names. */
export async function readUnit(program: string, input?: string): Promise<Unit> {
  const bytes = program.startsWith(DOCKER_PREFIX)
    ? await fromEngine(program.slice(DOCKER_PREFIX.length))
    : await readNamedFile(program);
  const elf = await readElf(bytes);
  return {
    program: loadElf(elf),
    input: input === undefined ? new Uint8Array() : await readNamedFile(input),
    symbolOf({ address }) {
      const symbol = symbolAt(elf, address);
      return symbol === undefined ? undefined : plain(symbol);
    },
  };
}
