// Whatever goes wrong with a call of a contract is told in words, with the contract's own reason if there is one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { errorsAbi } from "@sonm/chain/abi/errors";
import { snmAbi } from "@sonm/chain/abi/snm";
import type { Signer } from "@sonm/chain/signer";
import { failureOf, RevertFailure, send } from "@sonm/chain/transact";
import { Failure } from "@sonm/protocol/values/failure";
import {
  BaseError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  type Hex,
  InsufficientFundsError,
  type TransactionReceipt,
} from "viem";
import { addressOf, deployment, ME, NOW, stubChain } from "./stub-chain.ts";

const { snm } = deployment.addresses;
const WHAT = "The SNM were not moved";

/** As a node's answer reaches whoever calls: with the contract's data inside. */
function reverted(data: Hex, abi: readonly unknown[] = errorsAbi): BaseError {
  const cause = new ContractFunctionRevertedError({ abi: abi as typeof errorsAbi, data, functionName: "move" });
  return new BaseError("the call failed", { cause });
}
const notYet = encodeErrorResult({ abi: errorsAbi, errorName: "DepositsNotYet", args: [BigInt(NOW + 90)] });
const builtIn = [
  { type: "error", name: "Error", inputs: [{ type: "string", name: "message" }] },
  { type: "error", name: "Panic", inputs: [{ type: "uint256", name: "code" }] },
] as const;

describe("a failure", () => {
  const of = (cause: unknown, now?: number) => failureOf(WHAT, "move", cause, now);

  test("of a contract has its error by name, its reason, and from when on the same can succeed", () => {
    const failure = of(reverted(notYet), NOW);
    assert(failure instanceof RevertFailure);
    assert.deepEqual([failure.name, failure.error, failure.what], ["RevertFailure", "DepositsNotYet", WHAT]);
    assert.match(failure.why, /^deposits not yet \(availableAt 20/);
    assert.match(failure.todo, /\(in 1 min 30 s\)$/);
    assert.equal(failure.possibleFrom, NOW + 90);
  });

  test("of a contract without values is told too", () => {
    const data = encodeErrorResult({ abi: errorsAbi, errorName: "FailedCall" });
    assert.equal(of(reverted(data)).why, "failed call");
  });

  test("of a contract that gives no error of ours points to the deployment", () => {
    const text = encodeErrorResult({ abi: builtIn, errorName: "Error", args: ["no money"] });
    const panic = encodeErrorResult({ abi: builtIn, errorName: "Panic", args: [0x11n] });
    for (const [data, why] of [
      [text, /^move reverted: no money$/],
      [panic, /^move reverted: .*overflow/],
      ["0x12345678", /^move reverted with 0x12345678$/],
      ["0x", /^move reverted$/],
    ] as const) {
      const failure = of(reverted(data));
      assert.ok(!(failure instanceof RevertFailure));
      assert.match(failure.why, why);
      assert.match(failure.todo, /check that the deployment/);
    }
  });

  test("of an account that cannot pay the gas says so", () => {
    const failure = of(new BaseError("not sent", { cause: new InsufficientFundsError() }));
    assert.match(failure.why, /cannot pay the gas/);
    assert.equal(failure.advice?.id, "send-gas");
  });

  test("of the node is its short message", () => {
    const failure = of(new BaseError("the node is busy", { details: "a page of HTML" }));
    assert.deepEqual([failure.what, failure.why], [WHAT, "the node is busy"]);
    assert.match(failure.todo, /look at the node/);
  });

  test("of anything else is its message", () => {
    assert.equal(of(new Error("out of memory")).why, "out of memory");
    assert.equal(of("thrown as it is").why, "thrown as it is");
  });

  test("that is one already stays as it is", () => {
    const failure = new Failure("what", "why", "todo");
    assert.equal(of(failure), failure);
  });
});

describe("sending", () => {
  const call = { address: snm, abi: snmAbi, functionName: "transfer", args: [addressOf(201), 5n] } as const;

  /** A signer whose client answers so, and what it is asked to do. */
  function signerOf(client: Partial<Record<string, (request: never) => unknown>>, more: Partial<Signer> = {}) {
    const done = { submitted: [] as unknown[] };
    const { signer } = stubChain({});
    const acting: Signer = {
      ...signer,
      client: { ...signer.client, ...client } as Signer["client"],
      submit(transaction) {
        done.submitted.push(transaction);
        return signer.submit(transaction);
      },
      ...more,
    };
    return { acting, done };
  }

  test("offers a quarter more gas than the estimate", async () => {
    const { acting, done } = signerOf({ estimateContractGas: async () => 100_000n });
    await send(acting, WHAT, call);
    const [sent] = done.submitted as { to: string; gas: bigint }[];
    assert.deepEqual([sent?.to, sent?.gas], [snm, 125_000n]);
  });

  test("does not happen where the simulation fails", async () => {
    const { acting, done } = signerOf({ simulateContract: () => Promise.reject(reverted(notYet)) });
    await assert.rejects(send(acting, WHAT, call), (error: RevertFailure) => {
      return error.error === "DepositsNotYet" && /\(in 1 min 30 s\)/.test(error.todo);
    });
    assert.deepEqual(done.submitted, []);
  });

  test("is told without the time left where the chain no longer answers", async () => {
    const { acting } = signerOf({
      simulateContract: () => Promise.reject(reverted(notYet)),
      getBlock: () => Promise.reject(new Error("down")),
    });
    await assert.rejects(send(acting, WHAT, call), (error: Failure) => /UTC$/.test(error.todo));
  });

  test("asks for the reason at the block of a transaction that failed there", async () => {
    const simulated: (bigint | undefined)[] = [];
    const failing = (reason: Error | undefined) => ({
      simulateContract: async ({ account, blockNumber }: { account: string; blockNumber?: bigint }) => {
        assert.equal(account, ME);
        simulated.push(blockNumber);
        if (blockNumber !== undefined && reason) throw reason;
      },
    });
    const receipt = { status: "reverted", blockNumber: 77n, logs: [] } as unknown as TransactionReceipt;
    const mined = { receiptOf: async () => receipt };
    const refused = signerOf(failing(reverted(notYet)), mined).acting;
    await assert.rejects(send(refused, WHAT, call), { error: "DepositsNotYet" });
    assert.deepEqual(simulated, [undefined, 77n]);
    await assert.rejects(
      send(signerOf(failing(undefined), mined).acting, WHAT, call),
      /reverted, and no longer says why/,
    );
  });

  test("that is seen in no block is told with its purpose, whatever is the reason", async () => {
    const late = new Failure("Transaction 7 is in no block yet", "it is slow", "wait");
    for (const [error, why] of [
      [late, /^it is slow$/],
      [new Error("the node is down"), /was not seen in a block/],
    ] as const) {
      const { acting } = signerOf({}, { receiptOf: () => Promise.reject(error) });
      await assert.rejects(send(acting, WHAT, call), (failure: Failure) => {
        assert.match(failure.why, why);
        return failure.what === WHAT && failure.cause === error;
      });
    }
  });
});
