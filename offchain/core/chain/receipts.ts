// What a transaction has done, read from its receipt.
import { isAddressEqual, parseEventLogs, type TransactionReceipt } from "viem";
import type { Happening } from "../events.ts";
import type { Address } from "../types.ts";
import { snmAbi } from "./abi/snm.ts";
import type { Addresses } from "./deployment.ts";
import { type MarketLog, marketAbi } from "./market.ts";

/** Arguments of the market's first event of this name in a receipt, if there is one. */
export function eventIn<const Name extends MarketLog["eventName"]>(receipt: TransactionReceipt, name: Name) {
  const log = parseEventLogs({ abi: marketAbi, logs: receipt.logs }).find(({ eventName }) => eventName === name);
  return log?.args as Extract<MarketLog, { eventName: Name }>["args"] | undefined;
}

/** SNM that a transaction has brought to an account, wei. */
export function broughtBy({ logs }: TransactionReceipt, { snm }: Addresses, to: Address): bigint {
  const transfers = parseEventLogs({ abi: snmAbi, logs, eventName: "Transfer" });
  return transfers
    .filter(({ address, args }) => isAddressEqual(address, snm) && isAddressEqual(args.to, to))
    .reduce((sum, { args }) => sum + args.value, 0n);
}

/** The report of a mined transaction. */
export function transactionOf(call: string, receipt: TransactionReceipt): Extract<Happening, { kind: "transaction" }> {
  return {
    kind: "transaction",
    call,
    hash: receipt.transactionHash,
    gas: Number(receipt.gasUsed),
    block: Number(receipt.blockNumber),
  };
}
