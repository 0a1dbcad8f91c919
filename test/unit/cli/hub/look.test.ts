// The list of hubs for people: any names and amounts fit into it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { showRoughly } from "@sonm/protocol/values/amounts";
import { hubTable } from "../../../../offchain/cli/hub/look.ts";
import { pageNote } from "../../../../offchain/cli/paging.ts";
import { openTerminal } from "../../../../offchain/host/terminal/terminal.ts";

const SNM = 10n ** 18n;
const NOW = 1_800_000_000;
const terminal = { ...openTerminal(process.stderr), paint: (_: unknown, text: string) => text };
const wallet = "0x3333333333333333333333333333333333333333";
const plainHub = {
  wallet,
  owner: wallet,
  name: "Aurora",
  endpoint: "",
  status: "registered",
  registrations: 1,
  registeredAt: NOW - 10,
  firstRegisteredAt: NOW - 10,
  since: NOW - 10,
  trusted: false,
  free: 0n,
  score: null,
  stakedFor: 0n,
  stakedAgainst: 0n,
} as const;

describe("the table of hubs", () => {
  test("has at most 100 columns, whatever is in it", () => {
    const widest = {
      ...plainHub,
      name: "x".repeat(64),
      status: "suspected",
      registrations: 1_234_567,
      firstRegisteredAt: NOW - 9_999 * 86_400,
      trusted: true,
      free: 443_999_999n * SNM,
      score: 9_999,
      stakedFor: 999_999n * SNM + SNM / 2n,
      stakedAgainst: 999n * SNM + (999n * SNM) / 1000n,
    } as const;
    const lines = hubTable([plainHub, widest], NOW, terminal);
    for (const line of lines) assert.ok(line.length <= 100, `${line.length}: ${line}`);
    assert.match(
      lines[4] ?? "",
      /^xxxxxxxxxxxxxxx… +suspected +99\.99 % +999,999 +999\.99 +443\.9 M +9999 d +1234567 +yes$/,
    );
    assert.equal(lines[5], `  ${wallet}`);
  });

  test("says of who is not rated that it is not, and of who was never registered that it has no age", () => {
    const created = { ...plainHub, status: "created", registrations: 0, firstRegisteredAt: 0, since: 0 } as const;
    const lines = hubTable([plainHub, created], NOW, terminal);
    assert.match(lines[2] ?? "", /registered +not rated +0 +0 +0 +10 s +1 +no$/);
    assert.match(lines[4] ?? "", /created +not rated +0 +0 +0 +– +0 +no$/);
  });
});

describe("amounts in tables", () => {
  const cases: [wei: bigint, shown: string][] = [
    [0n, "0"],
    [1n, "< 0.01"],
    [SNM / 100n - 1n, "< 0.01"],
    [SNM / 100n, "0.01"],
    [(3n * SNM) / 2n, "1.5"],
    [1000n * SNM - 1n, "999.99"],
    [1000n * SNM, "1,000"],
    [1_000_000n * SNM - 1n, "999,999"],
    [1_250_000n * SNM, "1.2 M"],
    [444_000_000n * SNM, "444 M"],
  ];
  for (const [wei, shown] of cases) test(`${wei} wei is ${shown}`, () => assert.equal(showRoughly(wei), shown));
});

describe("the note under a page", () => {
  test("says which part it is, and how the next is had", () => {
    const page = { from: 20, limit: 20 };
    assert.equal(
      pageNote(page, 20, 1234, "hubs", "sonm hubs"),
      "21 to 40 of 1,234 hubs; the next: sonm hubs --from 40 --limit 20",
    );
    assert.equal(pageNote(page, 5, 25, "hubs", "sonm hubs"), "21 to 25 of 25 hubs");
    assert.equal(pageNote(page, 0, 7, "hubs", "sonm hubs"), "none of 7 hubs");
  });
});
