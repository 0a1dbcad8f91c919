// One executed step as a line for people, and as data for programs.
import type { StepRecord } from "@sonm/protocol/machine/step-record";
import type { Terminal } from "../../host/terminal/terminal.ts";

/** 0x and at least `digits` digits. */
function hex(value: number | bigint, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

/** A record as one line. */
export function showStep(record: StepRecord, terminal: Terminal): string {
  const { paint } = terminal;
  const effects = record.changes.map(({ name, before, after }) =>
    name === "pc"
      ? paint("dim", `→ ${hex(after)}`)
      : `${paint("cyan", name)} ${paint("dim", `${hex(before)} →`)} ${hex(after)}`,
  );
  if (record.memory)
    effects.push(`${paint("magenta", `[${hex(record.memory.address, 8)}]`)} ${hex(record.memory.value)}`);
  if (record.halted) effects.push(paint("yellow", `halts: ${record.halted}`));
  const place = `${String(record.step).padStart(10)}  ${paint("dim", hex(record.pc, 8))}  ${record.instruction.padEnd(28)}`;
  return `${place}  ${effects.join("   ")}`.trimEnd();
}

/** A record without bigints, for JSON: values as 0x… strings. */
export function stepData({ changes, memory, ...rest }: StepRecord): Record<string, unknown> {
  return {
    ...rest,
    changes: changes.map(({ name, before, after }) => ({ name, before: hex(before), after: hex(after) })),
    memory: memory ? { address: memory.address, size: memory.size, value: hex(memory.value) } : null,
    halted: rest.halted ?? null,
  };
}
