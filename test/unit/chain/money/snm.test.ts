// SNM that move: what a transaction has brought to whom, and which function of the token each action calls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { snmAbi } from "@sonm/chain/abi/snm";
import { allowanceOf, approveSnm, balanceOf, broughtBy, pullSnm, transferSnm } from "@sonm/chain/money/snm";
import type { TransactionReceipt } from "viem";
import { addressOf, deployment, logOf, ME, stubChain } from "../stub-chain.ts";

const { snm, jobBoard } = deployment.addresses;
const OTHER = addressOf(201);

test("a transaction has brought an account the sum of the token's transfers to it", () => {
  const transfer = (to: typeof ME, value: bigint, token = snm) =>
    logOf(snmAbi, "Transfer", { from: OTHER, to, value }, token);
  const brought = (...logs: readonly ReturnType<typeof transfer>[]) =>
    broughtBy(deployment, { logs } as unknown as TransactionReceipt, ME);
  assert.equal(brought(), 0n);
  assert.equal(brought(transfer(ME, 5n), transfer(ME, 7n)), 12n);
  assert.equal(brought(transfer(ME, 5n), transfer(OTHER, 7n)), 5n, "what others get does not count");
  assert.equal(brought(transfer(ME, 5n), transfer(ME, 7n, jobBoard)), 5n, "another contract's event is no money");
});

test("balances and approvals are the token's", async () => {
  const { reader, asked } = stubChain({ answers: { balanceOf: () => 3n, allowance: () => 4n } });
  assert.deepEqual(
    [await balanceOf(reader, deployment, ME), await allowanceOf(reader, deployment, ME, OTHER)],
    [3n, 4n],
  );
  assert.deepEqual(asked, [
    { address: snm, functionName: "balanceOf", args: [ME] },
    { address: snm, functionName: "allowance", args: [ME, OTHER] },
  ]);
});

test("SNM are sent, approved, and pulled from who has approved them", async () => {
  const { signer, sent } = stubChain({});
  await transferSnm(signer, deployment, OTHER, 5n);
  await approveSnm(signer, deployment, jobBoard, 6n);
  await pullSnm(signer, deployment, OTHER, 7n);
  assert.deepEqual(sent, [
    { address: snm, functionName: "transfer", args: [OTHER, 5n] },
    { address: snm, functionName: "approve", args: [jobBoard, 6n] },
    { address: snm, functionName: "transferFrom", args: [OTHER, ME, 7n] },
  ]);
});
