// What hubs owe, as people see it: every amount, the sums, and what will follow.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outstanding, Owed } from "@sonm/chain/hub/earnings";
import type { ClaimId } from "@sonm/protocol/values/ids";
import { earningsLines } from "../../../../offchain/cli/earnings/earnings.ts";
import { openTerminal } from "../../../../offchain/host/terminal/terminal.ts";

const SNM = 10n ** 18n;
/** 2027-01-15 08:00:00 UTC */
const NOW = 1_800_000_000;
const terminal = { ...openTerminal(process.stderr), paint: (_: unknown, text: string) => text };
const wallet = "0x3333333333333333333333333333333333333333";

const owes = (name: string, status: "registered" | "punished", amount: bigint): Owed => ({
  hub: {
    wallet,
    owner: wallet,
    name,
    endpoint: "",
    status,
    registrations: 1,
    registeredAt: 1,
    trusted: false,
    free: 0n,
  },
  amount,
});
const coming = (amount: bigint, settlesFrom: number, disputed = false): Outstanding => ({
  claim: `0x${"5".repeat(64)}` as ClaimId,
  hub: wallet,
  amount,
  settlesFrom,
  disputed,
});
const linesOf = (owed: readonly Owed[], outstanding: readonly Outstanding[]) =>
  earningsLines(owed, outstanding, NOW, terminal);

test("nothing owed and nothing to come", () => {
  assert.deepEqual(linesOf([], []), ["  owed      0 SNM", "  to come   nothing: no claim is open"]);
});

test("what is owed is listed by hub, and added up", () => {
  const lines = linesOf([owes("Aurora", "registered", 2n * SNM), owes("Mirage", "punished", SNM / 50n)], []);
  assert.deepEqual(lines, [
    "  owed      2.02 SNM, to be pulled at any time",
    "  to come   nothing: no claim is open",
    "",
    "hub      wallet                                       status           owed",
    "─".repeat(75),
    `Aurora   ${wallet}   registered      2 SNM`,
    `Mirage   ${wallet}   punished     0.02 SNM`,
  ]);
});

test("what is to come is added up, and said from when", () => {
  const later = coming(SNM / 2n, NOW + 7200);
  const toCome = (...all: Outstanding[]) => linesOf([], all)[1];
  assert.equal(
    toCome(coming(10n * SNM, NOW + 3600), later),
    "  to come   10.5 SNM of 2 claims; the first settles from 2027-01-15 09:00:00 UTC (in 1 h)",
  );
  assert.equal(toCome(coming(10n * SNM, NOW), later), "  to come   10.5 SNM of 2 claims; the first can be settled");
  assert.equal(toCome(coming(1n, NOW, true)), "  to come   0.000000000000000001 SNM of 1 claim; the first is disputed");
});
