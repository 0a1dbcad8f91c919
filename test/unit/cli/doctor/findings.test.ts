// What `sonm doctor` makes of what it finds, at the edges.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import {
  type Finding,
  ofClock,
  ofDisk,
  ofFailure,
  ofGas,
  ofMemory,
  ofNode,
  ofNodes,
  ofStoreClock,
} from "../../../../offchain/cli/doctor/findings.ts";

const NOW = 1_800_000_000;
const GIB = 2 ** 30;
const states = (findings: Finding[]) => findings.map(({ state }) => state);

test("a latest block may be up to ten minutes old, and fifteen seconds ahead", () => {
  assert.deepEqual(states([600, 0, -15].map((age) => ofClock(NOW - age, NOW))), ["right", "right", "right"]);
  assert.deepEqual(states([601, -16].map((age) => ofClock(NOW - age, NOW))), ["note", "note"]);
  assert.equal(ofClock(NOW - 601, NOW).says, "the latest block is 10 min 1 s old");
  assert.equal(ofClock(NOW + 16, NOW).says, "the latest block is 16 s ahead of this computer's clock");
});

test("the store's clock may differ by a minute without a word; what is five minutes apart is refused by the store", () => {
  const at = (apart: number) => ofStoreClock(NOW + apart, NOW);
  assert.deepEqual(states([60, -60].map(at)), ["right", "right"]);
  assert.deepEqual(states([61, -61, 300, -300].map(at)), ["note", "note", "note", "note"]);
  assert.deepEqual(states([301, -301].map(at)), ["wrong", "wrong"]);
  assert.equal(at(301).says, "this computer's clock is 5 min 1 s behind it");
});

test("half a GiB of disk is the least, below five is worth a word", () => {
  const at = (free: number) => ofDisk(free, "/data");
  assert.deepEqual(states([GIB / 2 - 1, GIB / 2, 5 * GIB - 1, 5 * GIB].map(at)), ["wrong", "note", "note", "right"]);
  assert.equal(at(5 * GIB).says, "5.0 GiB free for /data");
});

test("below two GiB of memory is worth a word", () => {
  assert.deepEqual(states([2 * GIB - 1, 2 * GIB].map((free) => ofMemory(8 * GIB, free))), ["note", "right"]);
  assert.equal(ofMemory(8 * GIB, 2 * GIB).says, "2.0 GiB of 8.0 GiB available");
});

test("an account without a wei for gas can do nothing", () => {
  assert.deepEqual(states([ofGas(0n, "0x1"), ofGas(1n, "0x1")]), ["wrong", "right"]);
});

test("Node 24 is the oldest", () => {
  assert.deepEqual(states(["23.11.1", "24.0.0", "100.1.0"].map(ofNode)), ["wrong", "right", "right"]);
});

test("a check that fails says why and what to do; a fault of our own is none", () => {
  const finding = ofFailure("chain", new Failure("No chain", "nothing answers", "start the node"));
  assert.deepEqual(finding, {
    what: "chain",
    state: "wrong",
    says: "No chain: nothing answers",
    todo: "start the node",
  });
  assert.throws(() => ofFailure("chain", new TypeError("undefined")), TypeError);
});

test("S8: nodes beside each other: of one chain, and equally far", () => {
  const node = { name: "a", chainId: 5, block: 100, now: 1 };
  const states = (...nodes: (typeof node)[]) => ofNodes(nodes).map(({ state }) => state);
  assert.deepEqual(states(node, { ...node, block: 97 }), ["right", "right"]);
  assert.deepEqual(states({ ...node, block: 96 }, node), ["note", "right"]);
  assert.deepEqual(states(node, { ...node, chainId: 6 }), ["right", "wrong"]);
  assert.match(ofNodes([node])[0]?.says ?? "", /^chain 5 at a, block 100$/);
});
