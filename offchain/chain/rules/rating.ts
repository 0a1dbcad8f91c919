// When hubs can be rated, and when the results of ratings are paid (PROTOCOL.md, section 8.5). Amounts are wei of SNM.
import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showMoment } from "@sonm/protocol/values/dates";
import type { Failure } from "@sonm/protocol/values/failure";
import { advice } from "../errors/advice.ts";
import { notYet, refusal } from "../errors/refusal.ts";
import type { Position, Worth } from "../hub/ratings.ts";
import type { HubRecord } from "../hub/wallet.ts";
import { closableByAnyoneFrom, earliestPayDay, payPeriodEnd, rehabFrom } from "./hub-times.ts";
import { balanceRefusal } from "./money.ts";

/** Why a rating is not taken at `now` (unix seconds); undefined if it is. @param stake wei of SNM @param balance of the rater, wei of SNM */
export function ratingRefusal(hub: HubRecord, stake: bigint, balance: bigint, now: number): Failure | undefined {
  if (stake === 0n) return refusal("Nothing is staked", "a rating needs a stake", advice("name-amount"));
  const what = `No ratings of ${hub.name} are taken now`;
  const { closedAt } = hub.registration;
  const later = advice("rate-later");
  if (hub.status !== "registered") return refusal(what, `the hub is ${hub.status}`, later);
  if (closedAt !== 0) return refusal(what, `its period was closed at ${showDate(closedAt)}`, later);
  const end = payPeriodEnd(hub);
  if (now >= end) return refusal(what, `its pay period ended at ${showDate(end)}`, later);
  const todo = balance === 0n ? advice("get-some") : advice("stake-at-most", { balance: showSnm(balance) });
  return balanceRefusal("The rating was not taken", balance, stake, todo);
}

const NOTHING = "Nothing is paid yet";

/**
 * What decides when a position is paid: its hub, until there is a verdict; then the time from which the winnings are paid (unix seconds).
 */
export type Decided = { readonly hub: HubRecord } | Pick<Worth, "winningsFrom">;

/** Why nothing can be paid out of a position at `now` (unix seconds); undefined if something can. */
export function claimRefusal({ number, claimed }: Position, decided: Decided, now: number): Failure | undefined {
  if (claimed === "all") {
    return refusal("Nothing is left to pay", `position ${number} has been paid`, advice("do-nothing"));
  }
  if ("hub" in decided) return undecided(number, decided.hub, now);
  if (claimed === "nothing" || decided.winningsFrom <= now) return undefined;
  const why = `position ${number}: the stake has been paid, the winnings are frozen like what was seized`;
  return notYet(NOTHING, why, decided.winningsFrom, now);
}

/** Why a registration is not decided, and when it can be at the earliest. */
function undecided(number: number, hub: HubRecord, now: number): Failure {
  const about = `position ${number}: ${hub.name}`;
  if (hub.status === "suspected") {
    const possibleFrom = rehabFrom(hub);
    const why = `${about} is suspected, and neither banned nor rehabilitated`;
    return refusal(NOTHING, why, advice("await-decision", { rehab: showMoment(possibleFrom, now) }), { possibleFrom });
  }
  const possibleFrom = earliestPayDay(hub, now);
  const why = `${about} has not reached its pay-day`;
  if (hub.registration.closedAt !== 0) return notYet(NOTHING, why, possibleFrom, now);
  const todo = advice("await-closing", {
    payDay: showMoment(possibleFrom, now),
    closableByAnyone: showDate(closableByAnyoneFrom(hub)),
  });
  return refusal(NOTHING, why, todo, { possibleFrom });
}

/** Why none of somebody's positions is paid. If there are several reasons: the one that ends first. */
export function nothingPaid(refusals: readonly Failure[]): Failure {
  const [first] = refusals.toSorted((a, b) => (a.possibleFrom ?? Infinity) - (b.possibleFrom ?? Infinity));
  return first ?? refusal("Nothing to pay", "you have no ratings that are not paid", advice("rate-hub"));
}
