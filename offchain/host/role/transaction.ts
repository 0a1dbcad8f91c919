// What a role reports about its transactions.
import type { Delay } from "@sonm/chain/delay";
import { LOOK_MS } from "@sonm/chain/sender";
import type { TransactionReceipt } from "viem";
import { failed, type Happening } from "./happenings.ts";

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

/** The report of one that is in no block yet. */
export function delayOf({ nonce, call, hash, price, held }: Delay): Happening {
  if (held) return failed(`transaction ${nonce}`, held, LOOK_MS / 1000);
  return { kind: "raised", call, nonce, hash, price: String(price) };
}
