// One step of a proposal's way: which is meant, whether the step can be taken now, and how the proposal stands after it.
import { isAddressEqual } from "viem";
import { latest } from "../../core/chain/clients.ts";
import { type ProposalStanding, standingOf } from "../../core/chain/government/proposals.ts";
import { notYet, showDate, showMoment } from "../../core/dates.ts";
import { Failure } from "../../core/failure.ts";
import type { Address } from "../../core/types.ts";
import type { Account } from "../network.ts";
import type { Terminal } from "../terminal.ts";
import type { Answer } from "../verb.ts";
import { nextStep, proposalData, proposalNamed, shortId } from "./show.ts";

/** The argument that all of them take. */
export const PROPOSAL = ["<proposal>", "how its number begins, see `sonm dao list`"] as const;

const failed = {
  sign: () => "The ballot cannot be signed",
  vote: () => "The vote cannot be cast",
  queue: (name: string) => `${name} cannot be queued`,
  execute: (name: string) => `${name} cannot be executed`,
  cancel: (name: string) => `${name} cannot be taken back`,
};

export type Step = keyof typeof failed;

/** Why a proposal cannot be carried a step further now, by `caller`. Undefined if nothing stands in the way. */
export function whyNotNow(step: Step, proposal: ProposalStanding, caller: Address, now: number): Failure | undefined {
  const { state, voteStart, voteEnd, eta, expiresAt } = proposal;
  const name = shortId(proposal.id);
  const what = failed[step](name);
  if (state === "expired") {
    const why = `nobody ${eta === 0 ? "queued" : "executed"} it in time: it expired at ${showDate(expiresAt)}`;
    return new Failure(what, why, step === "cancel" ? "do nothing: it is over" : "propose it again");
  }
  if (state === "canceled" || state === "executed") {
    return new Failure(what, `it is ${state}`, "do nothing: it is over");
  }
  if (state === "defeated") {
    const todo = step === "cancel" ? "do nothing: it is over" : "propose it again, and find voters";
    return new Failure(what, `it was defeated at ${showDate(voteEnd)}`, todo);
  }
  if (step === "cancel") return whyNotTakenBack(what, proposal, caller);
  if (state === "pending") {
    if (step === "sign") return undefined;
    const from = step === "vote" ? voteStart + 1 : voteEnd + 1;
    return notYet(what, "the votes are not open", from, now);
  }
  if (step === "vote" || step === "sign") {
    return state === "active"
      ? undefined
      : new Failure(what, `the votes ended at ${showDate(voteEnd)}`, "it is too late");
  }
  if (state === "active") return notYet(what, "it is still voted on", voteEnd + 1, now);
  if (step === "queue") {
    if (state === "succeeded") return undefined;
    return new Failure(what, "it is queued", `execute it: from ${showMoment(eta, now)}`);
  }
  if (state === "succeeded") return new Failure(what, "it is not queued", `queue it: \`sonm dao queue ${name}\``);
  return eta > now ? notYet(what, "it waits in the timelock, so that everybody sees it coming", eta, now) : undefined;
}

/** A proposal is its proposer's until its votes open, and the voters' from then on. */
function whyNotTakenBack(
  what: string,
  { id, state, proposer, voteStart }: ProposalStanding,
  caller: Address,
): Failure | undefined {
  if (state === "active") {
    const why = `the votes have been open since ${showDate(voteStart)}; only before can its proposer take it back`;
    return new Failure(what, why, `vote against it: \`sonm dao vote ${shortId(id)} against\``);
  }
  if (state !== "pending") {
    return new Failure(what, "the votes have decided for it", "undo what it brings by another: `sonm dao propose`");
  }
  if (isAddressEqual(proposer, caller)) return undefined;
  const why = `only ${proposer} can, who proposed it; you are ${caller}`;
  return new Failure(what, why, `ask its proposer, or vote against it after ${showDate(voteStart)}`);
}

/** The proposal that is named, if the step can be taken now. @throws Failure that says why not, and when */
export async function proposalFor(account: Account, text: string, step: Step): Promise<ProposalStanding> {
  const { reader, deployment, address, now } = account;
  const proposal = await standingOf(reader, deployment, await proposalNamed(account, text));
  const refusal = whyNotNow(step, proposal, address, now);
  if (refusal) throw refusal;
  return proposal;
}

/** What has been done, then the proposal as it is now. */
export async function answerWith(
  account: Account,
  before: ProposalStanding,
  done: string,
  terminal: Terminal,
): Promise<Answer> {
  const { reader, deployment } = account;
  const after = await standingOf(reader, deployment, before);
  const { now } = await latest(reader);
  const next = nextStep(after, now);
  return {
    lines: [`${terminal.paint("green", "✓")} ${done}`, ...(next === "" ? [] : [`  ${terminal.paint("dim", next)}`])],
    data: { done, proposal: proposalData(deployment, after), now },
  };
}
