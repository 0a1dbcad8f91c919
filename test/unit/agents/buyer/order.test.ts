// The beginning and the end of an order: what a buyer makes and publishes, and what it reports.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { createActor } from "../../../../offchain/agents/buyer/act.ts";
import type { BuyerBatch, OrderView } from "../../../../offchain/agents/buyer/decide.ts";
import { openBuyerJournal } from "../../../../offchain/agents/buyer/journal.ts";
import { makeOrder } from "../../../../offchain/agents/buyer/order.ts";
import { folderForTest } from "../../cli/sonm.ts";
import { fakeEngine } from "../fake-engine.ts";
import { HUB, id, job } from "../fixtures.ts";
import { idleEngine, stubTools } from "../stub-tools.ts";

const folder = folderForTest();
const bytesOf = (text: string) => new TextEncoder().encode(text);
function fileWith(text: string): string {
  const file = join(folder, text);
  writeFileSync(file, text);
  return file;
}
const image = fileWith("image");
const inputs = ["one", "two"].map(fileWith);
const manifest = bytesOf("manifest");

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
  refundFrom: Number(job.deadline),
  batches: [],
  reported: false,
};

function buyer(files = { image, inputs }) {
  const { tools, set, done, store } = stubTools(openBuyerJournal);
  const act = createActor({ ...tools, engine: idleEngine, referees: [], files, out: folder });
  return { act, set, done, store, journal: tools.journal };
}

test("image, inputs and manifest are published, and that is reported", async () => {
  const { act, store, done, journal } = buyer();
  journal.orders.put(id, { id, job, manifest });
  await act({ kind: "publish", order });
  const parts = [bytesOf("image"), bytesOf("one"), bytesOf("two"), manifest];
  assert.deepEqual(
    [...store].map(([key, bytes]) => [key, new Uint8Array(bytes)]),
    parts.map((part) => [contentIdOf(part), part]),
  );
  assert.equal(journal.published.get(id), true);
  assert.deepEqual(done.happenings, [{ kind: "published", job: id, image: contentIdOf(bytesOf("image")), inputs: 2 }]);
});

test("an order counts as published when all of it is", async () => {
  const { act, set, done, journal } = buyer();
  journal.orders.put(id, { id, job, manifest });
  set.broken = new Error("the store is down");
  await assert.rejects(act({ kind: "publish", order }), /the store is down/);
  assert.deepEqual([journal.published.get(id), done.happenings], [undefined, []]);
});

test("a file that is not there is named", async () => {
  const { act, journal } = buyer({ image, inputs: [join(folder, "nowhere")] });
  journal.orders.put(id, { id, job, manifest });
  await assert.rejects(act({ kind: "publish", order }), /The file .*nowhere cannot be read/);
});

test("an order that is not in the journal is not published as if it were", async () => {
  const { act, journal } = buyer();
  await assert.rejects(act({ kind: "publish", order }), /The order is not in the journal/);
  assert.equal(journal.published.get(id), undefined);
});

test("the end of a posted job counts what was settled and what was paid back, in units", async () => {
  const { act, done, journal } = buyer();
  const batch = (number: number, status: BuyerBatch["status"]): BuyerBatch => {
    const nothing = { claim: undefined, delivery: undefined, askedAt: undefined, collected: false };
    return { batch: number, status, ...nothing };
  };
  // Batches of 3, 3 and 2 units.
  const three = { ...job, batchSize: 3 };
  const batches = [batch(0, "paid"), batch(1, "refunded"), batch(2, "paid")];
  await act({ kind: "report", order: { ...order, job: three, posted: true, batches } });
  assert.deepEqual(done.happenings, [{ kind: "done", job: id, settledUnits: 5, refundedUnits: 3 }]);
  assert.equal(journal.reported.get(id), true);
});

for (const [refusal, reason] of [
  ["too cheap", "too cheap"],
  [undefined, "no quote came before the deadline"],
]) {
  test(`a job that was not posted ends with a reason: ${reason}`, async () => {
    const { act, done, journal } = buyer();
    await act({ kind: "report", order: { ...order, refusal } });
    assert.deepEqual(done.happenings, [{ kind: "refused", job: id, reason }]);
    assert.equal(journal.reported.get(id), true);
  });
}

test("an order with terms that the chain would refuse is not made", async () => {
  const made = (change: object) => makeOrder(bytesOf("image"), [bytesOf("one")], { ...job, ...change }, fakeEngine());
  assert.equal((await made({})).job.price, job.price);
  await assert.rejects(made({ batchSize: 0 }));
});
