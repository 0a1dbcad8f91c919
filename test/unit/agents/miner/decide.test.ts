import assert from "node:assert/strict";
import { test } from "node:test";
import type { GameView } from "@sonm/protocol/dispute/view";
import type { Job } from "@sonm/protocol/job/job";
import { claimId } from "@sonm/protocol/result/claim";
import type { ContentId } from "@sonm/protocol/values/ids";
import { decide, keyOf, type MinerView, type Work } from "../../../../offchain/agents/miner/decide.ts";
import { dueInGames } from "../../../../offchain/host/referees/bisection/decide.ts";
import { createGuard } from "../../../../offchain/host/role/guard.ts";
import {
  BUYER,
  claim,
  gameOf,
  HUB,
  hashOf,
  id,
  job,
  kinds,
  MINER,
  minerPolicy,
  NO_DISPUTES,
  newWork,
  OTHER,
  VERIFIER,
} from "../fixtures.ts";

const NOW = 1_000_000;

const work: Work = {
  id: "w",
  job,
  assignment: { wallet: job.hub, job: id, batch: 0, attempt: 0, miner: MINER, pay: 700n, expiry: BigInt(NOW + 100) },
  signature: "0x",
  from: HUB,
  ...newWork,
};
const live = { id: claimId(claim), status: "live", games: 0, claimedAt: NOW - 10 } as const;
const SETTLE_FROM = live.claimedAt + job.window + job.opening + 1;
const published = {
  answer: "accepted",
  root: claim.root,
  batch: { status: "taken", attempt: 0 },
  delivery: hashOf(7) as ContentId,
} as const;
const delivered = { ...published, claim: live, delivered: true } as const;

const base: MinerView = {
  now: NOW,
  me: MINER,
  policy: { ...minerPolicy, slots: 2, minPay: 1n, stake: 5000n, pullFrom: 1000n },
  freeStake: 5000n,
  staked: true,
  hub: HUB,
  announced: true,
  works: [],
  disputes: NO_DISPUTES,
  asked: [],
  pay: [],
};
const policy = (change: Partial<MinerView["policy"]>) => ({ policy: { ...base.policy, ...change } });
const works = (...changes: Partial<Work>[]) => ({
  works: changes.map((change, i) => ({ ...work, id: `w${i}`, ...change })),
});

/** What is due in a game in which the miner has made this number of moves. */
const disputesIn = (game: GameView, moves: number, silentFrom?: number) =>
  dueInGames(job.referee, "miner", [{ game, moves, winner: undefined }], NOW, silentFrom);

/** `why`: the reasons of what is declined. */
type Case = { name: string; view: Partial<MinerView>; does: string[]; why?: RegExp; wakeAt?: number | null };
const cases: Case[] = [
  { name: "stakes before anything else", view: { staked: false, ...works({}) }, does: ["stake"] },
  { name: "announces itself", view: { announced: false }, does: ["announce"] },
  { name: "announces itself while it rests, too", view: { announced: false, resting: true }, does: ["announce"] },
  { name: "waits for its hub to have a wallet", view: { announced: false, hub: undefined }, does: [], wakeAt: null },
  { name: "has nothing to do", view: {}, does: [], wakeAt: null },

  { name: "does not answer before the job is on the chain", view: works({ posted: false }), does: [], wakeAt: null },
  { name: "accepts a good assignment", view: works({}), does: ["accept"] },
  {
    name: "declines another's assignment",
    view: works({ assignment: { ...work.assignment, miner: OTHER } }),
    does: ["decline"],
    why: /^it is for another miner$/,
  },
  {
    name: "U13: takes no new work while it rests",
    view: { resting: true, ...works({}) },
    does: ["decline"],
    why: /^it rests$/,
  },
  {
    name: "U13: goes on with what it has accepted while it rests: it claims, and plays",
    view: { resting: true, ...works({ answer: "accepted", root: hashOf(5) }) },
    does: ["claim"],
  },
  {
    name: "declines an expired assignment",
    view: { now: NOW + 101, ...works({}) },
    does: ["decline"],
    why: /^it has expired$/,
  },
  {
    // Four runs of 8^8 steps, 16,777,216 each, at ten million steps a second.
    name: "S3: accepts while the longest runs can end before the assignment expires",
    view: { now: NOW + 100 - 7, ...works({}) },
    does: ["accept"],
  },
  {
    name: "S3: declines later",
    view: { now: NOW + 100 - 6, ...works({}) },
    does: ["decline"],
    why: /^4 runs of 8\^8 steps take too long$/,
  },
  {
    // 4 games of 8^9/7 steps at 10,000,000 steps a second take 8 s.
    name: "S3, S4: accepts what it can defend with a game on every unit at once",
    view: works({ job: { ...job, allowance: 16 } }),
    does: ["accept"],
  },
  {
    name: "S3, S4: declines what it could not defend so",
    view: works({ job: { ...job, allowance: 15 } }),
    does: ["decline"],
    why: /^games about 4 runs of 8\^8 steps take up to 8 s to play, which is more than half of the 15 s that a player has$/,
  },
  {
    // A whole batch pays 4 × 700 wei.
    name: "S3: accepts a deposit of so many times the pay of a batch",
    view: { ...policy({ maxDepositTimes: 2 }), ...works({ job: { ...job, deposit: 5600n } }), freeStake: 9000n },
    does: ["accept"],
  },
  {
    name: "S3: declines a greater one",
    view: { ...policy({ maxDepositTimes: 2 }), ...works({ job: { ...job, deposit: 5601n } }), freeStake: 9000n },
    does: ["decline"],
    why: /^the deposit is more than 2 times the pay of a batch$/,
  },
  {
    name: "S3: accepts whatever deposit the chain asks of everybody",
    view: {
      ...policy({ maxDepositTimes: 2, leastDeposit: 5601n }),
      ...works({ job: { ...job, deposit: 5601n } }),
      freeStake: 9000n,
    },
    does: ["accept"],
  },
  {
    name: "declines a batch that is taken",
    view: works({ batch: { status: "taken", attempt: 0 } }),
    does: ["decline"],
    why: /^the batch is not open at this attempt$/,
  },
  {
    name: "declines what it could not compute or defend",
    view: works({ strange: "knows another machine only" }),
    does: ["decline"],
    why: /^this miner knows another machine only$/,
  },
  { name: "declines an old attempt", view: works({ batch: { status: "open", attempt: 1 } }), does: ["decline"] },
  {
    name: "declines low pay",
    view: { ...policy({ minPay: 701n }), ...works({}) },
    does: ["decline"],
    why: /^the pay is below 701 wei a unit$/,
  },
  {
    name: "S3: declines what does not pay for its steps: 700 wei for 8^8 of them",
    view: { ...policy({ leastPrice: 41_724n }), ...works({}) },
    does: ["decline"],
    why: /^the pay is below 41724 wei for 10\^9 steps$/,
  },
  {
    name: "S3: accepts what pays for its steps",
    view: { ...policy({ leastPrice: 41_723n }), ...works({}) },
    does: ["accept"],
  },
  { name: "accepts its least pay", view: { ...policy({ minPay: 700n }), ...works({}) }, does: ["accept"] },
  {
    name: "declines a pay that the chain would refuse",
    view: works({ assignment: { ...work.assignment, pay: 701n } }),
    does: ["decline"],
    why: /^the pay is above 70 % of the price$/,
  },
  {
    name: "declines beyond its slots",
    view: works({}, {}, {}),
    does: ["accept", "accept", "decline"],
    why: /^all 2 slots are taken$/,
  },
  {
    name: "counts accepted work against its slots",
    view: works({ answer: "accepted" }, { answer: "accepted" }, {}),
    does: ["compute", "compute", "decline"],
  },
  {
    name: "declines what its stake does not cover",
    view: { freeStake: 499n, ...works({}) },
    does: ["decline"],
    why: /^the free stake does not cover the deposit$/,
  },
  { name: "accepts what its stake just covers", view: { freeStake: 500n, ...works({}) }, does: ["accept"] },
  {
    name: "counts the deposits of what it accepts now against its stake",
    view: { freeStake: 999n, ...works({}, {}) },
    does: ["accept", "decline"],
  },
  {
    name: "accepts what its stake just covers beside accepted work",
    view: { freeStake: 1000n, ...works({ answer: "accepted" }, {}) },
    does: ["compute", "accept"],
  },
  {
    name: "counts the deposits of accepted work against its stake",
    view: { freeStake: 999n, ...works({ answer: "accepted" }, {}) },
    does: ["compute", "decline"],
  },

  { name: "computes what it has accepted", view: works({ answer: "accepted" }), does: ["compute"] },
  { name: "claims what it has computed", view: works({ answer: "accepted", root: claim.root }), does: ["claim"] },
  {
    name: "claims in the last second",
    view: { now: NOW + 100, ...works({ answer: "accepted", root: claim.root }) },
    does: ["claim"],
  },
  {
    name: "S2: gives back what it has accepted and then learned that it cannot compute",
    view: works({ answer: "accepted", strange: "has too little memory" }),
    does: ["decline"],
    why: /^this miner has too little memory$/,
  },
  {
    name: "claims what it has computed, whatever it has learned since",
    view: works({ answer: "accepted", strange: "has too little memory", root: claim.root }),
    does: ["claim"],
  },
  { name: "does not answer twice", view: works({ answer: "declined" }), does: [] },
  {
    name: "sends an answer that the hub may not have",
    view: works({ answer: "declined", unsent: true }),
    does: ["send"],
  },
  {
    name: "computes while its answer is on its way",
    view: works({ answer: "accepted", unsent: true }),
    does: ["send", "compute"],
  },
  {
    name: "gives up work that has expired",
    view: { now: NOW + 101, ...works({ answer: "accepted", root: claim.root }) },
    does: [],
  },
  {
    name: "gives up work that another has claimed",
    view: works({ answer: "accepted", batch: { status: "taken", attempt: 0 } }),
    does: [],
  },
  {
    name: "gives up work of an older attempt",
    view: works({ answer: "accepted", root: claim.root, batch: { status: "open", attempt: 1 } }),
    does: [],
  },

  {
    name: "publishes its results once they are claimed",
    view: works({ ...published, claim: live, delivery: undefined }),
    does: ["publish"],
    wakeAt: SETTLE_FROM,
  },
  { name: "then tells the buyer", view: works({ ...published, claim: live }), does: ["deliver"], wakeAt: SETTLE_FROM },
  { name: "then waits for the window", view: works(delivered), does: [], wakeAt: SETTLE_FROM },
  { name: "waits to the second", view: { now: SETTLE_FROM - 1, ...works(delivered) }, does: [], wakeAt: SETTLE_FROM },
  { name: "settles after the window", view: { now: SETTLE_FROM, ...works(delivered) }, does: ["settle"], wakeAt: null },
  {
    name: "does not settle while a game is open",
    view: { now: SETTLE_FROM, ...works({ ...delivered, claim: { ...live, games: 1 } }) },
    does: [],
    wakeAt: null,
  },
  {
    name: "still delivers what is settled",
    view: works({ ...published, claim: { ...live, status: "settled" } }),
    does: ["deliver"],
    wakeAt: null,
  },
  ...(["convicted", "awarded"] as const).map((status) => ({
    name: `delivers nothing of a claim that is ${status}`,
    view: works({ ...published, claim: { ...live, status } }),
    does: [],
    wakeAt: null,
  })),
  {
    name: "withholds its results if told to",
    view: {
      ...policy({ withhold: true }),
      ...works({ ...published, claim: live, delivery: undefined }),
      asked: [{ work: { ...work, ...delivered }, by: VERIFIER }],
    },
    does: [],
    wakeAt: SETTLE_FROM,
  },
  {
    name: "shows its results to whoever asks",
    view: { ...works(delivered), asked: [{ work: { ...work, ...delivered }, by: VERIFIER }] },
    does: ["deliver"],
  },
  {
    name: "G2: shows the results of what is over to whoever asks",
    view: { asked: [{ work: { ...work, ...published }, by: VERIFIER }] },
    does: ["deliver"],
  },
  {
    name: "G2: publishes them if it never could",
    view: { asked: [{ work: { ...work, ...published, delivery: undefined }, by: VERIFIER }] },
    does: ["publish"],
  },
  {
    name: "G2: does not go on with a batch whose job is no longer on the chain",
    view: works({ answer: "accepted", posted: false }, { answer: "accepted", posted: false, root: claim.root }),
    does: [],
    wakeAt: null,
  },

  {
    name: "plays on its turn",
    view: { disputes: disputesIn(gameOf("miner", NOW), 3) },
    does: ["play"],
    wakeAt: null,
  },
  {
    name: "does not move too late",
    view: { disputes: disputesIn(gameOf("miner", NOW - 1), 3) },
    does: [],
    wakeAt: null,
  },
  {
    name: "waits for the challenger until the deadline is over",
    view: { disputes: disputesIn(gameOf("challenger", NOW), 3) },
    does: [],
    wakeAt: NOW + 1,
  },
  {
    name: "times the challenger out",
    view: { disputes: disputesIn(gameOf("challenger", NOW - 1), 3) },
    does: ["timeOut"],
  },
  {
    name: "moves before it falls silent",
    view: { disputes: disputesIn(gameOf("miner", NOW), 2, 3) },
    does: ["play"],
  },
  {
    name: "falls silent from the move it is told",
    view: { disputes: disputesIn(gameOf("miner", NOW), 3, 3) },
    does: [],
    wakeAt: null,
  },
  {
    name: "plays while it computes and answers deadlines first",
    view: { disputes: disputesIn(gameOf("miner", NOW), 0), ...works({ answer: "accepted" }) },
    does: ["play", "compute"],
  },
  { name: "pulls its pay", view: { pay: [{ hub: job.hub, amount: 5n }] }, does: ["pull"] },
  {
    name: "pulls after the last settlement",
    view: { ...works({ ...delivered, claim: { ...live, status: "settled" } }), pay: [{ hub: job.hub, amount: 999n }] },
    does: ["pull"],
  },
  {
    name: "does not wait for what will never settle",
    view: {
      ...works({ ...published, claim: { ...live, status: "convicted" } }, { answer: "declined" }),
      pay: [{ hub: job.hub, amount: 999n }],
    },
    does: ["pull"],
  },
  {
    name: "waits with its pay for the claims that are still to settle",
    view: { ...works(delivered), pay: [{ hub: job.hub, amount: 999n }] },
    does: [],
    wakeAt: SETTLE_FROM,
  },
  {
    name: "settles before it pulls",
    view: { now: SETTLE_FROM, ...works(delivered), pay: [{ hub: job.hub, amount: 999n }] },
    does: ["settle"],
  },
  {
    name: "pulls much pay at once",
    view: { ...works(delivered), pay: [{ hub: job.hub, amount: 1000n }] },
    does: ["pull"],
    wakeAt: SETTLE_FROM,
  },
  {
    name: "waits for no other hub's claims",
    view: { ...works(delivered), pay: [{ hub: OTHER, amount: 1n }] },
    does: ["pull"],
  },
  { name: "pulls no nothing", view: { pay: [{ hub: job.hub, amount: 0n }] }, does: [] },
];

for (const { name, view, does, why, wakeAt } of cases) {
  test(`the miner ${name}`, () => {
    const decision = decide({ ...base, ...view });
    assert.deepEqual(kinds(decision), does);
    if (why) for (const action of decision.actions) if (action.kind === "decline") assert.match(action.reason, why);
    if (wakeAt !== undefined) assert.equal(decision.wakeAt, wakeAt);
  });
}

test("the buyer is told first, whoever asks as well", () => {
  const { actions } = decide({
    ...base,
    ...works({ ...published, claim: live }),
    asked: [{ work: { ...work, id: "w0", ...published, claim: live }, by: VERIFIER }],
  });
  assert.deepEqual(
    actions.map((action) => action.kind === "deliver" && action.to),
    [BUYER, VERIFIER],
  );
  assert.equal(new Set(actions.map(keyOf)).size, 2);
});

test("G2: of many claims that wait for their windows each is settled at its time, and the next one wakes the miner", () => {
  const ages = [30, 0, 10, 20];
  const view = {
    ...base,
    ...works(...ages.map((age) => ({ ...delivered, claim: { ...live, claimedAt: live.claimedAt - age } }))),
  };
  const first = SETTLE_FROM - 30;
  for (const [now, count, wakeAt] of [
    [first - 1, 0, first],
    [first, 1, first + 10],
    [first + 29, 3, first + 30],
    [first + 30, 4, null],
  ] as const) {
    const decision = decide({ ...view, now });
    assert.deepEqual(
      [decision.actions.map(({ kind }) => kind), decision.wakeAt],
      [Array(count).fill("settle"), wakeAt],
    );
  }
});

test("S1: a job at which a decision goes wrong costs itself alone, and is told once", () => {
  const odd = { ...job, batchSize: "four" as unknown as number, deposit: null as unknown as bigint };
  const told: string[] = [];
  const guard = createGuard((what, why) => void told.push(`${what}: ${why}`));
  const view = { ...base, ...works({ job: odd }, {}, { ...published, job: null as unknown as Job, claim: live }) };
  for (let look = 0; look < 2; look++) {
    const { actions } = decide(view, guard);
    assert.deepEqual(
      actions.map((action) => "work" in action && `${action.kind} ${action.work.id}`),
      ["accept w1"],
    );
  }
  assert.deepEqual(
    told.map((line) => line.replace(/: .*/, "")),
    ["the next step of assignment w0", "the next step of assignment w2"],
  );
});

test("intentions about different things have different keys", () => {
  const { actions } = decide({
    ...base,
    ...works({}, {}),
    announced: false,
    pay: [{ hub: job.hub, amount: 1n }],
    disputes: disputesIn(gameOf("miner", NOW), 0),
  });
  assert.equal(new Set(actions.map(keyOf)).size, actions.length);
});
