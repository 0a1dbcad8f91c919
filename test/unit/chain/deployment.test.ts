// A deployment comes from a file or from a stranger: it is whole and on this chain, or it is refused in words.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reader } from "@sonm/chain/clients";
import { contractKeys, deploymentIn, deploymentOn, requireSameChain } from "@sonm/chain/deployment";
import { Failure } from "@sonm/protocol/values/failure";
import { getAddress } from "viem";
import { addressOf } from "./stub-chain.ts";

const lower = Object.fromEntries(contractKeys.map((key, i) => [key, addressOf(0xabcd00 + i).toLowerCase()]));
const given = { chainId: 31_337, block: 5, addresses: lower };
const readerOn = (chainId: number) => ({ client: { transport: { url: "http://node" } }, chainId }) as unknown as Reader;

describe("a deployment", () => {
  test("is read as it was written, with its addresses as people compare them", () => {
    const addresses = Object.fromEntries(Object.entries(lower).map(([key, one]) => [key, getAddress(one)]));
    assert.deepEqual(deploymentIn({ ...given, note: "mine" }), { chainId: 31_337, block: 5, addresses });
  });

  test("lacks nothing", () => {
    const wrong = [
      null,
      undefined,
      "deployment",
      {},
      { ...given, chainId: undefined },
      { ...given, chainId: "31337" },
      { ...given, block: undefined },
      { ...given, block: 1.5 },
      { ...given, addresses: undefined },
      { ...given, addresses: null },
      { ...given, addresses: "0x12" },
    ];
    for (const value of wrong)
      assert.equal(deploymentIn(value), "it lacks chainId, block or addresses", JSON.stringify(value));
  });

  test("names the contract whose address is missing or is none", () => {
    for (const key of contractKeys) {
      const without = { ...given, addresses: { ...lower, [key]: undefined } };
      assert.equal(deploymentIn(without), `\`addresses.${key}\` is missing`);
      assert.equal(deploymentIn({ ...given, addresses: { ...lower, [key]: "0x12" } }), `\`addresses.${key}\` is 0x12`);
    }
  });
});

describe("a deployment on a chain", () => {
  const refused = (what: string, why: string) => (error: unknown) =>
    error instanceof Failure && error.what === what && error.why === why;

  test("is taken where it belongs to that chain", () => {
    assert.deepEqual(deploymentOn(readerOn(31_337), given), deploymentIn(given));
  });

  test("is refused where it belongs to another one", () => {
    const why = "http://node is chain 1, the deployment given is on 31337";
    assert.throws(() => deploymentOn(readerOn(1), given), refused("This is another chain", why));
  });

  test("is refused where it is none", () => {
    const why = "`addresses.snm` is missing";
    const broken = { ...given, addresses: { ...lower, snm: undefined } };
    assert.throws(() => deploymentOn(readerOn(31_337), broken), refused("This is no deployment", why));
  });

  test("is named by where it comes from", () => {
    const deployment = deploymentOn(readerOn(31_337), given);
    assert.equal(requireSameChain(readerOn(31_337), deployment, "file.json"), undefined);
    const why = "http://node is chain 7, file.json is on 31337";
    assert.throws(() => requireSameChain(readerOn(7), deployment, "file.json"), refused("This is another chain", why));
  });
});
