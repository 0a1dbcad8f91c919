// What a transaction has done, read from its receipt.
import { parseEventLogs, type TransactionReceipt } from "viem";
import type { Happening } from "../events.ts";
import { type MarketLog, marketAbi } from "./market.ts";

/** Arguments of the market's first event of this name in a receipt, if there is one. */
export function eventIn<const Name extends MarketLog["eventName"]>(receipt: TransactionReceipt, name: Name) {
  const log = parseEventLogs({ abi: marketAbi, logs: receipt.logs }).find(({ eventName }) => eventName === name);
  return log?.args as Extract<MarketLog, { eventName: Name }>["args"] | undefined;
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
