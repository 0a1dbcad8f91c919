// Memory, its snapshots and the room that they take, against plain arrays of bytes.
import assert from "node:assert/strict";
import test from "node:test";
import { createMachine, emptyMachine, type Machine, type Snapshot } from "@sonm/protocol/machine/machine";
import { readBytes, writeBytes } from "@sonm/protocol/machine/memory";
import { PART_ROOM, PART_SIZE } from "@sonm/protocol/machine/parts";
import { createRoom, MemoryShort } from "@sonm/protocol/machine/room";
import { openTrace } from "@sonm/protocol/machine/trace";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { PAGE_FILLER } from "./programs.ts";

/** The places that the test writes to: three parts of memory, eight pages in each. */
const PARTS = [0, 0x4000_0000, 0xffff_8000];
const SPAN = 8 * 4096;

/** Memory as plain arrays. */
type Plain = readonly Uint8Array[];

const write = fc.record({
  kind: fc.constant("write" as const),
  part: fc.nat(PARTS.length - 1),
  at: fc.nat(SPAN - 70),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 70 }),
});
const act = fc.oneof(
  { weight: 6, arbitrary: write },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("take" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restore" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("release" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hash" as const) }) },
);

type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** A machine of its own with these bytes, which knows nothing of snapshots. */
function fresh(plain: Plain): Machine {
  const machine = emptyMachine();
  for (const [i, bytes] of plain.entries()) writeBytes(machine.memory, PARTS[i] as number, bytes);
  return machine;
}

function assertSame(machine: Machine, plain: Plain): void {
  for (const [i, bytes] of plain.entries()) {
    assert.deepEqual(readBytes(machine.memory, PARTS[i] as number, SPAN), bytes);
  }
  assert.deepEqual(machine.stateHash(), fresh(plain).stateHash());
}

/** @param limit bytes of the room; snapshots give way in it, the oldest first */
function playAgainstModel(acts: readonly Act[], limit: number): void {
  const room = createRoom(limit);
  const machine = emptyMachine(room);
  const kept: { snapshot: Snapshot; plain: Plain }[] = [];
  machine.memory.giveWay = () => {
    const oldest = kept.shift();
    if (oldest) machine.release(oldest.snapshot);
    return oldest !== undefined;
  };
  let plain: Plain = PARTS.map(() => new Uint8Array(SPAN));
  for (const act of acts) {
    if (act.kind === "write") {
      writeBytes(machine.memory, (PARTS[act.part] as number) + act.at, act.bytes);
      plain[act.part]?.set(act.bytes, act.at);
    } else if (act.kind === "take") {
      kept.push({ snapshot: machine.snapshot(), plain: plain.map((bytes) => bytes.slice()) });
    } else if (act.kind === "hash") {
      assertSame(machine, plain);
    } else if (kept.length > 0) {
      const which = act.which % kept.length;
      const one = kept[which] as (typeof kept)[number];
      if (act.kind === "release") {
        kept.splice(which, 1);
        machine.release(one.snapshot);
      } else {
        machine.restore(one.snapshot);
        plain = one.plain.map((bytes) => bytes.slice());
      }
    }
  }
  assertSame(machine, plain);
  for (const { snapshot, plain } of kept.splice(0)) {
    machine.restore(snapshot);
    assertSame(machine, plain);
    machine.release(snapshot);
  }
  assert.equal(room.taken, machine.size(), "what no snapshot needs any more is given back");
  machine.close();
  assert.equal(room.taken, 0);
}

test("S2b: memory with snapshots behaves as arrays of bytes, and gives all back", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => playAgainstModel(acts, Number.POSITIVE_INFINITY)),
    fuzz(60),
  );
});

test("S2b: snapshots that give way take nothing with them that others need", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => playAgainstModel(acts, 3 * PART_ROOM)),
    fuzz(60),
  );
});

test("S2b: a page that a snapshot has is put aside once, however often it is written", () => {
  const room = createRoom(Number.POSITIVE_INFINITY);
  const machine = emptyMachine(room);
  writeBytes(machine.memory, 0, new Uint8Array(PART_SIZE).fill(1));
  const alone = room.taken;
  machine.stateHash();
  writeBytes(machine.memory, 0, new Uint8Array(PART_SIZE).fill(2));
  assert.equal(room.taken, alone, "a hash needs no copies");
  const snapshot = machine.snapshot();
  for (let value = 3; value < 8; value++) writeBytes(machine.memory, 0, new Uint8Array(PART_SIZE).fill(value));
  assert.equal(room.taken, alone + PART_SIZE);
  machine.release(snapshot);
  assert.equal(room.taken, alone);
});

test("S2b: a program of 16 bytes that stores to page after page takes those pages and little more", () => {
  const bytes = PAGE_FILLER.segments.reduce((sum, { data }) => sum + data.length, 0);
  assert.equal(bytes, 16);
  const machine = createMachine(PAGE_FILLER, new Uint8Array());
  // Three steps a page: 64 MiB.
  machine.advance(3 * 2 ** 14);
  assert.ok(machine.size() >= 64 * 2 ** 20);
  assert.ok(machine.size() < 65 * 2 ** 20, String(machine.size()));
  // The nodes above them: fewer than two a page, of 45 bytes.
  machine.stateHash();
  assert.ok(machine.memory.nodes.count < 2.1 * 2 ** 14, String(machine.memory.nodes.count));
});

test("S2b: a trace of it stays within its room, and ends when the run alone does not fit", () => {
  const limit = 40 * 2 ** 20;
  const room = createRoom(limit);
  const trace = openTrace({
    program: PAGE_FILLER,
    input: new Uint8Array(),
    exponent: 6,
    room,
    keeping: { count: 64, gap: 64 },
  });
  for (const step of [3 * 2 ** 13, 100, 3 * 2 ** 12]) {
    trace.stateAt(step);
    assert.ok(room.taken <= limit, String(room.taken));
  }
  assert.throws(() => trace.result(), MemoryShort);
  assert.equal(room.taken, 0, "all is given back");
  assert.throws(() => trace.stateAt(0), /closed/);
});

test("S2b: a trace that keeps nothing takes what its run takes", () => {
  const room = createRoom(Number.POSITIVE_INFINITY);
  const run = { program: PAGE_FILLER, input: new Uint8Array(), exponent: 5 };
  const trace = openTrace({ ...run, room, keeping: { count: 0, gap: 64 } });
  assert.deepEqual(trace.result(), openTrace(run).result());
  assert.equal(room.taken, trace.result().memory);
});
