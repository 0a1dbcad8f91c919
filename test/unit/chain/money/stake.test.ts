// A stake goes in with a permission that is signed for an hour, and is read in its three states.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deposit, requestWithdrawal, stakeOf, withdraw } from "@sonm/chain/money/stake";
import { numberToHex, parseSignature, type TypedDataDefinition } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { deployment, ME, NOW, stubChain } from "../stub-chain.ts";

const { snm, deposits } = deployment.addresses;

test("a stake is free, locked or on its way home, from a date on", async () => {
  const answers = { freeOf: () => 1n, lockedOf: () => 2n, withdrawalOf: () => [3n, BigInt(NOW)] };
  const { reader, asked } = stubChain({ answers });
  const stake = { free: 1n, locked: 2n, withdrawing: { amount: 3n, availableAt: NOW } };
  assert.deepEqual(await stakeOf(reader, deployment, ME), stake);
  for (const { address, args } of asked) assert.deepEqual([address, args], [deposits, [ME]]);
});

// Both signs that a signature can have.
for (const key of [1, 2, 3, 4, 5, 6]) {
  test(`a stake is pulled with a permission of its owner that holds for an hour (key ${key})`, async () => {
    const account = privateKeyToAccount(numberToHex(key, { size: 32 }));
    const { signer, asked, sent } = stubChain({ answers: { nonces: () => 9n } });
    const signed: TypedDataDefinition[] = [];
    await deposit(
      {
        ...signer,
        address: account.address,
        signTypedData(data) {
          signed.push(data);
          return account.signTypedData(data);
        },
      },
      deployment,
      50n,
    );
    assert.deepEqual(asked, [{ address: snm, functionName: "nonces", args: [account.address] }]);
    const deadline = BigInt(NOW + 3600);
    const [permit] = signed;
    assert(permit);
    assert.deepEqual(permit.message, { owner: account.address, spender: deposits, value: 50n, nonce: 9n, deadline });
    assert.equal((permit.domain as { verifyingContract: string }).verifyingContract, snm);
    const { r, s, v } = parseSignature(await account.signTypedData(permit));
    assert.deepEqual(sent, [
      { address: deposits, functionName: "depositWithPermit", args: [50n, deadline, Number(v), r, s] },
    ]);
  });
}

test("it is asked back, then taken", async () => {
  const { signer, sent } = stubChain({});
  await requestWithdrawal(signer, deployment, 5n);
  await withdraw(signer, deployment);
  assert.deepEqual(sent, [
    { address: deposits, functionName: "requestWithdrawal", args: [5n] },
    { address: deposits, functionName: "withdraw", args: [] },
  ]);
});
