// Traces with little memory, and traces that are opened again from what an earlier one has kept.
import assert from "node:assert/strict";
import test from "node:test";
import type { Checkpoints } from "@sonm/protocol/machine/checkpoint";
import { PART_ROOM } from "@sonm/protocol/machine/parts";
import { createRoom } from "@sonm/protocol/machine/room";
import { type Corruption, openTrace } from "@sonm/protocol/machine/trace";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { PAGE_FILLER, SIEVE, SUM } from "./programs.ts";

const input = Uint8Array.from({ length: 20 }, (_, i) => 3 * i);
const EXPONENT = 4;
const LAST = 8 ** EXPONENT;

/** Checkpoints in memory. The test can damage `files`. */
function checkpointsInMemory(name: string, files = new Map<number, Uint8Array>(), most = Number.POSITIVE_INFINITY) {
  const checkpoints: Checkpoints = {
    name,
    steps: () => [...files.keys()],
    write(step, size, parts) {
      const bytes = Buffer.concat([...parts]);
      assert.equal(bytes.length, size);
      if (size > most) return false;
      files.set(step, bytes);
      return true;
    },
    read(step, use) {
      let at = 0;
      const bytes = files.get(step);
      return (
        bytes &&
        use((into) => {
          const part = bytes.subarray(at, at + into.length);
          into.set(part);
          at += part.length;
          return part.length === into.length;
        })
      );
    },
    remove: (step) => void files.delete(step),
  };
  return { checkpoints, files };
}

const asked = fc.array(fc.nat(LAST), { minLength: 1, maxLength: 12 });
const programs = fc.constantFrom(SUM, SIEVE, PAGE_FILLER);
const corruptions = fc.option(
  fc.record({ step: fc.nat(LAST), change: fc.constant({ register: 9 }), xor: fc.constant(1n) }),
);

test("S2b: a trace with hardly any memory says what one with plenty says, in any order of questions", () => {
  fc.assert(
    fc.property(programs, asked, corruptions, fc.nat(20), (program, asked, lie, spare) => {
      const run = { program, input, exponent: EXPONENT, ...(lie && { corruption: lie as Corruption }) };
      const plenty = openTrace(run);
      const { memory } = openTrace(run).result();
      const room = createRoom(memory + spare * PART_ROOM);
      const short = openTrace({ ...run, room, keeping: { count: 8, gap: 16 } });
      for (const step of asked) {
        assert.deepEqual(short.stateAt(step), plenty.stateAt(step), `step ${step}`);
        assert.deepEqual(short.witnessAt(step), plenty.witnessAt(step), `step ${step}`);
      }
      assert.deepEqual(short.result(), plenty.result());
      // A witness may need one part more than the run, for a page that a later step writes.
      assert.ok(room.taken <= memory + (spare + 2) * PART_ROOM);
    }),
    fuzz(25),
  );
});

/** The run below has two parts of memory, which are worth a checkpoint every 2^21 steps. */
const keeping = { count: 8, gap: 64, apart: 256 };
/** A run that does not halt and stays small: a loop of one instruction. */
const program = { entry: 0x1000, segments: [{ address: 0x1000, data: Uint8Array.of(0x6f, 0, 0, 0) }] };
const long = { program, input, exponent: 8 };
/** The distance of the first states in a game. */
const EIGHTH = 8 ** 7;

test("S4: a run that is opened again goes on from what was kept of it, not from step 0", () => {
  const { checkpoints, files } = checkpointsInMemory("a run");
  const first = openTrace({ ...long, keeping, checkpoints });
  const end = first.result();
  assert.equal(first.executed(), 8 ** 8);
  assert.deepEqual(
    [...files.keys()],
    [1, 2, 3, 4, 5, 6, 7].map((i) => i * EIGHTH),
  );
  first.close();

  const second = openTrace({ ...long, keeping, checkpoints });
  assert.deepEqual(second.result(), end);
  assert.equal(second.executed(), EIGHTH);
  // The opening states of a game.
  const third = openTrace({ ...long, keeping, checkpoints });
  const plain = openTrace(long);
  for (let i = 1; i <= 8; i++) assert.deepEqual(third.stateAt(i * EIGHTH), plain.stateAt(i * EIGHTH));
  assert.equal(third.executed(), EIGHTH);
});

test("S4: a checkpoint that is damaged, cut off, of another run or of another step is not used", () => {
  const { checkpoints, files } = checkpointsInMemory("a run");
  openTrace({ ...long, keeping, checkpoints }).result();
  const honest = openTrace(long);
  const [step = 0] = files.keys();
  const good = files.get(step) ?? assert.fail("nothing was kept");
  const other = checkpointsInMemory("another run", new Map(files));
  const cases: [string, Checkpoints, Map<number, Uint8Array>][] = [["another run", other.checkpoints, other.files]];
  for (const at of [0, 31, 40, 700, good.length - 1]) {
    const bytes = good.slice();
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const { checkpoints, files } = checkpointsInMemory("a run", new Map([[step, bytes]]));
    cases.push([`byte ${at}`, checkpoints, files]);
  }
  for (const length of [0, 10, 680, good.length - 1]) {
    const cut = checkpointsInMemory("a run", new Map([[step, good.slice(0, length)]]));
    cases.push([`cut to ${length}`, cut.checkpoints, cut.files]);
  }
  const moved = checkpointsInMemory("a run", new Map([[step + 64, good]]));
  cases.push(["another step", moved.checkpoints, moved.files]);
  for (const [what, checkpoints, files] of cases) {
    const trace = openTrace({ ...long, keeping: { count: 8, gap: 64, apart: 2 ** 30 }, checkpoints });
    const asked = Math.max(...files.keys()) + 1000;
    assert.deepEqual(trace.stateAt(asked), honest.stateAt(asked), what);
    assert.equal(trace.executed(), asked, what);
    assert.equal(files.size, 0, `${what}: removed`);
  }
});

test("S4: a whole checkpoint is used", () => {
  const { checkpoints, files } = checkpointsInMemory("a run");
  openTrace({ ...long, keeping, checkpoints }).result();
  const step = Math.min(...files.keys());
  const trace = openTrace({ ...long, keeping, checkpoints });
  trace.stateAt(step + 10);
  assert.equal(trace.executed(), 10);
});

test("S4: where nothing can be kept, a trace only takes longer", () => {
  const { checkpoints, files } = checkpointsInMemory("a run", new Map(), 10);
  const trace = openTrace({ ...long, keeping, checkpoints });
  trace.result();
  assert.equal(files.size, 0);
  assert.equal(trace.executed(), 8 ** 8);
});

test("S4: of a short run nothing is kept", () => {
  const { checkpoints, files } = checkpointsInMemory("a run");
  openTrace({ program: SUM, input, exponent: 8, checkpoints }).result();
  openTrace({ ...long, checkpoints }).result();
  assert.equal(files.size, 0);
});
