// What `sonm … status` shows of the works that a role has begun and not ended.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import type { OrderView } from "../../../offchain/agents/buyer/decide.ts";
import { inHand as ofBuyer } from "../../../offchain/agents/buyer/in-hand.ts";
import type { AssignmentView, OpenBatch } from "../../../offchain/agents/hub/decide.ts";
import { inHand as ofHub } from "../../../offchain/agents/hub/in-hand.ts";
import type { Work } from "../../../offchain/agents/miner/decide.ts";
import { inHand as ofMiner } from "../../../offchain/agents/miner/in-hand.ts";
import type { VerifierClaim } from "../../../verifier/decide.ts";
import { inHand as ofVerifier } from "../../../verifier/in-hand.ts";
import {
  BUYER,
  claim,
  HUB,
  hashOf,
  id,
  job,
  MINER,
  minerPolicy,
  NO_DISPUTES,
  newWork,
  verifierPolicy,
} from "./fixtures.ts";

const NOW = 1_000_000;

test("a miner has in hand what it has accepted, until it is claimed or lost", () => {
  const work = (batch: number, change: Partial<Work> = {}): Work => ({
    id: `w${batch}`,
    job,
    assignment: { wallet: job.hub, job: id, batch, attempt: 0, miner: MINER, pay: 1n, expiry: BigInt(NOW) },
    signature: "0x",
    from: HUB,
    ...newWork,
    answer: "accepted",
    ...change,
  });
  const works = [
    work(0),
    work(1, { root: claim.root }),
    work(2, { answer: undefined }),
    work(3, { answer: "declined" }),
    work(4, { claim: { id: claimId(claim), status: "live", games: 0, claimedAt: NOW } }),
    work(5, { batch: { status: "taken", attempt: 0 } }),
  ];
  const view = {
    now: NOW,
    me: MINER,
    policy: minerPolicy,
    freeStake: 0n,
    staked: true,
    hub: HUB,
    announced: true,
    disputes: NO_DISPUTES,
    asked: [],
    pay: [],
  };
  assert.deepEqual(ofMiner({ ...view, works }), [
    { what: `batch 0 of job ${id}`, state: "accepted, is to be computed" },
    { what: `batch 1 of job ${id}`, state: "computed, is to be claimed" },
  ]);
  assert.deepEqual(ofMiner({ ...view, now: NOW + 1, works }), [], "the assignments have expired");
});

test("a hub has in hand what waits for a quote, and jobs that are not done", () => {
  const assignment = (answer: AssignmentView["answer"]): AssignmentView => ({
    id: "a",
    miner: MINER,
    pay: 1n,
    signature: "0x",
    sent: true,
    assignedAt: NOW,
    expiry: NOW,
    answer,
  });
  const open = (batch: number, ...assignments: AssignmentView[]): OpenBatch => ({ batch, attempt: 0, assignments });
  const jobs = [{ id, job, open: [open(0, assignment("declined"), assignment("accepted")), open(1), open(2)] }];
  const claims = [{ id: claimId(claim), claim, job, games: 0, claimedAt: NOW }];
  const request = { job, id, from: BUYER };
  const view = {
    now: NOW,
    policy: { funds: 0n, workSeconds: 1, answerSeconds: 1, payBps: 1n, settleAfterSeconds: 1 },
    wallet: { status: "registered", free: 0n, reserve: 0n } as const,
    miners: [],
    lapsed: [],
    waiting: 0n,
    disputes: NO_DISPUTES,
  };
  assert.deepEqual(ofHub({ ...view, requests: [request], jobs, claims }), [
    { what: `job ${id}`, state: "waits for a quote" },
    { what: `job ${id}`, state: "batches: 3 open (1 accepted by a miner), 1 claimed" },
  ]);
  assert.deepEqual(ofHub({ ...view, requests: [], jobs: [{ id, job, open: [] }], claims: [] }), [], "all is settled");
});

test("a buyer has its orders in hand, each with what it waits for", () => {
  const batch = (status: "paid" | "refunded" | "open", collected = false) => ({
    batch: 0,
    status,
    claim: undefined,
    delivery: undefined,
    askedAt: undefined,
    collected,
  });
  const order: OrderView = {
    id,
    job,
    hub: HUB,
    published: false,
    askedAt: undefined,
    quote: undefined,
    refusal: undefined,
    cancelled: false,
    posted: false,
    refundFrom: NOW,
    batches: [],
    reported: false,
  };
  const stateOf = (change: Partial<OrderView>) => {
    const [one] = ofBuyer({
      now: NOW,
      policy: { askAgainSeconds: 1 },
      orders: [{ ...order, ...change }],
      disputes: NO_DISPUTES,
    });
    if (one) assert.equal(one.what, `job ${id}`);
    return one?.state;
  };
  assert.equal(stateOf({}), "is to be published");
  assert.equal(stateOf({ published: true }), "waits for the hub's quote");
  assert.equal(stateOf({ published: true, quote: { expiry: NOW, signature: hashOf(1) } }), "is to be posted");
  assert.equal(stateOf({ refusal: "too cheap" }), "refused by the hub: too cheap");
  const batches = [batch("paid", true), batch("paid"), batch("open")];
  assert.equal(stateOf({ posted: true, batches }), "1 of 3 batches collected");
  const taken = [...batches, batch("refunded")];
  assert.equal(stateOf({ refusal: "too cheap", reported: true }), undefined);
  assert.equal(stateOf({ posted: true, batches: taken }), "1 of 4 batches collected, 1 refunded");
});

test("a verifier has in hand what it has chosen and not checked", () => {
  const deed = { referee: job.referee, kind: "commit", key: "commit" };
  const one: VerifierClaim = {
    id: claimId(claim),
    claim,
    job,
    status: "live",
    claimedAt: NOW,
    chosen: true,
    check: undefined,
    accusation: { announced: false, cost: 1n, deed },
  };
  const listed = (change: Partial<VerifierClaim>, now = NOW) => {
    const view = { now, policy: verifierPolicy, freeStake: 0n, staked: true, disputes: NO_DISPUTES };
    return ofVerifier({ ...view, claims: [{ ...one, ...change }] });
  };
  assert.deepEqual(listed({}), [{ what: `claim ${claimId(claim)}`, state: "is to be checked" }]);
  assert.deepEqual(listed({ check: "true" }), []);
  assert.deepEqual(listed({ chosen: false }), []);
  assert.deepEqual(listed({ status: "settled" }), []);
  assert.deepEqual(listed({}, NOW + job.window + 1), []);
});
