// Whose letters a buyer accepts: only the hub's owner answers for the hub, and only a claim's miner delivers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import type { ClaimId, ContentId, JobId } from "@sonm/protocol/values/ids";
import { openBuyerJournal } from "../../../../offchain/agents/buyer/journal.ts";
import { createPrepare } from "../../../../offchain/agents/buyer/prepare.ts";
import { claim, HUB, hashOf, id, job, MINER, OTHER, sightOf } from "../fixtures.ts";
import { receive, stubTools } from "../stub-tools.ts";

function buyer() {
  const { tools, set, done } = stubTools(openBuyerJournal);
  set.reads = { status: () => 1, suspectedAt: () => 0n, owner: () => HUB, free: () => 0n };
  tools.journal.orders.put(id, { id, job, manifest: new Uint8Array() });
  return { journal: tools.journal, set, done, prepare: createPrepare(tools, job.hub) };
}

const quote = { kind: "quote", job: id, expiry: 99n, signature: "0x1234" } as const;
const refusal = { kind: "refuse-quote", job: id, reason: "too large" } as const;

test("the hub's quote is kept and reported", async () => {
  const { journal, prepare, done } = buyer();
  await receive(prepare, HUB, quote);
  assert.deepEqual(journal.quotes.get(id), { expiry: 99, signature: "0x1234" });
  assert.deepEqual(done.happenings, [{ kind: "quoted", job: id, expiry: 99 }]);
});

test("the hub's refusal is kept", async () => {
  const { journal, prepare } = buyer();
  await receive(prepare, HUB, refusal);
  assert.equal(journal.refusals.get(id), "too large");
});

test("S7: the hub's word about a job that was not ordered is not kept", async () => {
  const { journal, prepare, done } = buyer();
  const other = hashOf(9) as JobId;
  for (const message of [quote, refusal]) await receive(prepare, HUB, { ...message, job: other });
  assert.deepEqual([journal.quotes.all(), journal.refusals.all(), done.happenings], [[], [], []]);
});

test("a stranger neither quotes nor refuses", async () => {
  const { journal, prepare, done } = buyer();
  for (const message of [quote, refusal]) await receive(prepare, OTHER, message);
  assert.deepEqual([journal.quotes.get(id), journal.refusals.get(id), done.happenings], [undefined, undefined, []]);
});

test("S7: only the miner of a claim about this buyer's job delivers", async () => {
  const { journal, prepare, set } = buyer();
  journal.orders.put(id, { id, job, manifest: new Uint8Array() });
  const strange = { ...claim, job: hashOf(3) as JobId };
  set.sight = sightOf({ claim }, { claim: strange });
  const content = (digit: number) => hashOf(digit) as ContentId;
  await receive(prepare, MINER, { kind: "results", claim: claimId(claim), content: content(1) });
  await receive(prepare, OTHER, { kind: "results", claim: claimId(claim), content: content(2) });
  await receive(prepare, MINER, { kind: "results", claim: claimId(strange), content: content(3) });
  await receive(prepare, MINER, { kind: "results", claim: hashOf(4) as ClaimId, content: content(4) });
  assert.deepEqual(journal.deliveries.all(), [content(1)]);
  assert.equal(journal.deliveries.get(claimId(claim)), content(1));
  await receive(prepare, MINER, { kind: "results", claim: claimId(claim), content: content(5) });
  assert.equal(journal.deliveries.get(claimId(claim)), content(5), "its latest word counts");
});

test("letters that are not for a buyer change nothing, whoever sends them", async () => {
  const { journal, prepare, done } = buyer();
  const others = [
    { kind: "accept", job: id, batch: 0, attempt: 0 },
    { kind: "ask-results", claim: claimId(claim) },
  ] as const;
  for (const message of others) await receive(prepare, HUB, message);
  assert.deepEqual([journal.quotes.all(), journal.refusals.all(), journal.deliveries.all()], [[], [], []]);
  assert.deepEqual(done.happenings, []);
});
