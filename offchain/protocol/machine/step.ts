// One step, and many (PROTOCOL.md, section 3.3).
import { instructionAt } from "./code-cache.ts";
import { HALTED, type Hart, lowHalf, trap } from "./hart.ts";
import { CAUSE_MISALIGNED_JUMP, HALT, PC, STEP } from "./layout.ts";
import { load32 } from "./memory.ts";

function execute(h: Hart, pc: number): number | undefined {
  if (pc & 3) return trap(h, pc, CAUSE_MISALIGNED_JUMP, pc);
  const instruction = instructionAt(pc, load32(h.memory, pc));
  return instruction.execute(h, instruction, pc);
}

/**
 * Executes `count` steps, fewer if the machine halts.
 * @returns steps executed; a step that halts counts
 */
export function advance(h: Hart, count: number): number {
  if (h.words[HALT] !== 0n) return 0;
  let pc = lowHalf(h, PC);
  let done = 0;
  while (done < count) {
    const next = execute(h, pc);
    done++;
    h.words[STEP] = (h.words[STEP] as bigint) + 1n;
    if (next === undefined) pc = (pc + 4) >>> 0;
    else if (next !== HALTED) pc = next;
    else {
      // Halting changes nothing else: if the machine halts at once, the word of the pc keeps its value.
      if (done > 1) h.words[PC] = BigInt(pc);
      return done;
    }
  }
  if (done > 0) h.words[PC] = BigInt(pc);
  return done;
}
