// Votes by signature: a holder of SNM signs a ballot without sending anything, and anybody can bring it to the chain and pay for it.
// A ballot is OpenZeppelin's `ExtendedBallot` without parameters, so that a reason can always go along.

import type { Address, Hex } from "@sonm/protocol/values/ids";
import { isAddress, isHex, numberToHex, type TransactionReceipt, type TypedDataDefinition } from "viem";
import { daoAbi } from "../abi/dao.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { advice } from "../errors/advice.ts";
import { refusal } from "../errors/refusal.ts";
import { isSignedBy } from "../signature.ts";
import type { Signer } from "../signer.ts";
import { send } from "../transact.ts";
import { governorOf } from "./lanes.ts";
import { type Proposal, type Vote, votes } from "./proposals.ts";

/** A signed vote, as it is written to a file: every number has a form that JSON keeps. */
export type Ballot = {
  readonly chainId: number;
  readonly governor: Address;
  /** the proposal's number, 0x and 64 hexadecimal digits */
  readonly proposal: Hex;
  readonly vote: Vote;
  /** kept with the vote; may be empty */
  readonly reason: string;
  readonly voter: Address;
  /** how many ballots of the voter the governor must have counted before this one, in decimal digits */
  readonly nonce: string;
  /** the voter's, or what a voter that is a contract accepts (ERC-1271) */
  readonly signature: Hex;
};

type Unsigned = Omit<Ballot, "signature">;

/** The longest reason for a vote, bytes: the sender of the ballot pays for it. */
export const MOST_REASON_BYTES = 2_000;

const NOT_A_BALLOT = "This is no ballot";
const SIGN_ANEW = advice("sign-ballot-anew");

/** What each field of a ballot must be, as a check and as a text for people. */
const shape: { readonly [field in keyof Ballot]: readonly [is: (value: unknown) => boolean, rule: string] } = {
  chainId: [(value) => Number.isSafeInteger(value) && (value as number) > 0, "is a chain's number"],
  governor: [(value) => typeof value === "string" && isAddress(value), "is an address"],
  proposal: [(value) => isHex(value) && value.length === 66, "is 0x and 64 hexadecimal digits"],
  vote: [(value) => votes.includes(value as Vote), `is one of ${votes.join(", ")}`],
  reason: [
    (value) => typeof value === "string" && new TextEncoder().encode(value).length <= MOST_REASON_BYTES,
    `is a text of at most ${MOST_REASON_BYTES} bytes`,
  ],
  voter: [(value) => typeof value === "string" && isAddress(value), "is an address"],
  nonce: [(value) => typeof value === "string" && /^\d{1,78}$/.test(value), "is a number in decimal digits"],
  signature: [(value) => isHex(value) && value.length > 2 && value.length % 2 === 0, "is hexadecimal digits after 0x"],
};

/** Reads a ballot from parsed JSON. Other fields are left out. @throws Failure if it is not a ballot */
export function readBallot(value: unknown): Ballot {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refusal(NOT_A_BALLOT, "it is not an object", SIGN_ANEW);
  }
  const given = value as Readonly<Record<string, unknown>>;
  const fields = Object.entries(shape).map(([field, [holds, rule]]) => {
    if (given[field] === undefined) throw refusal(NOT_A_BALLOT, `it lacks \`${field}\``, SIGN_ANEW);
    if (!holds(given[field])) throw refusal(NOT_A_BALLOT, `\`${field}\` ${rule}`, SIGN_ANEW);
    return [field, given[field]];
  });
  return Object.fromEntries(fields) as Ballot;
}

/** Number of the next ballot of a voter that a governor counts. Each governor counts for itself. */
export function ballotNonceOf({ client }: Reader, governor: Address, voter: Address): Promise<bigint> {
  return client.readContract({ address: governor, abi: daoAbi, functionName: "nonces", args: [voter] });
}

/** What is signed, in the governor's own domain. */
async function typedDataOf({ client }: Reader, ballot: Unsigned): Promise<TypedDataDefinition> {
  const [, name, version] = await client.readContract({
    address: ballot.governor,
    abi: daoAbi,
    functionName: "eip712Domain",
  });
  return {
    domain: { name, version, chainId: ballot.chainId, verifyingContract: ballot.governor },
    types: {
      ExtendedBallot: [
        { name: "proposalId", type: "uint256" },
        { name: "support", type: "uint8" },
        { name: "voter", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "reason", type: "string" },
        { name: "params", type: "bytes" },
      ],
    },
    primaryType: "ExtendedBallot",
    message: {
      proposalId: BigInt(ballot.proposal),
      support: votes.indexOf(ballot.vote),
      voter: ballot.voter,
      nonce: BigInt(ballot.nonce),
      reason: ballot.reason,
      params: "0x",
    },
  };
}

/**
 * Signs a ballot; sends nothing.
 * @param nonce number of the ballot, by default the voter's next one: only that one can be counted now
 * @throws Failure if a wallet does not sign
 */
export async function signBallot(
  signer: Signer,
  deployment: Deployment,
  proposal: Proposal,
  vote: Vote,
  reason: string,
  nonce?: bigint,
): Promise<Ballot> {
  const governor = governorOf(deployment, proposal.lane);
  const voter = signer.address;
  const unsigned: Unsigned = {
    chainId: deployment.chainId,
    governor,
    proposal: numberToHex(proposal.id, { size: 32 }),
    vote,
    reason,
    voter,
    nonce: String(nonce ?? (await ballotNonceOf(signer, governor, voter))),
  };
  return { ...unsigned, signature: await signer.signTypedData(await typedDataOf(signer, unsigned)) };
}

/** Whether the signature is the voter's: an account's own, or one that a contract accepts. */
export async function isBallotSigned(reader: Reader, ballot: Ballot): Promise<boolean> {
  return isSignedBy(reader, ballot.voter, await typedDataOf(reader, ballot), ballot.signature);
}

/** Sends somebody's ballot to the chain. Anyone may. @throws Failure if the governor does not count it */
export function castBallot(signer: Signer, ballot: Ballot): Promise<TransactionReceipt> {
  const { proposal, vote, voter, reason, signature } = ballot;
  return send(signer, "The ballot was not counted", {
    address: ballot.governor,
    abi: daoAbi,
    functionName: "castVoteWithReasonAndParamsBySig",
    args: [BigInt(proposal), votes.indexOf(vote), voter, reason, "0x", signature],
  });
}
