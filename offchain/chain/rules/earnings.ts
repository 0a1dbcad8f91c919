// What can be pulled, settled, collected and released now. Amounts are wei of SNM, times unix seconds.

import { showSnm } from "@sonm/protocol/values/amounts";
import type { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import { advice } from "../errors/advice.ts";
import { notYet, refusal } from "../errors/refusal.ts";
import type { Seizure } from "../government/treasury.ts";
import type { Outstanding, Owed } from "../hub/earnings.ts";

/** A miner's claims that can be settled at `now` (unix seconds). */
export function settleable(coming: readonly Outstanding[], now: number): Outstanding[] {
  return coming.filter(({ settlesFrom, disputed }) => settlesFrom <= now && !disputed);
}

/**
 * Why none of a miner's claims can be settled now; undefined if one can.
 * @param coming claims that are open, the first to settle first
 * @param now unix seconds
 */
export function settleRefusal(coming: readonly Outstanding[], now: number): Failure | undefined {
  const what = "There is nothing to settle";
  if (coming.length === 0) return refusal(what, "no claim of yours is open", advice("see-earnings"));
  if (settleable(coming, now).length > 0) return undefined;
  const next = coming.find(({ settlesFrom }) => settlesFrom > now);
  if (!next) return refusal(what, "the claims left are disputed", advice("await-own-games"));
  return notYet(what, `claim ${next.claim} can still be challenged`, next.settlesFrom, now);
}

/** Why nothing can be pulled if no hub owes anything. @param coming open claims, the first to settle first @param now unix seconds */
export function nothingOwed(coming: readonly Outstanding[], now: number): Failure {
  const what = "There is nothing to pull";
  const [first] = coming;
  if (!first) {
    return refusal(what, "no hub owes you anything, and no claim of yours is open", advice("await-payment"));
  }
  const why = `no hub owes you anything yet; ${showSnm(first.amount)} are in the window of claim ${first.claim}`;
  if (first.settlesFrom > now) return notYet(what, why, first.settlesFrom, now);
  return refusal(what, why, advice(first.disputed ? "await-game" : "settle"));
}

/** Why nothing can be pulled from one of the hubs named; undefined if all of them owe something. */
export function pullRefusal(owed: readonly Owed[], named: readonly Address[]): Failure | undefined {
  const stranger = named.find((one) => !owed.some(({ hub }) => isAddressEqual(one, hub.wallet)));
  return stranger && refusal("Nothing was pulled", `${stranger} owes you nothing`, advice("see-debtors"));
}

/** Why the Treasury has nothing to collect; undefined if a hub owes it something. */
export function collectRefusal(owed: readonly Owed[]): Failure | undefined {
  if (owed.length > 0) return undefined;
  return refusal("Nothing to collect", "no hub owes the Treasury anything", advice("do-nothing"));
}

/** Why a seizure cannot be released at `now` (unix seconds); undefined if it can. */
export function releaseRefusal({ number, releaseAt }: Seizure, now: number): Failure | undefined {
  if (now >= releaseAt) return undefined;
  return notYet(`Seizure ${number} stays frozen`, "its time has not come", releaseAt, now);
}
