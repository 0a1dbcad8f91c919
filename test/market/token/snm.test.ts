import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { maxUint256, parseSignature, zeroAddress } from "viem";
import { createChain } from "../../support/chain.ts";
import { PERMIT } from "../../support/market/terms.ts";

async function createToken() {
  const { viem } = await createChain();
  const [owner, spender, other] = await viem.getWalletClients();
  assert(owner && spender && other);
  const snm = await viem.deployContract("SNM", [owner.account.address]);
  const client = await viem.getPublicClient();
  const approve = (to: typeof spender, value: bigint) => snm.write.approve([to.account.address, value]);
  const pull = (by: typeof spender, value: bigint) =>
    snm.write.transferFrom([owner.account.address, by.account.address, value], { account: by.account });
  const approved = () => snm.read.approvedBy([owner.account.address]);
  return { snm, viem, client, owner, spender, other, approve, pull, approved };
}

describe("SNM", () => {
  let token: Awaited<ReturnType<typeof createToken>>;
  before(async () => {
    token = await createToken();
  });

  it("is minted once, up to its cap of 444,000,000", async () => {
    const { snm, owner } = token;
    assert.equal(await snm.read.totalSupply(), 444_000_000n * 10n ** 18n);
    assert.equal(await snm.read.cap(), 444_000_000n * 10n ** 18n);
    assert.equal(await snm.read.balanceOf([owner.account.address]), 444_000_000n * 10n ** 18n);
    assert.equal(await snm.read.decimals(), 18);
  });

  it("counts votes by a timestamp clock", async () => {
    const { snm, client } = token;
    assert.equal(await snm.read.CLOCK_MODE(), "mode=timestamp");
    assert.equal(BigInt(await snm.read.clock()), (await client.getBlock()).timestamp);
  });

  it("sends nothing to nobody", async () => {
    await assert.rejects(token.snm.write.transfer([zeroAddress, 1n]), /ERC20InvalidReceiver/);
  });
});

describe("SNM.approvedBy", () => {
  it("is the sum over all spenders, whatever they were approved before", async () => {
    const { approve, approved, spender, other } = await createToken();
    await approve(spender, 100n);
    await approve(other, 50n);
    assert.equal(await approved(), 150n);
    await approve(spender, 30n);
    assert.equal(await approved(), 80n);
    await approve(other, 0n);
    assert.equal(await approved(), 30n);
  });

  it("falls by what is pulled", async () => {
    const { approve, pull, approved, spender } = await createToken();
    await approve(spender, 100n);
    await pull(spender, 99n);
    assert.equal(await approved(), 1n);
    await assert.rejects(pull(spender, 2n), /ERC20InsufficientAllowance/);
    assert.equal(await approved(), 1n);
  });

  it("follows an approval by signature, and its replacement", async () => {
    const { snm, client, owner, spender, approved } = await createToken();
    for (const [nonce, value] of [70n, 20n].entries()) {
      assert.equal(await snm.read.nonces([owner.account.address]), BigInt(nonce));
      const deadline = maxUint256;
      const message = {
        owner: owner.account.address,
        spender: spender.account.address,
        value,
        nonce: BigInt(nonce),
        deadline,
      };
      const domain = {
        name: "SONM",
        version: "1",
        chainId: await client.getChainId(),
        verifyingContract: snm.address,
      };
      const signature = await owner.signTypedData({
        domain,
        types: { Permit: PERMIT },
        primaryType: "Permit",
        message,
      });
      const { v, r, s } = parseSignature(signature);
      await snm.write.permit([message.owner, message.spender, value, deadline, Number(v), r, s]);
      assert.equal(await approved(), value);
    }
  });

  it("stays exact under unlimited approvals, which pulls do not lower", async () => {
    const { approve, pull, approved, spender, other } = await createToken();
    await approve(spender, maxUint256);
    await pull(spender, 1_000n);
    assert.equal(await approved(), maxUint256);
    // An overflow must not stop a second approval. The sum is then modulo 2^256.
    await approve(other, maxUint256);
    assert.equal(await approved(), maxUint256 - 1n);
    await approve(spender, 0n);
    assert.equal(await approved(), maxUint256);
    await approve(other, 5n);
    assert.equal(await approved(), 5n);
  });

  it("does not change with transfers", async () => {
    const { snm, approve, approved, spender, other } = await createToken();
    await approve(spender, 10n);
    await snm.write.transfer([other.account.address, 1_000n]);
    assert.equal(await approved(), 10n);
  });
});
