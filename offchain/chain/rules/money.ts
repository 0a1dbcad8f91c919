// What owners can do with their SNM: send it, stake it, withdraw a stake (PROTOCOL.md, section 7). Amounts are wei of SNM.

import { showSnm } from "@sonm/protocol/values/amounts";
import { showMoment, showSpan } from "@sonm/protocol/values/dates";
import type { Advice, Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual, zeroAddress } from "viem";
import type { Addresses } from "../deployment.ts";
import { advice } from "../errors/advice.ts";
import { notYet, refusal } from "../errors/refusal.ts";
import type { Stake } from "../money/stake.ts";

/** Why an amount cannot be spent: its owner has less. Undefined if it can. Amounts are wei of SNM. */
export function balanceRefusal(
  what: string,
  balance: bigint,
  amount: bigint,
  todo: Advice = advice("get-more-or-use-less"),
): Failure | undefined {
  if (balance >= amount) return undefined;
  return refusal(what, `you have ${showSnm(balance)}, it takes ${showSnm(amount)}`, todo);
}

/** Whether SNM would be lost there: most contracts count only what arrives through their own functions; the DAO can reach two of them. */
function isDeadEnd(addresses: Addresses, to: Address): boolean {
  const { treasury: _, timelock: __, ...others } = addresses;
  return [zeroAddress, ...Object.values(others)].some((one) => isAddressEqual(one, to));
}

/** Why SNM cannot be sent to `to`; undefined if they can. Amounts are wei of SNM. */
export function sendRefusal(addresses: Addresses, to: Address, amount: bigint, balance: bigint): Failure | undefined {
  const what = "Nothing was sent";
  if (amount === 0n) return refusal(what, "the amount is 0", advice("name-amount"));
  if (isDeadEnd(addresses, to)) return refusal(what, `${to} could never give it back`, advice("name-reachable"));
  return balanceRefusal(what, balance, amount, advice("send-less"));
}

/** Why an amount cannot be staked; undefined if it can. Amounts are wei of SNM. */
export function depositRefusal(amount: bigint, balance: bigint): Failure | undefined {
  const what = "Nothing was staked";
  if (amount === 0n) return refusal(what, "nothing would be staked", advice("name-amount"));
  return balanceRefusal(what, balance, amount, advice("stake-less"));
}

/**
 * Why a part of a stake cannot be asked back now; undefined if it can.
 * @param amount wei of SNM
 * @param restart whether the stake that was asked back before may wait again
 * @param now unix seconds
 */
export function withdrawalRefusal(
  { free, locked, withdrawing }: Stake,
  amount: bigint,
  restart: boolean,
  now: number,
): Failure | undefined {
  const what = "Nothing can be withdrawn now";
  if (free === 0n && locked === 0n) return refusal(what, "you have no free stake", advice("see-stake"));
  if (amount > free || free === 0n) {
    const why = `${showSnm(free)} are free, ${showSnm(locked)} are locked in claims and games`;
    return refusal(what, why, advice("withdraw-or-await-claims"));
  }
  if (amount === 0n) return refusal(what, "nothing would be withdrawn", advice("name-amount"));
  return restart ? undefined : delayRefusal(what, withdrawing, now);
}

/** A second request makes the first one wait again. Nobody should cause that without knowing it. */
function delayRefusal(what: string, { amount, availableAt }: Stake["withdrawing"], now: number): Failure | undefined {
  if (amount === 0n) return undefined;
  const why = `${showSnm(amount)} are on their way already, and would have to wait anew`;
  if (now >= availableAt) return refusal(what, why, advice("take-first"));
  const todo = advice("take-first-from", { moment: showMoment(availableAt, now) });
  return refusal(what, why, todo, { possibleFrom: availableAt });
}

/** Why the stake that was asked back cannot be taken at `now` (unix seconds); undefined if it can. @param delay of a request, seconds */
export function takeRefusal(
  { amount, availableAt }: Stake["withdrawing"],
  delay: number,
  now: number,
): Failure | undefined {
  const what = "Nothing can be taken now";
  if (amount === 0n) {
    const todo = advice("request-all", { delay: showSpan(delay) });
    return refusal(what, "you have not asked for any of your stake", todo);
  }
  return now < availableAt ? notYet(what, `${showSnm(amount)} are on their way`, availableAt, now) : undefined;
}
