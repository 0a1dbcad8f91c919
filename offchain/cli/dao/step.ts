// One step of a proposal: finds the proposal, checks that the step can be taken now, and shows the proposal after it.

import { latest } from "@sonm/chain/clients";
import { type ProposalStanding, standingOf } from "@sonm/chain/government/proposals";
import { type Step, stepRefusal } from "@sonm/chain/rules/proposal";
import type { Terminal } from "../../host/terminal/terminal.ts";
import type { Account } from "../network.ts";
import { type Answer, stopOn } from "../verb.ts";
import { nextStep, proposalData, proposalNamed } from "./show.ts";

/** The argument of all these verbs. */
export const PROPOSAL = ["<proposal>", "how its number begins, see `sonm dao list`"] as const;

/** The proposal that is named, if the step can be taken now. @throws Failure that says why not, and when */
export async function proposalFor(account: Account, text: string, step: Step): Promise<ProposalStanding> {
  const { reader, deployment, address, now } = account;
  const proposal = await standingOf(reader, deployment, await proposalNamed(account, text));
  stopOn(stepRefusal(step, proposal, address, now));
  return proposal;
}

/** The answer of a verb: what it has done, then the proposal as it is now. */
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
