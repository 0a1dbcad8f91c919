// Whether a decision can be carried out, as data: every kind, every status, at the second before a change and at the second itself.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TreasuryRecord } from "@sonm/chain/government/treasury";
import type { HubRecord } from "@sonm/chain/hub/wallet";
import {
  banRefusal,
  decisionRefusal,
  parameterRefusal,
  spendRefusal,
  timelockRefusal,
} from "@sonm/chain/rules/decision";
import type { Failure } from "@sonm/protocol/values/failure";
import { parseEther } from "viem";
import { todoOf } from "../../../../offchain/cli/advice.ts";

const SNM = parseEther("1");
const DAY = 86_400;
const NOW = 1_800_000_000;
const EVER = 2 ** 40;
const hub = "0x3333333333333333333333333333333333333333";

/** @param todo as the command line says it */
function refusedWith(refusal: Failure | undefined, why: RegExp, todo: RegExp, possibleFrom?: number): void {
  assert.ok(refusal, "nothing stands in the way");
  assert.match(refusal.why, why);
  assert.match(todoOf(refusal), todo);
  assert.equal(refusal.possibleFrom, possibleFrom);
}

function hubAs(status: HubRecord["status"]): HubRecord {
  const registration = { suspectedAt: NOW - DAY, terms: { suspicion: 120 * DAY } };
  return { name: "Mirage", status, registrations: 2, registration } as HubRecord;
}

describe("a decision about a hub", () => {
  type Row = readonly [status: HubRecord["status"], why: RegExp, todo: RegExp];
  const hindered: Readonly<Record<"suspect" | "rehab", readonly Row[]>> = {
    suspect: [
      ["created", /Mirage is created, and only a registered hub/, /sonm hub status/],
      ["idle", /Mirage is idle, and only a registered hub/, /sonm hub status/],
      ["suspected", /only a registered hub/, /it is done/],
      ["punished", /banned already, for ever/, /never be carried out/],
    ],
    rehab: [
      ["created", /is created, not suspected/, /its funds are free/],
      ["registered", /is registered, not suspected/, /its funds are free/],
      ["idle", /is idle, not suspected/, /its funds are free/],
      ["punished", /banned already, for ever/, /never be carried out/],
    ],
  };
  for (const kind of ["suspect", "rehab"] as const) {
    test(`${kind} depends on the hub's standing`, () => {
      for (const [status, why, todo] of hindered[kind]) {
        refusedWith(decisionRefusal({ kind, hub, registration: 2 }, hubAs(status), NOW, EVER), why, todo);
      }
      const free = kind === "suspect" ? "registered" : "suspected";
      assert.equal(decisionRefusal({ kind, hub, registration: 2 }, hubAs(free), NOW, EVER), undefined);
    });
  }

  test("a ban has a date", () => {
    const ban = { kind: "ban", hub, registration: 2 } as const;
    const from = NOW + 119 * DAY;
    refusedWith(
      decisionRefusal(ban, hubAs("suspected"), from - 1, from),
      /time to defend itself/,
      /possible from 20\d\d-.* \(in 1 s\)/,
      from,
    );
    assert.equal(decisionRefusal(ban, hubAs("suspected"), from, from), undefined);
    refusedWith(decisionRefusal(ban, hubAs("registered"), NOW, EVER), /not suspected/, /suspect it first/);
  });

  test("a ban that expires before that date can never be carried out", () => {
    const from = NOW + 119 * DAY;
    const late = decisionRefusal({ kind: "ban", hub, registration: 2 }, hubAs("suspected"), from - 2, from - 1);
    refusedWith(late, /time to defend itself/, /propose it again, to be executed from/);
  });

  test("a ban is proposed and queued when it lasts for a day after that date at least", () => {
    const times = { voting: 8 * DAY, waiting: 2 * DAY, lifetime: 30 * DAY };
    for (const [step, lasts] of [
      ["propose", 40 * DAY],
      ["queue", 32 * DAY],
    ] as const) {
      const from = NOW + 120 * DAY - lasts;
      refusedWith(banRefusal(step, hubAs("suspected"), times, from - 1), /would expire/, /possible from/, from);
      assert.equal(banRefusal(step, hubAs("suspected"), times, from), undefined);
      assert.equal(banRefusal(step, hubAs("idle"), times, NOW), undefined);
    }
  });

  test("a decision is about one registration", () => {
    for (const kind of ["suspect", "rehab", "ban"] as const)
      for (const registration of [1, 3])
        for (const status of ["registered", "idle", "suspected"] as const)
          refusedWith(
            decisionRefusal({ kind, hub, registration }, hubAs(status), NOW + 200 * DAY, EVER),
            /about registration \d of Mirage, whose last one is 2/,
            /never be carried out/,
          );
  });

  test("a banned hub has no mark to be given or taken", () => {
    for (const trusted of [true, false]) {
      const mark = { kind: "trust", hub, trusted } as const;
      refusedWith(decisionRefusal(mark, hubAs("punished"), NOW, EVER), /banned, for ever/, /never be carried out/);
      assert.equal(decisionRefusal(mark, hubAs("idle"), NOW, EVER), undefined);
    }
  });
});

describe("a payment of the Treasury", () => {
  const seizure = (number: number, amount: bigint, releaseAt: number, released = false) =>
    ({ number, hub, amount: amount * SNM, releaseAt, released }) as const;
  const treasury = (available: bigint, ...seizures: TreasuryRecord["seizures"]): TreasuryRecord => ({
    balance: 0n,
    frozen: 0n,
    available: available * SNM,
    seizures,
  });

  test("is possible with what is free, to the wei", () => {
    assert.equal(spendRefusal(treasury(5n), 5n * SNM, NOW), undefined);
    refusedWith(spendRefusal(treasury(5n), 5n * SNM + 1n, NOW), /has 5 SNM to spend/, /once more has come in/);
  });

  test("of frozen funds has the date at which enough of them is free, the soonest first", () => {
    const one = treasury(
      1n,
      seizure(0, 10n, NOW + 30 * DAY),
      seizure(1, 2n, NOW + 9 * DAY),
      seizure(2, 3n, NOW + 10 * DAY),
    );
    refusedWith(
      spendRefusal(one, 6n * SNM, NOW),
      /enough is frozen/,
      /in 10 d.*treasury release 1 2`$/,
      NOW + 10 * DAY,
    );
    refusedWith(spendRefusal(one, 3n * SNM, NOW), /enough is frozen/, /in 9 d.*treasury release 1`$/, NOW + 9 * DAY);
    refusedWith(
      spendRefusal(one, 16n * SNM, NOW),
      /enough is frozen/,
      /in 30 d.*treasury release 1 2 0`$/,
      NOW + 30 * DAY,
    );
    refusedWith(spendRefusal(one, 17n * SNM, NOW), /does not suffice/, /treasury collect/);
  });

  test("of what can be released already says so, and what has been released counts once", () => {
    const one = treasury(1n, seizure(0, 10n, NOW), seizure(1, 50n, NOW - DAY, true));
    refusedWith(spendRefusal(one, 11n * SNM, NOW), /can be released/, /`sonm treasury release 0`/);
    refusedWith(spendRefusal(one, 12n * SNM, NOW), /does not suffice/, /collect/);
  });
});

test("a parameter stays within its bounds, both allowed", () => {
  const record = { name: "TaxShareBps", value: 50n, min: 0n, max: 500n } as const;
  assert.equal(parameterRefusal(record, 500n), undefined);
  assert.equal(parameterRefusal(record, 0n), undefined);
  refusedWith(parameterRefusal(record, 501n), /TaxShareBps cannot be 5\.01 %/, /0 % … 5 %/);
});

test("a timelock sends along what it has, to the wei", () => {
  assert.equal(timelockRefusal(hub, SNM, SNM), undefined);
  refusedWith(
    timelockRefusal(hub, SNM, SNM + 1n),
    /has 1 of the chain's own money, it takes 1\.0+1/,
    /send the rest to 0x3/,
  );
});
