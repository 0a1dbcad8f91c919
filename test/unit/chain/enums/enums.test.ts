// Names that stand for numbers of the contracts are theirs, in their order.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hubStatuses } from "@sonm/chain/enums/hub-status";
import { parameterNames } from "@sonm/chain/enums/parameter";
import { proposalStates } from "@sonm/chain/enums/proposal-state";

const root = new URL("../../../../", import.meta.url);

/** The names of an enum in a source of Solidity, in their order. */
function namesIn(file: string, name: string): string[] {
  const source = readFileSync(new URL(file, root), "utf8");
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(source)?.[1] ?? "";
  return body.replaceAll(/\/\/.*/g, "").match(/\w+/g) ?? [];
}
const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase());

test("a hub's statuses", () => {
  assert.deepEqual([...hubStatuses], lower(namesIn("contracts/hub/IHub.sol", "Status")));
});

test("the DAO's parameters", () => {
  assert.deepEqual([...parameterNames], namesIn("contracts/government/IParameters.sol", "Parameter"));
});

test("a proposal's states", () => {
  const governor = "node_modules/@openzeppelin/contracts/governance/IGovernor.sol";
  assert.deepEqual([...proposalStates], lower(namesIn(governor, "ProposalState")));
});
