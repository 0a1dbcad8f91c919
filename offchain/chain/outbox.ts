// What an account has sent. It is written down before it is sent, so that it is followed, sent again or replaced after the process has ended.

import type { Address, Hex } from "@sonm/protocol/values/ids";
import type { Offer } from "./fees.ts";

/** A call as it is sent. Nothing is sent with it: none of the chain's own money. */
export type Transaction = {
  readonly to: Address;
  readonly data: Hex;
  /** most gas that it may use */
  readonly gas: bigint;
  /** what it does, for people, such as the name of the contract's function */
  readonly call?: string;
};

/** One form in which a transaction was sent. All forms have the same number, so only one of them can get into a block. */
export type Attempt = Offer & {
  readonly hash: Hex;
  /** signed, as nodes take it */
  readonly raw: Hex;
  /** whether it does nothing, so that the transaction is not carried out */
  readonly cancels: boolean;
};

/** A transaction that was sent, or was about to be. */
export type Outgoing = {
  /** its number among the account's transactions */
  readonly nonce: number;
  readonly transaction: Required<Transaction>;
  /** at least one, the newest last */
  readonly attempts: readonly Attempt[];
};

/** Where an account keeps what it has sent, on one chain. All processes that use the account share it. */
export type Outbox = {
  /**
   * Gives `action` the sole right to number and to replace transactions. Others wait.
   * @throws Failure if the right does not come
   */
  alone<T>(action: () => Promise<T>): Promise<T>;
  get(nonce: number): Outgoing | undefined;
  /** Those with this number or a higher one, in their order. */
  from(nonce: number): readonly Outgoing[];
  /** Writes it down, in place of what has the same number. When it returns, it is kept. @throws Failure if it cannot be kept */
  put(outgoing: Outgoing): void;
  delete(nonce: number): void;
  /** Drops those with a lower number whose last attempt is from before `time` (unix milliseconds). */
  dropBefore(nonce: number, time: number): void;
};

/** Keeps them as long as the process lives. */
export function memoryOutbox(): Outbox {
  const kept = new Map<number, Outgoing>();
  return {
    alone: (action) => action(),
    get: (nonce) => kept.get(nonce),
    from: (nonce) => [...kept.values()].filter((one) => one.nonce >= nonce).sort((a, b) => a.nonce - b.nonce),
    put: (outgoing) => void kept.set(outgoing.nonce, outgoing),
    delete: (nonce) => void kept.delete(nonce),
    dropBefore(nonce, time) {
      for (const one of kept.values()) if (one.nonce < nonce && lastOf(one).at < time) kept.delete(one.nonce);
    },
  };
}

/** Milliseconds after which one is dropped that is in a block and that nobody has asked for: its process has ended, or has given up. */
const KEEP_MS = 10 * 60 * 1000;

/** Drops what is in a block and nobody waits for any more. @param mined how many transactions of the account are in blocks */
export function dropDone(outbox: Pick<Outbox, "dropBefore">, mined: number): void {
  try {
    outbox.dropBefore(mined, Date.now() - KEEP_MS);
  } catch {
    // The disk is full, for example. The next time is as good.
  }
}

/** The form in which it was sent last. */
export function lastOf({ attempts }: Outgoing): Attempt {
  const last = attempts.at(-1);
  if (!last) throw new Error("nothing is kept that was not to be sent");
  return last;
}

/**
 * The number of the next transaction: the first that is free from `pending` on. What a node has lost keeps its number, because it is sent
 * again.
 * @param pending how many transactions of the account the node counts, those in no block too
 */
export function nextNonce(pending: number, kept: readonly Outgoing[]): number {
  const taken = new Set(kept.map(({ nonce }) => nonce));
  let nonce = pending;
  while (taken.has(nonce)) nonce++;
  return nonce;
}

/** Numbers below one that is kept which neither the node nor this side has: nothing after them gets into a block. */
export function gapsIn(pending: number, kept: readonly Outgoing[]): number[] {
  const taken = new Set(kept.map(({ nonce }) => nonce));
  const gaps: number[] = [];
  for (let nonce = pending; nonce < Math.max(0, ...taken); nonce++) if (!taken.has(nonce)) gaps.push(nonce);
  return gaps;
}
