import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect } from "@sonm/chain/clients";

describe("a connection", () => {
  it("says that nobody is there", async () => {
    await assert.rejects(connect("http://127.0.0.1:1"), /No chain at http:\/\/127\.0\.0\.1:1/);
  });
});
