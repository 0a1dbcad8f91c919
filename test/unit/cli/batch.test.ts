// Verbs that do several things report the outcome of each, independent of the others. It is no failure if somebody else was faster.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ratingsAbi } from "@sonm/chain/abi/ratings";
import { treasuryAbi } from "@sonm/chain/abi/treasury";
import { walletFor } from "@sonm/chain/clients";
import { rateHub } from "@sonm/chain/hub/ratings";
import { closeHubPeriod, hubRecordOf, payFromHub } from "@sonm/chain/hub/wallet";
import { payDayOf } from "@sonm/chain/rules/hub-times";
import { localSigner } from "@sonm/chain/signer";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { parseEther } from "viem";
import { carryOut, type Task } from "../../../offchain/cli/batch.ts";
import { openHub } from "../../../offchain/devnet/local-chain.ts";
import { openTerminal } from "../../../offchain/host/terminal/terminal.ts";
import { DAY, type Network, type Person, type Printed, startNetwork } from "./network.ts";

const SNM = parseEther("1");

describe("a batch", () => {
  const refusal = new Failure("Not done", "somebody stands in the way", "wait", { possibleFrom: 7 });

  /** Plays things whose names say their outcomes. */
  function played(names: readonly string[], before: readonly string[] = []) {
    const said: string[] = [];
    const tried: string[] = [];
    const terminal = {
      ...openTerminal(process.stderr),
      paint: (_: unknown, text: string) => text,
      say: (...lines: string[]) => void said.push(...lines),
    };
    const task: Task<string> = {
      async act(name) {
        tried.push(name);
        if (name === "broken") throw new TypeError("a fault of the program");
        if (name !== "free") throw refusal;
        return 2n * SNM;
      },
      async isDone(name) {
        if (name === "blind") throw new Error("the node is gone");
        return name === "taken";
      },
      nameOf: (name) => name,
      dataOf: (name) => ({ name }),
    };
    return { said, tried, report: carryOut(names, task, terminal, before) };
  }

  test("goes on after a refusal, and tells of each as it comes", async () => {
    const { said, tried, report } = played(["free", "barred", "taken", "broken", "blind", "free"]);
    const { data, total, exitCode } = await report;
    assert.deepEqual(tried, ["free", "barred", "taken", "broken", "blind", "free"]);
    assert.deepEqual(
      (data.outcomes as { outcome: string }[]).map(({ outcome }) => outcome),
      ["done", "refused", "done before", "refused", "refused", "done"],
    );
    assert.deepEqual([data.ok, total, exitCode], [false, 4n * SNM, 1]);
    assert.deepEqual((data.outcomes as unknown[])[1], {
      name: "barred",
      outcome: "refused",
      amount: 0n,
      error: { what: "Not done", why: "somebody stands in the way", todo: "wait", possibleFrom: 7 },
    });
    assert.deepEqual(said.slice(0, 5), [
      "✓ 2 SNM: free",
      "✗ barred: Not done",
      "  somebody stands in the way",
      "  → wait",
      "· taken: somebody has done it already",
    ]);
    assert.match(said[6] ?? "", /a fault of the program/);
  });

  test("is no failure when all is done, whoever did it and whenever", async () => {
    const { data, total, exitCode } = await played(["taken"], ["earlier"]).report;
    assert.deepEqual([data.ok, total, exitCode], [true, 0n, 0]);
    assert.equal((await played(["taken"]).report).exitCode, 0);
  });

  test("of one thing is refused as any other verb is", async () => {
    const { said, report } = played(["barred"]);
    await assert.rejects(report, refusal);
    assert.deepEqual(said, []);
  });
});

describe("a verb that is overtaken", () => {
  let network: Network;
  let rater: Person;
  let rival: Person;
  let hubs: Address[];

  type Request = (call: { method: string; params: unknown[] }) => Promise<unknown>;
  const request: Request = (call) => (network.devnet.reader.client.request as Request)(call);

  before(async () => {
    network = await startNetwork();
    const { devnet } = network;
    const { reader, deployment, bank } = devnet;
    const owners = [await network.person("first owner", 0n), await network.person("second owner", 0n)];
    rater = await network.person("rater", 100n);
    rival = await network.person("rival", 0n);
    hubs = [];
    for (const { account } of owners) {
      hubs.push(await openHub(devnet, account, { name: account.address.slice(0, 6), endpoint: "", funds: 100n * SNM }));
    }
    const [hub] = hubs as [Address];
    for (const stake of [1n, 2n, 3n]) {
      await rateHub(localSigner(reader, rater.account), deployment, hub, true, stake * SNM);
    }
    for (const [i, { account }] of owners.entries()) {
      await payFromHub(localSigner(reader, account), hubs[i] as Address, deployment.addresses.treasury, 10n * SNM);
    }
    await network.wait(26 * DAY);
    const [first] = owners;
    await closeHubPeriod(first ? localSigner(reader, first.account) : bank, hub);
    await devnet.jumpTo(payDayOf((await hubRecordOf(reader, deployment, hub)).registration));
  });
  after(() => network?.devnet.stop());

  /**
   * Runs a verb up to its first transaction, which waits. Then a rival's transactions go before it in the same block, and the verb
   * continues. No timing is involved: the chain makes no block before both are there.
   */
  async function overtaken(verb: Promise<Printed>, rivals: (nonce: number) => Promise<unknown>[]): Promise<Printed> {
    const waiting = async (count: number) => {
      for (let tries = 0; tries < 10_000; tries++) {
        const { pending } = (await request({ method: "txpool_status", params: [] })) as { pending: string };
        if (Number(pending) >= count) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`there are no ${count} transactions waiting`);
    };
    await Promise.race([waiting(1), verb]);
    const nonce = await network.devnet.reader.client.getTransactionCount({ address: rival.address });
    const sent = rivals(nonce);
    await Promise.all(sent);
    await waiting(1 + sent.length);
    await request({ method: "evm_setAutomine", params: [true] });
    await request({ method: "evm_mine", params: [] });
    return verb;
  }

  /** A gas price that puts the rival's transactions at the beginning of a block. */
  const dear = { gas: 1_000_000n, maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 11n };

  test("rating claim: of three positions two are claimed by another in between, the third is paid, and all is told", async () => {
    const { reader, deployment } = network.devnet;
    const wallet = walletFor(reader, rival.account);
    await request({ method: "evm_setAutomine", params: [false] });
    const { code, data } = await overtaken(rater.sonm("rating", "claim"), (nonce) =>
      [0n, 1n].map((position, i) =>
        wallet.writeContract({
          address: deployment.addresses.ratings,
          abi: ratingsAbi,
          functionName: "claim",
          args: [position],
          nonce: nonce + i,
          ...dear,
        }),
      ),
    );
    assert.deepEqual([code, data.ok, data.total], [0, true, String(3n * SNM)]);
    assert.deepEqual(
      data.outcomes.map(({ position, outcome, amount }: Record<string, unknown>) => [position, outcome, amount]),
      [
        [0, "done before", "0"],
        [1, "done before", "0"],
        [2, "done", String(3n * SNM)],
      ],
    );
    assert.deepEqual(data.paid, [{ position: 2, rater: rater.address, amount: String(3n * SNM) }]);
    assert.equal((await network.look("balance", rater.address)).data.snm, String(100n * SNM));
    const again = await rater.sonm("rating", "claim", "2", "1");
    assert.deepEqual([again.code, again.data.total], [0, "0"]);
  });

  test("treasury collect: what another has brought in is no failure", async () => {
    const { reader, deployment } = network.devnet;
    const { treasury } = deployment.addresses;
    const wallet = walletFor(reader, rival.account);
    await request({ method: "evm_setAutomine", params: [false] });
    const { code, data } = await overtaken(rater.sonm("treasury", "collect"), (nonce) => [
      wallet.writeContract({
        address: treasury,
        abi: treasuryAbi,
        functionName: "collect",
        args: [hubs[0] as Address],
        nonce,
        ...dear,
      }),
    ]);
    assert.equal(code, 0);
    assert.deepEqual(
      data.outcomes.map(({ hub, outcome }: Record<string, unknown>) => [hub, outcome]),
      [
        [hubs[0], "done before"],
        [hubs[1], "done"],
      ],
    );
    assert.deepEqual(
      data.collected.map(({ hub, amount }: Record<string, unknown>) => [hub, amount]),
      [[hubs[1], String(7n * SNM)]],
    );
    assert.equal((await network.look("treasury")).data.balance, String(14n * SNM));
  });
});
