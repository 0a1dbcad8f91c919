// Whether every SNM is accounted for: the final check of `sonm government` and `sonm up`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contractKeys } from "@sonm/chain/deployment";
import { type Address, numberToHex } from "viem";
import { isConserved, type Stock, takeStock } from "../../../../offchain/devnet/government/accounts.ts";
import type { Devnet } from "../../../../offchain/devnet/local-chain.ts";
import { takeStock as takeMarketStock } from "../../../../offchain/devnet/market/report.ts";

const address = (number: number): Address => numberToHex(number, { size: 20 });
const [ALICE, BOB, BANK] = [address(101), address(102), address(103)];
const addresses = Object.fromEntries(
  contractKeys.map((key, i) => [key, address(i + 1)]),
) as Devnet["deployment"]["addresses"];

/** A chain on which these accounts hold SNM, with this supply. Alice has staked 20, in three states. */
function chainOf(
  balances: Readonly<Record<Address, bigint>>,
  supply: bigint,
  receivers: readonly Address[] = [],
): Devnet {
  const client = {
    async readContract({ functionName, args = [] }: { functionName: string; args?: readonly Address[] }) {
      const [account] = args;
      const isAlice = account === ALICE;
      if (functionName === "totalSupply") return supply;
      if (functionName === "balanceOf") return (account && balances[account]) ?? 0n;
      if (functionName === "freeOf") return isAlice ? 5n : 0n;
      if (functionName === "lockedOf") return isAlice ? 7n : 0n;
      if (functionName === "withdrawalOf") return [isAlice ? 8n : 0n, 0n];
      return assert.fail(functionName);
    },
    getContractEvents: async () => receivers.map((to) => ({ args: { to } })),
  };
  return {
    reader: { client, chainId: 1 },
    deployment: { chainId: 1, block: 1, addresses },
    bank: { address: BANK },
  } as unknown as Devnet;
}

const stock = (change: Partial<Stock> = {}): Stock => ({
  holdings: [
    { role: "Alice", address: ALICE, amount: 60n },
    { role: "Bob", address: BOB, amount: 40n },
  ],
  supply: 100n,
  unknown: [],
  ...change,
});

test("SNM are conserved if the parties hold the supply, and nobody else has ever had any", () => {
  assert.equal(isConserved(stock()), true);
  for (const supply of [99n, 101n]) assert.equal(isConserved(stock({ supply })), false);
  assert.equal(isConserved(stock({ unknown: [BANK] })), false);
});

test("whoever has received SNM and is no party is unknown", async () => {
  const parties = [ALICE, BOB].map((who, i) => ({ role: `party ${i}`, address: who }));
  const known = await takeStock(chainOf({ [ALICE]: 60n, [BOB]: 40n }, 100n, [ALICE, BOB]), parties);
  assert.deepEqual([known.unknown, isConserved(known)], [[], true]);
  const stranger = await takeStock(chainOf({ [ALICE]: 60n, [BOB]: 40n }, 100n, [ALICE, BANK]), parties);
  assert.deepEqual([stranger.unknown, isConserved(stranger)], [[BANK], false]);
});

test("in the market's story, stakes count for their owners and have to be what Deposits holds", async () => {
  const parties = [{ role: "Alice", address: ALICE }];
  const balances = { [ALICE]: 30n, [BANK]: 50n, [addresses.deposits]: 20n };
  const conserved = async (changed: Readonly<Record<Address, bigint>>, supply = 100n) =>
    (await takeMarketStock(chainOf({ ...balances, ...changed }, supply), parties)).conserved;
  assert.equal(await conserved({}), true);
  assert.equal(await conserved({}, 101n), false);
  assert.equal(await conserved({}, 99n), false);
  assert.equal(await conserved({ [ALICE]: 31n }), false);
  assert.equal(await conserved({ [addresses.deposits]: 19n }), false);
  assert.equal(await conserved({ [addresses.deposits]: 21n }), false);
});
