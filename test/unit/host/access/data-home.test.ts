// Where data is kept if nobody says where.
import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dataHome } from "../../../../offchain/host/access/data-home.ts";

test("data is below the XDG data folder", () => {
  assert.equal(dataHome({ XDG_DATA_HOME: "/data" }), join("/data", "sonm"));
});

test("without an XDG data folder, or with a relative one, data is below the home folder", () => {
  const usual = join(homedir(), ".local", "share", "sonm");
  for (const env of [{}, { XDG_DATA_HOME: "" }, { XDG_DATA_HOME: "data" }]) assert.equal(dataHome(env), usual);
});
