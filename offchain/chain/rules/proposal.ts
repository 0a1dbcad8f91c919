// What can be done with a proposal, by whom and from when (PROTOCOL.md, section 8.6).

import { showDate, showMoment } from "@sonm/protocol/values/dates";
import type { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import { advice } from "../errors/advice.ts";
import { notYet, refusal } from "../errors/refusal.ts";
import { shortId } from "../government/proposal-id.ts";
import type { ProposalStanding } from "../government/proposals.ts";

const failed = {
  sign: () => "The ballot cannot be signed",
  vote: () => "The vote cannot be cast",
  /** somebody else's vote, by a ballot */
  count: () => "The ballot is not counted",
  queue: (name: string) => `${name} cannot be queued`,
  execute: (name: string) => `${name} cannot be executed`,
  cancel: (name: string) => `${name} cannot be taken back`,
};

/** A step that somebody can take with a proposal. */
export type Step = keyof typeof failed;

/** Why `caller` cannot take this step with a proposal at `now` (unix seconds); undefined if nothing prevents it. */
export function stepRefusal(step: Step, proposal: ProposalStanding, caller: Address, now: number): Failure | undefined {
  const { state, voteStart, voteEnd, eta, expiresAt } = proposal;
  const name = shortId(proposal.id);
  const what = failed[step](name);
  if (state === "expired") {
    const why = `nobody ${eta === 0 ? "queued" : "executed"} it in time: it expired at ${showDate(expiresAt)}`;
    return refusal(what, why, advice(step === "cancel" ? "over" : "propose-again"));
  }
  if (state === "canceled" || state === "executed") {
    return refusal(what, `it is ${state}`, advice("over"));
  }
  if (state === "defeated") {
    const todo = advice(step === "cancel" ? "over" : "propose-and-find-voters");
    return refusal(what, `it was defeated at ${showDate(voteEnd)}`, todo);
  }
  if (step === "cancel") return cancelRefusal(what, proposal, caller);
  if (state === "pending") {
    if (step === "sign") return undefined;
    const from = step === "vote" || step === "count" ? voteStart + 1 : voteEnd + 1;
    return notYet(what, "the votes are not open", from, now);
  }
  if (step === "vote" || step === "count" || step === "sign") {
    return state === "active"
      ? undefined
      : refusal(what, `the votes ended at ${showDate(voteEnd)}`, advice("votes-ended"));
  }
  if (state === "active") return notYet(what, "it is still voted on", voteEnd + 1, now);
  if (step === "queue") {
    if (state === "succeeded") return undefined;
    return refusal(what, "it is queued", advice("execute-from", { eta: showMoment(eta, now) }));
  }
  if (state === "succeeded") return refusal(what, "it is not queued", advice("queue", { proposal: name }));
  return eta > now ? notYet(what, "it waits in the timelock, so that everybody sees it coming", eta, now) : undefined;
}

/** A proposal belongs to its proposer until its votes open, and to the voters from then on. */
function cancelRefusal(
  what: string,
  { id, state, proposer, voteStart }: ProposalStanding,
  caller: Address,
): Failure | undefined {
  if (state === "active") {
    const why = `the votes have been open since ${showDate(voteStart)}; only before can its proposer take it back`;
    return refusal(what, why, advice("vote-against", { proposal: shortId(id) }));
  }
  if (state !== "pending") {
    return refusal(what, "the votes have decided for it", advice("undo-by-proposal"));
  }
  if (isAddressEqual(proposer, caller)) return undefined;
  const why = `only ${proposer} can, who proposed it; you are ${caller}`;
  return refusal(what, why, advice("ask-proposer", { voteStart: showDate(voteStart) }));
}
