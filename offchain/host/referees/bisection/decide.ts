// What a player of `Bisection` does next about its games and about the challenges that it has announced. Pure.

import type { Side } from "@sonm/protocol/dispute/clock";
import { duty } from "@sonm/protocol/dispute/duty";
import type { Game } from "@sonm/protocol/dispute/game";
import { type Challenged, nextOpening } from "@sonm/protocol/dispute/opening";
import type { GameView } from "@sonm/protocol/dispute/view";
import type { Job } from "@sonm/protocol/job/job";
import type { Claim, ClaimStatus } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, Hex } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import { type Decision, soonest } from "../../role/loop.ts";
import type { Accusation, Deed } from "../referee.ts";

/** A challenger's own announcement of a challenge. The salt is in the journal before the transaction is sent. */
export type CommitmentView = {
  readonly salt: Hex;
  /** as the chain has it; undefined until the transaction is mined */
  readonly mined: { readonly rank: bigint; readonly committedAt: number } | undefined;
  /** the chain no longer has it: it was opened, retracted or forfeited */
  readonly spent: boolean;
};

/** A claim, as the chain has it and as a challenger knows it. */
export type Accused = {
  readonly id: ClaimId;
  readonly claim: Claim;
  readonly job: Job;
  readonly status: ClaimStatus;
  /** games that are open */
  readonly games: number;
  readonly claimedAt: number;
  /** unix time of settlement or conviction; 0 before */
  readonly endedAt: number;
  /** the game that takes the pool, so far: the one announced first of those that have convicted the claim */
  readonly winner: Game | undefined;
  /** the miner has sent results whose root is the claim's */
  readonly hasLeaves: boolean;
  /** the miner has been asked for them */
  readonly asked: boolean;
  readonly commitment: CommitmentView | undefined;
};

/** What is to be done about a game. */
export type GameDeed = Deed & { readonly kind: "play" | "timeOut" | "leave"; readonly game: GameView };

/** What is to be done about a claim. */
export type ClaimDeed = Deed & { readonly of: Accused } & (
    | { readonly kind: "commit" | "ask" | "retract" }
    /** `open` if the leaves are known, else `openTree` */
    | { readonly kind: "open"; readonly withLeaves: boolean }
    | { readonly kind: "award"; readonly winner: Game }
  );

export type BisectionDeed = GameDeed | ClaimDeed;

/** The player that decides. */
export type Challenger = {
  /** the contract */
  readonly referee: Address;
  readonly me: Address;
  /** seconds that a miner gets to show its results before the game is opened without them; at most half the opening time is used */
  readonly patienceSeconds: number;
  /** what a commitment locks, wei */
  readonly commitStake: bigint;
};

/** An open game of a player. */
export type OwnGame = {
  readonly game: GameView;
  /** number of moves that the miner has made in it */
  readonly moves: number;
  /** lowest rank among the challengers who have won against the claim */
  readonly winner: bigint | undefined;
};

/**
 * What a player must do now in its games.
 * @param silentFrom number of moves in a game after which a liar stops moving
 */
export function dueInGames(
  referee: Address,
  side: Side,
  games: readonly OwnGame[],
  now: number,
  silentFrom = Number.POSITIVE_INFINITY,
): Decision<GameDeed> {
  const actions: GameDeed[] = [];
  const wakes: number[] = [];
  for (const { game, moves, winner } of games) {
    const due = duty(game, side, { winner }, now);
    if (due.kind === "wait") {
      if (due.until !== undefined) wakes.push(due.until);
    } else if (due.kind !== "play" || moves < silentFrom) {
      actions.push({ referee, kind: due.kind, key: `${due.kind} ${game.id}`, game });
    }
  }
  return { actions, wakeAt: soonest(wakes) };
}

/** What a challenger does next about a claim. */
export function accusationOf(of: Accused, now: number, challenger: Challenger): Accusation {
  const { referee, commitStake } = challenger;
  const { job, commitment } = of;
  if (!commitment) {
    const deed: ClaimDeed = { referee, kind: "commit", key: keyOf("commit", of), of };
    return { announced: false, cost: commitStake + job.bond, deed };
  }
  const opening = commitment.spent ? NOTHING : openingOf(of, commitment, now, challenger);
  const award = awardOf(of, now, challenger);
  const next = {
    actions: [...opening.actions, ...award.actions],
    wakeAt: soonest([opening.wakeAt, award.wakeAt]),
  };
  // A challenger announces only what it can open later, so the bond is reserved. The chain locks the stake of a commitment when it is mined.
  const needed = commitment.mined ? job.bond : commitStake + job.bond;
  return { announced: true, reserved: mayOpen(of, commitment, now) ? needed : 0n, next };
}

const NOTHING: Decision<ClaimDeed> = { actions: [], wakeAt: null };

function keyOf(kind: ClaimDeed["kind"], { id }: Accused): string {
  // Opening with leaves and opening without them are one intention: a commitment opens once.
  return `${kind} ${id}`;
}

/** What has become of the claim behind an announced challenge, for `nextOpening`. */
function challengeOf({ job, status, claimedAt, endedAt, winner }: Accused): Challenged {
  const about = { windowEnd: claimedAt + job.window, opening: job.opening };
  if (status === "live") return { ...about, ended: undefined };
  // If the winner of a conviction is not known yet, there is nothing to win either.
  const how = status === "settled" || !winner ? "settled" : "convicted";
  return { ...about, ended: { how, at: endedAt, winner: winner?.about.rank ?? 0n } };
}

/** The window is open. */
function isOpen({ status, claimedAt, job }: Accused, now: number): boolean {
  return status === "live" && now <= claimedAt + job.window;
}

/** An announced challenge whose game may still be opened, and will need its bond then. */
function mayOpen(of: Accused, { spent, mined }: CommitmentView, now: number): boolean {
  if (spent) return false;
  return mined ? nextOpening(mined, challengeOf(of), now).kind === "open" : isOpen(of, now);
}

/** The next step of an announced challenge: it is opened as soon as the miner has shown its results or has had enough time for that. */
function openingOf(
  of: Accused,
  { mined }: CommitmentView,
  now: number,
  { referee, patienceSeconds }: Challenger,
): Decision<ClaimDeed> {
  const about = { referee, of };
  // In the journal but not mined: the process died in between, or the transaction is pending.
  if (!mined) {
    return isOpen(of, now)
      ? { actions: [{ ...about, kind: "commit", key: keyOf("commit", of) }], wakeAt: null }
      : NOTHING;
  }
  const next = nextOpening(mined, challengeOf(of), now);
  if (next.kind === "retract") {
    return { actions: [{ ...about, kind: "retract", key: keyOf("retract", of) }], wakeAt: null };
  }
  if (next.kind !== "open") return NOTHING;
  const patience = Math.min(patienceSeconds, Math.floor(of.job.opening / 2));
  const until = mined.committedAt + patience;
  if (of.hasLeaves || now >= until) {
    return {
      actions: [{ ...about, kind: "open", key: keyOf("open", of), withLeaves: of.hasLeaves }],
      wakeAt: null,
    };
  }
  return { actions: of.asked ? [] : [{ ...about, kind: "ask", key: keyOf("ask", of) }], wakeAt: until };
}

/** Half of the cheat's deposit waits for the winner that committed first. */
function awardOf(of: Accused, now: number, { referee, me }: Challenger): Decision<ClaimDeed> {
  const { winner } = of;
  if (of.status !== "convicted" || !winner || !isAddressEqual(winner.about.challenger, me) || of.games > 0) {
    return NOTHING;
  }
  const from = of.endedAt + of.job.opening + 1;
  if (now < from) return { actions: [], wakeAt: from };
  return { actions: [{ referee, kind: "award", key: keyOf("award", of), of, winner }], wakeAt: null };
}
