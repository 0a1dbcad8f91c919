// The positions of raters, for people.

import type { Position, Worth } from "@sonm/chain/hub/ratings";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showMoment } from "@sonm/protocol/values/dates";

/** What a position is worth, in words. */
export function showWorth(position: Position, worth: Worth | undefined, now: number): string {
  if (position.claimed === "all") return "paid";
  if (worth === undefined) return "undecided";
  const { stake, winnings, winningsFrom } = worth;
  const gain = winnings > 0n ? ` + ${showSnm(winnings)}` : "";
  const wait = winnings > 0n && winningsFrom > now ? `, the winnings from ${showMoment(winningsFrom, now)}` : "";
  return position.claimed === "stake" ? `${showSnm(winnings)}${wait}` : `${showSnm(stake)}${gain}${wait}`;
}

/** Sorts a registration's positions by stake, so that many stakes of one wei cannot hide the others. */
export function largestFirst(a: Position, b: Position): number {
  return a.stake === b.stake ? b.number - a.number : a.stake < b.stake ? 1 : -1;
}
