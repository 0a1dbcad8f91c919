// The two lanes: which of them decides what, by which contracts, and how long that takes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { governorOf, laneFor, laneSettingsOf, laneTimesOf, thresholdOf } from "@sonm/chain/government/lanes";
import type { Address } from "viem";
import { addressOf, deployment, NOW, stubChain } from "../stub-chain.ts";

const { dao, fastLane, timelock, fastTimelock } = deployment.addresses;
const hub = addressOf(201);

/** Each answer tells which lane was asked: the fast one's numbers are greater by 1,000,000. */
const of = (number: bigint) => (_: unknown, at: Address) =>
  number + (at === fastLane || at === fastTimelock ? 1_000_000n : 0n);
const answers = {
  votingDelay: of(10n),
  votingPeriod: of(200n),
  getMinDelay: of(3000n),
  LIFETIME: of(40_000n),
  proposalThreshold: of(7n),
  quorumNumerator: () => 999n,
  quorumDenominator: () => 1000n,
  quorum: ([time]: readonly bigint[]) => time,
};

test("the fast lane decides suspicions, the slow one everything else", () => {
  assert.equal(laneFor({ kind: "suspect", hub, registration: 1 }), "fast");
  for (const kind of ["rehab", "ban"] as const) assert.equal(laneFor({ kind, hub, registration: 1 }), "slow");
  assert.equal(laneFor({ kind: "trust", hub, trusted: true }), "slow");
  assert.equal(laneFor({ kind: "spend", to: hub, amount: 1n }), "slow");
  assert.equal(laneFor({ kind: "param", name: "ReserveWei", value: 1n }), "slow");
});

test("each lane has a governor and a timelock of its own", async () => {
  assert.deepEqual([governorOf(deployment, "slow"), governorOf(deployment, "fast")], [dao, fastLane]);
  for (const [lane, governor, lock] of [
    ["slow", dao, timelock],
    ["fast", fastLane, fastTimelock],
  ] as const) {
    const { reader, asked } = stubChain({ answers });
    await laneTimesOf(reader, deployment, lane);
    await laneSettingsOf(reader, deployment, lane);
    await thresholdOf(reader, deployment, lane);
    for (const { functionName, address } of asked)
      assert.equal(address, functionName === "getMinDelay" ? lock : governor, `${lane} ${functionName}`);
  }
});

test("voting takes the delay and the period", async () => {
  const { reader } = stubChain({ answers });
  assert.deepEqual(await laneTimesOf(reader, deployment, "slow"), { voting: 210, waiting: 3000, lifetime: 40_000 });
});

test("the settings are the contracts' numbers, the quorum that of the last moment that has passed", async () => {
  const { reader } = stubChain({ answers });
  assert.deepEqual(await laneSettingsOf(reader, deployment, "slow"), {
    threshold: 7n,
    votingDelay: 10,
    votingPeriod: 200,
    quorumPercent: 99,
    quorum: BigInt(NOW - 1),
    timelockDelay: 3000,
  });
});
