// Votes of the DAO: who has how many, and how they are cast. Votes are wei of SNM.

import type { Address } from "@sonm/protocol/values/ids";
import type { TransactionReceipt } from "viem";
import { daoAbi } from "../abi/dao.ts";
import { snmAbi } from "../abi/snm.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import type { Signer } from "../signer.ts";
import { action, send } from "../transact.ts";
import { governorOf } from "./lanes.ts";
import { type Proposal, type Vote, votes } from "./proposals.ts";

/** Votes of an account at a past moment (unix seconds), wei of SNM. */
export function votesAt({ client }: Reader, { addresses }: Deployment, account: Address, time: number) {
  return client.readContract({
    address: addresses.snm,
    abi: snmAbi,
    functionName: "getPastVotes",
    args: [account, BigInt(time)],
  });
}

/** The account for which another account's SNM vote; the zero address if they do not vote. */
export function delegateOf({ client }: Reader, { addresses }: Deployment, account: Address): Promise<Address> {
  return client.readContract({ address: addresses.snm, abi: snmAbi, functionName: "delegates", args: [account] });
}

/** Whether an account has voted on a proposal. */
export function hasVoted({ client }: Reader, deployment: Deployment, { id, lane }: Proposal, voter: Address) {
  return client.readContract({
    address: governorOf(deployment, lane),
    abi: daoAbi,
    functionName: "hasVoted",
    args: [id, voter],
  });
}

/** Votes on a proposal. @param reason kept with the vote @throws Failure if the governor does not count it */
export function castVote(
  signer: Signer,
  deployment: Deployment,
  { id, lane }: Proposal,
  vote: Vote,
  reason = "",
): Promise<TransactionReceipt> {
  return send(signer, "The vote was not cast", {
    address: governorOf(deployment, lane),
    abi: daoAbi,
    functionName: "castVoteWithReason",
    args: [id, votes.indexOf(vote), reason],
  });
}

/** Lets the signer's SNM vote for `to`: itself, or somebody it trusts. @throws Failure if the token refuses */
export const delegateVotes = action(
  { contract: "snm", abi: snmAbi, failure: "The votes were not delegated", call: "delegate" },
  (to: Address) => [to],
);
