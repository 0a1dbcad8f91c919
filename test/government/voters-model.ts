// The voters as a plain program: what PROTOCOL.md, section 8.6, says about proposals and votes. Hubs and the Treasury come from the model
// that other tests use too; voters-calls.ts has the effects of decisions on them.
import { isDeepStrictEqual } from "node:util";
import { DAY, FAST, PROPOSAL_THRESHOLD, SLOW, SNM } from "../support/government/fixture.ts";
import { balanceOf, move, Refused, refuseUnless } from "../support/government/model.ts";
import { type Call, type Governed, perform, registrationsOf } from "./voters-calls.ts";

export const SUPPLY = 444_000_000n * SNM;
/** Accounts with SNM that can vote. At first the holder delegates to nobody. */
export const VOTERS = ["holder", "v0", "v1", "v2", "v3", "v4"];

export type Lane = "slow" | "fast";
/** Times in seconds, the threshold in wei of SNM. */
export type Settings = {
  votingDelay: bigint;
  votingPeriod: bigint;
  timelockDelay: bigint;
  proposalThreshold: bigint;
};
/** What is proposed. The proposer named at the end of the description need not be the one who proposes it. */
export type Body = { calls: Call[]; text: string; named: string };
/** A vote that `signer` has signed in the name of `voter`, for the governor of `lane`. */
export type Ballot = { lane: Lane; body: Body; voter: string; support: number; nonce: bigint; signer: string };
export type Proposal = {
  lane: Lane;
  body: Body;
  proposer: string;
  /** votes count as they were at the end of this second. Voting begins after it and ends with the second `deadline` */
  snapshot: bigint;
  deadline: bigint;
  votes: { voter: string; support: number; weight: bigint }[];
  cancelled: boolean;
  /** unix time from which it can be executed */
  eta?: bigint;
  executed: boolean;
};
export const STATES = ["Pending", "Active", "Canceled", "Defeated", "Succeeded", "Queued", "Expired", "Executed"];
export type State = "Pending" | "Active" | "Canceled" | "Defeated" | "Succeeded" | "Queued" | "Expired" | "Executed";
/** How long a decision can be queued after the vote, and how long it can be executed after its delay in the timelock. */
export const LIFETIME = 30n * DAY;

export type VotersModel = Governed & {
  delegates: Map<string, string>;
  /** everybody's votes after each change */
  votes: { time: bigint; of: Map<string, bigint> }[];
  lanes: Record<Lane, Settings & { quorums: { time: bigint; percent: bigint }[]; nonces: Map<string, bigint> }>;
  proposals: Proposal[];
  ballots: Ballot[];
};

export const firstLanes = (): VotersModel["lanes"] => {
  const lane = (terms: typeof SLOW) => ({
    ...terms,
    proposalThreshold: PROPOSAL_THRESHOLD,
    quorums: [{ time: 0n, percent: 4n }],
    nonces: new Map<string, bigint>(),
  });
  return { slow: lane(SLOW), fast: lane(FAST) };
};

/** The change in force at the end of the second `time`. */
function asOf<Change extends { time: bigint }>(changes: readonly Change[], time: bigint): Change | undefined {
  return changes.findLast((change) => change.time <= time);
}
export const votesOf = (model: VotersModel, voter: string, time = model.now) =>
  asOf(model.votes, time)?.of.get(voter) ?? 0n;

/** An account's whole balance votes for its delegate, which may be the account itself. Without a delegate it does not vote. */
export function countVotes(model: VotersModel) {
  const of = new Map<string, bigint>();
  for (const [account, delegate] of model.delegates)
    of.set(delegate, (of.get(delegate) ?? 0n) + balanceOf(model, account));
  model.votes.push({ time: model.now, of });
}

/** Compares copies of the bodies: objects of fast-check have no prototype, objects that a failed execution restores have one. */
export function findProposal({ proposals }: VotersModel, lane: Lane, body: Body): Proposal | undefined {
  const wanted = structuredClone(body);
  return proposals.find((other) => other.lane === lane && isDeepStrictEqual(structuredClone(other.body), wanted));
}
function proposalOf(model: VotersModel, lane: Lane, body: Body): Proposal {
  const proposal = findProposal(model, lane, body);
  refuseUnless(proposal !== undefined, "GovernorNonexistentProposal");
  return proposal;
}
const sumOf = ({ votes }: Proposal, support: number) =>
  votes.reduce((sum, vote) => (vote.support === support ? sum + vote.weight : sum), 0n);
export const tallyOf = (proposal: Proposal) => ({
  against: sumOf(proposal, 0),
  inFavour: sumOf(proposal, 1),
  abstain: sumOf(proposal, 2),
});
/** More votes for than against, and a quorum of votes for and abstentions. */
export function isCarried(model: VotersModel, proposal: Proposal): boolean {
  const { against, inFavour, abstain } = tallyOf(proposal);
  const { percent } = asOf(model.lanes[proposal.lane].quorums, proposal.snapshot) ?? { percent: 100n };
  return inFavour > against && inFavour + abstain >= (SUPPLY * percent) / 100n;
}
/** The last second at which a decision can be queued or, once it is queued, executed. */
export const expiryOf = ({ deadline, eta }: Proposal) => (eta ?? deadline) + LIFETIME;
export function stateOf(model: VotersModel, proposal: Proposal): State {
  if (proposal.executed) return "Executed";
  if (proposal.cancelled) return "Canceled";
  if (model.now <= proposal.snapshot) return "Pending";
  if (model.now <= proposal.deadline) return "Active";
  if (!isCarried(model, proposal)) return "Defeated";
  if (model.now > expiryOf(proposal)) return "Expired";
  return proposal.eta === undefined ? "Succeeded" : "Queued";
}
function requireState(model: VotersModel, proposal: Proposal, state: State) {
  refuseUnless(stateOf(model, proposal) === state, "GovernorUnexpectedProposalState");
}

/** Whether the fast lane accepts the proposal: it must suspect one hub, in its current registration. */
export function accuses(model: VotersModel, { calls: [call, ...others], named }: Body, by: string): boolean {
  return (
    call?.kind === "suspect" &&
    others.length === 0 &&
    named === by &&
    call.registration === registrationsOf(model, call.wallet)
  );
}

/** What voters can do. Each either happens or throws `Refused` and changes nothing. */
export const deeds = {
  send(model: VotersModel, from: string, to: string, amount: bigint) {
    move(model, from, to, amount);
  },
  delegate(model: VotersModel, account: string, to: string) {
    model.delegates.set(account, to);
  },
  propose(model: VotersModel, lane: Lane, body: Body, by: string) {
    const [call] = body.calls;
    if (lane === "fast") {
      refuseUnless(call?.kind === "suspect" && accuses(model, body, by), "FastLaneOnlyAccuses");
      const wallet = model.wallets.get(call.wallet);
      refuseUnless(wallet !== undefined, "FastLaneNotHub");
      refuseUnless(wallet.status === "Registered", "FastLaneHubNotRegistered");
    }
    refuseUnless(body.named === by, "GovernorRestrictedProposer");
    const { proposalThreshold, votingDelay, votingPeriod } = model.lanes[lane];
    refuseUnless(votesOf(model, by, model.now - 1n) >= proposalThreshold, "GovernorInsufficientProposerVotes");
    refuseUnless(!findProposal(model, lane, body), "GovernorUnexpectedProposalState");
    const snapshot = model.now + votingDelay;
    const times = { snapshot, deadline: snapshot + votingPeriod };
    model.proposals.push({ lane, body, proposer: by, ...times, votes: [], cancelled: false, executed: false });
  },
  vote(model: VotersModel, lane: Lane, body: Body, voter: string, support: number) {
    const proposal = proposalOf(model, lane, body);
    requireState(model, proposal, "Active");
    refuseUnless(!proposal.votes.some((vote) => vote.voter === voter), "GovernorAlreadyCastVote");
    refuseUnless(support <= 2, "GovernorInvalidVoteType");
    proposal.votes.push({ voter, support, weight: votesOf(model, voter, proposal.snapshot) });
  },
  /** Somebody sends a ballot to the governor of `lane`. */
  bring(model: VotersModel, lane: Lane, ballot: Ballot) {
    const { voter, signer, nonce, body, support } = ballot;
    const { nonces } = model.lanes[lane];
    const next = nonces.get(voter) ?? 0n;
    refuseUnless(signer === voter && ballot.lane === lane && nonce === next, "GovernorInvalidSignature");
    deeds.vote(model, lane, body, voter, support);
    nonces.set(voter, next + 1n);
  },
  cancel(model: VotersModel, lane: Lane, body: Body, by: string) {
    const proposal = proposalOf(model, lane, body);
    const allowed = stateOf(model, proposal) === "Pending" && proposal.proposer === by;
    refuseUnless(allowed, "GovernorUnableToCancel");
    proposal.cancelled = true;
  },
  queue(model: VotersModel, lane: Lane, body: Body) {
    const proposal = proposalOf(model, lane, body);
    requireState(model, proposal, "Succeeded");
    proposal.eta = model.now + model.lanes[lane].timelockDelay;
  },
  /** Executes all calls of a proposal or, if one of them fails, none. */
  execute(model: VotersModel, lane: Lane, body: Body) {
    const proposal = proposalOf(model, lane, body);
    requireState(model, proposal, "Queued");
    refuseUnless(model.now >= (proposal.eta ?? 0n), "TimelockUnexpectedOperationState");
    const before = structuredClone(model);
    try {
      for (const call of body.calls) perform(model, call, lane === "slow" ? "government" : "fastLane");
      proposal.executed = true;
    } catch (refusal) {
      Object.assign(model, before);
      throw refusal;
    }
  },
  /** Only the governor can execute what waits in a lane's timelock, because it knows what has expired. */
  carryOut() {
    throw new Refused("AccessControlUnauthorizedAccount");
  },
};
