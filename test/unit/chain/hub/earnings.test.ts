// What hubs owe to an account: every hub is asked, for any number of hubs.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reader } from "@sonm/chain/clients";
import { contractKeys, type Deployment } from "@sonm/chain/deployment";
import { owedTo } from "@sonm/chain/hub/earnings";
import { type Address, numberToHex } from "viem";

const address = (number: number): Address => numberToHex(number, { size: 20 });
const ME = address(999_999);
const addresses = Object.fromEntries(contractKeys.map((key) => [key, address(1)])) as Deployment["addresses"];
const deployment: Deployment = { chainId: 1, block: 1, addresses };

/** A chain with this number of hubs. Every seventh owes a seventh of its number in wei. */
function chainOf(hubs: number) {
  const asked: Address[] = [];
  const pages: number[] = [];
  const entry = (number: number) => ({
    wallet: address(1000 + number),
    owner: ME,
    name: `hub ${number}`,
    endpoint: "",
    status: 1,
    registrations: 1,
    registeredAt: 1,
    trusted: false,
    free: 0n,
  });
  const client = {
    async readContract({ functionName, args }: { functionName: string; args: readonly unknown[] }) {
      if (functionName === "count") return BigInt(hubs);
      if (functionName === "page") {
        const [from, limit] = (args as [bigint, bigint]).map(Number) as [number, number];
        pages.push(from);
        return Array.from({ length: Math.max(0, Math.min(limit, hubs - from)) }, (_, i) => entry(from + i));
      }
      const [hub, account] = args as [Address, Address];
      assert.deepEqual([functionName, account], ["allowance", ME]);
      asked.push(hub);
      const number = Number(hub) - 1000;
      return number % 7 === 0 ? BigInt(number / 7) : 0n;
    },
  };
  return { reader: { client, chainId: 1 } as unknown as Reader, asked, pages };
}

for (const hubs of [0, 1, 199, 200, 201, 450]) {
  test(`all of ${hubs} hubs are asked, each once, and those that owe are told of`, async () => {
    const { reader, asked, pages } = chainOf(hubs);
    const owed = await owedTo(reader, deployment, ME);
    assert.deepEqual(
      asked,
      Array.from({ length: hubs }, (_, number) => address(1000 + number)),
    );
    assert.equal(pages.length, Math.max(1, Math.ceil(hubs / 200)));
    const expected = Array.from({ length: hubs }, (_, number) => number).filter(
      (number) => number > 0 && number % 7 === 0,
    );
    assert.deepEqual(
      owed.map(({ hub, amount }) => [hub.name, amount]),
      expected.map((number) => [`hub ${number}`, BigInt(number / 7)]),
    );
  });
}
