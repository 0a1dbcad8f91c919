// How often units are run for their games. The counts of steps are exact, whatever the computer.
import assert from "node:assert/strict";
import test from "node:test";
import { PART_ROOM } from "@sonm/protocol/machine/parts";
import { openTrace } from "@sonm/protocol/machine/trace";
import { createTraces, type UnitRun } from "../../../../../offchain/host/engines/machine/traces.ts";
import { PAGE_FILLER } from "../../../protocol/machine/programs.ts";

const EXPONENT = 4;
const LENGTH = 8 ** EXPONENT;
/** A loop of one instruction: every unit runs to the end of its steps. */
const program = { entry: 0x1000, segments: [{ address: 0x1000, data: Uint8Array.of(0x6f, 0, 0, 0) }] };
const runOf = (unit: number): UnitRun => ({ program, input: Uint8Array.of(unit), exponent: EXPONENT });

/** Plays games side by side, a round of all at a time: each asks for the eight states of a segment, which lies in the one before. */
function play(traces: ReturnType<typeof createTraces>, games: readonly { unit: number; seed: number }[]): void {
  const at = games.map(() => 0);
  for (let depth = 1; depth <= EXPONENT; depth++) {
    const distance = 8 ** (EXPONENT - depth);
    for (const [game, { unit, seed }] of games.entries()) {
      const trace = traces.of(`unit ${unit}`, runOf(unit));
      const first = at[game] as number;
      for (let i = 1; i <= 8; i++) trace.stateAt(first + i * distance);
      at[game] = first + ((seed + depth) % 8) * distance;
    }
  }
}

for (const count of [1, 4, 16, 32]) {
  test(`G4: ${count} games about different units cost one run a game`, () => {
    const traces = createTraces({});
    play(
      traces,
      Array.from({ length: count }, (_, unit) => ({ unit, seed: unit })),
    );
    assert.equal(traces.open(), count);
    // The first round runs the unit, the following ones an eighth, a sixty-fourth … of it.
    const runs = traces.executed() / LENGTH / count;
    assert.ok(runs >= 1 && runs <= 1.15, `${runs} runs a game`);
  });
}

test("G4: 16 games about one unit cost one run, and the segments that they are about", () => {
  const traces = createTraces({});
  play(
    traces,
    Array.from({ length: 16 }, (_, seed) => ({ unit: 7, seed })),
  );
  assert.equal(traces.open(), 1);
  const runs = traces.executed() / LENGTH;
  assert.ok(runs >= 1 && runs <= 1 + 16 / 7, `${runs} runs`);
});

test("S2b: traces that do not fit together give way, the least recently used first, and say the same", () => {
  const traces = createTraces({ memory: 8 * PART_ROOM });
  for (const unit of [0, 1, 2, 3, 4, 5, 0, 5, 1, 2]) {
    const state = traces.of(`unit ${unit}`, runOf(unit)).stateAt(LENGTH);
    assert.deepEqual(state, openTrace({ program, input: Uint8Array.of(unit), exponent: EXPONENT }).stateAt(LENGTH));
    // Each has two parts: program and input.
    assert.ok(traces.open() <= 4);
  }
  const before = traces.executed();
  traces.of("unit 2", runOf(2)).stateAt(LENGTH);
  assert.equal(traces.executed(), before, "the last used one is still there");
  traces.of("unit 3", runOf(3)).stateAt(LENGTH);
  assert.equal(traces.executed(), before + LENGTH);
});

test("S2b: a run that needs more than there is says so, and the next one has all of it", () => {
  const traces = createTraces({ memory: 8 * 2 ** 20 });
  const filler = traces.of("filler", { program: PAGE_FILLER, input: new Uint8Array(), exponent: 6 });
  assert.throws(() => filler.result(), { name: "NeedsMoreMemory", why: /which is 8 MiB$/ });
  assert.equal(traces.open(), 0);
  assert.equal(traces.of("unit 1", runOf(1)).result().steps, LENGTH);
  // A question that needs less is answered.
  assert.equal(filler.stateAt(100).length, 32);
});
