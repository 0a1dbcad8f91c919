import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Address, ClaimId, GameId, JobId } from "@sonm/protocol/values/ids";
import { tellStory } from "../../../offchain/devnet/market/story.ts";
import type { Happening, RoleEvent } from "../../../offchain/host/role/happenings.ts";

const MINER = `0x${"1".repeat(40)}` as Address;
const CLAIM = `0x${"2".repeat(64)}` as ClaimId;
const FIRST = `0x${"3".repeat(64)}` as GameId;
const SECOND = `0x${"4".repeat(64)}` as GameId;

function of(name: string, happening: Happening): RoleEvent {
  return { ...happening, role: "verifier", name, at: 0 };
}

function opened(name: string, game: GameId): RoleEvent {
  return of(name, { kind: "opened", game, claim: CLAIM, unit: 1 });
}

function proved(name: string, game: GameId): RoleEvent {
  const registers = [{ name: "a0", before: "0x1", after: "0x2" }] as const;
  return of(name, {
    kind: "proved",
    game,
    claim: CLAIM,
    unit: 1,
    step: 64_728,
    pc: "0x100",
    instruction: "addi a0, a0, 1",
    registers,
  });
}

/** The lines that a screen without colours shows for these events. */
function told(...events: RoleEvent[]): string {
  const story = tellStory(
    () => "miner-2",
    { units: 13, batches: 7, exponent: 8 },
    (_, text) => text,
  );
  const claimed: Happening = {
    kind: "claimed",
    claim: CLAIM,
    job: `0x${"5".repeat(64)}` as JobId,
    batch: 0,
    attempt: 0,
    miner: MINER,
    units: 2,
    root: `0x${"6".repeat(64)}`,
  };
  return [of("miner-2", claimed), ...events].flatMap((event) => story.hear(event)).join("\n");
}

const EXECUTION = /the chain executes step 64,728: {2}addi a0, a0, 1/g;

describe("the story of two verifiers against one lie", () => {
  it("shows the executed instruction when the game told move by move is won first", () => {
    const text = told(opened("verifier-2", FIRST), opened("verifier-1", SECOND), proved("verifier-2", FIRST));
    assert.equal(text.match(EXECUTION)?.length, 1, text);
    assert.doesNotMatch(text, /wins its own game/);
  });

  it("shows it as well when the other game is won first, and says whose it is", () => {
    const text = told(opened("verifier-2", FIRST), opened("verifier-1", SECOND), proved("verifier-1", SECOND));
    assert.match(text, /verifier-1 wins its own game on the same claim\n.*the chain executes/);
    assert.equal(text.match(EXECUTION)?.length, 1, text);
  });

  it("shows it once when both are played to the end, in either order", () => {
    const games = [opened("verifier-2", FIRST), opened("verifier-1", SECOND)];
    const wins = [proved("verifier-2", FIRST), proved("verifier-1", SECOND)];
    for (const order of [wins, wins.toReversed()]) {
      const text = told(...games, ...order);
      assert.equal(text.match(EXECUTION)?.length, 1, text);
      assert.match(text, new RegExp(`${order[1]?.name} wins its own game`));
    }
  });

  it("does not confuse the games of different claims", () => {
    const other = { ...proved("verifier-1", SECOND), claim: `0x${"7".repeat(64)}` as ClaimId } as RoleEvent;
    const text = told(opened("verifier-2", FIRST), opened("verifier-1", SECOND), proved("verifier-2", FIRST), other);
    assert.equal(text.match(EXECUTION)?.length, 2, text);
  });
});

describe("what roles pass on from strangers", () => {
  it("stays on one line, and colours nothing", () => {
    const why = "too short\n  ✓ Settled   all of it\u001b[32m";
    const lines = told(of("buyer", { kind: "rejected", batch: 3, why } as Happening)).split("\n");
    assert.deepEqual(
      lines.map((line) => line.trim()),
      ["✗ Rejected    buyer cannot use batch 3: too short\\u{a}  ✓ Settled   all of it\\u{1b}[32m"],
    );
  });
});
