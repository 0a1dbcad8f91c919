// A hub's offer for a job, as it signs it (PROTOCOL.md, section 4).
import type { Address, JobId } from "../values/ids.ts";

/** A hub's promise to have `job` computed at its terms; `expiry` is the last second (unix time) in which it can be posted. */
export type Quote = { readonly job: JobId; readonly expiry: bigint };

const quoteTypes = {
  Quote: [
    { name: "job", type: "bytes32" },
    { name: "expiry", type: "uint64" },
  ],
} as const;

/** EIP-712 typed data of a quote: what the hub signs and what `JobBoard` at `board` checks. */
export function quoteTypedData(quote: Quote, chainId: number, board: Address) {
  return {
    domain: { name: "SONM JobBoard", version: "1", chainId, verifyingContract: board },
    types: quoteTypes,
    primaryType: "Quote",
    message: quote,
  } as const;
}
