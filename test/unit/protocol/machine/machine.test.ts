// The machine as a whole: hashes, snapshots, exact stops.
import assert from "node:assert/strict";
import test from "node:test";
import {
  createMachine,
  emptyMachine,
  InputTooLong,
  inputRoot,
  type Machine,
  programRoot,
} from "@sonm/protocol/machine/machine";
import { readBytes, writeBytes } from "@sonm/protocol/machine/memory";
import { hashPair, keccak } from "@sonm/protocol/merkle/keccak";
import { rootOf, zeroRoot } from "@sonm/protocol/merkle/tree";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { FIBONACCI, MISALIGNED, SELF_MODIFYING, SIEVE, SUM } from "./programs.ts";

const none = new Uint8Array();

/** The memory root of bytes at the given addresses, hashed from single leaves upwards, without pages or a cache. */
function rootFromScratch(bytes: ReadonlyMap<number, number>): Uint8Array {
  let nodes = new Map<number, Uint8Array>();
  for (const [at, byte] of bytes) {
    const leaf = Math.floor(at / 32);
    const node = nodes.get(leaf) ?? new Uint8Array(32);
    node[at % 32] = byte;
    nodes.set(leaf, node);
  }
  for (let level = 0; level < 27; level++) {
    const above = new Map<number, Uint8Array>();
    for (const index of nodes.keys()) {
      const parent = Math.floor(index / 2);
      const child = (at: number) => nodes.get(at) ?? zeroRoot(level);
      if (!above.has(parent)) above.set(parent, hashPair(child(2 * parent), child(2 * parent + 1)));
    }
    nodes = above;
  }
  return nodes.get(0) ?? zeroRoot(27);
}

function stateFromScratch(words: BigUint64Array, bytes: ReadonlyMap<number, number>): Uint8Array {
  const encoded = [...words].map((value) => value.toString(16).padStart(16, "0")).join("");
  return keccak(Buffer.concat([rootFromScratch(bytes), Buffer.from(encoded, "hex")]));
}

test("the state's hash is that of PROTOCOL 3.2, whatever was written since it was last asked for", () => {
  const place = fc
    .tuple(fc.constantFrom(0, 0x1000, 0x3fff_f000, 0x4000_0000, 0x8000_0000, 0xffff_f000), fc.nat(8191))
    .map(([base, offset]) => (base + offset) % 2 ** 32);
  const write = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 70 }));
  fc.assert(
    fc.property(fc.array(fc.array(write, { maxLength: 5 }), { minLength: 1, maxLength: 6 }), (rounds) => {
      const machine = emptyMachine();
      const bytes = new Map<number, number>();
      for (const [round, writes] of rounds.entries()) {
        machine.words[round] = BigInt(round) << 60n;
        for (const [at, data] of writes) {
          writeBytes(machine.memory, at, data);
          for (const [i, byte] of data.entries()) bytes.set((at + i) % 2 ** 32, byte);
        }
        assert.deepEqual(machine.stateHash(), stateFromScratch(machine.words, bytes));
      }
    }),
    fuzz(25),
  );
});

test("s(0) is made of the program's root, the entry and the input's root", () => {
  const input = Uint8Array.from({ length: 100 }, (_, i) => i);
  const empty = zeroRoot(25);
  const root = hashPair(hashPair(programRoot(SUM), empty), hashPair(inputRoot(input), empty));
  const words = new Uint8Array(640);
  new DataView(words.buffer).setBigUint64(0, BigInt(SUM.entry));
  assert.deepEqual(createMachine(SUM, input).stateHash(), keccak(Buffer.concat([root, words])));
});

test("an input's root is that of its length and its bytes", () => {
  for (const length of [0, 1, 24, 25, 5000]) {
    const input = Uint8Array.from({ length }, (_, i) => i * 3);
    const region = new Uint8Array(Math.ceil((8 + length) / 32) * 32);
    region[0] = length & 255;
    region[1] = length >> 8;
    region.set(input, 8);
    const leaves = Array.from({ length: region.length / 32 }, (_, i) => region.subarray(32 * i, 32 * i + 32));
    assert.deepEqual(inputRoot(input), rootOf(leaves, 25));
  }
});

test("an input longer than its region is refused", () => {
  // Only its length is used, so the test needs no gigabyte.
  const long = { length: 2 ** 30 - 7 } as Uint8Array;
  assert.throws(() => createMachine(SUM, long), InputTooLong);
  assert.throws(() => inputRoot(long), InputTooLong);
});

const programs = fc.constantFrom(SUM, FIBONACCI, SIEVE, MISALIGNED, SELF_MODIFYING);

test("run stops exactly at the step asked for, or at the halt", () => {
  fc.assert(
    fc.property(programs, fc.array(fc.nat(300), { maxLength: 10 }), (program, parts) => {
      const machine = createMachine(program, Uint8Array.of(1, 2, 3));
      const oneByOne = createMachine(program, Uint8Array.of(1, 2, 3));
      let step = 0;
      for (const part of parts) {
        step += part;
        machine.run(step);
        for (let i = 0; i < part; i++) oneByOne.advance(1);
        assert.deepEqual(machine.words, oneByOne.words);
        if (machine.words[33] === 0n) assert.equal(machine.words[32], BigInt(step));
      }
      assert.deepEqual(machine.stateHash(), oneByOne.stateHash());
      machine.run(0);
      assert.deepEqual(machine.words, oneByOne.words);
    }),
    fuzz(50),
  );
});

/** Everything about a machine's state that is visible from outside. */
function look(machine: Machine): unknown {
  return [machine.stateHash(), machine.words.slice(), readBytes(machine.memory, 0x4000_0000, 8192)];
}

test("a restored machine is the one that was kept, and goes on like it", () => {
  fc.assert(
    fc.property(programs, fc.array(fc.nat(400), { minLength: 2, maxLength: 8 }), fc.nat(), (program, stops, choice) => {
      const machine = createMachine(program, Uint8Array.of(7, 8, 9));
      const kept = stops.map((stop) => {
        machine.advance(stop);
        return { snapshot: machine.snapshot(), seen: look(machine) };
      });
      const { snapshot, seen } = kept[choice % kept.length] as (typeof kept)[number];
      machine.restore(snapshot);
      assert.deepEqual(look(machine), seen);
      const other = emptyMachine();
      other.restore(snapshot);
      machine.advance(200);
      other.advance(200);
      assert.deepEqual(look(machine), look(other));
      // The machine has run on, and this has not changed the snapshot.
      machine.restore(snapshot);
      assert.deepEqual(look(machine), seen);
    }),
    fuzz(30),
  );
});

test("restoring drops what was written since, in pages old and new, also without a hash in between", () => {
  const machine = createMachine(SUM, none);
  writeBytes(machine.memory, 0x4000_0000, Uint8Array.of(1));
  const snapshot = machine.snapshot();
  const hash = machine.stateHash();
  writeBytes(machine.memory, 0x4000_0000, Uint8Array.of(2));
  writeBytes(machine.memory, 0x5000_0000, Uint8Array.of(3));
  machine.restore(snapshot);
  assert.deepEqual(readBytes(machine.memory, 0x4000_0000, 1), Uint8Array.of(1));
  assert.deepEqual(readBytes(machine.memory, 0x5000_0000, 1), Uint8Array.of(0));
  assert.deepEqual(machine.stateHash(), hash);
});

test("snapshots that were never hashed are told apart", () => {
  const machine = createMachine(SUM, none);
  const kept = [1, 2, 3].map((byte) => {
    writeBytes(machine.memory, 0x4000_0000, Uint8Array.of(byte));
    return machine.snapshot();
  });
  for (const at of [0, 2, 1]) {
    machine.restore(kept[at] as (typeof kept)[number]);
    assert.deepEqual(readBytes(machine.memory, 0x4000_0000, 1), Uint8Array.of(at + 1));
  }
});

test("a page that comes back to what it was gives the same hash", () => {
  const machine = createMachine(SUM, none);
  const hash = machine.stateHash();
  writeBytes(machine.memory, 0x6000_0000, Uint8Array.of(1));
  assert.notDeepEqual(machine.stateHash(), hash);
  writeBytes(machine.memory, 0x6000_0000, Uint8Array.of(0));
  assert.deepEqual(machine.stateHash(), hash);
});

/** The nodes of memory whose hashes are known. */
const hashed = ({ memory }: Machine) => memory.nodes.hashed.reduce((sum, known) => sum + known, 0);

test("memory that was only read takes no space, and only pages written since are hashed anew", () => {
  const machine = createMachine(SUM, none);
  const size = machine.size();
  readBytes(machine.memory, 0x4000_0000, 1_000_000);
  assert.equal(machine.size(), size);
  writeBytes(machine.memory, 0x4000_0000, new Uint8Array(8192).fill(1));
  machine.stateHash();
  const untouched = machine.snapshot();
  const before = hashed(machine);
  writeBytes(machine.memory, 0x4000_0000, Uint8Array.of(9));
  machine.stateHash();
  // One page, and the 20 nodes above it.
  assert.equal(hashed(machine) - before, 21);
  machine.restore(untouched);
  machine.stateHash();
  assert.equal(hashed(machine), before);
});
