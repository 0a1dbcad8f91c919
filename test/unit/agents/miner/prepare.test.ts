// Which letters a miner accepts: assignments that its hub has signed, and requests for results that it has.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jobId } from "@sonm/protocol/job/job";
import { type Assignment, assignmentTypedData, claimId } from "@sonm/protocol/result/claim";
import type { PrivateKeyAccount } from "viem";
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

function miner() {
  const { tools } = stubTools(openMinerJournal);
  const { signer, deployment } = tools.access;
  const prepare = createPrepare(tools);
  return {
    journal: tools.journal,
    prepare,
    /** Lets an assignment arrive with a signature by `by` over `signed`. */
    async assigned(by: PrivateKeyAccount, signed: Assignment = assignment) {
      const data = assignmentTypedData(signed, signer.chainId, deployment.addresses.results);
      const { batch, attempt, pay, expiry } = assignment;
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

test("who asks for results of this miner's claims is noted, who asks for others is not", async () => {
  const { journal, prepare, assigned } = miner();
  const [kept] = await assigned(accounts.hub);
  assert.ok(kept);
  journal.roots.put(kept.id, hashOf(7));
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
