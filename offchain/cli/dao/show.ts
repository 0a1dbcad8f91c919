// Proposals for people and for programs.

import type { Deployment } from "@sonm/chain/deployment";
import { actionOf, type DaoAction } from "@sonm/chain/government/actions";
import { showParameter } from "@sonm/chain/government/parameter-text";
import { showId } from "@sonm/chain/government/proposal-id";
import {
  type Proposal,
  type ProposalStanding,
  type ProposalState,
  proposalsOf,
  readDescription,
} from "@sonm/chain/government/proposals";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showMoment } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import { formatEther } from "viem";
import type { Style } from "../../host/terminal/terminal.ts";
import type { Network } from "../network.ts";

export function showAction(action: DaoAction): string {
  switch (action.kind) {
    case "suspect":
    case "ban":
      return `${action.kind} ${action.hub} in registration ${action.registration}`;
    case "rehab":
      return `rehabilitate ${action.hub} in registration ${action.registration}`;
    case "trust":
      return `${action.trusted ? "trust" : "no longer trust"} ${action.hub}`;
    case "param":
      return `set ${action.name} to ${showParameter(action.name, action.value)}`;
    case "spend":
      return `spend ${showSnm(action.amount)} to ${action.to}`;
  }
}

/** What a proposal would do, one line for each call. */
export function showCalls(deployment: Deployment, { calls }: Proposal): string[] {
  return calls.map((call) => {
    const action = actionOf(deployment, call);
    const money = call.value > 0n ? `${formatEther(call.value)} of the chain's own money` : undefined;
    if (!action && money && call.data === "0x") return `pay ${money} to ${call.target}`;
    const what = action ? showAction(action) : `call ${call.target} with ${call.data}`;
    return money ? `${what}, and send ${money} along` : what;
  });
}

/** Least number of digits that can name a proposal. */
const LEAST_DIGITS = 6;

/** The proposal whose number begins with `text`. @throws Failure if there is none, or if there are several */
export async function proposalNamed({ reader, deployment }: Network, text: string): Promise<Proposal> {
  const what = `There is no proposal ${text}`;
  const decimal = /^\d{20,}$/.test(text);
  const prefix = decimal ? showId(BigInt(text)) : text.toLowerCase();
  if (!decimal && !new RegExp(`^0x[0-9a-f]{${LEAST_DIGITS},64}$`).test(prefix)) {
    throw new Failure(
      what,
      "that is not how its number begins",
      `see \`sonm dao list\`; ${LEAST_DIGITS} digits are enough`,
    );
  }
  const found = (await proposalsOf(reader, deployment)).filter(({ id }) => showId(id).startsWith(prefix));
  const [first] = found;
  if (first && found.length === 1) return first;
  throw new Failure(what, first ? `${found.length} begin so` : "none begins so", "see `sonm dao list`");
}

export const stateStyles: Readonly<Record<ProposalState, Style>> = {
  pending: "dim",
  active: "cyan",
  canceled: "dim",
  defeated: "red",
  succeeded: "green",
  queued: "green",
  expired: "dim",
  executed: "bold",
};

/** What comes next, and when. */
export function nextStep({ state, voteStart, voteEnd, eta, expiresAt }: ProposalStanding, now: number): string {
  switch (state) {
    case "pending":
      return `votes after ${showMoment(voteStart, now)}`;
    case "active":
      return `votes until ${showMoment(voteEnd, now)}`;
    case "succeeded":
      return `can be queued until ${showMoment(expiresAt, now)}`;
    case "queued":
      return eta <= now
        ? `can be executed until ${showMoment(expiresAt, now)}`
        : `can be executed from ${showMoment(eta, now)}`;
    case "expired":
      return `expired at ${showDate(expiresAt)}`;
    case "defeated":
      return "too few votes for it";
    default:
      return "";
  }
}

/** For programs: what a proposal is and how it stands. */
export function proposalData(deployment: Deployment, proposal: ProposalStanding): Record<string, unknown> {
  const { calls, description, id, ...rest } = proposal;
  const { text, evidence } = readDescription(description);
  return {
    ...rest,
    id: showId(id),
    text,
    evidence: evidence ?? null,
    calls: calls.map((call) => ({ ...call, action: actionOf(deployment, call) ?? null })),
  };
}
