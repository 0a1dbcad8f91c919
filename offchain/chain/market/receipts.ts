// What a transaction has done with claims and challenges, read from its receipt.
import { type ContractEventName, type ParseEventLogsReturnType, parseEventLogs, type TransactionReceipt } from "viem";
import { bisectionAbi } from "../abi/bisection.ts";
import { resultsAbi } from "../abi/results.ts";

const abi = [...resultsAbi, ...bisectionAbi] as const;

type Event = ParseEventLogsReturnType<typeof abi, ContractEventName<typeof abi>[], true>[number];

/** Arguments of the first event of this name in a receipt, if there is one. */
export function eventIn<const Name extends Event["eventName"]>(receipt: TransactionReceipt, name: Name) {
  const log = parseEventLogs({ abi, logs: receipt.logs }).find(({ eventName }) => eventName === name);
  return log?.args as Extract<Event, { eventName: Name }>["args"] | undefined;
}
