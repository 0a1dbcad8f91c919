import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import type { ContentId } from "@sonm/protocol/values/ids";
import {
  type BuyerBatch,
  type BuyerView,
  decide,
  keyOf,
  type OrderView,
} from "../../../../offchain/agents/buyer/decide.ts";
import { claim, HUB, hashOf, id, job, MINER, NO_DISPUTES } from "../fixtures.ts";

const NOW = 1_000_000;
const DEADLINE = Number(job.deadline);
const content = hashOf(8) as ContentId;

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
  refundFrom: DEADLINE,
  batches: [],
  reported: false,
};
const batch = (change: Partial<BuyerBatch>): BuyerBatch => ({
  batch: 0,
  status: "open",
  claim: undefined,
  delivery: undefined,
  askedAt: undefined,
  collected: false,
  ...change,
});
const settled = { status: "paid", claim: { id: claimId(claim), miner: MINER, status: "settled" } } as const;
const quote = { expiry: NOW + 100, signature: "0x" } as const;
const posted = (...batches: BuyerBatch[]) => ({
  published: true,
  quote,
  posted: true,
  batches: batches.map((b, i) => ({ ...b, batch: i })),
});

type Case = { name: string; order: Partial<OrderView>; now?: number; does: string[]; wakeAt?: number | null };
const cases: Case[] = [
  { name: "publishes before it asks", order: {}, does: ["publish"] },
  { name: "asks for a quote", order: { published: true }, does: ["ask"] },
  { name: "waits for the answer", order: { published: true, askedAt: NOW - 10 }, does: [], wakeAt: NOW + 50 },
  { name: "asks again", order: { published: true, askedAt: NOW - 60 }, does: ["ask"] },
  { name: "posts with a quote", order: { published: true, askedAt: NOW, quote }, does: ["post"] },
  {
    name: "posts in the quote's last second",
    now: NOW + 100,
    order: { published: true, askedAt: NOW, quote },
    does: ["post"],
  },
  {
    name: "asks again when the quote has expired",
    now: NOW + 101,
    order: { published: true, askedAt: NOW, quote },
    does: ["ask"],
  },
  { name: "reports a refusal", order: { published: true, askedAt: NOW, refusal: "too cheap" }, does: ["report"] },
  { name: "reports once", order: { published: true, refusal: "too cheap", reported: true }, does: [], wakeAt: null },
  {
    name: "posts nothing after the deadline",
    now: DEADLINE,
    order: { published: true, quote: { ...quote, expiry: DEADLINE } },
    does: ["report"],
  },

  { name: "waits for open batches until the deadline", order: posted(batch({})), does: [], wakeAt: DEADLINE },
  { name: "waits for claims", order: posted(batch({ status: "taken" })), does: [], wakeAt: null },
  {
    name: "takes back what nobody has claimed",
    now: DEADLINE,
    order: posted(batch({}), batch({ status: "taken" }), batch({})),
    does: ["refund 0,2"],
  },
  {
    name: "takes back earlier when the hub is suspected",
    order: { ...posted(batch({})), refundFrom: NOW },
    does: ["refund 0"],
  },
  { name: "asks for results that are settled", order: posted(batch(settled)), does: ["askResults"] },
  { name: "waits for them", order: posted(batch({ ...settled, askedAt: NOW })), does: [], wakeAt: NOW + 60 },
  { name: "asks for them again", order: posted(batch({ ...settled, askedAt: NOW - 60 })), does: ["askResults"] },
  { name: "collects what is delivered", order: posted(batch({ ...settled, delivery: content })), does: ["collect"] },
  {
    name: "collects nothing that is not settled",
    order: posted(batch({ status: "taken", claim: { ...settled.claim, status: "live" }, delivery: content })),
    does: [],
  },
  {
    name: "reports the end",
    order: posted(batch({ ...settled, collected: true }), batch({ status: "refunded" })),
    does: ["report"],
  },
  {
    name: "rests after the end",
    order: { ...posted(batch({ ...settled, collected: true })), reported: true },
    does: [],
    wakeAt: null,
  },
  {
    name: "S1: does not report while a batch is missing, because it was put aside",
    order: posted(batch({ ...settled, collected: true })),
    does: [],
  },
  {
    name: "does not report before all is here",
    order: posted(batch({ ...settled, collected: true }), batch({ status: "taken" })),
    does: [],
  },
];

for (const { name, order: change, now = NOW, does, wakeAt } of cases) {
  test(`the buyer ${name}`, () => {
    const view: BuyerView = {
      now,
      policy: { askAgainSeconds: 60 },
      orders: [{ ...order, ...change }],
      disputes: NO_DISPUTES,
    };
    const decision = decide(view);
    const said = decision.actions.map((a) => (a.kind === "refund" ? `refund ${a.batches}` : a.kind));
    assert.deepEqual(said, does);
    if (wakeAt !== undefined) assert.equal(decision.wakeAt, wakeAt);
  });
}

test("batches are asked for and collected each by itself", () => {
  const view: BuyerView = {
    now: NOW,
    policy: { askAgainSeconds: 60 },
    orders: [{ ...order, ...posted(batch(settled), batch({ ...settled, delivery: content }), batch(settled)) }],
    disputes: NO_DISPUTES,
  };
  const { actions } = decide(view);
  assert.equal(new Set(actions.map(keyOf)).size, 3);
});
