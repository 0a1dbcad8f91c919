// What a buyer sees of its order: its journal and the chain together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { batchKey } from "@sonm/chain/market/events";
import { claimId } from "@sonm/protocol/result/claim";
import type { ContentId } from "@sonm/protocol/values/ids";
import { openBuyerJournal } from "../../../../offchain/agents/buyer/journal.ts";
import { viewOf } from "../../../../offchain/agents/buyer/view.ts";
import { claim, HUB, hashOf, id, job, MINER, NO_DISPUTES, OTHER, sightOf } from "../fixtures.ts";

const policy = { askAgainSeconds: 60 };
const surroundings = { hub: HUB, refundFrom: () => 7, policy, disputes: NO_DISPUTES };
const untouched = { status: "open", claim: undefined, delivery: undefined, askedAt: undefined, collected: false };

function journalWithOrder() {
  const journal = openBuyerJournal(":memory:");
  journal.orders.put(id, { id, job, manifest: new Uint8Array() });
  return journal;
}

test("a new order is not published, asked for, quoted, posted or reported", () => {
  const sight = { ...sightOf(), jobs: new Map() };
  const batches = [0, 1].map((batch) => ({ batch, ...untouched }));
  const nothing = { published: false, askedAt: undefined, quote: undefined, refusal: undefined, cancelled: false };
  assert.deepEqual(viewOf(sight, journalWithOrder(), surroundings), {
    now: sight.now,
    policy,
    orders: [{ id, job, hub: HUB, ...nothing, posted: false, refundFrom: 7, batches, reported: false }],
    disputes: NO_DISPUTES,
  });
});

test("what the journal has of an order is seen", () => {
  const journal = journalWithOrder();
  const quote = { expiry: 5, signature: "0x12" } as const;
  journal.published.put(id, true);
  journal.askedAt.put(id, 3);
  journal.quotes.put(id, quote);
  journal.refusals.put(id, "no");
  journal.reported.put(id, true);
  const [order] = viewOf(sightOf(), journal, surroundings).orders;
  const { published, askedAt, refusal, reported, posted } = order ?? assert.fail();
  assert.deepEqual([published, askedAt, refusal, reported, posted], [true, 3, "no", true, true]);
  assert.deepEqual(order?.quote, quote);
});

test("nothing can be ordered from a hub that has no wallet", () => {
  assert.deepEqual(viewOf(sightOf(), journalWithOrder(), { ...surroundings, hub: undefined }).orders, []);
});

test("a batch is seen with its claim, what that claim's miner delivered, and when it was asked", () => {
  const journal = journalWithOrder();
  const claimed = claimId(claim);
  const sight = {
    ...sightOf({ claim, status: "settled" }),
    batches: new Map([[batchKey(id, 0), { job: id, batch: 0, status: "paid", attempt: 0, claim: claimed } as const]]),
  };
  const seen = () => viewOf(sight, journal, surroundings).orders[0]?.batches;
  const about = { batch: 0, status: "paid", claim: { id: claimed, miner: MINER, status: "settled" } };
  const second = { batch: 1, ...untouched };
  assert.deepEqual(seen(), [{ ...about, delivery: undefined, askedAt: undefined, collected: false }, second]);
  const [own, other] = [1, 2].map((digit) => hashOf(digit) as ContentId) as [ContentId, ContentId];
  journal.deliveries.put(claimId({ ...claim, batch: 1 }), other);
  assert.equal(seen()?.[0]?.delivery, undefined);
  journal.deliveries.put(claimed, own);
  journal.askedAt.put(claimed, 5);
  journal.collected.put(batchKey(id, 0), { claim: claimed, miner: MINER });
  assert.deepEqual(seen(), [{ ...about, delivery: own, askedAt: 5, collected: true }, second]);
});

test("S8: outputs of a claim that is held no longer are not collected, and those of one that has left the sight are", () => {
  const journal = journalWithOrder();
  const held = claimId(claim);
  const paid = { job: id, batch: 0, status: "paid", attempt: 0, claim: held } as const;
  const sight = { ...sightOf({ claim, status: "settled" }), batches: new Map([[batchKey(id, 0), paid]]) };
  const collected = (at = sight) => viewOf(at, journal, surroundings).orders[0]?.batches[0]?.collected;
  // A reorganisation has put the claim of another miner in the place of the one that was paid before.
  journal.collected.put(batchKey(id, 0), { claim: claimId({ ...claim, miner: OTHER }), miner: OTHER });
  assert.equal(collected(), false);
  journal.collected.put(batchKey(id, 0), { claim: held, miner: MINER });
  assert.equal(collected(), true);
  assert.equal(collected({ ...sight, claims: new Map() }), true);
});
