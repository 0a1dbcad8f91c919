// A hub's age counts from its first registration, its status from the latest.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HubStatus } from "@sonm/chain/enums/hub-status";
import type { Registration } from "@sonm/chain/hub/registration";
import { reputationOf, reputationsOf, sinceWhen } from "@sonm/chain/hub/reputation";
import type { HubEntry } from "@sonm/chain/hub/whitelist";
import { addressOf, deployment, ME, stubChain } from "../stub-chain.ts";

const hubAs = (number: number, status: HubStatus, registrations: number): HubEntry => ({
  wallet: addressOf(number),
  owner: ME,
  name: "hub",
  endpoint: "",
  status,
  registrations,
  registeredAt: 0,
  trusted: false,
  free: 0n,
});
/** The `n`th registration begins at 1000 n, is suspected 100 later, and ends 200 later. */
const registration = ([number]: readonly number[]) => ({
  registeredAt: 1000 * (number ?? 0),
  closedAt: 0,
  suspectedAt: 1000 * (number ?? 0) + 100,
  endedAt: 1000 * (number ?? 0) + 200,
  outcome: 0,
});
const answers = { registration, tally: () => ({ weightFor: 0n, weightAgainst: 0n }) };

test("each status begins at a moment of its own", () => {
  const times = registration([1]) as unknown as Registration;
  const since = (status: HubStatus) => sinceWhen({ status }, times);
  assert.equal(since("created"), 0, "the chain keeps no time of it");
  assert.equal(since("registered"), 1000);
  assert.equal(since("suspected"), 1100);
  assert.equal(since("idle"), 1200);
  assert.equal(since("punished"), 1200);
});

test("reputations come in the order of the hubs, each with its own times", async () => {
  const { reader } = stubChain({ answers });
  const unrated = { score: null, stakedFor: 0n, stakedAgainst: 0n };
  const hubs = [hubAs(201, "suspected", 3), hubAs(202, "created", 0), hubAs(203, "registered", 1)];
  assert.deepEqual(await reputationsOf(reader, deployment, hubs), [
    { ...unrated, firstRegisteredAt: 1000, since: 3100 },
    { ...unrated, firstRegisteredAt: 0, since: 0 },
    { ...unrated, firstRegisteredAt: 1000, since: 1000 },
  ]);
});

test("a hub that was never registered has none to be read", async () => {
  const { reader, asked } = stubChain({ answers });
  assert.equal((await reputationOf(reader, deployment, hubAs(202, "created", 0))).since, 0);
  assert.ok(asked.every(({ functionName }) => functionName !== "registration"));
});
