// What every action does: it is simulated and sent once; a refusal gives the reason.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { connect } from "@sonm/chain/clients";
import { settleClaim } from "@sonm/chain/market/claims";
import { balanceOf, transferSnm } from "@sonm/chain/money/snm";
import { requestWithdrawal, stakeOf, withdraw } from "@sonm/chain/money/stake";
import { localSigner } from "@sonm/chain/signer";
import type { Failure } from "@sonm/protocol/values/failure";
import { mnemonicToAccount } from "viem/accounts";
import { SUM } from "../protocol/machine/programs.ts";
import { createWorld, MNEMONIC, SNM, type World } from "./world.ts";

/** A proxy to the node at `url`. It passes on every request, but loses the answers to `method`. */
async function losing(url: string, method: string) {
  let lost = 0;
  const server = createServer(async (request, response) => {
    const question = await text(request);
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: question,
    });
    const body = await answer.text();
    if (!question.includes(`"${method}"`)) return void response.end(body);
    lost++;
    request.socket.destroy();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lost: () => lost,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("actions on the chain", () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.anvil.stop());

  it("go out side by side from one account", async () => {
    const { holder, stranger, reader, deployment } = world;
    const before = await balanceOf(reader, deployment, stranger.address);
    const amounts = Array.from({ length: 20 }, (_, i) => BigInt(i + 1));
    const receipts = await Promise.all(
      amounts.map((amount) => transferSnm(holder, deployment, stranger.address, amount)),
    );
    assert.ok(receipts.every(({ status }) => status === "success"));
    assert.equal(await balanceOf(reader, deployment, stranger.address), before + 210n);
  });

  it("go on after one that was refused, and after somebody else's with the same key", async () => {
    const { holder, deployment, stranger, node } = world;
    const to = stranger.address;
    const [, refused] = await Promise.allSettled([
      transferSnm(holder, deployment, to, 1n),
      transferSnm(holder, deployment, to, 10n ** 30n),
      transferSnm(holder, deployment, to, 1n),
    ]);
    assert.equal(refused.status, "rejected");
    await node.sendUnsignedTransaction({ from: holder.address, to, value: 1n });
    await transferSnm(holder, deployment, to, 1n);
  });

  it("are refused with the contract's reason, its values with their units, and what to do, and change nothing", async () => {
    const { miner, reader, deployment } = world;
    await assert.rejects(requestWithdrawal(miner, deployment, 10n ** 30n), (error: Failure) => {
      assert.equal(error.what, "The withdrawal was not requested");
      assert.match(
        error.why,
        /deposits insufficient free \(account 0x\w{40}, free 500,000 SNM, needed 1,000,000,000,000 SNM\)/,
      );
      assert.match(error.todo, /deposit more SNM/);
      return true;
    });
    await requestWithdrawal(miner, deployment, SNM);
    await assert.rejects(withdraw(miner, deployment), (error: Failure) => {
      assert.match(error.why, /not yet \(availableAt \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)/);
      assert.match(error.todo, /^it is possible from \d{4}-.* UTC \(in 1 d\)$/);
      return true;
    });
    const posted = await world.post(SUM, [new Uint8Array(1)]);
    const claimed = await world.claim(miner, world.compute(posted, 0, miner.address));
    await assert.rejects(settleClaim(miner, deployment, posted.job, claimed.claim), { error: "ResultsNotYet" });
    await assert.rejects(
      settleClaim(miner, deployment, posted.job, { ...claimed.claim, attempt: 1 }),
      (error: Failure) => {
        assert.match(error.why, /needed live, .*status none/);
        return true;
      },
    );
    const { withdrawing } = await stakeOf(reader, deployment, miner.address);
    assert.equal(withdrawing.amount, SNM);
    assert.ok(withdrawing.availableAt > (await world.now()));
  });

  it("are sent once, and known to be, where the node's answers to the sending are lost", async () => {
    const { stranger, reader, deployment, anvil } = world;
    const wire = await losing(anvil.url, "eth_sendRawTransaction");
    try {
      const signer = localSigner(await connect(wire.url), mnemonicToAccount(MNEMONIC));
      const before = await balanceOf(reader, deployment, stranger.address);
      for (const amount of [5n, 7n]) {
        const receipt = await transferSnm(signer, deployment, stranger.address, amount);
        assert.equal(receipt.status, "success");
      }
      assert.equal(wire.lost(), 2);
      assert.equal(await balanceOf(reader, deployment, stranger.address), before + 12n);
    } finally {
      wire.stop();
    }
  });
});
