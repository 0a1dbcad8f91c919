// A run that nobody will ever dispute: it keeps nothing but how it ended.

import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { type Ending, endingOf } from "@sonm/protocol/machine/ending";
import { faultOf, faultWords } from "@sonm/protocol/machine/fault";
import { createMachine } from "@sonm/protocol/machine/machine";
import { type Content, contentSource } from "../../disk/content-file.ts";

/** Runs a program on an input to its end, or for `8^exponent` steps. */
export function tryOut(question: {
  readonly program: ProgramImage;
  readonly input: Content;
  readonly exponent: number;
}): Ending & { readonly fault: string | undefined } {
  const machine = createMachine(question.program, contentSource(question.input));
  try {
    machine.run(8 ** question.exponent);
    const fault = faultOf(machine);
    return { ...endingOf(machine.words), fault: fault && faultWords(fault) };
  } finally {
    machine.close();
  }
}
