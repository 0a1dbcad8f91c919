// What is offered for a place in a block: a first offer, higher ones, and when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fees, firstOffer, isDue, type Market, nextOffer, type Offer } from "@sonm/chain/fees";
import { gapsIn, nextNonce, type Outgoing } from "@sonm/chain/outbox";
import fc from "fast-check";
import { fuzz } from "../../support/fuzz.ts";

const market = (base: bigint, tip: bigint, block = 100): Market => ({
  fees: { maxFeePerGas: 2n * base + tip, maxPriorityFeePerGas: tip },
  least: base,
  block,
});
const flat = (gasPrice: bigint, block = 100): Market => ({ fees: { gasPrice }, least: gasPrice, block });

test("U7: the first offer is what the market asks, within the limit; none if the next block costs more", () => {
  assert.deepEqual(firstOffer(market(10n, 3n), 100n), { maxFeePerGas: 23n, maxPriorityFeePerGas: 3n });
  assert.deepEqual(firstOffer(market(10n, 3n), 15n), { maxFeePerGas: 15n, maxPriorityFeePerGas: 3n });
  assert.deepEqual(firstOffer(market(10n, 30n), 10n), { maxFeePerGas: 10n, maxPriorityFeePerGas: 10n });
  assert.equal(firstOffer(market(11n, 3n), 10n), undefined);
  assert.deepEqual(firstOffer(flat(7n), 7n), { gasPrice: 7n });
  assert.equal(firstOffer(flat(8n), 7n), undefined);
});

test("U7: the next offer is an eighth more, or what the market asks", () => {
  const last = { maxFeePerGas: 80n, maxPriorityFeePerGas: 8n };
  assert.deepEqual(nextOffer(last, market(10n, 1n), 1000n), { maxFeePerGas: 90n, maxPriorityFeePerGas: 9n });
  assert.deepEqual(nextOffer(last, market(100n, 20n), 1000n), { maxFeePerGas: 220n, maxPriorityFeePerGas: 20n });
  assert.deepEqual(nextOffer(last, market(90n, 20n), 90n), { maxFeePerGas: 90n, maxPriorityFeePerGas: 20n });
  assert.equal(nextOffer(last, market(91n, 20n), 90n), undefined);
  assert.equal(nextOffer(last, market(10n, 20n), 89n), undefined);
  assert.deepEqual(nextOffer({ maxFeePerGas: 9n, maxPriorityFeePerGas: 0n }, market(1n, 0n), 99n), {
    maxFeePerGas: 11n,
    maxPriorityFeePerGas: 1n,
  });
  assert.deepEqual(nextOffer({ gasPrice: 80n }, flat(100n), 1000n), { gasPrice: 100n });
  assert.deepEqual(nextOffer({ gasPrice: 80n }, flat(1n), 1000n), { gasPrice: 90n });
  assert.deepEqual(nextOffer(last, flat(200n), 1000n), { maxFeePerGas: 200n, maxPriorityFeePerGas: 9n });
});

test("U7: nodes take every next offer, and none is above the limit", () => {
  const wei = fc.bigInt(0n, 10n ** 12n);
  const offer = fc.oneof(
    fc.record({ gasPrice: wei }),
    fc.tuple(wei, wei).map(([a, b]) => ({ maxFeePerGas: a > b ? a : b, maxPriorityFeePerGas: a > b ? b : a })),
  );
  const asked = fc.oneof(
    wei.map((price) => flat(price)),
    fc.tuple(wei, wei).map(([base, tip]) => market(base, tip)),
  );
  fc.assert(
    fc.property(offer, asked, wei, (last: Fees, now, limit) => {
      const next = nextOffer(last, now, limit);
      if (!next) return;
      for (const [name, before] of Object.entries(last)) {
        const after = (next as unknown as Record<string, bigint>)[name] ?? assert.fail(`${name} is missing`);
        assert.ok(after > before && after * 10n >= before * 11n, `${name}: ${before} → ${after}`);
        assert.ok(after <= limit);
      }
      if ("maxFeePerGas" in next) assert.ok(next.maxPriorityFeePerGas <= next.maxFeePerGas);
    }),
    fuzz(500),
  );
});

test("U7: more is offered after a pause and some blocks, and ever later if the fee is not the reason", () => {
  const policy = { most: 1000n, pauseMs: 60, pauseBlocks: 3 };
  const offer = (at: number): Offer => ({ fees: { maxFeePerGas: 23n, maxPriorityFeePerGas: 3n }, at, block: 100 });
  const due = (offers: Offer[], now: number, { base = 10n, block = 103, first = true }) =>
    isDue(offers, first, market(base, 3n, block), now, policy);
  const dearer = 11n;
  assert.ok(due([offer(0)], 60, { base: dearer }));
  assert.ok(!due([offer(0)], 59, { base: dearer }));
  assert.ok(!due([offer(0)], 60, { base: dearer, block: 102 }), "no fee helps while no blocks are made");
  assert.ok(due([offer(0)], 60, { base: dearer, first: false }));
  assert.ok(!due([offer(0)], 119, {}));
  assert.ok(due([offer(0)], 120, {}));
  assert.ok(!due([offer(0)], 120, { first: false }), "it waits for another one");
  assert.ok(!due([offer(0), offer(120)], 120 + 239, {}));
  assert.ok(due([offer(0), offer(120)], 120 + 240, {}));
  assert.ok(isDue([offer(0)], true, { ...market(1n, 4n), block: 103 }, 60, policy), "the tip has risen");
});

test("U7: the next number is the first free one, and gaps are numbers that nobody has", () => {
  const kept = (...nonces: number[]) => nonces.map((nonce) => ({ nonce }) as Outgoing);
  assert.equal(nextNonce(5, kept()), 5);
  assert.equal(nextNonce(5, kept(3, 4)), 5);
  assert.equal(nextNonce(5, kept(5, 6)), 7);
  assert.equal(nextNonce(5, kept(7)), 5);
  assert.deepEqual(gapsIn(5, kept(5, 6)), []);
  assert.deepEqual(gapsIn(5, kept(6, 9)), [5, 7, 8]);
  assert.deepEqual(gapsIn(7, kept(6, 9)), [7, 8]);
  assert.deepEqual(gapsIn(5, []), []);
});
