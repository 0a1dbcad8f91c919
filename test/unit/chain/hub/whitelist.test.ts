import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { MOST_ENDPOINT_BYTES, MOST_NAME_BYTES } from "@sonm/chain/hub/whitelist";

it("a hub's name and endpoint may be as long as the Whitelist says", () => {
  const source = readFileSync(new URL("../../../../contracts/hub/Whitelist.sol", import.meta.url), "utf8");
  const most = (what: string) => Number(new RegExp(`constant MAX_${what}_BYTES = (\\d+);`).exec(source)?.[1]);
  assert.deepEqual([MOST_NAME_BYTES, MOST_ENDPOINT_BYTES], [most("NAME"), most("ENDPOINT")]);
});
