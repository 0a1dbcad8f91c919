// What the DAO decides, as calls and back: whoever reads a proposal must see what it does, and nothing that it does not do.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hubWalletAbi } from "@sonm/chain/abi/hub-wallet";
import { parametersAbi } from "@sonm/chain/abi/parameters";
import { snmAbi } from "@sonm/chain/abi/snm";
import { treasuryAbi } from "@sonm/chain/abi/treasury";
import { whitelistAbi } from "@sonm/chain/abi/whitelist";
import { parameterNames } from "@sonm/chain/enums/parameter";
import { actionOf, callOf, type DaoAction } from "@sonm/chain/government/actions";
import { encodeFunctionData } from "viem";
import { addressOf, deployment, ME } from "../stub-chain.ts";

const { whitelist, parameters, treasury } = deployment.addresses;
const HUB = addressOf(201);

const actions: readonly (readonly [DaoAction, target: string])[] = [
  [{ kind: "suspect", hub: HUB, registration: 3 }, HUB],
  [{ kind: "rehab", hub: HUB, registration: 4 }, HUB],
  [{ kind: "ban", hub: HUB, registration: 5 }, HUB],
  [{ kind: "trust", hub: HUB, trusted: true }, whitelist],
  [{ kind: "trust", hub: HUB, trusted: false }, whitelist],
  ...parameterNames.map((name, i) => [{ kind: "param", name, value: BigInt(100 + i) }, parameters] as const),
  [{ kind: "spend", to: ME, amount: 7n }, treasury],
];

test("every action is a call of one contract that sends no money, and is read back from it", () => {
  for (const [action, target] of actions) {
    const call = callOf(deployment, action);
    assert.deepEqual([call.target, call.value], [target, 0n]);
    assert.deepEqual(actionOf(deployment, call), action);
  }
});

describe("a call that is none of the DAO's actions is not taken for one", () => {
  const calls = {
    "another function of the whitelist": {
      target: whitelist,
      data: encodeFunctionData({ abi: whitelistAbi, functionName: "describe", args: [HUB, "name", ""] }),
    },
    "another function of the parameters": {
      target: parameters,
      data: encodeFunctionData({ abi: parametersAbi, functionName: "get", args: [1] }),
    },
    "a parameter that there is not": {
      target: parameters,
      data: encodeFunctionData({ abi: parametersAbi, functionName: "set", args: [parameterNames.length, 1n] }),
    },
    "another function of the Treasury": {
      target: treasury,
      data: encodeFunctionData({ abi: treasuryAbi, functionName: "collect", args: [HUB] }),
    },
    "another function of a wallet": {
      target: HUB,
      data: encodeFunctionData({ abi: hubWalletAbi, functionName: "withdraw", args: [1n] }),
    },
    "a function of another contract": {
      target: HUB,
      data: encodeFunctionData({ abi: snmAbi, functionName: "transfer", args: [ME, 1n] }),
    },
    "the right function of the wrong contract": {
      target: treasury,
      data: callOf(deployment, { kind: "trust", hub: HUB, trusted: true }).data,
    },
    "no function at all": { target: ME, data: "0x" },
  } as const;
  for (const [name, call] of Object.entries(calls))
    test(name, () => assert.equal(actionOf(deployment, call), undefined));
});
