// A hub's wallet as it is shown: its standing, its money and its latest registration.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { registrationOf } from "@sonm/chain/hub/registration";
import { hubStandingOf } from "@sonm/chain/hub/standing";
import { type HubRecord, hubRecordOf, lockOfWaiting } from "@sonm/chain/hub/wallet";
import { hubNamesOf, hubsPage } from "@sonm/chain/hub/whitelist";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "viem";
import { addressOf, deployment, ME, NOW, stubChain } from "../stub-chain.ts";

const HUB = addressOf(201);
const entry = (wallet: Address, status = 1) => ({
  wallet,
  owner: ME,
  name: `hub ${Number(wallet)}`,
  endpoint: "/dns4/hub/tcp/1",
  status,
  registrations: 2,
  registeredAt: NOW,
  trusted: true,
  free: 5n,
});
const statuses = ["created", "registered", "idle", "suspected", "punished"];

describe("the standing of a wallet", () => {
  const answers = { status: () => 3, suspectedAt: () => BigInt(NOW), owner: () => ME, free: () => 5n };

  test("is nothing where there is no wallet", async () => {
    for (const code of [undefined, "0x"] as const)
      assert.equal(await hubStandingOf(stubChain({ answers, code }).reader, HUB), undefined);
  });

  test("is what the wallet says", async () => {
    const standing = { status: "suspected", suspectedAt: NOW, owner: ME, free: 5n };
    assert.deepEqual(await hubStandingOf(stubChain({ answers, code: "0x60" }).reader, HUB), standing);
  });
});

test("statuses and outcomes have their names, in every place", async () => {
  for (const [number, status] of statuses.entries()) {
    const answers = { count: () => 1n, page: () => [entry(HUB, number)] };
    const { hubs } = await hubsPage(stubChain({ answers }).reader, deployment, 0, 10);
    assert.equal(hubs[0]?.status, status);
  }
  for (const [number, outcome] of ["open", "paid out", "rehabilitated", "banned"].entries()) {
    const { reader } = stubChain({ answers: { registration: () => ({ outcome: number }) } });
    assert.equal((await registrationOf(reader, HUB, 1)).outcome, outcome);
  }
});

test("a number that this version has no name for counts as the first of the names", async () => {
  const { reader } = stubChain({
    code: "0x60",
    answers: {
      count: () => 1n,
      page: () => [entry(HUB, 9)],
      status: () => 9,
      suspectedAt: () => 0n,
      owner: () => ME,
      free: () => 0n,
      registration: () => ({ outcome: 9 }),
    },
  });
  assert.equal((await hubsPage(reader, deployment, 0, 10)).hubs[0]?.status, "created");
  assert.equal((await hubStandingOf(reader, HUB))?.status, "created");
  assert.equal((await registrationOf(reader, HUB, 1)).outcome, "open");
});

test("a page of hubs is asked for as it was named, and says how many there are", async () => {
  const { reader, asked } = stubChain({ answers: { count: () => 70n, page: () => [entry(HUB)] } });
  assert.equal((await hubsPage(reader, deployment, 40, 20)).count, 70);
  assert.deepEqual(asked.find(({ functionName }) => functionName === "page")?.args, [40n, 20n]);
});

test("accounts that are hubs have names, the others have none", async () => {
  const answers = { isHub: ([account]: readonly Address[]) => account === HUB, hub: () => entry(HUB) };
  const names = await hubNamesOf(stubChain({ answers }).reader, deployment, [ME, HUB]);
  assert.deepEqual([...names], [[HUB, "hub 201"]]);
});

describe("a hub's record", () => {
  const { snm, whitelist, jobBoard } = deployment.addresses;
  const answers = {
    isHub: ([account]: readonly Address[]) => account === HUB,
    hub: ([account]: readonly Address[]) => entry(account ?? ME),
    balanceOf: () => 100n,
    approvedBy: () => 7n,
    locked: () => 3n,
    available: () => 80n,
    waiting: () => ({ remainder: 4n, prices: 9n }),
    registration: ([number]: readonly number[]) => ({ registeredAt: number, outcome: 0 }),
  };

  test("is of what the token, the whitelist, the escrow and the wallet itself say", async () => {
    const { reader, asked } = stubChain({ answers });
    assert.deepEqual(await hubRecordOf(reader, deployment, HUB), {
      ...entry(HUB),
      status: "registered",
      balance: 100n,
      approved: 7n,
      locked: 3n,
      available: 80n,
      waiting: 4n,
      waitingPrices: 9n,
      registration: { registeredAt: 2, outcome: "open" },
    });
    const at = Object.fromEntries(asked.map(({ functionName, address }) => [functionName, address]));
    assert.deepEqual(at, {
      isHub: whitelist,
      hub: whitelist,
      balanceOf: snm,
      approvedBy: snm,
      locked: HUB,
      available: HUB,
      waiting: jobBoard,
      registration: HUB,
    });
  });

  test("there is none of what is no hub", async () => {
    await assert.rejects(hubRecordOf(stubChain({ answers }).reader, deployment, ME), (error: Failure) => {
      return error instanceof Failure && error.what === `${ME} is no hub` && error.advice?.id === "see-hubs";
    });
  });
});

test("of what waits, a share of the prices is locked, rounded up, and never more than comes in", () => {
  const lock = (waiting: bigint, waitingPrices: bigint, lockShareBps = 3000) =>
    lockOfWaiting({ waiting, waitingPrices, registration: { terms: { lockShareBps } } } as HubRecord);
  assert.equal(lock(100n, 10n), 3n);
  assert.equal(lock(100n, 11n), 4n, "a part of a wei counts as one");
  assert.equal(lock(100n, 20_000n, 1), 2n);
  assert.equal(lock(100n, 20_001n, 1), 3n);
  assert.equal(lock(100n, 1000n), 100n);
  assert.equal(lock(300n, 1000n), 300n);
  assert.equal(lock(301n, 1000n), 300n);
  assert.equal(lock(0n, 0n), 0n);
});
