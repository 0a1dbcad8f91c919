// What a hub sends to the chain for its wallet and its claims.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import { createActor } from "../../../../offchain/agents/hub/act.ts";
import type { HubAction } from "../../../../offchain/agents/hub/decide.ts";
import { openHubJournal } from "../../../../offchain/agents/hub/journal.ts";
import { claim, hashOf, job } from "../fixtures.ts";
import { idleEngine, stubTools } from "../stub-tools.ts";

const wallet = job.hub;
const identity = { salt: hashOf(7), name: "Aurora", endpoint: "/ip4/1.2.3.4" };
const settleable = { id: claimId(claim), claim, job, games: 0, claimedAt: 1 };

/** What a hub sends, and says of it, when it does this. */
async function carryOut(action: HubAction) {
  const { tools, done } = stubTools(openHubJournal);
  const terms = { minPrice: 0n, maxExponent: 16, quoteSeconds: 60 };
  await createActor({ ...tools, engine: idleEngine, referees: [], wallet, identity, terms })(action);
  return { ...done, addresses: tools.access.deployment.addresses };
}

test("a hub makes its wallet under its name", async () => {
  const { calls, addresses } = await carryOut({ kind: "create" });
  const args = [identity.salt, identity.name, identity.endpoint];
  assert.deepEqual(calls, [{ to: addresses.hubFactory, functionName: "createHub", args }]);
});

test("a hub funds its wallet", async () => {
  const { calls, addresses } = await carryOut({ kind: "fund", amount: 5n });
  assert.deepEqual(calls, [{ to: addresses.snm, functionName: "transfer", args: [wallet, 5n] }]);
});

test("a hub registers its wallet", async () => {
  const { calls } = await carryOut({ kind: "register" });
  assert.deepEqual(calls, [{ to: wallet, functionName: "register", args: [] }]);
});

test("a hub collects what waits for its wallet", async () => {
  const { calls, addresses } = await carryOut({ kind: "collect", amount: 5n });
  assert.deepEqual(calls, [{ to: addresses.jobBoard, functionName: "collect", args: [wallet] }]);
});

test("a hub settles what its miner has left, and reports it", async () => {
  const { calls, happenings, addresses } = await carryOut({ kind: "settle", of: settleable });
  assert.deepEqual(calls, [{ to: addresses.results, functionName: "settle", args: [job, claim] }]);
  assert.deepEqual(happenings, [{ kind: "settled", claim: claimId(claim), job: claim.job, batch: 0, units: 4 }]);
});
