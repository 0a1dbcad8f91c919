// Several nodes as one: who is asked, who steps in, who is not believed, and what is compared before anything is sent.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { connect, latest, type Reader, walletFor } from "@sonm/chain/clients";
import type { Deployment } from "@sonm/chain/deployment";
import { balanceOf, transferSnm } from "@sonm/chain/money/snm";
import { localSigner } from "@sonm/chain/signer";
import { objectionsIn } from "@sonm/chain/transport/agreement";
import type { Failure } from "@sonm/protocol/values/failure";
import { mnemonicToAccount } from "viem/accounts";
import { deploy } from "../../../../offchain/devnet/deploy.ts";
import { type Chain, type RpcProxy, startRpcProxy } from "../../../doubles/rpc-proxy.ts";
import { createChain } from "../../../support/chain.ts";
import { MNEMONIC } from "../world.ts";

const account = mnemonicToAccount(MNEMONIC);
const other = mnemonicToAccount(MNEMONIC, { addressIndex: 1 }).address;

describe("S8: several nodes", { timeout: 120_000 }, () => {
  let chain: Chain;
  let [a, b, c] = [] as unknown as [RpcProxy, RpcProxy, RpcProxy];
  let deployment: Deployment;
  let close: () => Promise<void>;

  before(async () => {
    const connection = await createChain();
    close = () => connection.close();
    chain = ({ method, params }) => connection.provider.request({ method, params: [...params] });
    [a, b, c] = [await startRpcProxy(chain), await startRpcProxy(chain), await startRpcProxy(chain)];
    const reader = await connect(a.url);
    deployment = await deploy({ publicClient: reader.client, walletClient: walletFor(reader, account) });
    await chain({ method: "hardhat_mine", params: ["0x40"] });
  });
  beforeEach(() => {
    for (const proxy of [a, b, c]) proxy.set({ mode: "none" });
  });
  after(async () => {
    for (const proxy of [a, b, c]) proxy?.stop();
    await close?.();
  });

  const statesOf = ({ nodes }: Reader) => nodes?.states().map(({ state }) => state);
  /** Reads until the states are these. */
  async function until(reader: Reader, ...states: string[]): Promise<void> {
    while (JSON.stringify(statesOf(reader)) !== JSON.stringify(states)) {
      await latest(reader);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const head = async () => Number(await chain({ method: "eth_blockNumber", params: [] }));

  it("the first one is asked alone while it is well", async () => {
    const reader = await connect([a.url, b.url]);
    const before = b.count.HTTP ?? 0;
    for (let i = 0; i < 5; i++) await latest(reader);
    assert.equal(b.count.HTTP ?? 0, before);
    assert.deepEqual(statesOf(reader), ["in use", "ready"]);
  });

  for (const mode of ["drop", "html", "html200", "cut"] as const) {
    it(`another one steps in at once, and the first serves again when it is well: ${mode}`, async () => {
      const reader = await connect([a.url, b.url]);
      a.set({ mode });
      const started = performance.now();
      assert.equal((await latest(reader)).block, await head());
      assert.ok(performance.now() - started < 5_000);
      assert.deepEqual(statesOf(reader), ["failing", "in use"]);
      a.set({ mode: "none" });
      await until(reader, "in use", "ready");
    });
  }

  it("a node that hangs is given up where another can step in", async () => {
    const reader = await connect([a.url, b.url], { answerMs: 300 });
    a.set({ mode: "hang" });
    assert.equal((await latest(reader)).block, await head());
    assert.deepEqual(statesOf(reader), ["failing", "in use"]);
  });

  it("a node of another chain is never used, and called by that name", async () => {
    b.set({ mode: "chainid", id: 1 });
    const reader = await connect([a.url, b.url]);
    await reader.nodes?.checkAll();
    assert.deepEqual(reader.nodes?.states()[1], {
      name: b.url,
      state: "failing",
      head: null,
      why: "it is a node of chain 1, not of 31337",
    });
    a.set({ mode: "drop" });
    await assert.rejects(latest(reader), /cannot be used/);
  });

  it("a node that comes back as one of another chain is not used again", async () => {
    const reader = await connect([a.url, b.url]);
    a.set({ mode: "drop" });
    await latest(reader);
    a.set({ mode: "chainid", id: 5 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    for (let i = 0; i < 5; i++) await latest(reader);
    while (!/chain 5/.test(reader.nodes?.states()[0]?.why ?? "")) await latest(reader);
    assert.deepEqual(statesOf(reader), ["failing", "in use"]);
  });

  it("nodes of another chain than the one that is meant are refused at the start", async () => {
    await assert.rejects(connect([a.url, b.url], { chainId: 5 }), (failure: Failure) => {
      assert.match(failure.why, /it is a node of chain 31337, not of 5; .*it is a node of chain 31337, not of 5/);
      return true;
    });
    a.set({ mode: "chainid", id: 1 });
    const reader = await connect([a.url, b.url], { chainId: 31_337 });
    assert.deepEqual([reader.chainId, statesOf(reader)], [31_337, ["failing", "in use"]]);
  });

  it("a node that is behind what was seen is not believed, and none that is behind steps in", async () => {
    const reader = await connect([a.url, b.url]);
    const { block } = await latest(reader);
    a.set({ mode: "old", blocks: 5 });
    assert.equal((await latest(reader)).block, block);
    assert.deepEqual(statesOf(reader), ["failing", "in use"]);
    b.set({ mode: "drop" });
    await assert.rejects(latest(reader), /cannot be used/);
    const whys = reader.nodes?.states().map(({ why }) => why ?? "");
    assert.ok(whys?.some((why) => /its newest block is \d+, and block \d+ was seen before/.test(why)));
  });

  it("a single node may go back by a reorganisation, and not further", async () => {
    const reader = await connect(a.url);
    const { block } = await latest(reader);
    a.set({ mode: "old", blocks: 3 });
    assert.equal((await latest(reader)).block, block - 3);
    a.set({ mode: "old", blocks: 40 });
    await assert.rejects(latest(reader), /its newest block is/);
  });

  it("a transaction goes to all nodes that are well", async () => {
    const reader = await connect([a.url, b.url]);
    const signer = localSigner(reader, account);
    const [atA = 0, atB = 0] = [a.count.eth_sendRawTransaction, b.count.eth_sendRawTransaction];
    const before = await balanceOf(reader, deployment, other);
    await transferSnm(signer, deployment, other, 3n);
    assert.equal(await balanceOf(reader, deployment, other), before + 3n);
    assert.deepEqual([a.count.eth_sendRawTransaction, b.count.eth_sendRawTransaction], [atA + 1, atB + 1]);
  });

  for (const [mode, why] of [
    [{ mode: "state" }, /says that this would fail/],
    [{ mode: "fork" }, /block \d+ is 0x\w{64} at .*, and 0xf{64} at/],
  ] as const) {
    it(`nothing is sent while another node says something else, and it is said what: ${mode.mode}`, async () => {
      const reader = await connect([a.url, b.url]);
      const signer = localSigner(reader, account);
      const before = await balanceOf(reader, deployment, other);
      const sentBefore = a.count.eth_sendRawTransaction;
      b.set(mode);
      await assert.rejects(transferSnm(signer, deployment, other, 3n), (failure: Failure) => {
        assert.match(failure.why, why);
        assert.match(failure.todo, /nothing is sent until they agree/);
        return true;
      });
      assert.deepEqual(
        [await balanceOf(reader, deployment, other), a.count.eth_sendRawTransaction],
        [before, sentBefore],
      );
      b.set({ mode: "none" });
      await transferSnm(signer, deployment, other, 3n);
      assert.equal(await balanceOf(reader, deployment, other), before + 3n);
    });
  }

  it("nothing is sent if the node in use does not say what could be compared", async () => {
    const reader = await connect([a.url, b.url]);
    const sentBefore = a.count.eth_sendRawTransaction;
    a.set({ mode: "nomethod", method: "eth_blockNumber" });
    await assert.rejects(transferSnm(localSigner(reader, account), deployment, other, 3n), /method not found/);
    assert.equal(a.count.eth_sendRawTransaction, sentBefore);
  });

  it("one node that lies does not stop a role that has two others", async () => {
    const reader = await connect([a.url, b.url, c.url]);
    b.set({ mode: "fork" });
    const before = await balanceOf(reader, deployment, other);
    await transferSnm(localSigner(reader, account), deployment, other, 3n);
    assert.equal(await balanceOf(reader, deployment, other), before + 3n);
  });

  it("a role goes on alone while the other node is down, because games have deadlines", async () => {
    const reader = await connect([a.url, b.url]);
    b.set({ mode: "drop" });
    const before = await balanceOf(reader, deployment, other);
    await transferSnm(localSigner(reader, account), deployment, other, 3n);
    assert.equal(await balanceOf(reader, deployment, other), before + 3n);
  });

  it("a node that is behind is asked for its opinion all the same", async () => {
    // Else a liar that is far ahead would never be compared with anybody.
    const reader = await connect([a.url, b.url]);
    await latest(reader);
    b.set({ mode: "old", blocks: 5 });
    a.set({ mode: "drop" });
    await latest(reader).catch(() => undefined);
    a.set({ mode: "none" });
    await until(reader, "in use", "failing");
    const before = b.count.eth_call ?? 0;
    await transferSnm(localSigner(reader, account), deployment, other, 3n);
    assert.equal(b.count.eth_call, before + 1);
  });

  it("tells whoever watches when a node fails, and when it is well again", async () => {
    const reader = await connect([a.url, b.url]);
    const told: string[] = [];
    reader.nodes?.watch((states) => told.push(states.map(({ state }) => state).join()));
    a.set({ mode: "drop" });
    await latest(reader);
    a.set({ mode: "none" });
    await until(reader, "in use", "ready");
    assert.ok(told.includes("failing,in use"));
    assert.equal(told.at(-1), "in use,ready");
  });
});

it("S8: one node that agrees outweighs one that does not; silence is no objection", () => {
  const other = { kind: "other", why: "no" } as const;
  assert.deepEqual(objectionsIn([]), []);
  assert.deepEqual(objectionsIn([{ kind: "none" }]), []);
  assert.deepEqual(objectionsIn([other, { kind: "same" }]), []);
  assert.deepEqual(objectionsIn([{ kind: "none" }, other]), ["no"]);
});

it("S8: a key in a node's URL is shown to nobody", async () => {
  await assert.rejects(
    connect("http://me:secret@127.0.0.1:1/v3/0123456789abcdef0123?apikey=secret"),
    (failure: Failure) => {
      assert.equal(failure.what, "No chain at http://127.0.0.1:1/v3/…");
      return !/secret|0123456789abcdef/.test(failure.why);
    },
  );
});
