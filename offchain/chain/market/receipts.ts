// What a transaction has done in the market, read from its receipt.
import { parseEventLogs, type TransactionReceipt } from "viem";
import { type MarketLog, marketAbi } from "./events.ts";

/** Arguments of the market's first event of this name in a receipt, if there is one. */
export function eventIn<const Name extends MarketLog["eventName"]>(receipt: TransactionReceipt, name: Name) {
  const log = parseEventLogs({ abi: marketAbi, logs: receipt.logs }).find(({ eventName }) => eventName === name);
  return log?.args as Extract<MarketLog, { eventName: Name }>["args"] | undefined;
}
