import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { parameterNames } from "../../../offchain/core/chain/government/parameters.ts";

it("the parameters are those of the contracts, in their order", () => {
  const source = readFileSync(new URL("../../../contracts/government/IParameters.sol", import.meta.url), "utf8");
  const body = /enum Parameter \{([^}]*)\}/.exec(source)?.[1] ?? "";
  const names = body.replaceAll(/\/\/.*/g, "").match(/\w+/g);
  assert.deepEqual(parameterNames, names);
});
