// What the DAO can decide, and the calls that carry it out: one table, read in both directions.

import type { Address, Hex } from "@sonm/protocol/values/ids";
import { decodeFunctionData, encodeFunctionData, isAddressEqual } from "viem";
import { hubWalletAbi } from "../abi/hub-wallet.ts";
import { parametersAbi } from "../abi/parameters.ts";
import { treasuryAbi } from "../abi/treasury.ts";
import { whitelistAbi } from "../abi/whitelist.ts";
import type { Deployment } from "../deployment.ts";
import { type ParameterName, parameterNames } from "../enums/parameter.ts";

/** What the DAO can decide. */
export type DaoAction =
  /** `registration`: number of the registration that it is about; it cannot be carried out in another one */
  | { readonly kind: "suspect" | "rehab" | "ban"; readonly hub: Address; readonly registration: number }
  | { readonly kind: "trust"; readonly hub: Address; readonly trusted: boolean }
  /** `value` in the unit that the name ends with */
  | { readonly kind: "param"; readonly name: ParameterName; readonly value: bigint }
  /** `amount` in wei of SNM */
  | { readonly kind: "spend"; readonly to: Address; readonly amount: bigint };

/** A call that the DAO makes to carry out a decision. */
export type DaoCall = {
  readonly target: Address;
  readonly data: Hex;
  /** wei of the chain's own money that is sent along, from the timelock */
  readonly value: bigint;
};

/** The call that carries out an action. */
export function callOf({ addresses }: Deployment, action: DaoAction): DaoCall {
  switch (action.kind) {
    case "suspect":
    case "rehab":
    case "ban":
      return call(
        action.hub,
        encodeFunctionData({ abi: hubWalletAbi, functionName: action.kind, args: [action.registration] }),
      );
    case "trust": {
      const args = [action.hub, action.trusted] as const;
      return call(addresses.whitelist, encodeFunctionData({ abi: whitelistAbi, functionName: "setTrusted", args }));
    }
    case "param": {
      const args = [parameterNames.indexOf(action.name), action.value] as const;
      return call(addresses.parameters, encodeFunctionData({ abi: parametersAbi, functionName: "set", args }));
    }
    case "spend": {
      const args = [action.to, action.amount] as const;
      return call(addresses.treasury, encodeFunctionData({ abi: treasuryAbi, functionName: "spend", args }));
    }
  }
}

/** None of these sends money along. */
function call(target: Address, data: Hex): DaoCall {
  return { target, data, value: 0n };
}

/** What a call does; undefined for a call that this table does not know. Does not look up whether a wallet is a hub. */
export function actionOf(
  { addresses }: Deployment,
  { target, data }: Pick<DaoCall, "target" | "data">,
): DaoAction | undefined {
  try {
    if (isAddressEqual(target, addresses.whitelist)) {
      const { functionName, args } = decodeFunctionData({ abi: whitelistAbi, data });
      return functionName === "setTrusted" ? { kind: "trust", hub: args[0], trusted: args[1] } : undefined;
    }
    if (isAddressEqual(target, addresses.parameters)) {
      const { functionName, args } = decodeFunctionData({ abi: parametersAbi, data });
      const name = functionName === "set" ? parameterNames[args[0]] : undefined;
      return name && functionName === "set" ? { kind: "param", name, value: args[1] } : undefined;
    }
    if (isAddressEqual(target, addresses.treasury)) {
      const { functionName, args } = decodeFunctionData({ abi: treasuryAbi, data });
      return functionName === "spend" ? { kind: "spend", to: args[0], amount: args[1] } : undefined;
    }
    const { functionName, args } = decodeFunctionData({ abi: hubWalletAbi, data });
    const known = functionName === "suspect" || functionName === "rehab" || functionName === "ban";
    return known ? { kind: functionName, hub: target, registration: args[0] } : undefined;
  } catch {
    return undefined; // a selector that the contract does not have
  }
}
