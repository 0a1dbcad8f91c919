// A hub as people see it: every amount in its place, with its unit.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HubRecord } from "@sonm/chain/hub/wallet";
import { hubLines, showRating } from "../../../../offchain/cli/hub/show.ts";
import { openTerminal } from "../../../../offchain/host/terminal/terminal.ts";

const SNM = 10n ** 18n;
const DAY = 86_400;
/** 2027-01-15 08:00:00 UTC */
const NOW = 1_800_000_000;
const terminal = { ...openTerminal(process.stderr), paint: (_: unknown, text: string) => text };
const wallet = "0x3333333333333333333333333333333333333333";
const owner = "0x4444444444444444444444444444444444444444";

const hub: HubRecord = {
  wallet,
  owner,
  name: "Aurora",
  endpoint: "/dns4/aurora/tcp/1",
  status: "registered",
  registrations: 2,
  registeredAt: NOW - 10 * DAY,
  trusted: true,
  balance: 100n * SNM,
  approved: 7n * SNM,
  locked: 3n * SNM,
  free: 93n * SNM,
  available: 89n * SNM + SNM / 2n,
  waiting: 5n * SNM,
  waitingPrices: 10n * SNM,
  registration: {
    registeredAt: NOW - 10 * DAY,
    closedAt: 0,
    suspectedAt: 0,
    endedAt: 0,
    outcome: "open",
    reserve: SNM / 2n,
    seized: 0n,
    terms: {
      lockShareBps: 3000,
      taxShareBps: 50,
      payPeriod: 30 * DAY,
      closedPeriod: 4 * DAY,
      suspicion: 5 * DAY,
      rehabAfter: 14 * DAY,
      seizureFreeze: DAY,
      ratingMaturity: DAY,
      ratingRiskBps: 100,
    },
  },
};
const reputation = {
  score: 9_750,
  stakedFor: 40n * SNM,
  stakedAgainst: SNM / 4n,
  firstRegisteredAt: NOW - 50 * DAY,
  since: NOW - 10 * DAY,
};
/** The lines of a hub, by their names. */
function shown(change: Partial<HubRecord> = {}): Record<string, string> {
  const lines = hubLines({ ...hub, ...change }, reputation, NOW, terminal);
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", value = ""] = line.trim().split(/ {3,}/);
      return [name, value];
    }),
  );
}

test("a registered hub shows all its money, each amount with its unit", () => {
  const { age: _, registrations: __, close, "pay-day": payDay, ...rest } = shown();
  assert.deepEqual(rest, {
    hub: "Aurora",
    wallet,
    owner,
    endpoint: "/dns4/aurora/tcp/1",
    status: "registered, trusted by the DAO",
    score: "97.5 %, with 40 SNM staked for and 0.25 SNM against",
    balance: "100 SNM",
    approved: "7 SNM to be pulled by who earned it",
    reserve: "0.5 SNM",
    locked: "3 SNM until pay-day",
    free: "93 SNM",
    "can be paid": "89.5 SNM",
    waiting: "5 SNM in the escrow, to be brought in: `sonm hub collect`; 3 SNM of it will be locked until pay-day",
  });
  assert.equal(close, "from 2027-01-31 08:00:00 UTC (in 16 d)");
  assert.equal(payDay, "from 2027-02-04 08:00:00 UTC (in 20 d)");
});

test("a hub that is not registered has no reserve, no lock and nothing to pay with", () => {
  const { reserve, locked, waiting, next, ...rest } = shown({ status: "idle" });
  assert.deepEqual([reserve, locked, rest["can be paid"]], [undefined, undefined, undefined]);
  assert.equal(waiting, "5 SNM in the escrow, until it is registered again");
  assert.equal(next, "`sonm hub register`");
  assert.equal("waiting" in shown({ waiting: 0n }), false);
});

test("a suspected hub shows from when it can be banned and rehabilitated", () => {
  const registration = { ...hub.registration, suspectedAt: NOW - DAY };
  const { ban, rehabilitation } = shown({ status: "suspected", registration });
  assert.equal(ban, "by the DAO, from 2027-01-19 08:00:00 UTC (in 4 d)");
  assert.equal(rehabilitation, "by the DAO at any time, by anyone from 2027-01-28 08:00:00 UTC (in 13 d)");
});

test("a hub that nobody has rated says so", () => {
  assert.equal(showRating({ score: null, stakedFor: 0n, stakedAgainst: 0n }), "not rated");
});
