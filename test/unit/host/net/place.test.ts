// The default address of the store must not change: configurations and deployments of other people rely on it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DEFAULT_STORE, STORE_PORT } from "../../../../offchain/host/net/place.ts";

test("the default store is at port 7666 of this computer, as the documents say", () => {
  assert.equal(DEFAULT_STORE, "http://127.0.0.1:7666");
  const environment = readFileSync(new URL("../../../../docs/deploy/network.env", import.meta.url), "utf8");
  assert.match(environment, new RegExp(`^SONM_NET=http://store:${STORE_PORT}$`, "m"));
});
