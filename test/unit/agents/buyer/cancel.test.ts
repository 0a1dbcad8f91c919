// U13: a buyer cancels: before its job is posted nothing is ever paid, afterwards it says what comes back, and when.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { createActor } from "../../../../offchain/agents/buyer/act.ts";
import { cancelOrders, heedCancel } from "../../../../offchain/agents/buyer/cancel.ts";
import { type BuyerBatch, decide, type OrderView } from "../../../../offchain/agents/buyer/decide.ts";
import { openBuyerJournal } from "../../../../offchain/agents/buyer/journal.ts";
import { createProgress } from "../../../../offchain/agents/buyer/progress.ts";
import type { Happening } from "../../../../offchain/host/role/happenings.ts";
import { isCancelWished, wishCancel } from "../../../../offchain/host/role/wishes.ts";
import { claim, HUB, id, job, kinds, MINER, NO_DISPUTES, sightOf } from "../fixtures.ts";
import { idleEngine, stubTools } from "../stub-tools.ts";

const NOW = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), "sonm-cancel-"));
after(() => rmSync(folder, { recursive: true }));

const batch = (number: number, change: Partial<BuyerBatch> = {}): BuyerBatch => ({
  ...{ batch: number, status: "open", claim: undefined, delivery: undefined, askedAt: undefined, collected: false },
  ...change,
});
const order: OrderView = {
  ...{ id, job, hub: HUB, published: true, askedAt: NOW, refusal: undefined, cancelled: false, posted: false },
  ...{ quote: { expiry: NOW + 100, signature: "0x" }, refundFrom: Number(job.deadline), reported: false },
  batches: [batch(0), batch(1)],
};
const viewOf = (change: Partial<OrderView>) => ({
  now: NOW,
  policy: { askAgainSeconds: 60 },
  orders: [{ ...order, ...change }],
  disputes: NO_DISPUTES,
});

function buyer() {
  const { tools, set, done } = stubTools(openBuyerJournal);
  tools.journal.orders.put(id, { id, job, manifest: new Uint8Array() });
  const act = createActor({
    ...tools,
    engine: idleEngine,
    referees: [],
    files: { image: "", inputs: [] },
    out: folder,
  });
  return { tools: { ...tools, data: folder }, set, done, act };
}

describe("U13: a job that is cancelled", () => {
  test("before it is posted is neither published, asked for nor posted", () => {
    for (const change of [{ published: false }, { quote: undefined, askedAt: undefined }, {}]) {
      assert.deepEqual(kinds(decide(viewOf({ ...change, cancelled: true }))), ["report"]);
    }
    assert.deepEqual(kinds(decide(viewOf({ cancelled: true, reported: true }))), []);
  });

  test("after it was posted is refunded and collected as any other", () => {
    const posted = { posted: true, cancelled: true };
    assert.deepEqual(decide(viewOf(posted)), { actions: [], wakeAt: Number(job.deadline) });
    assert.deepEqual(kinds(decide(viewOf({ ...posted, refundFrom: NOW }))), ["refund"]);
    const paid = batch(0, { status: "paid", claim: { id: "0x1" as never, miner: MINER, status: "settled" } });
    assert.deepEqual(kinds(decide(viewOf({ ...posted, batches: [paid] }))), ["askResults"]);
  });

  test("is marked once its buyer finds the wish, which then is gone", () => {
    const { tools, done } = buyer();
    const view = viewOf({});
    assert.equal(heedCancel(tools, view), view);
    wishCancel(folder);
    assert.equal(heedCancel(tools, view).orders[0]?.cancelled, true);
    assert.deepEqual([tools.journal.cancelled.get(id), isCancelWished(folder)], [true, false]);
    assert.deepEqual(done.happenings, [], "its end says the rest");
  });

  test("and posted says what comes back, and from when", () => {
    const { tools, done } = buyer();
    wishCancel(folder);
    heedCancel(tools, viewOf({ posted: true, batches: [batch(0, { status: "taken" }), batch(1)] }));
    const refundFrom = Number(job.deadline);
    assert.deepEqual(done.happenings, [
      { kind: "cancelled", job: id, posted: true, open: 1, back: String(4n * job.price), refundFrom },
    ]);
    wishCancel(folder);
    heedCancel(tools, viewOf({ posted: true, cancelled: true }));
    assert.equal(done.happenings.length, 1, "it says so once");
  });

  test("ends in words: nothing was paid", async () => {
    const { tools, done, act } = buyer();
    await act({ kind: "report", order: { ...order, cancelled: true } });
    const refundFrom = order.refundFrom;
    assert.deepEqual(done.happenings, [{ kind: "cancelled", job: id, posted: false, open: 0, back: "0", refundFrom }]);
    assert.equal(tools.journal.reported.get(id), true);
  });

  test("while it is being posted is not posted if there is time, else goes on as posted", async () => {
    const { tools, set, done, act } = buyer();
    set.reads = { allowance: () => 10n ** 30n };
    const quote = { expiry: NOW + 100, signature: "0x" } as const;
    tools.journal.cancelled.put(id, true);
    await act({ kind: "post", order, quote });
    assert.deepEqual([done.calls, done.happenings], [[], []]);
    set.sight = sightOf();
    await act({ kind: "report", order: { ...order, cancelled: true } });
    const [said] = done.happenings;
    assert.ok(said?.kind === "cancelled" && said.posted && said.open === 2 && said.back === String(8n * job.price));
    assert.equal(tools.journal.reported.get(id), undefined);
  });

  test("right after it was posted is told as posted, also where the chain is not seen so far yet", async () => {
    const { tools, set, done, act } = buyer();
    set.reads = { allowance: () => 10n ** 30n };
    await act({ kind: "post", order, quote: { expiry: NOW + 100, signature: "0x" } });
    tools.journal.cancelled.put(id, true);
    await act({ kind: "report", order: { ...order, cancelled: true } });
    const said = done.happenings.at(-1);
    assert.ok(said?.kind === "cancelled" && said.posted);
    assert.equal(tools.journal.reported.get(id), undefined);
  });

  test("is not cancelled again when it is over", () => {
    const { tools } = buyer();
    tools.journal.reported.put(id, true);
    assert.deepEqual(cancelOrders(tools.journal), []);
    assert.equal(tools.journal.cancelled.get(id), undefined);
  });
});

describe("U13: progress", () => {
  test("is said when it has changed, and when the next claim settles", () => {
    const said: Happening[] = [];
    const tell = createProgress((one) => void said.push(one));
    const sight = sightOf({ claim, claimedAt: NOW - 10 });
    const [seen] = sight.claims.values();
    const live = { id: seen?.id ?? assert.fail(), miner: MINER, status: "live" } as const;
    const view = viewOf({ posted: true, batches: [batch(0, { status: "taken", claim: live }), batch(1)] });
    tell(viewOf({}), sight);
    tell(view, sight);
    tell(view, sight);
    const settlesAt = NOW - 10 + job.window + job.opening + 1;
    const progress = { kind: "progress", job: id, batches: 2, claimed: 1, settled: 0, collected: 0, refunded: 0 };
    assert.deepEqual(said, [{ ...progress, settlesAt }]);
    const later = viewOf({ posted: true, batches: [batch(0, { status: "paid", collected: true }), batch(1)] });
    tell(later, sight);
    assert.deepEqual(said.at(-1), { ...progress, claimed: 0, settled: 1, collected: 1, settlesAt: null });
    assert.equal(said.length, 2);
  });
});
