// The settling of a claim, by whoever does it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import { openHubJournal } from "../../../../offchain/agents/hub/journal.ts";
import { settle } from "../../../../offchain/host/role/settle.ts";
import { claim, id, job } from "../../agents/fixtures.ts";
import { stubTools } from "../../agents/stub-tools.ts";

test("a claim is settled on the chain, and reported with its units", async () => {
  const { tools, done } = stubTools(openHubJournal);
  // The last batch is shorter than the others.
  const [seven, last] = [
    { ...job, units: 7 },
    { ...claim, batch: 1 },
  ];
  await settle(tools, seven, last);
  const { results } = tools.access.deployment.addresses;
  assert.deepEqual(done.calls, [{ to: results, functionName: "settle", args: [seven, last] }]);
  assert.deepEqual(done.happenings, [{ kind: "settled", claim: claimId(last), job: id, batch: 1, units: 3 }]);
});

test("a claim that could not be settled is not reported as settled", async () => {
  const { tools, set, done } = stubTools(openHubJournal);
  set.broken = new Error("the node is down");
  await assert.rejects(settle(tools, job, claim), /the node is down/);
  assert.deepEqual(done.happenings, []);
});
