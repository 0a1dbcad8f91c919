// Paying those who rated, and checking that what one side loses the other gains, to the wei.

import { claimRating, type Worth, worthOf } from "@sonm/chain/hub/ratings";
import { balanceOf } from "@sonm/chain/money/snm";
import { showSnm } from "@sonm/protocol/values/amounts";
import type { Person } from "./cast.ts";
import { type Hub, positionOn } from "./hubs.ts";
import type { Stage } from "./stage.ts";

/** Claims a position; reports and returns what has been paid, wei of SNM. */
export async function payRater(stage: Stage, rater: Person, hub: Hub, why: string): Promise<bigint> {
  const { reader, deployment } = stage.devnet;
  const { number } = await positionOn(stage, rater, hub);
  const before = await balanceOf(reader, deployment, rater.address);
  await claimRating(rater.signer, deployment, number);
  const paid = (await balanceOf(reader, deployment, rater.address)) - before;
  await stage.tell("rating-paid", rater.name, `is paid ${showSnm(paid)} for the rating of ${hub.name}: ${why}`, {
    hub: hub.wallet,
    position: number,
    paid,
  });
  return paid;
}

/** What somebody's decided position is worth, besides the stake. */
export async function worthTo(
  stage: Stage,
  rater: Person,
  hub: Hub,
): Promise<Worth & { readonly staked: bigint; readonly number: number }> {
  const { reader, deployment } = stage.devnet;
  const { number, stake } = await positionOn(stage, rater, hub);
  return { ...(await worthOf(reader, deployment, number)), staked: stake, number };
}

/**
 * The winner gains what the loser loses, and rounding takes less than a wei per position.
 * @param most the most that can be won, wei
 */
export async function checkZeroSum(
  stage: Stage,
  hub: Hub,
  winner: Person,
  loser: Person,
  most?: bigint,
): Promise<void> {
  const won = await worthTo(stage, winner, hub);
  const lost = await worthTo(stage, loser, hub);
  const loss = lost.staked - lost.stake;
  const winnable = most !== undefined && most < loss ? most : loss;
  const detail = `${won.winnings} won, ${loss} lost, ${winnable} to be won`;
  stage.equal(`${hub.name}: the winner's own stake is whole`, won.stake, won.staked);
  stage.must(`${hub.name}: the winner gains`, won.winnings > 0n, detail);
  stage.must(
    `${hub.name}: gains and losses are zero-sum to the wei`,
    winnable - won.winnings >= 0n && winnable - won.winnings <= 1n,
    detail,
  );
}
