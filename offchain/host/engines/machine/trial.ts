// A run that nobody will ever dispute: it keeps nothing but how it ended.

import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { type Ending, endingOf } from "@sonm/protocol/machine/ending";
import { faultOf, faultWords } from "@sonm/protocol/machine/fault";
import { createMachine, type Machine } from "@sonm/protocol/machine/machine";
import { createRoom, MemoryShort } from "@sonm/protocol/machine/room";
import { type Content, contentSource } from "../../disk/content-file.ts";
import { NeedsMoreMemory } from "../engine.ts";

export type Trying = {
  readonly program: ProgramImage;
  readonly input: Content;
  readonly exponent: number;
  /** bytes that the run may take */
  readonly memory: number;
};

export type Tried = Ending & { readonly fault: string | undefined };

/** Steps between two words about how far it has come: a second or two. */
const SLICE = 2 ** 24;

/**
 * Runs a program on an input to its end, or for `8^exponent` steps. Meanwhile it says how many it has done.
 * @throws NeedsMoreMemory
 */
export function* tryOut({ program, input, exponent, memory }: Trying): Generator<number, Tried> {
  const last = 8 ** exponent;
  let machine: Machine | undefined;
  try {
    machine = createMachine(program, contentSource(input), createRoom(memory));
    for (let until = SLICE; ; until += SLICE) {
      machine.run(Math.min(until, last));
      const ending = endingOf(machine.words);
      if (ending.halt !== 0 || until >= last) {
        const fault = faultOf(machine);
        return { ...ending, fault: fault && faultWords(fault) };
      }
      yield ending.steps;
    }
  } catch (error) {
    throw error instanceof MemoryShort ? new NeedsMoreMemory(memory) : error;
  } finally {
    machine?.close();
  }
}
