// Everything that a provider may do to a role, with the real connection, observer and signer: it goes on, or says why not.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, latest, type Reader, walletFor } from "@sonm/chain/clients";
import type { Deployment } from "@sonm/chain/deployment";
import { createObserver } from "@sonm/chain/market/observer";
import { balanceOf, transferSnm } from "@sonm/chain/money/snm";
import { deposit, stakeOf } from "@sonm/chain/money/stake";
import { localSigner } from "@sonm/chain/signer";
import { nodeErrorIn } from "@sonm/chain/transport/trouble";
import { mnemonicToAccount } from "viem/accounts";
import { deploy } from "../../../../offchain/devnet/deploy.ts";
import { type Chain, type Mode, type RpcProxy, startRpcProxy } from "../../../doubles/rpc-proxy.ts";
import { createChain } from "../../../support/chain.ts";
import { MNEMONIC } from "../world.ts";

/** Requests that go wrong before the network is well again. */
const PASSING = 2;
const account = mnemonicToAccount(MNEMONIC);
const other = mnemonicToAccount(MNEMONIC, { addressIndex: 1 }).address;

describe("U5, S8: through a node that behaves badly", () => {
  let chain: Chain;
  let proxy: RpcProxy;
  let deployment: Deployment;
  let close: () => Promise<void>;

  before(async () => {
    const connection = await createChain();
    close = () => connection.close();
    chain = ({ method, params }) => connection.provider.request({ method, params: [...params] });
    proxy = await startRpcProxy(chain);
    const reader = await connect(proxy.url);
    deployment = await deploy({ publicClient: reader.client, walletClient: walletFor(reader, account) });
  });
  after(async () => {
    proxy?.stop();
    await close?.();
  });

  /** Looks at the market, reads, and sends. */
  async function work(reader: Reader): Promise<void> {
    const signer = localSigner(reader, account);
    const observer = createObserver(reader, deployment);
    const { block } = await observer.look();
    assert.equal(block, Number(await chain({ method: "eth_blockNumber", params: [] })));
    const [before, { free }] = await Promise.all([
      balanceOf(reader, deployment, other),
      stakeOf(reader, deployment, account.address),
    ]);
    assert.equal(free, 0n);
    await transferSnm(signer, deployment, other, 5n);
    assert.equal(await balanceOf(reader, deployment, other), before + 5n);
    assert.equal((await observer.look()).block, block + 1);
  }

  const lasting: readonly Mode[] = [
    { mode: "none" },
    { mode: "range", most: 1 },
    { mode: "range", most: 10 },
    { mode: "nobatch" },
    { mode: "nobatch400" },
    { mode: "batchmax", most: 3 },
    { mode: "batchmax", most: 1 },
    { mode: "slow", ms: 20 },
    { mode: "nofee" },
    { mode: "nomethod", method: "eth_feeHistory" },
    { mode: "nots" },
    { mode: "reorder" },
    { mode: "429", times: 2, after: 0.1 },
  ];
  for (const mode of lasting) {
    it(`a role works: ${Object.values(mode).join(" ")}`, { timeout: 60_000 }, async () => {
      proxy.set(mode);
      await work(await connect(proxy.url));
    });
  }

  const passing: readonly Mode[] = [
    { mode: "html" },
    { mode: "html200" },
    { mode: "503" },
    { mode: "cut" },
    { mode: "drop" },
    { mode: "hang" },
    { mode: "rate200" },
    { mode: "nulls", method: "eth_getBlockByNumber" },
    { mode: "old", blocks: 1000 },
    { mode: "chainid", id: 1 },
  ];
  for (const mode of passing) {
    it(`a role gets over it: ${Object.values(mode).join(" ")}`, { timeout: 60_000 }, async () => {
      proxy.set({ mode: "none" });
      const reader = await connect(proxy.url, { answerMs: 500 });
      const { block } = await latest(reader);
      let left = PASSING;
      proxy.follow(() => (left-- > 0 ? mode : { mode: "none" }));
      assert.equal((await latest(reader)).block, block);
      await work(reader);
    });
  }

  const words: readonly (readonly [Mode, RegExp])[] = [
    [{ mode: "html" }, /^HTTP status 502, Bad Gateway$/],
    [{ mode: "503" }, /^HTTP status 503/],
    [{ mode: "html200" }, /^the answer is no JSON$/],
    [{ mode: "cut" }, /^the answer is no JSON$/],
    [{ mode: "drop" }, /other side closed|ECONNRESET|socket hang up/],
    [{ mode: "hang" }, /^no answer within the time limit$/],
    [{ mode: "429", times: 1000, after: 1 }, /^429: rate limited$/],
    [{ mode: "rate200" }, /^-32005: limit exceeded$/],
    [{ mode: "nulls", method: "eth_getBlockByNumber" }, /^it has no latest block$/],
    [{ mode: "old", blocks: 1000 }, /^its newest block is 0, and block \d+ was seen before$/],
  ];
  for (const [mode, why] of words) {
    it(`says the status and the cause if it lasts: ${Object.values(mode).join(" ")}`, { timeout: 60_000 }, async () => {
      // Blocks enough that an old one is no reorganisation.
      await chain({ method: "hardhat_mine", params: ["0x40"] });
      proxy.set({ mode: "none" });
      const reader = await connect(proxy.url, { answerMs: 200 });
      await latest(reader);
      proxy.set(mode);
      const error = await latest(reader).then(
        () => assert.fail("it answers"),
        (error: unknown) => nodeErrorIn(error) ?? assert.fail(String(error)),
      );
      assert.match(error.trouble.why, why);
      assert.match(reader.nodes?.states()[0]?.why ?? "", why);
      assert.equal(reader.nodes?.states()[0]?.state, "failing");
      proxy.set({ mode: "none" });
      for (;;) {
        const well = await latest(reader).then(
          () => true,
          () => false,
        );
        if (well) break;
      }
      assert.equal(reader.nodes?.states()[0]?.state, "in use");
    });
  }

  it("asks for smaller batches where large ones are refused, and remembers it", async () => {
    proxy.set({ mode: "batchmax", most: 3 });
    const reader = await connect(proxy.url);
    const many = () => Promise.all(Array.from({ length: 12 }, () => balanceOf(reader, deployment, other)));
    await many();
    const before = proxy.count.HTTP ?? 0;
    await many();
    assert.equal((proxy.count.HTTP ?? 0) - before, 4);
  });

  it("does not blame the size of a batch for a call that is refused by itself", async () => {
    proxy.set({ mode: "none" });
    const reader = await connect(proxy.url);
    await Promise.allSettled([deposit(localSigner(reader, account), deployment, 1n), latest(reader)]);
    const before = proxy.count.HTTP ?? 0;
    await Promise.all([latest(reader), balanceOf(reader, deployment, other)]);
    assert.equal((proxy.count.HTTP ?? 0) - before, 1);
  });

  it("can be told to send no batches", async () => {
    proxy.set({ mode: "none" });
    const reader = await connect(proxy.url, { batch: 1 });
    const before = proxy.count.BATCH ?? 0;
    await Promise.all([latest(reader), balanceOf(reader, deployment, other)]);
    assert.equal(proxy.count.BATCH ?? 0, before);
  });
});
