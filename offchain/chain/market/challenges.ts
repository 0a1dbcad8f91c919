// Challenges of claims: announced, opened, played move by move, and what follows from their end.

import type { Game } from "@sonm/protocol/dispute/game";
import type { Move } from "@sonm/protocol/dispute/next-move";
import type { GameView } from "@sonm/protocol/dispute/view";
import type { Job } from "@sonm/protocol/job/job";
import type { Claim } from "@sonm/protocol/result/claim";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import type { TransactionReceipt } from "viem";
import { bisectionAbi } from "../abi/bisection.ts";
import type { Deployment } from "../deployment.ts";
import type { Signer } from "../signer.ts";
import { action, send } from "../transact.ts";

const on = { contract: "bisection", abi: bisectionAbi } as const;

/** A unit as the miner's tree shows it: opens the claim's root. */
export type UnitOpening = {
  /** number within the batch */
  readonly position: number;
  readonly resultHash: Hex;
  readonly path: readonly Hex[];
};

/** A unit's input region as the job's tree of inputs shows it. */
export type InputOpening = { readonly root: Hex; readonly path: readonly Hex[] };

/**
 * Announces a challenge, which locks a stake.
 * @param commitment `commitmentOf(challenger, claim, salt)`; keep the salt: without it the challenge cannot be opened
 * @throws Failure if the free stake is too small, or the same commitment exists
 */
export const commitChallenge = action(
  { ...on, failure: "The challenge was not announced", call: "commit" },
  (commitment: Hex) => [commitment],
);

/**
 * Opens a game on a unit whose leaf the miner has shown, which locks the job's bond. `states` are the challenger's eight.
 * @throws Failure if the claim cannot be challenged now, an opening does not fit, or the free stake is too small
 */
export const openGame = action(
  { ...on, failure: "The game was not opened", call: "open" },
  (job: Job, claim: Claim, salt: Hex, unit: UnitOpening, input: InputOpening, states: readonly Hex[]) => [
    job,
    claim,
    salt,
    unit,
    input,
    eight(states),
  ],
);

/** Opens a game with a miner that has not shown its leaves, which locks the job's bond. @throws Failure as `openGame` */
export const openTreeGame = action(
  { ...on, failure: "The game was not opened", call: "openTree" },
  (job: Job, claim: Claim, salt: Hex) => [job, claim, salt],
);

/** Takes back the stake of an unopened commitment. @throws Failure unless its claim has ended, before the opening was over */
export const retractChallenge = action(
  { ...on, failure: "The challenge was not retracted", call: "retract" },
  (job: Job, claim: Claim, salt: Hex) => [job, claim, salt],
);

/** Sends to the Treasury the stake of a commitment that was never opened. Anyone may. @throws Failure if it is too early */
export const forfeitChallenge = action(
  { ...on, failure: "The commitment was not forfeited", call: "forfeit" },
  (challenger: Address, commitment: Hex) => [challenger, commitment],
);

/** Ends a game whose mover has let its time pass. Anyone may. @throws Failure if there is time left, or the game is over */
export const timeOutGame = action({ ...on, failure: "The game was not ended", call: "timeOut" }, (game: Game) => [
  game,
]);

/** Takes the bond out of a game about a claim that is already convicted. Only the challenger may. @throws Failure if it is not */
export const leaveGame = action({ ...on, failure: "The game was not left", call: "leave" }, (game: Game) => [game]);

/**
 * Divides the deposit of a convicted claim. Anyone may.
 * @param game the winner's: of all challengers who have won, the one who committed first
 * @throws Failure if it is too early, a game is open, or another game has won
 */
export const awardPool = action(
  { ...on, failure: "The pool was not awarded", call: "award" },
  (job: Job, claim: Claim, game: Game) => [job, claim, game],
);

/** What `pickLeaf` has to bring: the job, and the input of the unit picked. */
export type LeafContext = { readonly job: Job; readonly inputOf: (position: number) => InputOpening };

/**
 * Carries out a move of `nextMove`; undefined for `none`.
 * @param view the game as it was when the move was decided: its values are sent again
 * @throws Failure if the contract refuses the move
 */
export function playMove(
  signer: Signer,
  deployment: Deployment,
  view: GameView,
  move: Move,
  context: LeafContext,
): Promise<TransactionReceipt> | undefined {
  const { game, phase } = view;
  const at = { address: deployment.addresses.bisection, abi: bisectionAbi } as const;
  const what = "The move was not made";
  switch (move.kind) {
    case "reveal":
      return send(signer, what, { ...at, functionName: "reveal", args: [game, move.children] });
    case "pick":
      return send(signer, what, { ...at, functionName: "pick", args: [game, childrenOf(view), move.child] });
    case "pickLeaf": {
      const position = 8 * (phase.kind === "pick" ? phase.index : 0) + move.child;
      const args = [
        game,
        context.job,
        childrenOf(view),
        move.child,
        context.inputOf(position),
        eight(move.states),
      ] as const;
      return send(signer, what, { ...at, functionName: "pickLeaf", args });
    }
    case "split":
      return send(signer, what, {
        ...at,
        functionName: "split",
        args: [game, storedOf(view), move.segment, eight(move.states)],
      });
    case "prove":
      return send(signer, what, {
        ...at,
        functionName: "prove",
        args: [game, storedOf(view), move.segment, move.witness],
      });
    case "timeOut":
      return timeOutGame(signer, deployment, game);
    case "leave":
      return leaveGame(signer, deployment, game);
    case "none":
      return undefined;
  }
}

function childrenOf({ phase }: GameView): readonly Hex[] {
  return phase.kind === "pick" ? phase.children : [];
}

type Eight = readonly [Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex];

function eight(states: readonly Hex[]): Eight {
  if (states.length !== 8) throw new RangeError(`a split has eight states, not ${states.length}`);
  return states as unknown as Eight;
}

function storedOf({ phase }: GameView): readonly [Hex, ...Eight] {
  if (phase.kind !== "split") throw new RangeError(`no states are stored in phase ${phase.kind}`);
  return [phase.start, ...eight(phase.states)];
}
