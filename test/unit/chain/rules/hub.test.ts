// What a wallet allows and when, as data: every status and action, at the second before a change and at the second itself.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HubStatus } from "@sonm/chain/enums/hub-status";
import type { HubRecord } from "@sonm/chain/hub/wallet";
import { createRefusal, descriptionRefusal, hubRefusal, type WalletAction } from "@sonm/chain/rules/hub";
import { payDayOf } from "@sonm/chain/rules/hub-times";
import type { Address } from "@sonm/protocol/values/ids";
import { parseEther } from "viem";

const DAY = 86_400;
const SNM = parseEther("1");
const START = 1_800_000_000;
const owner: Address = "0x1111111111111111111111111111111111111111";
const stranger: Address = "0x2222222222222222222222222222222222222222";
const wallet: Address = "0x3333333333333333333333333333333333333333";
const terms = {
  lockShareBps: 3000,
  taxShareBps: 50,
  payPeriod: 30 * DAY,
  closedPeriod: 4 * DAY,
  suspicion: 120 * DAY,
  rehabAfter: 180 * DAY,
  seizureFreeze: 120 * DAY,
  ratingMaturity: 4 * DAY,
  ratingRiskBps: 5000,
};

function hubAs(
  status: HubStatus,
  times: { closedAt?: number; suspectedAt?: number; endedAt?: number } = {},
): HubRecord {
  return {
    wallet,
    owner,
    name: "hub",
    endpoint: "",
    status,
    registrations: status === "created" ? 0 : 1,
    registeredAt: START,
    trusted: false,
    balance: 11n * SNM,
    approved: 0n,
    free: 11n * SNM,
    locked: 3n * SNM,
    available: status === "registered" ? 7n * SNM : 0n,
    waiting: 0n,
    waitingPrices: 0n,
    registration: {
      registeredAt: START,
      closedAt: 0,
      suspectedAt: 0,
      endedAt: 0,
      outcome: "open",
      seized: 0n,
      reserve: SNM,
      terms,
      ...times,
    },
  };
}

const register: WalletAction = { kind: "register", reserve: SNM, added: 0n };
const pay: WalletAction = { kind: "pay", payee: stranger, amount: SNM };
const close: WalletAction = { kind: "close" };
const payday: WalletAction = { kind: "payday" };
const withdraw: WalletAction = { kind: "withdraw", amount: SNM };
const rehab: WalletAction = { kind: "rehab" };
const sweep: WalletAction = { kind: "sweep" };
const fund: WalletAction = { kind: "fund", amount: SNM };
const collect: WalletAction = { kind: "collect", owed: 0n };
const expecting = (hub: HubRecord): HubRecord => ({ ...hub, waiting: SNM, waitingPrices: 3n * SNM });

const registered = hubAs("registered");
const closed = hubAs("registered", { closedAt: START + 28 * DAY });
const suspected = hubAs("suspected", { suspectedAt: START + 10 * DAY });

describe("what only time stands in the way of", () => {
  type Wait = { hub: HubRecord; action: WalletAction; by?: Address; from: number };
  const waits: Record<string, Wait> = {
    "closing, by the owner": { hub: registered, action: close, from: START + 26 * DAY },
    "closing, by anyone": { hub: registered, action: close, by: stranger, from: START + 34 * DAY },
    "pay-day, closed late": { hub: closed, action: payday, from: START + 32 * DAY },
    "pay-day, closed early": {
      hub: hubAs("registered", { closedAt: START + 26 * DAY }),
      action: payday,
      from: START + 30 * DAY,
    },
    "rehabilitation by anyone": { hub: suspected, action: rehab, by: stranger, from: START + 190 * DAY },
  };
  for (const [name, { hub, action, by = owner, from }] of Object.entries(waits)) {
    test(name, () => {
      assert.equal(hubRefusal(action, hub, by, from - 1)?.possibleFrom, from);
      assert.match(hubRefusal(action, hub, by, from - 1)?.todo ?? "", /in 1 s/);
      assert.equal(hubRefusal(action, hub, by, from), undefined);
    });
  }
});

describe("what another status has to come first for", () => {
  const now = START + 12 * DAY;
  const refused: Record<string, [hub: HubRecord, action: WalletAction, possibleFrom: number | undefined]> = {
    "a second registration waits for pay-day": [registered, register, START + 30 * DAY],
    "a withdrawal waits for pay-day": [registered, withdraw, START + 30 * DAY],
    "pay-day without closing": [registered, payday, START + 30 * DAY],
    "a payment after closing": [closed, pay, START + 32 * DAY],
    "a payment while suspected": [suspected, pay, START + 190 * DAY],
    "a withdrawal while suspected": [suspected, withdraw, START + 190 * DAY],
    "a payment of a hub never registered": [hubAs("created"), pay, undefined],
    "a withdrawal of a hub never registered": [hubAs("created"), withdraw, undefined],
    "collecting from the escrow while suspected": [expecting(suspected), collect, START + 190 * DAY],
    "collecting from the escrow while idle": [expecting(hubAs("idle")), collect, undefined],
    "collecting nothing": [registered, collect, undefined],
    "funding a banned hub": [hubAs("punished", { endedAt: START }), fund, undefined],
    "anything of a banned hub": [hubAs("punished", { endedAt: START }), register, undefined],
    "sweeping a hub that is not banned": [registered, sweep, undefined],
    "rehabilitating a hub that is not suspected": [registered, rehab, undefined],
  };
  for (const [name, [hub, action, possibleFrom]] of Object.entries(refused)) {
    test(name, () => {
      const refusal = hubRefusal(action, hub, owner, now);
      assert.ok(refusal);
      assert.equal(refusal.possibleFrom, possibleFrom);
    });
  }

  test("closing late moves pay-day", () => {
    assert.equal(hubRefusal(withdraw, registered, owner, START + 40 * DAY)?.possibleFrom, START + 44 * DAY);
  });
});

describe("what is possible", () => {
  const allowed: Record<string, [hub: HubRecord, action: WalletAction, by?: Address]> = {
    "registering a new hub": [hubAs("created"), register],
    "registering an idle one": [hubAs("idle"), register],
    "paying all that is available": [registered, { kind: "pay", payee: stranger, amount: 7n * SNM }],
    "withdrawing all that is free": [hubAs("idle"), { kind: "withdraw", amount: 11n * SNM }],
    "sweeping a banned hub, by anyone": [hubAs("punished"), sweep, stranger],
    "funding any other, by anyone": [suspected, fund, stranger],
    "collecting from the escrow, by anyone": [expecting(registered), collect, stranger],
    "collecting it for a banned hub, to be swept": [expecting(hubAs("punished")), collect, stranger],
    "collecting what another hub owes, whatever the status": [suspected, { kind: "collect", owed: 1n }, stranger],
    "describing it anew, banned or not": [hubAs("punished"), { kind: "set" }],
  };
  for (const [name, [hub, action, by = owner]] of Object.entries(allowed)) {
    test(name, () => assert.equal(hubRefusal(action, hub, by, START + DAY), undefined));
  }

  test("but not a wei more, nor nothing, nor by a stranger, nor with the reserve alone", () => {
    const refuses = (action: WalletAction, hub: HubRecord, by = owner) =>
      assert.ok(hubRefusal(action, hub, by, START + DAY));
    refuses({ kind: "pay", payee: stranger, amount: 7n * SNM + 1n }, registered);
    refuses({ kind: "pay", payee: stranger, amount: 0n }, registered);
    refuses({ kind: "pay", payee: wallet, amount: 1n }, registered);
    refuses({ kind: "withdraw", amount: 11n * SNM + 1n }, hubAs("idle"));
    refuses({ kind: "withdraw", amount: 0n }, hubAs("idle"));
    refuses({ kind: "fund", amount: 0n }, registered);
    refuses({ kind: "register", reserve: 11n * SNM, added: 0n }, hubAs("idle"));
    for (const action of [register, pay, payday, withdraw, { kind: "set" } as const])
      refuses(action, registered, stranger);
    assert.equal(
      hubRefusal({ kind: "register", reserve: 11n * SNM, added: 1n }, hubAs("idle"), owner, START),
      undefined,
    );
  });
});

describe("what is refused says what to do first", () => {
  const long = START + 100 * DAY;
  const refused = (action: WalletAction, hub: HubRecord, now = START + DAY) => {
    const refusal = hubRefusal(action, hub, owner, now);
    assert.ok(refusal, "nothing stands in the way");
    return refusal;
  };

  test("a registered hub is closed before pay-day, unless it is already", () => {
    assert.equal(refused(withdraw, registered).advice?.id, "close-and-pay-day-first");
    assert.equal(refused(withdraw, closed, START + 29 * DAY).advice?.id, "pay-day-first");
  });

  test("a registration tells what it takes, which is more than the reserve, and what is missing", () => {
    const { why, advice } = refused({ kind: "register", reserve: 13n * SNM, added: SNM }, hubAs("idle"));
    assert.equal(why, "there are 12 SNM, it takes 13.000000000000000001 SNM");
    assert.deepEqual(advice, { id: "add-funds", values: { missing: "1 SNM" } });
  });

  test("only a registered hub is closed or paid out, however late it is", () => {
    for (const action of [close, payday]) {
      assert.match(refused(action, hubAs("idle"), long).why, /the hub is idle/);
      assert.match(refused(action, hubAs("created"), long).why, /never been registered/);
    }
  });

  test("a period is closed once, and pay-day comes only after that", () => {
    const again = refused(close, closed, long);
    assert.match(again.why, /it has been closed at 20\d\d-/);
    assert.equal(again.advice?.id, "pay-day-from");
    const unclosed = refused(payday, registered, long);
    assert.equal(unclosed.why, "the period has not been closed");
    assert.equal(unclosed.possibleFrom, long + 4 * DAY);
  });

  test("a wei is enough to be sent, collected or swept, and nothing is not", () => {
    const holding = (hub: HubRecord, wei: bigint): HubRecord => ({ ...hub, waiting: wei, free: wei });
    const allowed = (action: WalletAction, hub: HubRecord) =>
      assert.equal(hubRefusal(action, hub, owner, START + DAY), undefined);
    allowed({ kind: "fund", amount: 1n }, registered);
    allowed(collect, holding(registered, 1n));
    allowed(sweep, holding(hubAs("punished"), 1n));
    assert.match(refused(collect, holding(hubAs("idle"), 1n)).why, /the hub is idle/, "something waits");
    assert.match(refused(collect, holding(hubAs("idle"), 0n)).why, /nothing waits/);
    assert.match(refused(sweep, holding(hubAs("punished"), 0n)).why, /nothing has arrived/);
  });

  test("pay-day is not before the pay period has ended, nor before the DAO has had time to look", () => {
    const payDay = (closedAt: number) => payDayOf({ ...registered.registration, closedAt });
    assert.equal(payDay(START + 5 * DAY), START + 30 * DAY);
    assert.equal(payDay(START + 29 * DAY), START + 33 * DAY);
  });
});

describe("a hub's texts and its place", () => {
  test("have as many bytes of UTF-8 as the Whitelist takes", () => {
    assert.equal(descriptionRefusal("No", { name: "é".repeat(32), endpoint: "x".repeat(256) }), undefined);
    assert.match(
      descriptionRefusal("No", { name: `${"é".repeat(32)}x` })?.why ?? "",
      /name has 65 bytes, and at most 64/,
    );
    assert.match(descriptionRefusal("No", { endpoint: "x".repeat(257) })?.why ?? "", /endpoint has 257 bytes/);
    assert.equal(descriptionRefusal("No", {}), undefined);
  });

  test("are free for one hub", () => {
    assert.equal(createRefusal(wallet, "0", false), undefined);
    assert.match(createRefusal(wallet, "2", true)?.why ?? "", /your hub with salt 2 is 0x3/);
  });
});
