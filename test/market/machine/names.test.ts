// The instructions have the same names in the same order on chain and off chain.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";

test("contracts/machine/Instructions.sol names every instruction of the table once, in its order within each group", () => {
  const names = INSTRUCTIONS.map(({ name }) => name);
  const source = readFileSync(new URL("../../../contracts/machine/Instructions.sol", import.meta.url), "utf8");
  const groups = source
    .split(/^function /m)
    .map((group) =>
      [...group.matchAll(/\/\/ ([a-z.]+(?:, [a-z.]+)*)$/gm)].flatMap(([, list]) => (list as string).split(", ")),
    );
  for (const group of groups) {
    assert.deepEqual(
      group,
      names.filter((name) => group.includes(name)),
    );
  }
  assert.deepEqual(groups.flat().toSorted(), names.toSorted());
});
