// A body that comes too slowly.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { paced } from "../../../../offchain/host/net/connections.ts";

/** Reads two parts, the second one after 100 ms. */
async function read(size: number, silenceMs: number): Promise<number> {
  async function* parts() {
    yield new Uint8Array(size);
    await pause(100);
    yield new Uint8Array(size);
  }
  let all = 0;
  for await (const part of paced(parts(), silenceMs)) all += part.length;
  return all;
}

test("S9: a byte now and then does not keep a body alive, as 16 KiB a second do", async () => {
  await assert.rejects(read(1, 20), /it comes too slowly/);
  assert.equal(await read(1, 10_000), 2, "a short body has the time of one silence");
  assert.equal(await read(2 ** 18, 20), 2 ** 19);
});
