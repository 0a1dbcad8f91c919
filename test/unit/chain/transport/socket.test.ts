// G6: a node that is asked over a WebSocket, and tells of each new block.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, latest } from "@sonm/chain/clients";
import { nodeErrorIn } from "@sonm/chain/transport/trouble";
import { type Anvil, startAnvil } from "../../../../offchain/devnet/anvil.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("G6: a node over a WebSocket", { timeout: 60_000 }, () => {
  let anvil: Anvil;
  let url: string;
  before(async () => {
    anvil = await startAnvil();
    url = anvil.url.replace("http", "ws");
  });
  after(() => anvil?.stop());

  const mine = (at = anvil.url) =>
    fetch(at, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "evm_mine", params: [] }),
    });

  it("answers, also many calls at once, and with the node's own refusals", async () => {
    const reader = await connect(url);
    assert.equal(reader.chainId, 31_337);
    const { block } = await latest(reader);
    const many = await Promise.all(Array.from({ length: 20 }, () => latest(reader)));
    assert.ok(many.every((one) => one.block === block));
    await assert.rejects(reader.client.request({ method: "eth_nonsense" as "eth_chainId" }), (error: Error) => {
      assert.equal(nodeErrorIn(error), undefined);
      return true;
    });
  });

  it("tells of new blocks until nobody wants to know", async () => {
    const reader = await connect(url);
    const { block } = await latest(reader);
    let told = 0;
    const end = reader.nodes?.onBlock?.(() => {
      told++;
    });
    assert.ok(end);
    while (told === 0) {
      await mine();
      await wait(50);
    }
    assert.ok((await latest(reader)).block > block);
    end();
    await wait(50);
    const before = told;
    await mine();
    await wait(200);
    assert.equal(told, before);
  });

  it("is found again, with its news, after it was away", async () => {
    const first = await startAnvil();
    const port = Number(new URL(first.url).port);
    const reader = await connect(first.url.replace("http", "ws"));
    let told = 0;
    const end = reader.nodes?.onBlock?.(() => {
      told++;
    });
    await first.stop();
    await assert.rejects(latest(reader), /cannot be used: the connection/);
    const second = await startAnvil({ port });
    try {
      while (told === 0) {
        await mine(second.url);
        await wait(100);
      }
      while (!(await latest(reader).catch(() => undefined))) await wait(100);
    } finally {
      end?.();
      await second.stop();
    }
  });

  it("a node over HTTP tells of none", async () => {
    assert.equal((await connect(anvil.url)).nodes?.onBlock, undefined);
  });
});
