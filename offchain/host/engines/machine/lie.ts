// The lies that a miner can be configured to tell, for demonstrations and tests. A liar is the honest miner with one corrupted state.

import { LENGTH_SIZE, MSCRATCH, OUTPUT_START } from "@sonm/protocol/machine/layout";
import type { Corruption } from "@sonm/protocol/machine/trace";
import { Failure } from "@sonm/protocol/values/failure";

/** Which state in the run of a unit is corrupted, and which part of that state. */
export type Lie =
  /** the first byte of the output, when the run ends */
  | { readonly kind: "output" }
  /** a word that no later instruction touches, in the state reached at this step */
  | { readonly kind: "step"; readonly step: number }
  /** the same at the first step */
  | { readonly kind: "first" }
  /** the same at the step that ends the run */
  | { readonly kind: "last" }
  /** the same in a state after the machine has halted */
  | { readonly kind: "after-halt" }
  /** a register, at a step or just before the run ends */
  | { readonly kind: "register"; readonly register: number; readonly step: number | undefined }
  /** eight bytes of memory, at a step or just before the run ends */
  | { readonly kind: "memory"; readonly address: number; readonly step: number | undefined };

/** How lies are written, for messages. */
export const LIE_SYNTAX = "output | step:N | first | last | after-halt | register:N[@STEP] | memory:ADDRESS[@STEP]";

/** Reads a lie as it is written in a configuration or on a command line. */
export function parseLie(text: string): Lie {
  const [kind = "", rest] = text.split(":", 2);
  const [value, at] = (rest ?? "").split("@", 2);
  const number = (digits: string | undefined) => (digits === undefined || digits === "" ? Number.NaN : Number(digits));
  const step = at === undefined ? undefined : number(at);
  const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0;
  const plain = rest === undefined;
  if (plain && (kind === "output" || kind === "first" || kind === "last" || kind === "after-halt")) return { kind };
  const target = number(value);
  if (kind === "step" && isCount(target) && target > 0 && at === undefined) return { kind, step: target };
  if (isCount(target) && (step === undefined || isCount(step))) {
    if (kind === "register" && target >= 1 && target <= 31) return { kind, register: target, step };
    if (kind === "memory" && target < 2 ** 32) return { kind, address: target, step };
  }
  throw new Failure(`There is no lie "${text}"`, "it is not written as one", `write one of: ${LIE_SYNTAX}`);
}

/**
 * The corruption that tells this lie.
 * @param steps executed by the honest run
 * @param length of the run as the game sees it: 8^m
 */
export function corruptionOf(lie: Lie, steps: number, length: number): Corruption {
  // Programs without a trap handler leave `mscratch` alone: a value written there is still there at the end.
  const quiet = (step: number): Corruption => ({ step, change: { register: MSCRATCH }, xor: 1n });
  // The state before the last instruction: only that instruction can still overwrite the change.
  const late = Math.max(0, steps - 1);
  switch (lie.kind) {
    case "output":
      return { step: steps, change: { address: OUTPUT_START + LENGTH_SIZE }, xor: 1n };
    case "step":
      return quiet(Math.min(lie.step, length));
    case "first":
      return quiet(1);
    case "last":
      return quiet(steps);
    case "after-halt":
      return quiet(steps + Math.ceil((length - steps) / 2));
    case "register":
      return { step: lie.step ?? late, change: { register: lie.register }, xor: 1n };
    case "memory":
      return { step: lie.step ?? late, change: { address: lie.address }, xor: 1n };
  }
}
