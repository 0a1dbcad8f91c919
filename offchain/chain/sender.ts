// Sends the transactions of a key at hand, and sees each of them into a block: under whatever hash, with higher fees where they must be,
// again where a node has lost it, and after a restart too.

import { Failure } from "@sonm/protocol/values/failure";
import type { Hex } from "@sonm/protocol/values/ids";
import {
  type BaseError,
  keccak256,
  type LocalAccount,
  NonceTooLowError,
  RpcRequestError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import { getTransactionError } from "viem/utils";
import { isKnown, type Reader } from "./clients.ts";
import { atTheLimit, type Delay, heldBy, inNoBlock, tooDear, wordsOf } from "./delay.ts";
import { advice } from "./errors/advice.ts";
import { refusal } from "./errors/refusal.ts";
import {
  type FeePolicy,
  type Fees,
  firstOffer,
  isDue,
  type Market,
  marketOf,
  nextOffer,
  priceOf,
  usualFees,
} from "./fees.ts";
import {
  dropDone,
  gapsIn,
  lastOf,
  memoryOutbox,
  nextNonce,
  type Outbox,
  type Outgoing,
  type Transaction,
} from "./outbox.ts";

export type SenderOptions = {
  /** default: the memory of this process */
  readonly outbox?: Outbox;
  readonly fees?: FeePolicy;
  /** milliseconds after which `receiptOf` no longer waits for a block; default: never. The transaction stays written down. */
  readonly patienceMs?: number;
  readonly tell?: (delay: Delay) => void;
};

export type Sender = {
  /** Numbers, signs, writes down and sends. Returns the hash. @throws viem's error or a Failure if it was not sent */
  submit(transaction: Transaction): Promise<Hex>;
  /**
   * Waits for a block with a transaction of this sender, under the hash given or one that has replaced it.
   * @throws Failure if it is cancelled, replaced by somebody else's, or in no block for too long
   */
  receiptOf(hash: Hex): Promise<TransactionReceipt>;
  /**
   * Sees what earlier processes have sent into a block.
   * @param patienceMs milliseconds; Infinity for ever
   * @throws Failure if it is in no block by then
   */
  catchUp(patienceMs: number): Promise<void>;
  /** Offers more for a transaction under way. Returns its new hash. @throws Failure if that is not possible */
  speedUp(nonce: number): Promise<Hex>;
  /** Sends nothing to itself in place of a transaction under way. Returns the new hash. @throws Failure if that is not possible */
  cancel(nonce: number): Promise<Hex>;
  /** Ends all waiting: what is under way is left to the next process. */
  leave(): void;
  /** For a chain that was set back by hand: what was sent has not happened. */
  forget(): void;
};

/** Milliseconds between two looks whether nodes still have what is under way; less if fees are raised sooner. */
export const LOOK_MS = 15_000;
/** Looks without a receipt, after the account's number has passed, until a transaction counts as replaced: nodes behind one URL differ. */
const MISSES = 20;
/** Longest pause after failures of the node, milliseconds. */
const LONGEST_PAUSE_MS = 15_000;
/** Gas of a transaction that does nothing, where the node does not say. */
const LEAST_GAS = 21_000n;
const TRIES = 3;

export function createSender(
  reader: Reader,
  account: LocalAccount,
  {
    outbox = memoryOutbox(),
    fees: policy = usualFees,
    patienceMs = Number.POSITIVE_INFINITY,
    tell,
  }: SenderOptions = {},
): Sender {
  const { client, chainId } = reader;
  const { address } = account;
  /** Number of each transaction for which somebody here may wait. */
  const numbers = new Map<Hex, number>();
  /** Those of which it was told that they are held back. */
  const held = new Set<number>();
  const lookMs = Math.min(LOOK_MS, policy.pauseMs);
  let lastLook = 0;
  /** Number of those who wait for a receipt. */
  let waiting = 0;
  let left = false;
  let tail: Promise<unknown> = Promise.resolve();
  let poll: Promise<number> | undefined;

  const countOf = (blockTag: "latest" | "pending") => client.getTransactionCount({ address, blockTag });

  /** One after another, here and among all processes that use the account. */
  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = tail.then(() => outbox.alone(action));
    tail = done.catch(() => undefined);
    return done;
  }

  /** Signs one form of a transaction, and writes it down. */
  async function prepare(
    { nonce, transaction, attempts }: Outgoing,
    fees: Fees,
    { block }: Market,
    cancels: boolean,
  ): Promise<Outgoing> {
    const { to, data, gas } = cancels ? await nothing() : transaction;
    const type = "gasPrice" in fees ? ({ type: "legacy", ...fees } as const) : ({ type: "eip1559", ...fees } as const);
    const raw = await account.signTransaction({ chainId, nonce, to, data, gas, ...type });
    const attempt = { hash: keccak256(raw), raw, fees, at: Date.now(), block, cancels };
    const prepared = { nonce, transaction, attempts: [...attempts, attempt] };
    outbox.put(prepared);
    return prepared;
  }

  /** A transaction that changes nothing but the account's number. */
  async function nothing(): Promise<Required<Transaction>> {
    const gas = await client.estimateGas({ account: address, to: address }).catch(() => LEAST_GAS);
    return { to: address, data: "0x", gas, call: "nothing" };
  }

  const hasIt = (hash: Hex) => isKnown(reader, hash).catch(() => false);

  /**
   * Gives the newest form to the node. If the node's answer is lost or comes too late, it may have taken it anyway, and else it is given it
   * again later.
   * @throws if the node has refused it
   */
  async function give(outgoing: Outgoing): Promise<void> {
    const { hash, raw } = lastOf(outgoing);
    try {
      await client.sendRawTransaction({ serializedTransaction: raw });
    } catch (error) {
      const told = error as BaseError;
      const refused = told.walk?.((cause) => cause instanceof RpcRequestError);
      if (!refused || /already (known|imported)|known transaction/i.test(told.message) || (await hasIt(hash))) return;
      const { to, data, gas } = outgoing.transaction;
      throw getTransactionError(told, { to, data, gas, nonce: outgoing.nonce, account, chain: client.chain });
    }
  }

  /** Sends another form of what is under way. A form that the node refuses is as if it had never been. */
  async function replace(before: Outgoing, fees: Fees, market: Market, cancels: boolean): Promise<Outgoing> {
    const outgoing = await prepare(before, fees, market, cancels);
    try {
      await give(outgoing);
      return outgoing;
    } catch (error) {
      if (before.attempts.length === 0) outbox.delete(before.nonce);
      else outbox.put(before);
      throw error;
    }
  }

  async function number(transaction: Required<Transaction>): Promise<Hex> {
    const [pending, market] = await Promise.all([countOf("pending"), marketOf(reader)]);
    const fees = firstOffer(market, policy.most);
    if (!fees) throw tooDear("The transaction was not sent", market, policy.most);
    const nonce = nextNonce(pending, outbox.from(pending));
    return follow(await replace({ nonce, transaction, attempts: [] }, fees, market, false));
  }

  /** Remembers what somebody here may wait for. */
  function follow(outgoing: Outgoing): Hex {
    const { hash } = lastOf(outgoing);
    numbers.set(hash, outgoing.nonce);
    return hash;
  }

  /** Offers more for one that has waited too long, or gives it to a node that has lost it. */
  async function push(outgoing: Outgoing, market: Market, first: boolean): Promise<void> {
    const { nonce, transaction, attempts } = outgoing;
    const last = lastOf(outgoing);
    const due = isDue(attempts, first, market, Date.now(), policy);
    const news = { nonce, call: last.cancels ? "nothing" : transaction.call };
    const fees = due ? nextOffer(last.fees, market, policy.most) : undefined;
    try {
      if (fees) {
        const { hash } = lastOf(await replace(outgoing, fees, market, last.cancels));
        held.delete(nonce);
        tell?.({ ...news, hash, price: priceOf(fees) });
        return;
      }
      const given = (await hasIt(last.hash)) ? undefined : await give(outgoing).catch((error: unknown) => error);
      if (due) throw atTheLimit(outgoing, market, policy.most);
      if (given) throw given;
    } catch (error) {
      if (isUsed(error)) return;
      if (!held.has(nonce)) {
        tell?.({ ...news, hash: last.hash, price: priceOf(last.fees), held: heldBy(outgoing, error) });
      }
      held.add(nonce);
    }
  }

  /** Looks after all that is under way. */
  async function look(): Promise<void> {
    lastLook = Date.now();
    const mined = await countOf("latest");
    if (outbox.from(mined).length === 0) return;
    await inTurn(async () => {
      const [pending, market] = await Promise.all([countOf("pending"), marketOf(reader)]);
      const kept = outbox.from(mined);
      for (const [i, outgoing] of kept.entries()) await push(outgoing, market, i === 0);
      // What is missing may be another's that its node is about to tell of.
      const waiting = kept.filter((one) => Date.now() - lastOf(one).at >= policy.pauseMs);
      for (const nonce of gapsIn(Math.max(mined, pending), waiting)) {
        const fees = outbox.get(nonce) ? undefined : firstOffer(market, policy.most);
        const empty = { nonce, transaction: await nothing(), attempts: [] };
        if (fees) await replace(empty, fees, market, true).catch(() => undefined);
      }
    });
  }

  /** Drops what is in a block: one that was waited for, and what nobody waits for any more. */
  function tidy(nonce: number, mined: number): void {
    try {
      outbox.delete(nonce);
    } catch {
      // The disk is full, for example. It is dropped with others later.
    }
    dropDone(outbox, mined);
  }

  /** How many transactions of the account are in blocks, after a pause. All who wait share the question. */
  function nextCount(pauseMs: number): Promise<number> {
    poll ??= pause(pauseMs)
      .then(async () => {
        // The state of the outbox may be in the way, such as a full disk: then what is under way is still waited for.
        if (Date.now() - lastLook >= lookMs) await look().catch(() => undefined);
        return countOf("latest");
      })
      .finally(() => {
        poll = undefined;
      });
    return poll;
  }

  /** The receipt of one of a transaction's forms. */
  async function receiptAmong({ transaction, attempts }: Outgoing): Promise<Mined | undefined> {
    for (const { hash, cancels } of attempts.toReversed()) {
      const receipt = await client.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return undefined;
        throw error;
      });
      if (receipt) return { receipt, cancels, call: transaction.call };
    }
    return undefined;
  }

  /** @param hash of one of its forms, which tells it from what others may send with its number */
  async function untilMined(nonce: number, hash: Hex): Promise<Mined> {
    const end = Date.now() + patienceMs;
    let pauseMs = 0;
    let outgoing: Outgoing | undefined;
    for (let misses = 0; ; ) {
      const kept = outbox.get(nonce);
      if (kept?.attempts.some((attempt) => attempt.hash === hash)) outgoing = kept;
      try {
        const mined = await (pauseMs === 0 ? countOf("latest") : nextCount(pauseMs));
        pauseMs = client.pollingInterval;
        const found = mined > nonce && outgoing ? await receiptAmong(outgoing) : undefined;
        if (found) {
          held.delete(nonce);
          tidy(nonce, mined);
          return found;
        }
        if (mined > nonce) misses++;
      } catch (error) {
        if (error instanceof Failure) throw error;
        // Nothing is lost while the node does not answer.
        pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * Math.max(pauseMs, client.pollingInterval));
      }
      if (outgoing === undefined || misses > MISSES) {
        const why = `another transaction with its number ${nonce} is in a block, sent by another program with the same key`;
        throw refusal("It was not done", why, advice("see-transactions"));
      }
      if (left || Date.now() > end) {
        const why = `transaction ${nonce} is in no block yet; the next start goes on with it`;
        throw refusal(inNoBlock(outgoing), why, advice("see-transactions"));
      }
    }
  }

  /** What replaces a transaction under way at its owner's wish. */
  function replaceNow(nonce: number, what: string, cancels: boolean): Promise<Hex> {
    return inTurn(async () => {
      const [mined, market] = await Promise.all([countOf("latest"), marketOf(reader)]);
      if (nonce < mined) throw refusal(what, `transaction ${nonce} is in a block already`, advice("see-transactions"));
      const known = outbox.get(nonce);
      if (!known && !cancels) {
        throw refusal(what, `nothing is known of a transaction ${nonce}`, advice("see-transactions"));
      }
      const fees = known ? nextOffer(lastOf(known).fees, market, policy.most) : firstOffer(market, policy.most);
      if (!fees) throw tooDear(what, market, policy.most);
      const before = known ?? { nonce, transaction: await nothing(), attempts: [] };
      try {
        return follow(await replace(before, fees, market, cancels));
      } catch (cause) {
        throw new Failure(what, wordsOf(cause), "try again", { cause });
      }
    });
  }

  return {
    async submit({ call = "a call", ...transaction }) {
      for (let tries = 1; ; tries++) {
        try {
          return await inTurn(() => number({ ...transaction, call }));
        } catch (error) {
          // By a process on another computer.
          if (!isUsed(error) || tries === TRIES) throw error;
        }
      }
    },
    async receiptOf(hash) {
      const nonce = numbers.get(hash);
      if (nonce === undefined) return client.waitForTransactionReceipt({ hash });
      if (waiting++ === 0) lastLook = Date.now();
      try {
        const { receipt, cancels, call } = await untilMined(nonce, hash);
        if (!cancels) return receipt;
        const why = `transaction ${nonce} was cancelled before it was in a block`;
        throw refusal(`${call} was not done`, why, advice("see-transactions"));
      } finally {
        waiting--;
        numbers.delete(hash);
      }
    },
    async catchUp(forMs) {
      const end = Date.now() + forMs;
      for (let first = true; ; first = false) {
        const [mined, pending] = await Promise.all([countOf("latest"), countOf("pending")]);
        const kept = outbox.from(mined);
        // A process that has given up leaves what it has sent in the list.
        dropDone(outbox, mined);
        if (kept.length === 0 && pending <= mined) return;
        if (left || Date.now() > end) {
          const why = "a node holds some of them back, most likely for their fee";
          throw refusal(`Transactions of ${address} do not get into a block`, why, advice("see-transactions"));
        }
        if (first || Date.now() - lastLook >= lookMs) await look();
        await pause(Math.min(200, 4 * client.pollingInterval));
      }
    },
    speedUp: (nonce) => replaceNow(nonce, `No more is offered for transaction ${nonce}`, false),
    cancel: (nonce) => replaceNow(nonce, `Transaction ${nonce} is not cancelled`, true),
    leave() {
      left = true;
    },
    forget() {
      for (const { nonce } of outbox.from(0)) outbox.delete(nonce);
    },
  };
}

type Mined = { readonly receipt: TransactionReceipt; readonly cancels: boolean; readonly call: string };

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Whether a transaction was refused because one with its number is in a block. */
function isUsed(error: unknown): boolean {
  return Boolean((error as BaseError).walk?.((cause) => cause instanceof NonceTooLowError));
}
