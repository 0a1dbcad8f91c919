// `Bisection` from the side of those who play in no game, and whose money waits for its end: the hub and the buyer of the job. A game that both
// players have abandoned would lock the batch for ever, and whoever is late has no interest in its end.
import type { Sight } from "@sonm/chain/market/observer";
import { lateFrom } from "@sonm/protocol/dispute/duty";
import type { GameView } from "@sonm/protocol/dispute/view";
import type { Address } from "@sonm/protocol/values/ids";
import type { Guard } from "../../role/guard.ts";
import { type Decision, soonest } from "../../role/loop.ts";
import type { Referee } from "../referee.ts";
import type { GameDeed } from "./decide.ts";
import { type EnderTools, endLate, openGamesIn } from "./play.ts";

export type OnlookerTools = EnderTools & {
  readonly guard: Guard;
  /** seconds that the player who wins by it has, before the onlooker ends a game */
  readonly patienceSeconds: number;
};

/** @param address of the contract */
export function createOnlooker(address: Address, tools: OnlookerTools): Referee {
  return {
    address,
    guarantee: "proved",
    due: (sight) => dueToOthers(address, followedIn(sight, address, tools.guard), sight.now, tools.patienceSeconds),
    // Only deeds that this referee has made come back.
    act: (deed) => endLate(tools, (deed as GameDeed).game),
  };
}

/** The open games whose state the observer reads. */
function followedIn(sight: Sight, referee: Address, guard: Guard): GameView[] {
  return openGamesIn(sight, referee, guard, ({ state }) => state !== undefined).map(({ game }) => game);
}

/**
 * Which games are to be ended by somebody who plays in none of them.
 * @param patience seconds after the player who has the turn is late
 */
export function dueToOthers(
  referee: Address,
  games: readonly GameView[],
  now: number,
  patience: number,
): Decision<GameDeed> {
  const actions: GameDeed[] = [];
  const wakes: number[] = [];
  for (const game of games) {
    const late = lateFrom(game);
    if (late === undefined) continue;
    if (now >= late + patience) actions.push({ referee, kind: "timeOut", key: `timeOut ${game.id}`, game });
    else wakes.push(late + patience);
  }
  return { actions, wakeAt: soonest(wakes) };
}
