// What a verifier does next in each situation, and when it looks again.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { GameView } from "@sonm/protocol/dispute/view";
import { claimId } from "@sonm/protocol/result/claim";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import {
  type Accused,
  accusationOf,
  type BisectionDeed,
  type CommitmentView,
  dueInGames,
} from "../../../offchain/host/referees/bisection/decide.ts";
import { decide, keyOf, type VerifierClaim, type VerifierView } from "../../../verifier/decide.ts";
import { claim, gameOf, hashOf, job, kinds, OTHER, VERIFIER, verifierPolicy } from "../agents/fixtures.ts";

const NOW = 1_000_000;
const COMMITTED = NOW - 10;

/** A claim as the verifier knows it, with the data from which `Bisection` makes its accusation. */
type Known = Accused & Omit<VerifierClaim, "accusation">;
const of: Known = {
  id: claimId(claim),
  claim,
  job,
  status: "live",
  games: 0,
  claimedAt: NOW - 1000,
  endedAt: 0,
  winner: undefined,
  chosen: true,
  check: undefined,
  hasLeaves: false,
  asked: false,
  commitment: undefined,
};
const salt = hashOf(6) as Hex;
const sent: CommitmentView = { salt, mined: undefined, spent: false };
const mined: CommitmentView = { salt, mined: { rank: 5n, committedAt: COMMITTED }, spent: false };
const spent: CommitmentView = { ...mined, spent: true };
function convictedBy(challenger: Address, rank: bigint, at: number) {
  const { game } = gameOf("challenger", at, rank);
  return { status: "convicted", endedAt: at, winner: { ...game, about: { ...game.about, challenger } } } as const;
}

/** A view before `Bisection` has added what is due. */
type Seen = Omit<VerifierView, "claims" | "disputes"> & {
  readonly patienceSeconds: number;
  readonly claims: readonly Known[];
  readonly games: readonly GameView[];
};
const base: Seen = {
  now: NOW,
  policy: verifierPolicy,
  patienceSeconds: 600,
  freeStake: 1000n,
  staked: true,
  claims: [],
  games: [],
};

/** What the verifier decides, with what `Bisection` finds due. */
function decideBy({ claims, games, patienceSeconds, ...rest }: Seen) {
  const challenger = { referee: job.referee, me: VERIFIER, patienceSeconds, commitStake: 1n };
  const played = games.map((game) => {
    const winner = claims.find(({ id }) => id === game.game.about.claim)?.winner?.about.rank;
    return { game, moves: 0, winner };
  });
  return decide({
    ...rest,
    claims: claims.map((known) => ({ ...known, accusation: accusationOf(known, rest.now, challenger) })),
    disputes: dueInGames(job.referee, "challenger", played, rest.now),
  });
}
const claims = (...changes: Partial<Known>[]) => ({
  claims: changes.map((change, i) => ({ ...of, id: i === 0 ? of.id : (hashOf(i) as Known["id"]), ...change })),
});
const LAST_COMMIT = of.claimedAt + job.window;
const LAST_OPEN = COMMITTED + job.opening;

type Case = { name: string; view: Partial<Seen>; does: string[]; wakeAt?: number | null };
const cases: Case[] = [
  { name: "stakes before anything else", view: { staked: false, ...claims({}) }, does: ["stake"] },
  { name: "checks a claim that it has chosen", view: claims({}), does: ["check"] },
  { name: "leaves a claim that it has not chosen", view: claims({ chosen: false }), does: [] },
  { name: "checks in the last second of the window", view: { now: LAST_COMMIT, ...claims({}) }, does: ["check"] },
  {
    name: "does not check what cannot be challenged any more",
    view: { now: LAST_COMMIT + 1, ...claims({}) },
    does: [],
  },
  { name: "does not check a settled claim", view: claims({ status: "settled" }), does: [] },
  { name: "lets a true claim stand", view: claims({ check: "true" }), does: [], wakeAt: null },
  { name: "announces a challenge to a false claim", view: claims({ check: "false" }), does: ["commit"] },
  {
    name: "announces nothing after the window",
    view: { now: LAST_COMMIT + 1, ...claims({ check: "false" }) },
    does: [],
  },
  { name: "announces nothing it has no bond for", view: { freeStake: 100n, ...claims({ check: "false" }) }, does: [] },
  {
    name: "announces no more than it has bonds for",
    view: { freeStake: 202n, ...claims({ check: "false" }, { check: "false" }, { check: "false" }) },
    does: ["commit", "commit"],
  },
  {
    name: "keeps the bond for what it has announced",
    view: { freeStake: 200n, ...claims({ check: "false", commitment: mined }, { check: "false" }) },
    does: ["ask"],
  },

  {
    name: "sends a journalled commitment that was never mined",
    view: claims({ check: "false", commitment: sent }),
    does: ["commit"],
  },
  {
    name: "gives up a commitment that was never mined in time",
    view: { now: LAST_COMMIT + 1, ...claims({ check: "false", commitment: sent }) },
    does: [],
  },
  {
    name: "asks for the leaves before it opens",
    view: claims({ check: "false", commitment: mined }),
    does: ["ask"],
    wakeAt: COMMITTED + 600,
  },
  {
    name: "asks once",
    view: claims({ check: "false", commitment: mined, asked: true }),
    does: [],
    wakeAt: COMMITTED + 600,
  },
  {
    name: "is patient for at most half of the opening time",
    view: { patienceSeconds: 10_000, ...claims({ commitment: mined, asked: true }) },
    does: [],
    wakeAt: COMMITTED + job.opening / 2,
  },
  {
    name: "opens with leaves at once",
    view: claims({ commitment: mined, hasLeaves: true }),
    does: ["open with leaves"],
    wakeAt: null,
  },
  {
    name: "opens without leaves when its patience is over",
    view: { now: COMMITTED + 600, ...claims({ commitment: mined, asked: true }) },
    does: ["open without"],
    wakeAt: null,
  },
  {
    name: "opens in the last second",
    view: { now: LAST_OPEN, ...claims({ commitment: mined }) },
    does: ["open without"],
  },
  { name: "does not open too late", view: { now: LAST_OPEN + 1, ...claims({ commitment: mined }) }, does: [] },
  { name: "opens once", view: claims({ check: "false", commitment: spent, games: 1 }), does: [] },
  {
    name: "takes back a commitment to a settled claim",
    view: claims({ status: "settled", endedAt: NOW, commitment: mined, hasLeaves: true }),
    does: ["retract"],
  },
  {
    name: "takes it back long afterwards",
    view: { now: NOW + 100_000, ...claims({ status: "settled", endedAt: NOW, commitment: mined }) },
    does: ["retract"],
  },
  {
    name: "takes back a commitment that a later one cannot beat",
    view: claims({ ...convictedBy(OTHER, 4n, NOW), commitment: mined, hasLeaves: true }),
    does: ["retract"],
  },
  {
    name: "opens against a later winner",
    view: claims({ ...convictedBy(OTHER, 6n, NOW), commitment: mined, hasLeaves: true }),
    does: ["open with leaves"],
  },
  {
    name: "has lost a commitment that it did not open in time",
    view: { now: LAST_OPEN + 5, ...claims({ status: "settled", endedAt: LAST_OPEN + 1, commitment: mined }) },
    does: [],
  },

  {
    name: "plays on its turn",
    view: { ...claims({ commitment: spent, games: 1 }), games: [gameOf("challenger", NOW)] },
    does: ["play"],
  },
  { name: "does not move too late", view: { games: [gameOf("challenger", NOW - 1)] }, does: [] },
  {
    name: "waits for the miner until its deadline is over",
    view: { games: [gameOf("miner", NOW)] },
    does: [],
    wakeAt: NOW + 1,
  },
  { name: "times the miner out", view: { games: [gameOf("miner", NOW - 1)] }, does: ["timeOut"] },
  {
    name: "leaves a game that an earlier commitment has won",
    view: {
      ...claims({ ...convictedBy(OTHER, 4n, NOW), commitment: spent, games: 1 }),
      games: [gameOf("challenger", NOW, 5n)],
    },
    does: ["leave"],
  },
  {
    name: "plays on against a later winner",
    view: {
      ...claims({ ...convictedBy(OTHER, 6n, NOW), commitment: spent, games: 1 }),
      games: [gameOf("challenger", NOW, 5n)],
    },
    does: ["play"],
  },

  {
    name: "waits for its reward",
    view: claims({ ...convictedBy(VERIFIER, 5n, NOW), commitment: spent }),
    does: [],
    wakeAt: NOW + job.opening + 1,
  },
  {
    name: "takes its reward",
    view: { now: NOW + job.opening + 1, ...claims({ ...convictedBy(VERIFIER, 5n, NOW), commitment: spent }) },
    does: ["award"],
    wakeAt: null,
  },
  {
    name: "waits for the games of others before its reward",
    view: { now: NOW + job.opening + 1, ...claims({ ...convictedBy(VERIFIER, 5n, NOW), games: 1, commitment: spent }) },
    does: [],
  },
  {
    name: "does not send others their reward",
    view: { now: NOW + job.opening + 1, ...claims({ ...convictedBy(OTHER, 4n, NOW), commitment: spent }) },
    does: [],
  },
];

for (const { name, view, does, wakeAt } of cases) {
  test(`the verifier ${name}`, () => {
    const decision = decideBy({ ...base, ...view });
    const said = decision.actions.map((action) => {
      if (action.kind !== "dispute") return action.kind;
      const deed = action.deed as BisectionDeed;
      return deed.kind === "open" ? `open ${deed.withLeaves ? "with leaves" : "without"}` : deed.kind;
    });
    assert.deepEqual(said, does);
    if (wakeAt !== undefined) assert.equal(decision.wakeAt, wakeAt);
  });
}

test("many games and claims go on side by side", () => {
  const games = [1, 2, 3].map((n) => ({
    ...gameOf("challenger", NOW, BigInt(n)),
    id: hashOf(n) as ReturnType<typeof gameOf>["id"],
  }));
  const decision = decideBy({
    ...base,
    games,
    ...claims({ check: "false" }, {}, { commitment: mined, hasLeaves: true }),
  });
  assert.deepEqual(kinds(decision), ["play", "play", "play", "commit", "check", "open"]);
  assert.equal(new Set(decision.actions.map(keyOf)).size, 6);
});

test("with leaves or without is one intention", () => {
  const keys = [true, false].map((hasLeaves) => {
    const { actions } = decideBy({
      ...base,
      now: COMMITTED + 600,
      ...claims({ commitment: mined, hasLeaves }),
    });
    return actions.map(keyOf);
  });
  assert.deepEqual(keys, [[`open ${of.id}`], [`open ${of.id}`]]);
});
