// Challenges of claims: announced, opened, played move by move, and what comes of them.
import type { TransactionReceipt } from "viem";
import type { Game } from "../../dispute/game.ts";
import type { Move } from "../../dispute/next-move.ts";
import type { GameView } from "../../dispute/view.ts";
import type { Job } from "../../job/job.ts";
import type { Claim } from "../../result/claim.ts";
import type { Address, Hex } from "../../types.ts";
import { bisectionAbi } from "../abi/bisection.ts";
import type { Signer } from "../clients.ts";
import type { Addresses } from "../deployment.ts";
import { send } from "../transact.ts";

type Receipt = Promise<TransactionReceipt>;

/** A unit as the miner's tree shows it: opens the claim's root. */
export type UnitOpening = {
  /** number within the batch */
  readonly position: number;
  readonly resultHash: Hex;
  readonly path: readonly Hex[];
};

/** A unit's input region as the job's tree of inputs shows it. */
export type InputOpening = { readonly root: Hex; readonly path: readonly Hex[] };

/** Divides the deposit of a convicted claim. @param game the winner's: of all who have won, the one who committed first */
export function awardPool(signer: Signer, { bisection }: Addresses, job: Job, claim: Claim, game: Game): Receipt {
  return send(signer, "The pool was not awarded", {
    address: bisection,
    abi: bisectionAbi,
    functionName: "award",
    args: [job, claim, game],
  });
}

/** @param commitment `commitmentOf(challenger, claim, salt)`; keep the salt: only with it the challenge can be opened */
export function commitChallenge(signer: Signer, { bisection }: Addresses, commitment: Hex): Receipt {
  return send(signer, "The challenge was not announced", {
    address: bisection,
    abi: bisectionAbi,
    functionName: "commit",
    args: [commitment],
  });
}

/** Opens a game on a unit whose leaf the miner has shown. `states` are the challenger's eight. */
export function openGame(
  signer: Signer,
  { bisection }: Addresses,
  challenge: { readonly job: Job; readonly claim: Claim; readonly salt: Hex },
  unit: UnitOpening,
  input: InputOpening,
  states: readonly Hex[],
): Receipt {
  const { job, claim, salt } = challenge;
  return send(signer, "The game was not opened", {
    address: bisection,
    abi: bisectionAbi,
    functionName: "open",
    args: [job, claim, salt, unit, input, eight(states)],
  });
}

/** Opens a game with a miner who has not shown its leaves. */
export function openTreeGame(
  signer: Signer,
  { bisection }: Addresses,
  challenge: { readonly job: Job; readonly claim: Claim; readonly salt: Hex },
): Receipt {
  const { job, claim, salt } = challenge;
  return send(signer, "The game was not opened", {
    address: bisection,
    abi: bisectionAbi,
    functionName: "openTree",
    args: [job, claim, salt],
  });
}

/** Takes the stake of an unopened commitment back, after its claim has ended. */
export function retractChallenge(signer: Signer, { bisection }: Addresses, job: Job, claim: Claim, salt: Hex): Receipt {
  return send(signer, "The challenge was not retracted", {
    address: bisection,
    abi: bisectionAbi,
    functionName: "retract",
    args: [job, claim, salt],
  });
}

/** Sends the stake of a commitment that was never opened to the Treasury. */
export function forfeitChallenge(
  signer: Signer,
  { bisection }: Addresses,
  challenger: Address,
  commitment: Hex,
): Receipt {
  return send(signer, "The commitment was not forfeited", {
    address: bisection,
    abi: bisectionAbi,
    functionName: "forfeit",
    args: [challenger, commitment],
  });
}

/** What `pickLeaf` has to bring: the job, and the input of the unit picked. */
export type LeafContext = { readonly job: Job; readonly inputOf: (position: number) => InputOpening };

/**
 * Carries a move of `nextMove` out; undefined for `none`.
 * @param view the game as it was when the move was decided: its values are shown again
 */
export function playMove(
  signer: Signer,
  { bisection }: Addresses,
  view: GameView,
  move: Move,
  context: LeafContext,
): Receipt | undefined {
  const { game, phase } = view;
  const at = { address: bisection, abi: bisectionAbi } as const;
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
      return timeOutGame(signer, { bisection }, game);
    case "leave":
      return leaveGame(signer, { bisection }, game);
    case "none":
      return undefined;
  }
}

/** Ends a game whose mover has let its time pass. Anyone may. */
export function timeOutGame(signer: Signer, { bisection }: Pick<Addresses, "bisection">, game: Game): Receipt {
  return send(signer, "The game was not ended", {
    address: bisection,
    abi: bisectionAbi,
    functionName: "timeOut",
    args: [game],
  });
}

/** Takes the bond out of a game about a claim that is convicted already. The challenger's. */
export function leaveGame(signer: Signer, { bisection }: Pick<Addresses, "bisection">, game: Game): Receipt {
  return send(signer, "The game was not left", {
    address: bisection,
    abi: bisectionAbi,
    functionName: "leave",
    args: [game],
  });
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
