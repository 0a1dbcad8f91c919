// What a verifier does next, from what it sees on the chain, in its mail and in its journal. Pure.

import { duty } from "@sonm/protocol/dispute/duty";
import type { Game } from "@sonm/protocol/dispute/game";
import { type Challenged, nextOpening } from "@sonm/protocol/dispute/opening";
import type { GameView } from "@sonm/protocol/dispute/view";
import type { Job } from "@sonm/protocol/job/job";
import type { Claim, ClaimStatus } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, Hex } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import type { Decision } from "../offchain/host/role/loop.ts";

/** A verifier's own announcement of a challenge. The salt is in the journal before the transaction is sent. */
export type CommitmentView = {
  readonly salt: Hex;
  /** as the chain has it; undefined until the transaction is mined */
  readonly mined: { readonly rank: bigint; readonly committedAt: number } | undefined;
  /** the chain has it no longer: opened, retracted or forfeited */
  readonly spent: boolean;
};

/** A claim, as the chain has it and as this verifier knows it. */
export type VerifierClaim = {
  readonly id: ClaimId;
  readonly claim: Claim;
  readonly job: Job;
  readonly status: ClaimStatus;
  /** games that are open */
  readonly games: number;
  readonly claimedAt: number;
  /** unix time of settlement or conviction; 0 before */
  readonly endedAt: number;
  /** the game that takes the pool, so far: of those that have convicted it, the one that was announced first */
  readonly winner: Game | undefined;
  /** this verifier has chosen to check it */
  readonly chosen: boolean;
  /** what recomputing the batch has shown; undefined before */
  readonly check: "true" | "false" | undefined;
  /** the miner's results, as soon as some have come whose root is the claim's */
  readonly hasLeaves: boolean;
  /** the miner has been asked for them */
  readonly asked: boolean;
  readonly commitment: CommitmentView | undefined;
};

export type VerifierPolicy = {
  /** wei of SNM staked at the first start */
  readonly stake: bigint;
  /** seconds that a miner gets to show its results before the game is opened without them; at most half the opening time is used */
  readonly patienceSeconds: number;
};

export type VerifierView = {
  readonly now: number;
  readonly me: Address;
  readonly policy: VerifierPolicy;
  /** free stake in `Deposits`, wei */
  readonly freeStake: bigint;
  /** the first stake has been made, some time */
  readonly staked: boolean;
  /** what a commitment locks, wei */
  readonly commitStake: bigint;
  readonly claims: readonly VerifierClaim[];
  /** this verifier's open games */
  readonly games: readonly GameView[];
};

export type VerifierAction =
  | { readonly kind: "stake"; readonly amount: bigint }
  | { readonly kind: "check"; readonly of: VerifierClaim }
  | { readonly kind: "commit"; readonly of: VerifierClaim }
  | { readonly kind: "ask"; readonly of: VerifierClaim }
  /** `open` if the leaves are known, else `openTree` */
  | { readonly kind: "open"; readonly of: VerifierClaim; readonly withLeaves: boolean }
  | { readonly kind: "retract"; readonly of: VerifierClaim }
  | { readonly kind: "award"; readonly of: VerifierClaim; readonly winner: Game }
  | { readonly kind: "play"; readonly game: GameView }
  | { readonly kind: "timeOut"; readonly game: GameView }
  | { readonly kind: "leave"; readonly game: GameView };

/** Equal for equal intentions. */
export function keyOf(action: VerifierAction): string {
  switch (action.kind) {
    case "stake":
      return action.kind;
    case "play":
    case "timeOut":
    case "leave":
      return `${action.kind} ${action.game.id}`;
    case "open":
      // Whether with leaves or without is one intention: a commitment opens once.
      return `open ${action.of.id}`;
    default:
      return `${action.kind} ${action.of.id}`;
  }
}

/** The verifier's next actions. */
export function decide(view: VerifierView): Decision<VerifierAction> {
  if (!view.staked) return { actions: [{ kind: "stake", amount: view.policy.stake }], wakeAt: null };
  const actions: VerifierAction[] = [];
  const wakes: number[] = [];
  const claims = new Map(view.claims.map((of) => [of.id, of]));

  // Games first: they have deadlines.
  for (const game of view.games) {
    const winner = claims.get(game.game.about.claim)?.winner?.about.rank;
    const due = duty(game, "challenger", { winner }, view.now);
    if (due.kind !== "wait") actions.push({ kind: due.kind, game });
    else if (due.until !== undefined) wakes.push(due.until);
  }

  // What announced games still need: nothing may be announced that cannot be opened.
  let free = view.freeStake;
  for (const of of view.claims) {
    if (!mayOpen(of, view.now)) continue;
    free -= of.job.bond;
    // The chain locks the stake of a commitment when it is mined.
    if (!of.commitment?.mined) free -= view.commitStake;
  }

  for (const of of view.claims) {
    if (of.commitment) {
      if (!of.commitment.spent) opening(of, of.commitment, view, actions, wakes);
      afterConviction(of, view, actions, wakes);
    } else if (of.status === "live" && of.chosen && view.now <= of.claimedAt + of.job.window) {
      if (of.check === undefined) actions.push({ kind: "check", of });
      else if (of.check === "false" && free >= view.commitStake + of.job.bond) {
        free -= view.commitStake + of.job.bond;
        actions.push({ kind: "commit", of });
      }
    }
  }
  return { actions, wakeAt: wakes.length > 0 ? Math.min(...wakes) : null };
}

/** What has become of the claim behind an announced challenge, for `nextOpening`. */
function challengeOf({ job, status, claimedAt, endedAt, winner }: VerifierClaim): Challenged {
  const about = { windowEnd: claimedAt + job.window, opening: job.opening };
  if (status === "live") return { ...about, ended: undefined };
  // A conviction whose winner is not known yet gives nothing to win either.
  const how = status === "settled" || !winner ? "settled" : "convicted";
  return { ...about, ended: { how, at: endedAt, winner: winner?.about.rank ?? 0n } };
}

/** An announced challenge whose game may still be opened, and will need its bond then. */
function mayOpen(of: VerifierClaim, now: number): boolean {
  const { commitment } = of;
  if (!commitment || commitment.spent) return false;
  if (!commitment.mined) return of.status === "live" && now <= of.claimedAt + of.job.window;
  return nextOpening(commitment.mined, challengeOf(of), now).kind === "open";
}

/** An announced challenge: opened as soon as the miner has shown its results, or has had time enough to. */
function opening(
  of: VerifierClaim,
  { mined }: CommitmentView,
  { now, policy }: VerifierView,
  actions: VerifierAction[],
  wakes: number[],
): void {
  // Journalled, not mined: the process died in between, or it is on its way.
  if (!mined) {
    if (of.status === "live" && now <= of.claimedAt + of.job.window) actions.push({ kind: "commit", of });
    return;
  }
  const next = nextOpening(mined, challengeOf(of), now);
  if (next.kind === "retract") actions.push({ kind: "retract", of });
  if (next.kind !== "open") return;
  const patience = Math.min(policy.patienceSeconds, Math.floor(of.job.opening / 2));
  const until = mined.committedAt + patience;
  if (of.hasLeaves || now >= until) actions.push({ kind: "open", of, withLeaves: of.hasLeaves });
  else {
    if (!of.asked) actions.push({ kind: "ask", of });
    wakes.push(until);
  }
}

/** Half of the cheat's deposit waits for the earliest committed winner. */
function afterConviction(of: VerifierClaim, view: VerifierView, actions: VerifierAction[], wakes: number[]): void {
  const { winner } = of;
  if (of.status !== "convicted" || !winner || !isAddressEqual(winner.about.challenger, view.me) || of.games > 0) return;
  const from = of.endedAt + of.job.opening + 1;
  if (view.now >= from) actions.push({ kind: "award", of, winner });
  else wakes.push(from);
}
