// PROGRAM and --input, which all verbs of the machine take.

import type { ProgramImage } from "@sonm/protocol/machine/elf";
import type { Command } from "commander";
import { readNamedFile } from "../../host/access/files.ts";
import { readProgram } from "../../host/image/program.ts";

const DOCKER_PREFIX = "docker:";

export function takesProgram(command: Command): Command {
  return command
    .argument("<program>", "ELF file, image tar, or docker:NAME for an image in the Docker engine")
    .option("-i, --input <file>", "the unit's input (default: none)");
}

async function fromEngine(reference: string): Promise<Uint8Array> {
  const [{ default: Docker }, { saveImage }] = await Promise.all([
    import("dockerode"),
    import("../../host/image/docker.ts"),
  ]);
  return saveImage(new Docker(), reference);
}

/** Reads the program that an argument names, and the input that an option names. */
export async function readUnit(program: string, input?: string): Promise<{ program: ProgramImage; input: Uint8Array }> {
  const bytes = program.startsWith(DOCKER_PREFIX)
    ? await fromEngine(program.slice(DOCKER_PREFIX.length))
    : await readNamedFile(program);
  return {
    program: await readProgram(bytes),
    input: input === undefined ? new Uint8Array() : await readNamedFile(input),
  };
}
