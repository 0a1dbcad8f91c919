import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createTestClient, http, parseEther, publicActions, zeroAddress } from "viem";
import { startAnvil } from "../../../offchain/devnet/anvil.ts";

function clientOf(url: string) {
  return createTestClient({ mode: "anvil", transport: http(url, { retryCount: 0 }) }).extend(publicActions);
}

describe("the local chain", () => {
  it("starts several times side by side, on loopback, and stops", async () => {
    const [one, two] = await Promise.all([startAnvil({ chainId: 7 }), startAnvil()]);
    try {
      assert.notEqual(one.url, two.url);
      assert.match(one.url, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.equal(await clientOf(one.url).getChainId(), 7);
      assert.equal(await clientOf(two.url).getChainId(), 31_337);
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
    await one.stop();
    // Another chain may have its port by now.
    const answer = await clientOf(one.url)
      .getChainId()
      .catch(() => "nobody");
    assert.notEqual(answer, 7);
  });

  it("keeps its state in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sonm-anvil-"));
    const stateFile = join(folder, "chain.json");
    try {
      const first = await startAnvil({ stateFile });
      await clientOf(first.url).setBalance({ address: zeroAddress, value: parseEther("7") });
      await clientOf(first.url).mine({ blocks: 3 });
      await first.stop();
      const second = await startAnvil({ stateFile });
      try {
        assert.equal(await clientOf(second.url).getBalance({ address: zeroAddress }), parseEther("7"));
        assert.equal(await clientOf(second.url).getBlockNumber(), 3n);
      } finally {
        await second.stop();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says what is wrong when it cannot start", async () => {
    const busy = await startAnvil();
    try {
      const port = Number(new URL(busy.url).port);
      await assert.rejects(startAnvil({ port }), /The local chain did not start/);
    } finally {
      await busy.stop();
    }
  });
});
