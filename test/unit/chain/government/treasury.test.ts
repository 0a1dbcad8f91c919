// The DAO's funds: what is there, what is frozen, and every seizure, however many there are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { treasuryRecordOf } from "@sonm/chain/government/treasury";
import { addressOf, deployment, NOW, stubChain } from "../stub-chain.ts";

const { treasury, snm } = deployment.addresses;
const seizure = (number: number) => ({
  hub: addressOf(1000 + number),
  amount: BigInt(number),
  releaseAt: NOW + number,
  released: number % 2 === 0,
});

for (const count of [0, 1, 199, 200, 201, 400]) {
  test(`all of ${count} seizures are read, each with its number, in as few pages as there are`, async () => {
    const all = Array.from({ length: count }, (_, number) => seizure(number));
    const { reader, asked } = stubChain({
      answers: {
        balanceOf: () => 10n,
        frozen: () => 4n,
        available: () => 6n,
        seizureCount: () => BigInt(count),
        seizures: ([from, limit]: readonly bigint[]) =>
          all
            .slice(Number(from), Number(from) + Number(limit))
            .map((one) => ({ ...one, releaseAt: BigInt(one.releaseAt) })),
      },
    });
    const { seizures, ...amounts } = await treasuryRecordOf(reader, deployment);
    assert.deepEqual(amounts, { balance: 10n, frozen: 4n, available: 6n });
    assert.deepEqual(
      seizures,
      all.map((one, number) => ({ ...one, number })),
    );
    const pages = asked.filter(({ functionName }) => functionName === "seizures").length;
    assert.equal(pages, Math.ceil(count / 200));
    const [held] = asked.filter(({ functionName }) => functionName === "balanceOf");
    assert.deepEqual([held?.address, held?.args], [snm, [treasury]]);
  });
}
