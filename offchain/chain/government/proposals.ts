// Proposals to the DAO (PROTOCOL.md, section 8.6): what their events and the governors say about them, and the actions on them. Votes are
// wei of SNM, times unix seconds.

import { Failure } from "@sonm/protocol/values/failure";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import { keccak256, parseEventLogs, stringToHex, type TransactionReceipt } from "viem";
import { daoAbi } from "../abi/dao.ts";
import { fastLaneAbi } from "../abi/fast-lane.ts";
import { latest, type Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { proposalStates } from "../enums/proposal-state.ts";
import { createLogReader } from "../logs.ts";
import type { Signer } from "../signer.ts";
import { actionAt, send } from "../transact.ts";
import { callOf, type DaoAction, type DaoCall } from "./actions.ts";
import { governorOf, type LaneName } from "./lanes.ts";

/** The state of a proposal. */
export type ProposalState = (typeof proposalStates)[number];

/** The kinds of votes, in the order of the Governor's `VoteType`. */
export const votes = ["against", "for", "abstain"] as const;
/** A kind of vote. */
export type Vote = (typeof votes)[number];

/** keccak-256 of a document, and where it can be fetched. */
export type Evidence = { readonly hash: Hex; readonly uri: string };

/** What was proposed; never changes. */
export type Proposal = {
  readonly id: bigint;
  readonly lane: LaneName;
  readonly proposer: Address;
  readonly calls: readonly DaoCall[];
  readonly description: string;
  /** votes count as they were then, and can be cast after it */
  readonly voteStart: number;
  /** the last moment for votes */
  readonly voteEnd: number;
};

/** A proposal with its state. Votes are wei of SNM, times unix seconds. */
export type ProposalStanding = Proposal & {
  readonly state: ProposalState;
  readonly votes: Readonly<Record<Vote, bigint>>;
  /** votes for and abstentions needed */
  readonly quorum: bigint;
  /** from when it can be executed, once queued; else 0 */
  readonly eta: number;
  /** the last moment at which it can be queued if it wins or, once it is queued, executed */
  readonly expiresAt: number;
};

/** All proposals ever made, oldest first. */
export async function proposalsOf(reader: Reader, { addresses, block }: Deployment): Promise<Proposal[]> {
  const head = (await latest(reader)).block;
  const proposals: Proposal[] = [];
  for await (const logs of createLogReader(reader)([addresses.dao, addresses.fastLane], block, head)) {
    for (const { address, args } of parseEventLogs({ abi: daoAbi, logs, eventName: "ProposalCreated" })) {
      proposals.push({
        id: args.proposalId,
        lane: address.toLowerCase() === addresses.dao.toLowerCase() ? "slow" : "fast",
        proposer: args.proposer,
        calls: args.targets.map((target, i) => ({
          target,
          data: args.calldatas[i] ?? "0x",
          value: args.values[i] ?? 0n,
        })),
        description: args.description,
        voteStart: Number(args.voteStart),
        voteEnd: Number(args.voteEnd),
      });
    }
  }
  return proposals;
}

/** The state of a proposal now. */
export async function standingOf(
  reader: Reader,
  deployment: Deployment,
  proposal: Proposal,
): Promise<ProposalStanding> {
  const { client } = reader;
  const { now } = await latest(reader);
  const at = { address: governorOf(deployment, proposal.lane), abi: daoAbi } as const;
  const args = [proposal.id] as const;
  // A quorum of the future is not known; the supply does not change, so today's is the same.
  const moment = BigInt(Math.min(proposal.voteStart, now - 1));
  const [state, [against, inFavour, abstain], quorum, eta, expiresAt] = await Promise.all([
    client.readContract({ ...at, functionName: "state", args }),
    client.readContract({ ...at, functionName: "proposalVotes", args }),
    client.readContract({ ...at, functionName: "quorum", args: [moment] }),
    client.readContract({ ...at, functionName: "proposalEta", args }),
    client.readContract({ ...at, functionName: "proposalExpiry", args }),
  ]);
  return {
    ...proposal,
    state: proposalStates[state] ?? "pending",
    votes: { against, for: inFavour, abstain },
    quorum,
    eta: Number(eta),
    expiresAt: Number(expiresAt),
  };
}

/** The text and the evidence in a description, without the proposer at its end. */
export function readDescription(description: string): { readonly text: string; readonly evidence?: Evidence } {
  const text = description.replace(/\n?#proposer=0x[0-9a-fA-F]{40}$/, "");
  const match = /^(.*)\nevidence (0x[0-9a-f]{64}) ([^\n]*)$/s.exec(text);
  if (!match) return { text };
  return { text: match[1] ?? "", evidence: { hash: match[2] as Hex, uri: match[3] ?? "" } };
}

/**
 * Proposes an action. A suspicion goes to the fast lane, which needs evidence.
 * @returns the proposal's id, and the receipt
 * @throws Failure if a suspicion has no evidence, or the governor refuses, for example because the signer has too few votes
 */
export async function propose(
  signer: Signer,
  deployment: Deployment,
  action: DaoAction,
  text: string,
  evidence?: Evidence,
): Promise<{ readonly id: bigint; readonly receipt: TransactionReceipt }> {
  const receipt = await sendProposal(signer, deployment, action, text, evidence);
  const [log] = parseEventLogs({ abi: daoAbi, logs: receipt.logs, eventName: "ProposalCreated" });
  if (!log) throw new Failure("Nothing was proposed", "the transaction shows no proposal", "check the deployment");
  return { id: log.args.proposalId, receipt };
}

function sendProposal(
  signer: Signer,
  deployment: Deployment,
  action: DaoAction,
  text: string,
  evidence: Evidence | undefined,
): Promise<TransactionReceipt> {
  const what = "Nothing was proposed";
  if (action.kind === "suspect") {
    if (!evidence) throw new Failure(what, "a suspicion needs evidence", "name a document and where it can be had");
    return send(signer, what, {
      address: deployment.addresses.fastLane,
      abi: fastLaneAbi,
      functionName: "accuse",
      args: [action.hub, text, evidence],
    });
  }
  const { target, data, value } = callOf(deployment, action);
  const dao = { address: deployment.addresses.dao, abi: daoAbi } as const;
  if (evidence) {
    const args = [[target], [value], [data], text, evidence] as const;
    return send(signer, what, { ...dao, functionName: "proposeWithEvidence", args });
  }
  const description = `${text}\n#proposer=${signer.address}`;
  return send(signer, what, { ...dao, functionName: "propose", args: [[target], [value], [data], description] });
}

function partsOf({ calls, description }: Proposal) {
  const targets = calls.map(({ target }) => target);
  const data = calls.map((call) => call.data);
  return [targets, calls.map(({ value }) => value), data, keccak256(stringToHex(description))] as const;
}

/** An action on a whole proposal, at the governor that it was made to. */
function onProposal(failure: string, call: "queue" | "execute" | "cancel") {
  const act = actionAt({ abi: daoAbi, failure, call }, partsOf);
  return (signer: Signer, deployment: Deployment, proposal: Proposal): Promise<TransactionReceipt> =>
    act(signer, governorOf(deployment, proposal.lane), proposal);
}

/** Hands a successful proposal to the lane's timelock. Anyone may. @throws Failure if the governor refuses */
export const queueProposal = onProposal("The proposal was not queued", "queue");

/** Carries out a queued proposal. Anyone may. @throws Failure if it is too early, has expired, or one of its calls fails */
export const executeProposal = onProposal("The proposal was not executed", "execute");

/** Cancels a proposal before its vote begins. Only its proposer may. @throws Failure if the governor refuses */
export const cancelProposal = onProposal("The proposal was not taken back", "cancel");
