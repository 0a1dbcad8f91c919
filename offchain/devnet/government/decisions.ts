// How the DAO decides, from the proposal to the timelock's end: propose, wait, vote, queue, wait.

import type { DaoAction } from "@sonm/chain/government/actions";
import {
  type Evidence,
  executeProposal,
  type Proposal,
  type ProposalStanding,
  proposalsOf,
  propose,
  queueProposal,
  standingOf,
  type Vote,
} from "@sonm/chain/government/proposals";
import { castVote } from "@sonm/chain/government/votes";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate } from "@sonm/protocol/values/dates";
import { bytesToHex, keccak256, stringToHex } from "viem";
import type { Person } from "./cast.ts";
import type { Stage } from "./stage.ts";

export type CastVote = readonly [voter: Person, vote: Vote, reason: string];

/** A document whose URI contains it: everybody who reads the proposal has the document and its hash. */
export function publish(document: object): Evidence {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const base64 = Buffer.from(bytes).toString("base64");
  return { hash: keccak256(bytesToHex(bytes)), uri: `data:application/json;base64,${base64}` };
}

/** A hash of nothing, at a place where there is nothing. */
export function forged(seed: number): Evidence {
  return { hash: keccak256(stringToHex(`forged ${seed}`)), uri: "https://rival.example/proof.json" };
}

/** Proposes, votes, queues, and waits until the decision can be carried out. */
export async function decide(
  stage: Stage,
  by: Person,
  action: DaoAction,
  about: { readonly what: string; readonly text: string; readonly evidence?: Evidence },
  ballots: readonly CastVote[],
): Promise<ProposalStanding> {
  const { reader, deployment } = stage.devnet;
  const { id } = await propose(by.signer, deployment, action, about.text, about.evidence);
  const proposal = (await proposalsOf(reader, deployment)).find((one) => one.id === id) as Proposal;
  await stage.tell("proposed", by.name, `proposes on the ${proposal.lane} lane to ${about.what}: “${about.text}”`, {
    proposal: id,
    lane: proposal.lane,
    action,
    evidence: about.evidence ?? null,
  });
  await stage.until(proposal.voteStart + 1);
  for (const [voter, vote, reason] of ballots) {
    await castVote(voter.signer, deployment, proposal, vote, reason);
    await stage.tell("voted", voter.name, `votes ${vote}: ${reason}`, { proposal: id, vote });
  }
  await stage.until(proposal.voteEnd + 1);
  const { votes, quorum } = await standingOf(reader, deployment, proposal);
  await queueProposal(by.signer, deployment, proposal);
  const queued = await standingOf(reader, deployment, proposal);
  await stage.tell(
    "decided",
    "the DAO",
    `decides to ${about.what}, ${showSnm(votes.for)} for and ${showSnm(votes.against)} against; possible from ${showDate(queued.eta)}`,
    { proposal: id, votes, quorum, eta: queued.eta },
  );
  await stage.until(queued.eta);
  return queued;
}

/** Carries out a decision. */
export async function carryOut(stage: Stage, by: Person, proposal: Proposal): Promise<void> {
  await executeProposal(by.signer, stage.devnet.deployment, proposal);
}
