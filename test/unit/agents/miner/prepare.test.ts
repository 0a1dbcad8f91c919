// Which letters a miner accepts: assignments that its hub has signed, and requests for results that it has.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jobId } from "@sonm/protocol/job/job";
import { type Assignment, assignmentTypedData, claimId } from "@sonm/protocol/result/claim";
import { numberToHex, type PrivateKeyAccount, padHex } from "viem";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { createPrepare } from "../../../../offchain/agents/miner/prepare.ts";
import { hashOf, OTHER, job as terms, VERIFIER } from "../fixtures.ts";
import { accounts, receive, stubTools } from "../stub-tools.ts";

const job = { ...terms, hub: accounts.hub.address };
const assignment: Assignment = {
  wallet: job.hub,
  job: jobId(job),
  batch: 1,
  attempt: 0,
  miner: accounts.me.address,
  pay: 700n,
  expiry: 1_000_100n,
};

function miner(wallet = job.hub) {
  const { tools } = stubTools(openMinerJournal);
  const { signer, deployment } = tools.access;
  const prepare = createPrepare(tools, wallet);
  return {
    journal: tools.journal,
    prepare,
    /** Lets an assignment arrive with a signature by `by` over `signed`. */
    async assigned(by: PrivateKeyAccount, signed: Assignment = assignment, named: Assignment = assignment) {
      const data = assignmentTypedData(signed, signer.chainId, deployment.addresses.results);
      const { batch, attempt, pay, expiry } = named;
      const signature = await by.signTypedData(data);
      await receive(prepare, OTHER, { kind: "assign", job, batch, attempt, pay, expiry, signature });
      return tools.journal.assignments.all();
    },
  };
}

test("an assignment is kept if the hub's wallet has signed exactly it", async () => {
  const [kept, ...more] = await miner().assigned(accounts.hub);
  assert.equal(more.length, 0);
  assert.deepEqual(kept?.assignment, assignment);
  assert.equal(kept?.from, OTHER);
});

test("an assignment signed by somebody else is not", async () => {
  assert.deepEqual(await miner().assigned(accounts.stranger), []);
});

for (const change of [{ pay: 699n }, { batch: 0 }, { attempt: 1 }, { expiry: 1n }, { miner: OTHER }]) {
  test(`an assignment signed with another ${Object.keys(change)[0]} is not`, async () => {
    assert.deepEqual(await miner().assigned(accounts.hub, { ...assignment, ...change }), []);
  });
}

test("an assignment that comes twice is kept once", async () => {
  const { assigned } = miner();
  await assigned(accounts.hub);
  assert.equal((await assigned(accounts.hub)).length, 1);
});

test("S3: an assignment of another hub is not read", async () => {
  assert.deepEqual(await miner(OTHER).assigned(accounts.hub), []);
});

test("S7: a forged letter does not occupy the place of the true one, nor one of other terms", async () => {
  const { assigned } = miner();
  assert.deepEqual(await assigned(accounts.stranger), []);
  const better = { ...assignment, pay: 701n };
  await assigned(accounts.hub, better, better);
  const kept = await assigned(accounts.hub);
  assert.deepEqual(
    kept.map(({ assignment: { pay } }) => pay),
    [701n, 700n],
  );
  assert.equal(new Set(kept.map(({ id }) => id)).size, 2);
});

test("S1: a signature that is malformed costs this letter alone", async () => {
  const { journal, prepare } = miner();
  const { batch, attempt, pay, expiry } = assignment;
  const signature = `0x${"00".repeat(33)}${"8010".repeat(16)}` as const;
  await receive(prepare, OTHER, { kind: "assign", job, batch, attempt, pay, expiry, signature });
  assert.deepEqual(journal.assignments.all(), []);
});

test("S7: no more than 32 requests for the results of a claim wait", async () => {
  const { journal, prepare, assigned } = miner();
  const [kept] = await assigned(accounts.hub);
  journal.putRoot(kept ?? assert.fail(), hashOf(7));
  const claim = claimId({ ...assignment, root: hashOf(7) });
  for (let i = 0; i < 40; i++)
    await receive(prepare, padHex(numberToHex(i + 1), { size: 20 }), { kind: "ask-results", claim });
  assert.equal(journal.asked.all().length, 32);
  journal.asked.delete(`${claim}/${padHex("0x01", { size: 20 })}`);
  await receive(prepare, VERIFIER, { kind: "ask-results", claim });
  assert.equal(journal.asked.all().at(-1)?.by, VERIFIER);
});

test("who asks for results of this miner's claims is noted, who asks for others is not", async () => {
  const { journal, prepare, assigned } = miner();
  const [kept] = await assigned(accounts.hub);
  assert.ok(kept);
  journal.putRoot(kept, hashOf(7));
  const own = claimId({ ...assignment, root: hashOf(7) });
  const others = claimId({ ...assignment, root: hashOf(8) });
  for (const claim of [own, others]) await receive(prepare, VERIFIER, { kind: "ask-results", claim });
  assert.deepEqual(journal.asked.all(), [{ claim: own, by: VERIFIER }]);
});

test("letters that are not for a miner change nothing", async () => {
  const { journal, prepare } = miner();
  await receive(prepare, OTHER, { kind: "accept", job: jobId(job), batch: 0, attempt: 0 });
  assert.deepEqual([journal.assignments.all(), journal.asked.all()], [[], []]);
});
