// `Bisection` from the side of a miner: games against its claims.
import type { Address } from "@sonm/protocol/values/ids";
import type { Referee } from "../referee.ts";
import { dueInGames, type GameDeed } from "./decide.ts";
import { actInGame, gamesOf, type PlayerTools } from "./play.ts";

export type DefenderTools = PlayerTools & {
  /** number of moves in a game after which a liar stops moving */
  readonly silentFrom?: number | undefined;
};

/** @param address of the contract */
export function createDefender(address: Address, tools: DefenderTools): Referee {
  const me = tools.access.signer.address;
  return {
    address,
    guarantee: "proved",
    due: (sight) =>
      dueInGames(address, "miner", gamesOf(sight, address, "miner", me, tools.guard), sight.now, tools.silentFrom),
    // Only deeds that this referee has made come back.
    act: (deed) => actInGame(tools, "miner", deed as GameDeed),
  };
}
