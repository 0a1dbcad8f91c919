// Buyer and hub know only the interface of their engine: with an engine that has no machine, they do the same.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { jobId } from "@sonm/protocol/job/job";
import { decodeManifest } from "@sonm/protocol/job/manifest";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import { contentIdOf, encodeDelivery } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { zeroAddress } from "viem";
import { createActor as createBuyer, outputName } from "../../../offchain/agents/buyer/act.ts";
import { openBuyerJournal } from "../../../offchain/agents/buyer/journal.ts";
import { makeOrder, refereeFor } from "../../../offchain/agents/buyer/order.ts";
import { createActor as createHub } from "../../../offchain/agents/hub/act.ts";
import { openHubJournal } from "../../../offchain/agents/hub/journal.ts";
import { folderForTest } from "../cli/sonm.ts";
import { fakeEngine, fakeOutput } from "./fake-engine.ts";
import { addressOf, BUYER, MINER, NO_DISPUTES, job as terms } from "./fixtures.ts";
import { stubTools } from "./stub-tools.ts";

const image = new TextEncoder().encode("an image");
const inputs = [0, 1, 2].map((unit) => Uint8Array.of(unit));
const order = await makeOrder(image, inputs, { ...terms, batchSize: 3 }, fakeEngine());
const { job } = order;

test("a buyer's job says what its engine says of image and inputs", () => {
  assert.equal(job.machine, zeroAddress);
  assert.equal(job.image, contentIdOf(image));
  assert.equal(job.units, inputs.length);
  assert.equal(job.salt, contentIdOf(order.manifest));
  assert.deepEqual(decodeManifest(order.manifest, job).inputs, inputs.map(contentIdOf));
  assert.equal(order.id, jobId(job));
});

const referees = [addressOf(7), addressOf(9)].map(
  (address) => ({ address, guarantee: "replicated", due: () => NO_DISPUTES, act: async () => {} }) as const,
);

/** The hub's answer to a buyer. */
async function answerOf(engine = fakeEngine(), asked = job) {
  const { tools, done } = stubTools(openHubJournal);
  const identity = { salt: order.id, name: "hub", endpoint: "" };
  const limits = { minPrice: 0n, maxExponent: 16, quoteSeconds: 60 };
  const act = createHub({ ...tools, engine, referees, wallet: job.hub, identity, terms: limits });
  await act({ kind: "quote", request: { job: asked, id: jobId(asked), from: BUYER } });
  return done.letters.map(({ message }) => (message.kind === "refuse-quote" ? message.reason : message.kind));
}

test("a hub quotes what its engine runs", async () => assert.deepEqual(await answerOf(), ["quote"]));

test("a hub does not quote what is for another engine", async () =>
  assert.deepEqual(await answerOf(fakeEngine(), { ...job, machine: addressOf(8) }), [
    `this hub knows the machine ${zeroAddress} only`,
  ]));

test("a hub does not quote what is before another referee", async () =>
  assert.deepEqual(await answerOf(fakeEngine(), { ...job, referee: addressOf(8) }), [
    `this hub knows the referee ${addressOf(7)} and ${addressOf(9)} only`,
  ]));

test("a buyer's job has a referee that gives what its engine promises", () => {
  const proving = { address: addressOf(1), guarantee: "proved" } as const;
  assert.equal(refereeFor(fakeEngine(), [proving, ...referees]), addressOf(7));
  assert.throws(() => refereeFor(fakeEngine(), [proving]), /no referee of this deployment judges replicated jobs/);
});

test("a hub does not quote what its engine finds wrong", async () =>
  assert.match((await answerOf(fakeEngine("it is empty")))[0] ?? "", /it is empty/));

/** What the buyer does with a delivery of these outputs. */
async function collected(outputs: readonly Uint8Array[]) {
  const { tools, set, done, store } = stubTools(openBuyerJournal);
  const resultHashes = inputs.map((_, unit) => contentIdOf(fakeOutput(unit)));
  const about = { job: order.id, batch: 0, attempt: 0, miner: MINER, pay: 1n };
  const claim: Claim = { ...about, root: resultTreeOf(job, about, resultHashes).root };
  const id = claimId(claim);
  const seen = { games: 0, claimedAt: 1, endedAt: 2, winner: undefined, block: 1 };
  set.sight = { ...set.sight, claims: new Map([[id, { id, claim, status: "settled", ...seen }]]) };
  const units = resultHashes.map((resultHash, unit) => {
    const output = outputs[unit] ?? assert.fail("an output for every unit");
    store.set(contentIdOf(output), output);
    return { resultHash, output: contentIdOf(output), proof: new Uint8Array() };
  });
  const delivery = encodeDelivery(units);
  store.set(contentIdOf(delivery), delivery);

  const out = folderForTest();
  const act = createBuyer({ ...tools, engine: fakeEngine(), referees: [], files: { image: "", inputs: [] }, out });
  const batch = {
    batch: 0,
    status: "paid",
    claim: undefined,
    delivery: undefined,
    askedAt: 1,
    collected: false,
  } as const;
  const view = { id: order.id, job, hub: BUYER, published: true, askedAt: 1, quote: undefined, refusal: undefined };
  const whole = { ...view, cancelled: false, posted: true, refundFrom: 0, batches: [batch], reported: false };
  await act({ kind: "collect", order: whole, batch, claim: id, content: contentIdOf(delivery) });
  return { out, kinds: done.happenings.map(({ kind }) => kind) };
}

test("a buyer takes outputs that its engine finds in the results", async () => {
  const outputs = inputs.map((_, unit) => fakeOutput(unit));
  const { out, kinds } = await collected(outputs);
  assert.deepEqual(kinds, ["collected"]);
  for (const [unit, output] of outputs.entries()) {
    assert.deepEqual(new Uint8Array(readFileSync(join(out, outputName(unit)))), output);
  }
});

test("a buyer takes no others", async () => {
  const { kinds } = await collected(inputs.map((_, unit) => fakeOutput(unit, unit === 1)));
  assert.deepEqual(kinds, ["rejected"]);
});
