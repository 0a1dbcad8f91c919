// Each move of a game is one call that shows what the chain stores only the hash of.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openGame, playMove } from "@sonm/chain/market/challenges";
import type { Move } from "@sonm/protocol/dispute/next-move";
import type { GameView, Phase } from "@sonm/protocol/dispute/view";
import { claim, gameOf, hashOf, job } from "../../agents/fixtures.ts";
import { deployment, stubChain } from "../stub-chain.ts";

const { bisection } = deployment.addresses;
const states = [1, 2, 3, 4, 5, 6, 7, 8].map(hashOf);
const children = states.slice(0, 3);
const { game } = gameOf("miner", 0);
const inputOf = (position: number) => ({ root: hashOf(position % 10), path: [hashOf(Math.floor(position / 10))] });

const pick: Phase = { kind: "pick", level: 1, index: 5, children };
const split: Phase = { kind: "split", depth: 1, unit: 0, first: 0, start: hashOf(0), states };
const reveal: Phase = { kind: "reveal", level: 1, index: 0 };

async function called(phase: Phase, move: Move) {
  const { signer, sent } = stubChain({});
  const view: GameView = { ...gameOf("miner", 0), phase };
  await playMove(signer, deployment, view, move, { job, inputOf });
  for (const { address } of sent) assert.equal(address, bisection);
  return sent.map(({ functionName, args }) => [functionName, args]);
}

test("a reveal shows the children", async () => {
  assert.deepEqual(await called(reveal, { kind: "reveal", children }), [["reveal", [game, children]]]);
});

test("a pick shows the children again, and which of them is false", async () => {
  assert.deepEqual(await called(pick, { kind: "pick", child: 2 }), [["pick", [game, children, 2]]]);
});

test("a pick of a leaf brings the input of its unit: eight for each node before", async () => {
  const move = { kind: "pickLeaf", child: 2, states } as const;
  assert.deepEqual(await called(pick, move), [["pickLeaf", [game, job, children, 2, inputOf(42), states]]]);
  const root = { ...pick, index: 0 };
  assert.deepEqual(await called(root, move), [["pickLeaf", [game, job, children, 2, inputOf(2), states]]]);
});

test("a split and a proof show the nine states stored", async () => {
  const stored = [hashOf(0), ...states];
  const own = states.toReversed();
  assert.deepEqual(await called(split, { kind: "split", segment: 3, states: own }), [
    ["split", [game, stored, 3, own]],
  ]);
  assert.deepEqual(await called(split, { kind: "prove", segment: 3, witness: "0x12" }), [
    ["prove", [game, stored, 3, "0x12"]],
  ]);
});

test("the end of a game takes its terms alone, and nothing is sent for nothing", async () => {
  assert.deepEqual(await called(split, { kind: "timeOut" }), [["timeOut", [game]]]);
  assert.deepEqual(await called(split, { kind: "leave" }), [["leave", [game]]]);
  assert.deepEqual(await called(split, { kind: "none", why: "it is the other's turn" }), []);
});

test("what no game can need is refused before it is sent", async () => {
  await assert.rejects(called(split, { kind: "split", segment: 1, states: children }), /eight states, not 3/);
  await assert.rejects(
    called(reveal, { kind: "prove", segment: 1, witness: "0x" }),
    /no states are stored in phase reveal/,
  );
  const { signer, sent } = stubChain({});
  const unit = { position: 1, resultHash: hashOf(1), path: [] };
  const open = async (own: typeof states) => openGame(signer, deployment, job, claim, hashOf(1), unit, inputOf(1), own);
  await assert.rejects(open([...states, hashOf(9)]), /eight states, not 9/);
  assert.equal(sent.length, 0);
  await open(states);
  assert.deepEqual(sent.at(0)?.args, [job, claim, hashOf(1), unit, inputOf(1), states]);
});
