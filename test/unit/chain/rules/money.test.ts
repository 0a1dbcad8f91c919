// What somebody can do with own SNM and with SNM that is owed, as data: at the exact wei and second at which it changes.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Addresses } from "@sonm/chain/deployment";
import type { Seizure } from "@sonm/chain/government/treasury";
import type { Outstanding, Owed } from "@sonm/chain/hub/earnings";
import type { Position } from "@sonm/chain/hub/ratings";
import type { HubRecord } from "@sonm/chain/hub/wallet";
import {
  collectRefusal,
  nothingOwed,
  pullRefusal,
  releaseRefusal,
  settleable,
  settleRefusal,
} from "@sonm/chain/rules/earnings";
import { balanceRefusal, depositRefusal, sendRefusal, takeRefusal, withdrawalRefusal } from "@sonm/chain/rules/money";
import { claimRefusal, nothingPaid, ratingRefusal } from "@sonm/chain/rules/rating";
import type { Failure } from "@sonm/protocol/values/failure";
import type { ClaimId } from "@sonm/protocol/values/ids";
import { parseEther, zeroAddress } from "viem";
import { todoOf } from "../../../../offchain/cli/advice.ts";

const SNM = parseEther("1");
const DAY = 86_400;
const NOW = 1_800_000_000;
const someone = "0x1111111111111111111111111111111111111111";
const other = "0x2222222222222222222222222222222222222222";
const board = "0x3333333333333333333333333333333333333333";
const purse = "0x4444444444444444444444444444444444444444";

const idOf = (refusal: Failure | undefined) => refusal?.advice?.id;

describe("sending", () => {
  const addresses = { treasury: purse, timelock: other, jobBoard: board } as Partial<Addresses> as Addresses;
  test("reaches people, hubs, the Treasury and its timelock, with what one has", () => {
    for (const to of [someone, purse, other] as const) assert.equal(sendRefusal(addresses, to, 1n, 1n), undefined);
    for (const to of [board, zeroAddress] as const)
      assert.equal(idOf(sendRefusal(addresses, to, 1n, 1n)), "name-reachable");
    assert.equal(idOf(sendRefusal(addresses, someone, 0n, 1n)), "name-amount");
    assert.equal(idOf(sendRefusal(addresses, someone, 2n, 1n)), "send-less");
  });
  test("more than one has is refused with both amounts", () => {
    assert.equal(balanceRefusal("No", SNM, SNM), undefined);
    assert.equal(balanceRefusal("No", SNM, 2n * SNM)?.message, "No: you have 1 SNM, it takes 2 SNM");
  });
});

describe("a stake", () => {
  const none = { amount: 0n, availableAt: 0 };
  const stake = { free: 3n * SNM, locked: SNM, withdrawing: none };
  const coming = { amount: SNM, availableAt: NOW + DAY };

  test("is put in from what one has", () => {
    assert.equal(depositRefusal(1n, 1n), undefined);
    assert.equal(idOf(depositRefusal(0n, 1n)), "name-amount");
    assert.equal(idOf(depositRefusal(2n, 1n)), "stake-less");
  });

  test("is asked back as far as it is free", () => {
    assert.equal(withdrawalRefusal(stake, 3n * SNM, false, NOW), undefined);
    assert.equal(idOf(withdrawalRefusal(stake, 3n * SNM + 1n, false, NOW)), "withdraw-or-await-claims");
    assert.equal(idOf(withdrawalRefusal({ ...stake, free: 0n }, 0n, false, NOW)), "withdraw-or-await-claims");
    assert.equal(idOf(withdrawalRefusal({ ...stake, free: 0n, locked: 0n }, 0n, false, NOW)), "see-stake");
    assert.equal(idOf(withdrawalRefusal(stake, 0n, false, NOW)), "name-amount");
  });

  test("on its way home waits anew only if that is wanted", () => {
    const second = (now: number, restart = false) =>
      withdrawalRefusal({ ...stake, withdrawing: coming }, SNM, restart, now);
    assert.equal(second(NOW)?.possibleFrom, NOW + DAY);
    assert.match(todoOf(second(NOW) as Failure), /\(in 1 d\); or let them wait anew: --restart$/);
    assert.equal(idOf(second(NOW + DAY)), "take-first");
    assert.equal(second(NOW, true), undefined);
  });

  test("is taken at its time", () => {
    assert.equal(takeRefusal(coming, DAY, NOW + DAY - 1)?.possibleFrom, NOW + DAY);
    assert.equal(takeRefusal(coming, DAY, NOW + DAY), undefined);
    assert.equal(takeRefusal(none, 3 * DAY, NOW)?.advice?.values?.delay, "3 d");
  });
});

describe("what is owed", () => {
  const claimOf = (claim: string, settlesFrom: number, disputed = false): Outstanding => ({
    claim: claim as ClaimId,
    hub: someone,
    amount: SNM,
    settlesFrom,
    disputed,
  });
  const open = claimOf("0x1", NOW + 10);

  test("is settled from the end of its window on, if nobody disputes it", () => {
    assert.equal(settleRefusal([open], NOW + 9)?.possibleFrom, NOW + 10);
    assert.equal(settleRefusal([open], NOW + 10), undefined);
    assert.deepEqual(settleable([open, claimOf("0x2", NOW, true), claimOf("0x3", NOW + 11)], NOW + 10), [open]);
    assert.equal(idOf(settleRefusal([claimOf("0x2", NOW, true)], NOW)), "await-own-games");
    assert.equal(settleRefusal([claimOf("0x2", NOW, true), open], NOW)?.possibleFrom, NOW + 10);
    assert.equal(idOf(settleRefusal([], NOW)), "see-earnings");
  });

  test("is pulled from who owes it", () => {
    const owed = [{ hub: { wallet: someone }, amount: SNM } as unknown as Owed];
    assert.equal(pullRefusal(owed, []), undefined);
    assert.equal(pullRefusal(owed, [someone]), undefined);
    assert.match(pullRefusal(owed, [someone, other])?.why ?? "", /^0x2+ owes you nothing/);
    assert.equal(collectRefusal(owed), undefined);
    assert.match(collectRefusal([])?.why ?? "", /no hub owes the Treasury/);
  });

  test("where nothing is, comes from claims, and it is said when", () => {
    assert.equal(nothingOwed([open], NOW).possibleFrom, NOW + 10);
    assert.equal(idOf(nothingOwed([open], NOW + 10)), "settle");
    assert.equal(idOf(nothingOwed([claimOf("0x2", NOW, true)], NOW)), "await-game");
    assert.equal(idOf(nothingOwed([], NOW)), "await-payment");
  });

  test("a seizure is released at its time", () => {
    const seizure = { number: 3, releaseAt: NOW } as Seizure;
    assert.equal(releaseRefusal(seizure, NOW - 1)?.possibleFrom, NOW);
    assert.equal(releaseRefusal(seizure, NOW), undefined);
  });
});

describe("ratings", () => {
  const terms = { payPeriod: 30 * DAY, closedPeriod: 4 * DAY, rehabAfter: 180 * DAY };
  const hubAs = (status: HubRecord["status"], times: { closedAt?: number; suspectedAt?: number } = {}) =>
    ({
      name: "Mirage",
      status,
      registration: { registeredAt: NOW, closedAt: 0, suspectedAt: 0, terms, ...times },
    }) as HubRecord;

  test("are taken while the pay period runs, with a stake that one has", () => {
    const hub = hubAs("registered");
    assert.equal(ratingRefusal(hub, 1n, 1n, NOW + 30 * DAY - 1), undefined);
    assert.match(ratingRefusal(hub, 1n, 1n, NOW + 30 * DAY)?.why ?? "", /its pay period ended at/);
    assert.match(ratingRefusal(hubAs("registered", { closedAt: NOW }), 1n, 1n, NOW)?.why ?? "", /was closed at/);
    assert.match(ratingRefusal(hubAs("idle"), 1n, 1n, NOW)?.why ?? "", /the hub is idle/);
    assert.equal(idOf(ratingRefusal(hub, 0n, 1n, NOW)), "name-amount");
    assert.equal(idOf(ratingRefusal(hub, 1n, 0n, NOW)), "get-some");
    assert.equal(ratingRefusal(hub, 2n * SNM, SNM, NOW)?.advice?.values?.balance, "1 SNM");
  });

  const position = (claimed: Position["claimed"]) => ({ number: 7, claimed }) as Position;

  test("are paid once they are decided, the winnings when they are free", () => {
    assert.equal(claimRefusal(position("nothing"), { winningsFrom: NOW + 1 }, NOW), undefined, "the stake at least");
    assert.equal(claimRefusal(position("stake"), { winningsFrom: NOW + 1 }, NOW)?.possibleFrom, NOW + 1);
    assert.equal(claimRefusal(position("stake"), { winningsFrom: NOW }, NOW), undefined);
    assert.match(claimRefusal(position("all"), { winningsFrom: 0 }, NOW)?.why ?? "", /has been paid/);
  });

  test("that are not decided say what decides them, and when", () => {
    const wait = (hub: HubRecord) => claimRefusal(position("nothing"), { hub }, NOW);
    assert.equal(wait(hubAs("registered"))?.possibleFrom, NOW + 30 * DAY);
    assert.match(wait(hubAs("registered"))?.todo ?? "", /anyone can from 2027-02-18 08:00:00 UTC$/);
    assert.equal(wait(hubAs("registered", { closedAt: NOW + 28 * DAY }))?.possibleFrom, NOW + 32 * DAY);
    assert.equal(wait(hubAs("suspected", { suspectedAt: NOW }))?.possibleFrom, NOW + 180 * DAY);
    assert.equal(idOf(wait(hubAs("registered"))), "await-closing");
    assert.equal(idOf(wait(hubAs("registered", { closedAt: NOW + 28 * DAY }))), "wait-until");
  });

  test("of which none is paid name the reason that ends first", () => {
    const [suspected, registered] = [hubAs("suspected", { suspectedAt: NOW }), hubAs("registered")].map((hub) =>
      claimRefusal(position("nothing"), { hub }, NOW),
    );
    const paid = claimRefusal(position("all"), { winningsFrom: 0 }, NOW);
    assert(suspected && registered && paid);
    for (const refusals of [
      [suspected, registered, paid],
      [paid, registered, suspected],
      [registered, paid, suspected],
    ])
      assert.equal(nothingPaid(refusals), registered);
    assert.equal(nothingPaid([paid]), paid);
    assert.equal(idOf(nothingPaid([])), "rate-hub");
  });
});
