// A wallet behind EIP-1193, like one in a browser: the chain accepts what it signs and sends, and its refusals are reported.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { walletFor } from "@sonm/chain/clients";
import { castBallot, isBallotSigned, signBallot } from "@sonm/chain/government/ballots";
import { laneSettingsOf } from "@sonm/chain/government/lanes";
import { proposalsOf, propose, standingOf } from "@sonm/chain/government/proposals";
import { delegateVotes, hasVoted } from "@sonm/chain/government/votes";
import { balanceOf, transferSnm } from "@sonm/chain/money/snm";
import { deposit, requestWithdrawal, stakeOf } from "@sonm/chain/money/stake";
import { type Provider, providerSigner, type Signer } from "@sonm/chain/signer";
import { Failure } from "@sonm/protocol/values/failure";
import { type Hex, numberToHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { createWorld, MNEMONIC, SNM, type World } from "./world.ts";

describe("a wallet over EIP-1193", () => {
  const account = mnemonicToAccount(MNEMONIC);
  let world: World;
  let signer: Signer;
  /** what the wallet is asked to do for its owner */
  let asked: string[];
  let chainId: number;
  let accounts: readonly string[];
  /** error code of the owner's answer, if the owner refuses */
  let refusal: number | undefined;

  before(async () => {
    world = await createWorld();
    const wallet = walletFor(world.reader, account);
    const answers: Record<string, (params: readonly unknown[]) => unknown> = {
      eth_chainId: () => numberToHex(chainId),
      eth_accounts: () => accounts,
      eth_sendTransaction([request]) {
        const { from, to, data, gas } = request as Record<"from" | "to" | "data" | "gas", Hex>;
        assert.equal(from, account.address);
        return wallet.sendTransaction({ to, data, gas: BigInt(gas) });
      },
      eth_signTypedData_v4([address, data]) {
        assert.equal(address, account.address);
        return account.signTypedData(JSON.parse(String(data)));
      },
    };
    const provider: Provider = {
      async request({ method, params }) {
        const answer = answers[method];
        const forOwner = !["eth_chainId", "eth_accounts"].includes(method);
        if (forOwner) asked.push(method);
        if (answer && !(forOwner && refusal)) return answer((params ?? []) as unknown[]);
        throw Object.assign(new Error(`${method}: no`), { code: answer ? refusal : 4200 });
      },
    };
    signer = providerSigner(world.reader, provider, account.address);
  });
  after(() => world?.anvil.stop());
  beforeEach(() => {
    asked = [];
    chainId = world.reader.chainId;
    accounts = [account.address.toLowerCase()];
    refusal = undefined;
  });

  /** Asserts that an SNM cannot be sent, and that no transaction has left. */
  async function assertRefused(why: RegExp, todo: RegExp): Promise<void> {
    const { client } = world.reader;
    const sent = await client.getTransactionCount({ address: account.address, blockTag: "pending" });
    await assert.rejects(transferSnm(signer, world.deployment, world.stranger.address, SNM), (error) => {
      assert(error instanceof Failure);
      assert.equal(error.what, "The SNM were not transferred");
      assert.match(error.why, why);
      assert.match(error.todo, todo);
      return true;
    });
    assert.equal(await client.getTransactionCount({ address: account.address, blockTag: "pending" }), sent);
  }

  it("sends transactions", async () => {
    const { reader, deployment, stranger } = world;
    const { status, from } = await transferSnm(signer, deployment, stranger.address, 3n * SNM);
    assert.deepEqual([status, from], ["success", account.address.toLowerCase()]);
    assert.equal(await balanceOf(reader, deployment, stranger.address), 3n * SNM);
    assert.deepEqual(asked, ["eth_sendTransaction"]);
  });

  it("signs a permit that the chain accepts", async () => {
    const { reader, deployment } = world;
    await deposit(signer, deployment, 7n * SNM);
    assert.equal((await stakeOf(reader, deployment, account.address)).free, 7n * SNM);
    assert.deepEqual(asked, ["eth_signTypedData_v4", "eth_sendTransaction"]);
  });

  it("signs a ballot that the chain counts", async () => {
    const { reader, deployment, stranger } = world;
    await delegateVotes(signer, deployment, account.address);
    await world.wait(1);
    await propose(signer, deployment, { kind: "spend", to: stranger.address, amount: SNM }, "a gift");
    const [proposal] = await proposalsOf(reader, deployment);
    assert(proposal);
    await world.wait((await laneSettingsOf(reader, deployment, proposal.lane)).votingDelay + 1);
    const ballot = await signBallot(signer, deployment, proposal, "for", "because");
    assert.ok(await isBallotSigned(reader, ballot));
    await castBallot(stranger, ballot);
    assert.ok(await hasVoted(reader, deployment, proposal, account.address));
    assert.ok((await standingOf(reader, deployment, proposal)).votes.for > 0n);
  });

  it("is not asked for what the contracts refuse", async () => {
    await assert.rejects(requestWithdrawal(signer, world.deployment, 10n ** 30n), {
      error: "DepositsInsufficientFree",
    });
    assert.deepEqual(asked, []);
  });

  it("refuses to send where its owner does", async () => {
    refusal = 4001;
    await assertRefused(/its owner has refused/, /confirm it/);
    assert.deepEqual(asked, ["eth_sendTransaction"]);
  });

  it("refuses to sign where its owner does", async () => {
    refusal = 4001;
    await assert.rejects(deposit(signer, world.deployment, SNM), (error) => {
      assert(error instanceof Failure);
      assert.deepEqual([error.what, error.why], ["The wallet has signed nothing", "its owner has refused"]);
      return true;
    });
    assert.deepEqual(asked, ["eth_signTypedData_v4"]);
  });

  it("is not asked while it is on another chain", async () => {
    chainId = 1;
    await assertRefused(/the wallet is on chain 1, this is chain 31337/, /switch the wallet to chain 31337/);
    await assert.rejects(deposit(signer, world.deployment, SNM), /the wallet is on chain 1/);
    assert.deepEqual(asked, []);
  });

  it("is not asked for an account that it does not open", async () => {
    for (const others of [[], [world.stranger.address]]) {
      accounts = others;
      await assertRefused(new RegExp(`does not open the account ${account.address}`), /connect it in the wallet/);
    }
    assert.deepEqual(asked, []);
  });

  it("tells every other refusal in words, and is not asked twice", async () => {
    const refusals: readonly (readonly [number, RegExp])[] = [
      [4100, /does not open the account/],
      [4200, /cannot do this/],
      [4900, /connected to no chain/],
      [4901, /not connected to this chain/],
      [-32603, /^An internal error was received\.$/],
    ];
    for (const [code, why] of refusals) {
      refusal = code;
      asked = [];
      await assertRefused(why, /./);
      assert.deepEqual(asked, ["eth_sendTransaction"], `code ${code}`);
    }
  });
});
