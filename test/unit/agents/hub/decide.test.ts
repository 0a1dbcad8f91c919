import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import { numberToHex, padHex } from "viem";
import {
  type AssignmentView,
  decide,
  type HubView,
  type KnownMiner,
  keyOf,
} from "../../../../offchain/agents/hub/decide.ts";
import { createGuard } from "../../../../offchain/host/role/guard.ts";
import { addressOf, BUYER, claim, id, job, NO_DISPUTES } from "../fixtures.ts";

const NOW = 1_000_000;
const A = addressOf(3);
const B = addressOf(4);

const miner = (address: KnownMiner["address"], change: Partial<KnownMiner> = {}): KnownMiner => ({
  address,
  slots: 2,
  minPay: 1n,
  convicted: false,
  free: 10_000n,
  settled: 0,
  ...change,
});
const assignment = (to: AssignmentView["miner"], change: Partial<AssignmentView> = {}): AssignmentView => ({
  id: `to ${to}`,
  miner: to,
  pay: 700n,
  signature: "0x",
  sent: true,
  assignedAt: NOW - 10,
  expiry: NOW + 1000,
  answer: undefined,
  ...change,
});
const open = (...lists: AssignmentView[][]) => ({
  jobs: [{ id, job, open: lists.map((assignments, batch) => ({ batch, attempt: 0, assignments })) }],
});

const base: HubView = {
  now: NOW,
  policy: { funds: 50n, workSeconds: 3600, answerSeconds: 60, payBps: 7000n, settleAfterSeconds: 600 },
  wallet: { status: "registered", free: 100n, reserve: 10n },
  requests: [],
  jobs: [],
  claims: [],
  miners: [miner(A), miner(B)],
  lapsed: [],
  waiting: 0n,
  disputes: NO_DISPUTES,
};
const claimed = { id: claimId(claim), claim, job, games: 0, claimedAt: NOW };
const SETTLE_FROM = NOW + job.window + job.opening + 1 + 600;

type Case = { name: string; view: Partial<HubView>; does: string[]; wakeAt?: number | null };
const cases: Case[] = [
  { name: "has nothing to do", view: {}, does: [], wakeAt: null },
  { name: "makes its wallet", view: { wallet: { status: "absent", free: 0n, reserve: 10n } }, does: ["create"] },
  { name: "funds its wallet", view: { wallet: { status: "created", free: 20n, reserve: 10n } }, does: ["fund 30"] },
  {
    name: "funds its wallet beyond the reserve",
    view: { wallet: { status: "idle", free: 99n, reserve: 99n } },
    does: ["fund 1"],
  },
  {
    name: "funds its wallet beyond the reserve, even if it wants no more than that itself",
    view: { wallet: { status: "created", free: 50n, reserve: 50n } },
    does: ["fund 1"],
  },
  { name: "registers", view: { wallet: { status: "created", free: 50n, reserve: 10n } }, does: ["register"] },
  {
    name: "registers again after pay-day",
    view: { wallet: { status: "idle", free: 50n, reserve: 10n } },
    does: ["register"],
  },
  {
    name: "quotes and assigns nothing while it is suspected",
    view: {
      wallet: { status: "suspected", free: 50n, reserve: 10n },
      requests: [{ job, id, from: BUYER }],
      ...open([]),
      waiting: 5n,
      claims: [claimed],
    },
    does: [],
    wakeAt: SETTLE_FROM,
  },
  { name: "answers a request", view: { requests: [{ job, id, from: BUYER }] }, does: ["quote"] },
  { name: "spreads open batches over its miners", view: open([], [], []), does: [`0→${A}`, `1→${B}`, `2→${A}`] },
  {
    name: "gives no more than the slots",
    view: { ...open([], []), miners: [miner(A, { slots: 1 })] },
    does: [`0→${A}`],
  },
  { name: "waits for miners", view: { ...open([]), miners: [] }, does: [], wakeAt: null },
  {
    name: "gives nothing to a convicted miner",
    view: { ...open([]), miners: [miner(A, { convicted: true }), miner(B)] },
    does: [`0→${B}`],
  },
  {
    name: "gives nothing to a miner that asks for more",
    view: { ...open([]), miners: [miner(A, { minPay: 701n }), miner(B)] },
    does: [`0→${B}`],
  },
  {
    name: "gives work that pays what is asked",
    view: { ...open([]), miners: [miner(A, { minPay: 700n })] },
    does: [`0→${A}`],
  },
  {
    name: "S6: gives nothing to a miner whose stake does not cover the deposit",
    view: { ...open([]), miners: [miner(A, { free: job.deposit - 1n }), miner(B, { free: job.deposit })] },
    does: [`0→${B}`],
  },
  {
    name: "S6: counts the deposits of what a miner holds",
    view: { ...open([assignment(A)], []), miners: [miner(A, { free: 2n * job.deposit - 1n })] },
    does: [],
  },
  {
    name: "S6: counts the deposits of what it gives at the same time",
    view: { ...open([], []), miners: [miner(A, { free: 2n * job.deposit - 1n })] },
    does: [`0→${A}`],
  },
  {
    name: "S6: counts what a miner let lapse as if it held it, for its stake and not for its slots",
    view: {
      ...open([], [], []),
      miners: [miner(A, { free: 3n * job.deposit })],
      lapsed: [{ miner: A, deposit: job.deposit }],
    },
    does: [`0→${A}`, `1→${A}`],
  },
  {
    name: "S6: prefers a miner whose claims were settled, though another is new and idle",
    view: { ...open([assignment(B)], []), miners: [miner(A), miner(B, { settled: 1 })] },
    does: [`1→${B}`],
  },
  {
    name: "S6: gives a new miner no more than four batches, whatever it says of itself",
    view: { ...open([], [], [], [], []), miners: [miner(A, { slots: 100 })] },
    does: [`0→${A}`, `1→${A}`, `2→${A}`, `3→${A}`],
  },
  {
    name: "S6: gives two more for each settled claim",
    view: { ...open([], [], [], [], [], [], []), miners: [miner(A, { slots: 100, settled: 1 })] },
    does: [0, 1, 2, 3, 4, 5].map((batch) => `${batch}→${A}`),
  },
  { name: "waits for an answer", view: open([assignment(A)]), does: [], wakeAt: NOW - 10 + 60 + 1 },
  {
    name: "waits for accepted work until it expires",
    view: open([assignment(A, { answer: "accepted" })]),
    does: [],
    wakeAt: NOW + 1001,
  },
  { name: "gives declined work to another", view: open([assignment(A, { answer: "declined" })]), does: [`0→${B}`] },
  { name: "sends what it has signed and not sent", view: open([assignment(A, { sent: false })]), does: ["send"] },
  {
    name: "sends nothing that is void",
    view: { now: NOW + 1001, ...open([assignment(A, { sent: false })]), miners: [] },
    does: [],
  },
  { name: "passes over a silent miner", view: { now: NOW + 51, ...open([assignment(A)]) }, does: [`0→${B}`] },
  {
    name: "gives expired work to another",
    view: { now: NOW + 1001, ...open([assignment(A, { answer: "accepted" })]) },
    does: [`0→${B}`],
  },
  {
    name: "waits to the second",
    view: { now: NOW + 1000, ...open([assignment(A, { answer: "accepted" })]) },
    does: [],
  },
  {
    name: "asks the only miner again, but not at once",
    view: { ...open([assignment(A, { answer: "declined" })]), miners: [miner(A)] },
    does: [],
    wakeAt: NOW - 10 + 60 + 1,
  },
  {
    name: "leaves the only miner its whole time",
    view: { now: NOW + 50, ...open([assignment(A, { answer: "declined" })]), miners: [miner(A)] },
    does: [],
    wakeAt: NOW + 51,
  },
  {
    name: "asks the only miner again, after a while",
    view: { now: NOW + 51, ...open([assignment(A, { answer: "declined" })]), miners: [miner(A)] },
    does: [`0→${A}`],
  },
  ...[
    { tries: 2, pause: 120 },
    { tries: 3, pause: 240 },
    { tries: 12, pause: 86_400 },
    { tries: 2000, pause: 86_400 },
  ].map(({ tries, pause }) => ({
    name: `asks the only miner again after ${pause} seconds, when it has refused ${tries} times`,
    view: { ...open(Array.from({ length: tries }, () => assignment(A, { answer: "declined" }))), miners: [miner(A)] },
    does: [],
    wakeAt: NOW - 10 + pause + 1,
  })),
  {
    name: "counts work that is out against the slots",
    view: { ...open([assignment(A, { answer: "accepted" })], []), miners: [miner(A, { slots: 1 })] },
    does: [],
  },
  { name: "assigns nothing after the deadline", view: { now: Number(job.deadline), ...open([]) }, does: [] },
  {
    name: "leaves the settling to the miner at first",
    view: { now: SETTLE_FROM - 1, claims: [claimed] },
    does: [],
    wakeAt: SETTLE_FROM,
  },
  {
    name: "settles what its miner has not",
    view: { now: SETTLE_FROM, claims: [claimed] },
    does: ["settle"],
    wakeAt: null,
  },
  {
    name: "does not settle what is disputed",
    view: { now: SETTLE_FROM, claims: [{ ...claimed, games: 1 }] },
    does: [],
  },
  { name: "collects what waits for it", view: { waiting: 1n }, does: ["collect"] },
];

for (const { name, view, does, wakeAt } of cases) {
  test(`the hub ${name}`, () => {
    const decision = decide({ ...base, ...view });
    const said = decision.actions.map((a) =>
      a.kind === "assign" ? `${a.batch}→${a.miner}` : a.kind === "fund" ? `fund ${a.amount}` : a.kind,
    );
    assert.deepEqual(said, does);
    if (wakeAt !== undefined) assert.equal(decision.wakeAt, wakeAt);
    assert.equal(new Set(decision.actions.map(keyOf)).size, decision.actions.length);
  });
}

test("an assignment names its pay and its expiry, which is before the job's deadline", () => {
  const [first] = decide({ ...base, ...open([]) }).actions;
  assert.ok(first?.kind === "assign");
  assert.deepEqual([first.pay, first.expiry, first.attempt], [700n, NOW + 3600, 0]);
  const [late] = decide({ ...base, now: Number(job.deadline) - 10, ...open([]) }).actions;
  assert.ok(late?.kind === "assign");
  assert.equal(late.expiry, Number(job.deadline) - 1);
});

test("S1: a batch or a claim at which a decision goes wrong costs itself alone", () => {
  const odd = { ...job, deadline: Symbol("odd") as unknown as bigint };
  const told: string[] = [];
  const guard = createGuard((what) => void told.push(what));
  const jobs = [
    { id, job: odd, open: [{ batch: 0, attempt: 0, assignments: [] }] },
    { id, job, open: [{ batch: 1, attempt: 0, assignments: [] }] },
  ];
  const other = { ...claim, batch: 1 };
  const claims = [{ ...claimed, id: claimId(other), claim: other, job: null as unknown as typeof job }, claimed];
  const { actions, wakeAt } = decide({ ...base, jobs, claims }, guard);
  assert.deepEqual(actions.map(keyOf), [`assign ${id} 1 0`]);
  assert.equal(wakeAt, SETTLE_FROM);
  assert.deepEqual(told, [`batch 0 of job ${id}`, `claim ${claimId(other)}`]);
});

test("G1: a hub decides about 20,000 open batches with 64 miners in seconds, whether they are free or not", () => {
  const miners = Array.from({ length: 64 }, (_, i) => miner(padHex(numberToHex(i + 1), { size: 20 })));
  const batches = Array.from({ length: 20_000 }, (_, batch) => ({ batch, attempt: 0, assignments: [] }));
  const started = performance.now();
  const { actions } = decide({ ...base, miners, jobs: [{ id, job, open: batches }] });
  assert.equal(actions.length, 128);
  assert.ok(performance.now() - started < 5000);
});
