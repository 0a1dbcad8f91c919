// The disputes before `Bisection`, as its events show them: announced challenges, and games.

import { type Game, type GameState, gameId, outcomes } from "@sonm/protocol/dispute/game";
import { type GameView, type Shown, viewOf } from "@sonm/protocol/dispute/view";
import type { Address, ClaimId, GameId, Hex } from "@sonm/protocol/values/ids";
import { bisectionAbi } from "../abi/bisection.ts";
import { createDecoder, type EventOf } from "./decode.ts";
import { type DisputeLog, disputesIn } from "./dispute-log.ts";
import { type DraftMap, draftOf } from "./draft.ts";
import type { Market } from "./events.ts";

/** An announced challenge. Its stake is wei of SNM, the time unix seconds. */
export type ObservedCommitment = {
  readonly challenger: Address;
  readonly hash: Hex;
  readonly rank: bigint;
  readonly stake: bigint;
  readonly committedAt: number;
  readonly fate: "waiting" | "opened" | "retracted" | "forfeited";
};

/** A game. `openedAt` is unix seconds. */
export type ObservedGame = {
  readonly id: GameId;
  readonly game: Game;
  readonly openedAt: number;
  /** what its events have shown, the outcome included */
  readonly shown: Shown;
  /** what the chain stores of it; read for open games only */
  readonly state: GameState | undefined;
};

/** The disputes before one `Bisection`. */
export type BisectionDisputes = {
  /** by rank */
  readonly commitments: ReadonlyMap<bigint, ObservedCommitment>;
  readonly games: ReadonlyMap<GameId, ObservedGame>;
};

const none: BisectionDisputes = { commitments: new Map(), games: new Map() };

/** How a market reads the disputes of the `Bisection` at an address. */
export function bisectionLog(address: Address): DisputeLog<BisectionDisputes> {
  return {
    address,
    guarantee: "proved",
    none,
    fold(disputes, logs) {
      const draft = draftOfDisputes(disputes);
      for (const { log, time } of logs) {
        const event = decode(log);
        if (event) apply(draft, event, time);
      }
      return { disputes: endOf(draft, disputes), opened: draft.opened };
    },
    drop(disputes, over, final) {
      const draft = draftOfDisputes(disputes);
      for (const { rank, fate } of final.commitments.values()) {
        // That of a game is known as long as the game.
        if (fate === "retracted" || fate === "forfeited") draft.commitments.delete(rank);
      }
      if (over.size > 0) {
        for (const { id, game } of disputes.games.values()) {
          if (!over.has(game.about.claim)) continue;
          draft.games.delete(id);
          draft.commitments.delete(game.about.rank);
        }
      }
      return endOf(draft, disputes);
    },
    save: ({ commitments, games }) => ({
      commitments: [...commitments.values()],
      games: [...games.values()].map((game) => ({ ...game, state: undefined })),
    }),
    restore(saved) {
      const { commitments, games } = saved as { commitments: ObservedCommitment[]; games: ObservedGame[] };
      return {
        commitments: new Map(commitments.map((one) => [one.rank, one])),
        games: new Map(games.map((one) => [one.id, restoredGame(one)])),
      };
    },
    async read(disputes, client, blockNumber, follows) {
      const open = [...disputes.games.values()].filter(
        ({ game, shown }) => shown.outcome === undefined && follows(game.about),
      );
      const read = await Promise.all(
        open.map(async (game) => {
          const stored = { address, abi: bisectionAbi, functionName: "stateOf", args: [game.id], blockNumber } as const;
          return [game.id, { ...game, state: await client.readContract(stored) }] as const;
        }),
      );
      const games = draftOf(disputes.games);
      for (const [id, game] of read) if (!isSame(games.get(id)?.state, game.state)) games.set(id, game);
      return games.end() === disputes.games ? disputes : { ...disputes, games: games.end() };
    },
  };
}

/** The disputes before a deployment's `Bisection` in a market. */
export function bisectionIn(market: Pick<Market, "disputes">, address: Address): BisectionDisputes {
  return disputesIn(market, { address, none });
}

/** The view of an open game that its players decide by; undefined while what was read does not fit together. */
export function viewIn({ id, game, state, shown }: ObservedGame): GameView | undefined {
  return state && viewOf(id, game, state, shown);
}

/** The game with which a winner has convicted a claim. */
export function winningGame({ games }: BisectionDisputes, winner: { readonly rank: bigint }): Game | undefined {
  return [...games.values()].find(({ game }) => game.about.rank === winner.rank)?.game;
}

const decode = createDecoder(bisectionAbi);
type Event = EventOf<typeof bisectionAbi>;

type Draft = {
  readonly commitments: DraftMap<bigint, ObservedCommitment>;
  readonly games: DraftMap<GameId, ObservedGame>;
  readonly opened: Map<ClaimId, number>;
};

function draftOfDisputes({ commitments, games }: BisectionDisputes): Draft {
  return { commitments: draftOf(commitments), games: draftOf(games), opened: new Map() };
}

function endOf(draft: Draft, before: BisectionDisputes): BisectionDisputes {
  const [commitments, games] = [draft.commitments.end(), draft.games.end()];
  return commitments === before.commitments && games === before.games ? before : { commitments, games };
}

/** Two states of the same fields. */
function isSame(one: GameState | undefined, other: GameState): boolean {
  const keys = Object.keys(other) as (keyof GameState)[];
  return one !== undefined && keys.every((key) => one[key] === other[key]);
}

/** With the fields that a saved one leaves out where they are undefined. */
function restoredGame(saved: ObservedGame): ObservedGame {
  return { ...saved, shown: { ...saved.shown, outcome: saved.shown.outcome }, state: undefined };
}

/** Adds to what a game has shown. */
function show({ games }: Draft, id: Hex, next: (shown: Shown) => Partial<Shown>): void {
  const game = games.get(id as GameId);
  if (game) games.set(game.id, { ...game, shown: { ...game.shown, ...next(game.shown) } });
}

/** What the chain stores of a game is of interest until its end. */
function forgetState({ games }: Draft, id: Hex): void {
  const game = games.get(id as GameId);
  if (game?.state) games.set(game.id, { ...game, state: undefined });
}

function changeCommitment(
  { commitments }: Draft,
  challenger: Address,
  hash: Hex,
  fate: ObservedCommitment["fate"],
): void {
  for (const [rank, one] of commitments.end()) {
    if (one.fate === "waiting" && one.challenger === challenger && one.hash === hash) {
      commitments.set(rank, { ...one, fate });
    }
  }
}

function count({ opened }: Draft, claim: Hex, games: number): void {
  const id = claim as ClaimId;
  opened.set(id, (opened.get(id) ?? 0) + games);
}

function apply(draft: Draft, log: Event, time: number): void {
  switch (log.eventName) {
    case "Committed": {
      const { challenger, hash, rank, stake } = log.args;
      draft.commitments.set(rank, { challenger, hash, rank, stake, committedAt: time, fate: "waiting" });
      break;
    }
    case "Retracted":
      changeCommitment(draft, log.args.challenger, log.args.hash, "retracted");
      break;
    case "Forfeited":
      changeCommitment(draft, log.args.challenger, log.args.hash, "forfeited");
      break;
    case "GameOpened": {
      const game = log.args.game as Game;
      const id = gameId(game);
      const shown = { revealed: [], posted: [], outcome: undefined };
      draft.games.set(id, { id, game, openedAt: time, shown, state: undefined });
      count(draft, game.about.claim, 1);
      const commitment = draft.commitments.get(game.about.rank);
      if (commitment) draft.commitments.set(commitment.rank, { ...commitment, fate: "opened" });
      break;
    }
    case "Revealed":
      show(draft, log.args.id, (shown) => ({ revealed: [...shown.revealed, log.args] }));
      break;
    case "StatesPosted":
      show(draft, log.args.id, (shown) => ({ posted: [...shown.posted, log.args] }));
      break;
    case "GameOver":
      show(draft, log.args.id, () => ({ outcome: outcomes[log.args.outcome] }));
      forgetState(draft, log.args.id);
      count(draft, log.args.claim, -1);
      break;
  }
}
