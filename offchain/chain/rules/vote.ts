// Whose vote counts on a proposal, no matter who brings it (PROTOCOL.md, section 8.6). Votes are wei of SNM.

import { showDate } from "@sonm/protocol/values/dates";
import type { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import type { Deployment } from "../deployment.ts";
import { advice } from "../errors/advice.ts";
import { refusal } from "../errors/refusal.ts";
import type { Ballot } from "../government/ballots.ts";
import { governorOf } from "../government/lanes.ts";
import type { Proposal } from "../government/proposals.ts";

/** What the chain says about a voter and a proposal. */
export type Voter = {
  /** on this proposal */
  readonly voted: boolean;
  /** what the vote weighs; undefined before votes are counted */
  readonly weight: bigint | undefined;
};

/** Why a voter cannot cast or sign a vote on a proposal that is being voted on; undefined if it can. */
export function voteRefusal(
  step: "vote" | "sign",
  { voteStart }: Proposal,
  { voted, weight }: Voter,
): Failure | undefined {
  const what = step === "sign" ? "The ballot cannot be signed" : "The vote cannot be cast";
  if (voted) return refusal(what, "you have voted on it, and votes are final", advice("do-nothing"));
  if (weight !== 0n) return undefined;
  const why = `no SNM were delegated to you at ${showDate(voteStart)}, when votes were counted`;
  return refusal(what, why, advice("delegate-for-next"));
}

const UNCOUNTED = "The ballot is not counted";

/** The proposal that a ballot is for, or why it is for none of these. */
export function proposalOfBallot(
  ballot: Ballot,
  deployment: Deployment,
  proposals: readonly Proposal[],
): Proposal | Failure {
  const { chainId } = deployment;
  if (ballot.chainId !== chainId) {
    return refusal(UNCOUNTED, `it is for chain ${ballot.chainId}, this is chain ${chainId}`, advice("name-network"));
  }
  const lane = (["slow", "fast"] as const).find((one) => isAddressEqual(governorOf(deployment, one), ballot.governor));
  if (!lane) {
    const why = `it is for the governor ${ballot.governor}, which is not this DAO's`;
    return refusal(UNCOUNTED, why, advice("name-network"));
  }
  const found = proposals.find((one) => one.lane === lane && one.id === BigInt(ballot.proposal));
  return found ?? refusal(UNCOUNTED, `the ${lane} lane has no proposal ${ballot.proposal}`, advice("see-proposals"));
}

/** What the chain says of a ballot and its voter. */
export type BallotStanding = {
  readonly voted: boolean;
  /** number of the voter's ballot that the governor counts next */
  readonly next: bigint;
  /** the signature is the voter's, and of this ballot */
  readonly signed: boolean;
  readonly weight: bigint;
};

/** Why a ballot cannot be counted on a proposal that is being voted on; undefined if it can. */
export function ballotRefusal(
  { voter, nonce: number }: Ballot,
  { voteStart }: Proposal,
  { voted, next, signed, weight }: BallotStanding,
): Failure | undefined {
  if (voted) return refusal(UNCOUNTED, `${voter} has voted on it, and votes are final`, advice("do-nothing"));
  const nonce = BigInt(number);
  if (nonce < next) {
    const why = `it is number ${nonce} of ${voter}, whose number ${next - 1n} has been counted`;
    return refusal(UNCOUNTED, why, advice("sign-ballot-anew"));
  }
  if (nonce > next) {
    const why = `it is number ${nonce} of ${voter}, and number ${next} has not been counted`;
    return refusal(UNCOUNTED, why, advice("bring-earlier-ballots"));
  }
  if (!signed) {
    return refusal(UNCOUNTED, `the signature is not ${voter}'s, or not of this ballot`, advice("sign-ballot-anew"));
  }
  if (weight > 0n) return undefined;
  const why = `no SNM were delegated to ${voter} at ${showDate(voteStart)}, when votes were counted`;
  return refusal(UNCOUNTED, why, advice("no-weight"));
}

/** Why votes need not be delegated: they are already. Undefined if they are not. @param name the caller's name for `to` */
export function delegateRefusal(current: Address, to: Address, name: string): Failure | undefined {
  if (!isAddressEqual(current, to)) return undefined;
  return refusal("Nothing to change", `your SNM are delegated to ${name} already`, advice("do-nothing"));
}
