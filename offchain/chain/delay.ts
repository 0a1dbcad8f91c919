// Why a transaction is in no block yet, in words.

import { Failure } from "@sonm/protocol/values/failure";
import type { Hex } from "@sonm/protocol/values/ids";
import type { BaseError } from "viem";
import { advice } from "./errors/advice.ts";
import { refusal } from "./errors/refusal.ts";
import { type Market, priceOf, showPrice } from "./fees.ts";
import { lastOf, type Outgoing } from "./outbox.ts";

/** News of a transaction that is in no block yet. */
export type Delay = {
  readonly nonce: number;
  readonly call: string;
  /** of the form sent last */
  readonly hash: Hex;
  /** what it offers now, wei a gas */
  readonly price: bigint;
  /** why no more is offered; absent if more was offered */
  readonly held?: Failure;
};

/** What has not happened yet. */
export function inNoBlock({ nonce, transaction }: Outgoing): string {
  return `Transaction ${nonce} (${transaction.call}) is in no block yet`;
}

/** More would have to be offered than the owner allows. */
export function tooDear(what: string, { least, fees }: Market, limit: bigint): Failure {
  const asked = least > limit ? least : priceOf(fees);
  const why = `the chain asks for ${showPrice(asked)} a gas, and ${showPrice(limit)} is the most to be offered`;
  return refusal(what, why, advice("allow-more-fee"));
}

/** The same of a transaction under way. */
export function atTheLimit(outgoing: Outgoing, { fees }: Market, limit: bigint): Failure {
  const offered = showPrice(priceOf(lastOf(outgoing).fees));
  const why = `it offers ${offered} a gas, the chain asks for ${showPrice(priceOf(fees))}, and ${showPrice(limit)} is the most to be offered`;
  return refusal(inNoBlock(outgoing), why, advice("allow-more-fee"));
}

/** What an error says. */
export function wordsOf(error: unknown): string {
  if (error instanceof Failure) return error.why;
  return (error as BaseError).shortMessage ?? String((error as Error)?.message ?? error);
}

/** Why a transaction is held back, or is not sent again. */
export function heldBy(outgoing: Outgoing, error: unknown): Failure {
  return error instanceof Failure
    ? error
    : refusal(inNoBlock(outgoing), `the node refuses it: ${wordsOf(error)}`, advice("see-transactions"), {
        cause: error,
      });
}
