// What a buyer sees of its order: its journal and the chain together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { batchKey, type ObservedBatch, type ObservedClaim } from "@sonm/chain/market/events";
import { claimId } from "@sonm/protocol/result/claim";
import type { ContentId } from "@sonm/protocol/values/ids";
import fc from "fast-check";
import { openBuyerJournal } from "../../../../offchain/agents/buyer/journal.ts";
import { createBatches, overIn, viewOf } from "../../../../offchain/agents/buyer/view.ts";
import { fuzz } from "../../../support/fuzz.ts";
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

test("G2: an order leaves the view an hour after its end was reported, and stays an order", () => {
  const journal = journalWithOrder();
  const over = (now: number) => overIn({ now }, journal);
  journal.reported.put(id, true);
  assert.deepEqual(over(10 ** 9), [], "it was not posted, and still may be");
  journal.finished.put(id, 1000);
  assert.deepEqual([over(4600), over(4601)], [[], [id]]);
  journal.orders.end([id]);
  assert.deepEqual(viewOf(sightOf(), journal, surroundings).orders, []);
  assert.equal(journal.orders.get(id)?.job.salt, job.salt);
});

const which = fc.nat(1);
const step = fc.oneof(
  fc.record({
    kind: fc.constant("batch"),
    which,
    status: fc.constantFrom<ObservedBatch["status"]>("open", "taken", "paid", "refunded"),
    by: fc.constantFrom(undefined, 0, 1),
  }),
  fc.record({ kind: fc.constant("claim"), which, by: which, settled: fc.boolean() }),
  fc.record({ kind: fc.constantFrom("leave", "deliver", "reject", "ask", "collect", "taken back"), which, by: which }),
  fc.record({ kind: fc.constant("others") }),
);

test("G2: what is kept from look to look is what would be found out anew, and what has not changed is the same", () => {
  const claims = [0, 1].map((batch) => [MINER, OTHER].map((miner) => ({ ...claim, batch, miner })));
  let kept = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const journal = journalWithOrder();
      const batchesOf = createBatches(journal);
      let sight = sightOf();
      const show = () => viewOf(sight, journal, surroundings, undefined, batchesOf).orders[0]?.batches ?? assert.fail();
      let before = show();
      for (const [at, one] of steps.entries()) {
        const batch = "which" in one ? one.which : 0;
        const about = claims[batch]?.["by" in one ? (one.by ?? 0) : 0] ?? assert.fail();
        const [key, name] = [batchKey(id, batch), claimId(about)];
        if (one.kind === "batch" && "status" in one) {
          const named = one.by === undefined ? undefined : name;
          const next: ObservedBatch = { job: id, batch, status: one.status, attempt: 0, claim: named };
          sight = { ...sight, batches: new Map([...sight.batches, [key, next]]) };
        } else if ("settled" in one) {
          const next = sightOf({ claim: about, status: one.settled ? "settled" : "live" });
          sight = { ...sight, claims: new Map<ObservedClaim["id"], ObservedClaim>([...sight.claims, ...next.claims]) };
        } else if (one.kind === "leave") {
          sight = { ...sight, claims: new Map([...sight.claims].filter(([other]) => other !== name)) };
        } else if (one.kind === "deliver") journal.deliveries.put(name, hashOf(at % 9) as ContentId);
        else if (one.kind === "reject") journal.deliveries.delete(name);
        else if (one.kind === "ask") journal.askedAt.put(name, at);
        else if (one.kind === "collect") journal.collected.put(key, { claim: name, miner: about.miner });
        else if (one.kind === "taken back") {
          const fail = () => {
            journal.deliveries.put(name, hashOf(at % 9) as ContentId);
            show();
            throw new Error("taken back");
          };
          assert.throws(() => journal.mail.together(fail), /taken back/);
        } else if (one.kind === "others")
          sight = { ...sight, batches: new Map(sight.batches), claims: new Map(sight.claims) };
        const after = show();
        assert.deepEqual(after, viewOf(sight, journal, surroundings).orders[0]?.batches);
        assert.equal(show(), after);
        if (one.kind === "others") assert.equal(after, before);
        else kept += after.filter((one) => before.includes(one)).length;
        before = after;
      }
      journal.close();
    }),
    fuzz(100),
  );
  assert.ok(kept > 200, `${kept} were kept`);
});
