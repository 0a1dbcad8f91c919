// What a role reports about its transactions.
import type { TransactionReceipt } from "viem";
import type { Happening } from "./happenings.ts";

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
