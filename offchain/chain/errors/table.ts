// Every error of the contracts that a user of this software can meet: what its values are, and what to do about it. A test lists the other
// errors, and why nobody can meet them.

import { phaseNames } from "@sonm/protocol/dispute/game";
import type { BatchStatus } from "@sonm/protocol/job/job";
import type { errorsAbi } from "../abi/errors.ts";
import { hubStatuses } from "../enums/hub-status.ts";
import { parameterNames } from "../enums/parameter.ts";
import { proposalStates } from "../enums/proposal-state.ts";
import type { PlainAdviceId } from "./advice.ts";

type ContractError = (typeof errorsAbi)[number];
/** The name of a custom error of the contracts. */
export type ErrorName = ContractError["name"];
type Argument<Name extends ErrorName> = Extract<ContractError, { readonly name: Name }>["inputs"][number];

/** What a number is: wei of SNM, seconds, a unix time, a time where 0 means never, a place in a list of names, or just a number. */
type NumberUnit = "wei" | "seconds" | "date" | "time" | "number" | readonly string[];
/** What an argument of a Solidity type can be. `hidden`: a set of states, which nobody can read. */
type UnitOf<Type> = Type extends "address" ? "account" : Type extends "bytes32" ? "hash" | "hidden" : NumberUnit;
/** What a value of an error is, so that it can be written with its unit. */
export type Unit = "account" | "hash" | "hidden" | NumberUnit;

/** The unit of each argument by its name, and what to do: advice, or to wait until the moment that an argument names. */
type Row<Name extends ErrorName> = readonly [
  units: { readonly [Each in Argument<Name> as Each["name"]]: UnitOf<Each["type"]> },
  todo: PlainAdviceId | { readonly from: Argument<Name>["name"] },
];

/** In the order of the contracts' `BatchStatus`. */
const batchStatuses: readonly BatchStatus[] = ["open", "taken", "paid", "refunded"];
/** In the order of the contracts' `ClaimStatus`. */
const claimStatuses: readonly string[] = ["none", "live", "settled", "convicted", "awarded"];

const table: { readonly [Name in ErrorName]?: Row<Name> } = {
  AccessControlBadConfirmation: [{}, "propose-corrected"],
  AccessControlUnauthorizedAccount: [{ account: "account", neededRole: "hash" }, "propose-corrected"],
  AddressEmptyCode: [{ target: "account" }, "propose-corrected"],
  BisectionAlreadyCommitted: [{ challenger: "account", hash: "hash" }, "choose-other-salt"],
  BisectionContentMismatch: [{ game: "hash" }, "decide-anew"],
  BisectionNotChallenger: [{ caller: "account", challenger: "account" }, "use-right-account"],
  BisectionNotCommitted: [{ challenger: "account", hash: "hash" }, "announce-first"],
  BisectionNotForfeitable: [{ from: "time" }, { from: "from" }],
  BisectionNothingDisputed: [{ state: "hash" }, "recompute-unit"],
  BisectionNotRetractable: [{ claim: "hash", endedAt: "time", until: "time" }, "too-late"],
  BisectionNotYourTurn: [{ caller: "account", player: "account" }, "await-player"],
  BisectionOpeningOver: [{ until: "time" }, "too-late"],
  BisectionProvesNothing: [{ state: "hash" }, "recompute-unit"],
  BisectionTooEarly: [{ game: "hash", deadline: "time" }, { from: "deadline" }],
  BisectionTooLate: [{ game: "hash", deadline: "time" }, "too-late"],
  BisectionWrongPhase: [{ game: "hash", phase: phaseNames, level: "number" }, "decide-anew"],
  DaoEvidenceMissing: [{}, "name-evidence"],
  DaoOutOfBounds: [{ value: "number", min: "number", max: "number" }, "choose-within-bounds"],
  DaoTimelockIsFixed: [{}, "propose-corrected"],
  DepositsInsufficientFree: [{ account: "account", free: "wei", needed: "wei" }, "deposit-or-wait"],
  DepositsNotGovernment: [{ caller: "account" }, "only-dao"],
  DepositsNothingToWithdraw: [{ account: "account" }, "request-withdrawal"],
  DepositsNotYet: [{ availableAt: "time" }, { from: "availableAt" }],
  DepositsZeroAmount: [{}, "name-amount"],
  ERC20InsufficientAllowance: [{ spender: "account", allowance: "wei", needed: "wei" }, "approve-enough"],
  ERC20InsufficientBalance: [{ sender: "account", balance: "wei", needed: "wei" }, "fund-account"],
  ERC20InvalidApprover: [{ approver: "account" }, "propose-corrected"],
  ERC20InvalidReceiver: [{ receiver: "account" }, "name-somebody"],
  ERC20InvalidSpender: [{ spender: "account" }, "name-somebody"],
  ERC2612ExpiredSignature: [{ deadline: "time" }, "sign-permission-again"],
  ERC2612InvalidSigner: [{ signer: "account", owner: "account" }, "sign-permission-again"],
  FailedCall: [{}, "propose-corrected"],
  FailedDeployment: [{}, "make-other-hub"],
  FastLaneHubNotRegistered: [{ hub: "account", status: hubStatuses }, "see-hub"],
  FastLaneNotHub: [{ account: "account" }, "name-hub"],
  FastLaneOnlyAccuses: [{}, "propose-corrected"],
  GovernorAlreadyCastVote: [{ voter: "account" }, "votes-final"],
  GovernorAlreadyQueuedProposal: [{ proposalId: "number" }, "see-proposal"],
  GovernorInsufficientProposerVotes: [{ proposer: "account", votes: "wei", threshold: "wei" }, "delegate"],
  GovernorInvalidQuorumFraction: [{ quorumNumerator: "number", quorumDenominator: "number" }, "choose-within-bounds"],
  GovernorInvalidSignature: [{ voter: "account" }, "sign-ballot-anew"],
  GovernorInvalidVotingPeriod: [{ votingPeriod: "seconds" }, "choose-within-bounds"],
  GovernorNonexistentProposal: [{ proposalId: "number" }, "see-proposals"],
  GovernorOnlyExecutor: [{ account: "account" }, "only-dao"],
  GovernorRestrictedProposer: [{ proposer: "account" }, "name-proposer"],
  GovernorUnableToCancel: [{ proposalId: "number", account: "account" }, "vote-against-instead"],
  GovernorUnexpectedProposalState: [
    { proposalId: "number", current: proposalStates, expectedStates: "hidden" },
    "see-proposal",
  ],
  HubWalletInsufficientFunds: [{ available: "wei", needed: "wei" }, "fund-hub-or-less"],
  HubWalletNotFastLane: [{ caller: "account" }, "accuse"],
  HubWalletNotGovernment: [{ caller: "account" }, "only-dao"],
  HubWalletNotOwner: [{ caller: "account" }, "use-owners-key"],
  HubWalletPaysItself: [{}, "name-other-payee"],
  HubWalletPeriodClosed: [{ closedAt: "time" }, "register-after-pay-day"],
  HubWalletPeriodNotClosed: [{}, "close-hub"],
  HubWalletTooEarly: [{ possibleFrom: "time" }, { from: "possibleFrom" }],
  HubWalletWrongRegistration: [{ current: "number" }, "propose-with-new-evidence"],
  HubWalletWrongStatus: [{ status: hubStatuses }, "see-hub"],
  HubWalletZeroAmount: [{}, "name-amount-or-nothing"],
  InsufficientBalance: [{ balance: "number", needed: "number" }, "propose-corrected"],
  InvalidAccountNonce: [{ account: "account", currentNonce: "number" }, "sign-ballot-anew"],
  JobBoardAlreadyPosted: [{ job: "hash" }, "choose-other-salt"],
  JobBoardBadQuoteSignature: [{ hub: "account" }, "have-terms-signed"],
  JobBoardBatchNot: [{ needed: batchStatuses, batch: "number", status: batchStatuses }, "decide-anew"],
  JobBoardDeadlineOver: [{ deadline: "time" }, "too-late"],
  JobBoardHubNotRegistered: [{ hub: "account", status: hubStatuses }, "see-hub"],
  JobBoardNoSuchBatch: [{ batch: "number", batches: "number" }, "check-number"],
  JobBoardNotBuyer: [{ caller: "account", buyer: "account" }, "use-right-account"],
  JobBoardNothingWaiting: [{ hub: "account" }, "nothing-waits"],
  JobBoardNotRefundable: [{ job: "hash", deadline: "time" }, { from: "deadline" }],
  JobBoardQuoteExpired: [{ expiry: "time" }, "ask-new-signature"],
  JobBoardUnknownHub: [{ hub: "account" }, "name-hub"],
  JobBoardUnknownJob: [{ job: "hash" }, "check-number"],
  JobBoardWrongAttempt: [{ given: "number", current: "number" }, "decide-anew"],
  MachineWitnessMismatch: [{ state: "hash" }, "recompute-unit"],
  ParametersNotGovernment: [{ caller: "account" }, "only-dao"],
  ParametersOutOfBounds: [
    { parameter: parameterNames, value: "number", min: "number", max: "number" },
    "choose-within-bounds",
  ],
  ParametersRefereeNotActive: [{ referee: "account" }, "propose-corrected"],
  ParametersZeroReferee: [{}, "propose-corrected"],
  RatingsAlreadyClaimed: [{ position: "number" }, "already-paid"],
  RatingsNotHub: [{ account: "account" }, "name-hub"],
  RatingsNotTaken: [{ hub: "account" }, "rate-in-period"],
  RatingsTooEarly: [{ possibleFrom: "time" }, { from: "possibleFrom" }],
  RatingsUndecided: [{ hub: "account", registration: "number" }, "await-verdict"],
  RatingsUnknownPosition: [{ position: "number" }, "see-ratings"],
  RatingsZeroStake: [{}, "name-amount"],
  ResultsAssignmentExpired: [{ expiry: "time" }, "ask-new-signature"],
  ResultsBadAssignmentSignature: [{ hub: "account" }, "have-terms-signed"],
  ResultsClaimNot: [{ needed: claimStatuses, claim: "hash", status: claimStatuses }, "decide-anew"],
  ResultsCommittedTooLate: [{ claim: "hash", committedAt: "time", until: "time" }, "too-late"],
  ResultsGamesOpen: [{ claim: "hash", games: "number" }, "await-games"],
  ResultsNoGame: [{ claim: "hash" }, "decide-anew"],
  ResultsNotBuyer: [{ caller: "account", buyer: "account" }, "use-right-account"],
  ResultsNotMiner: [{ caller: "account", miner: "account" }, "use-right-account"],
  ResultsNotWinner: [{ claim: "hash", rank: "number" }, "decide-anew"],
  ResultsNotYet: [{ claim: "hash", from: "time" }, { from: "from" }],
  ResultsPayTooHigh: [{ pay: "wei", max: "wei" }, "pay-within-price"],
  TermsAllowance: [{ given: "seconds", min: "seconds", max: "seconds" }, "change-term"],
  TermsBatchSize: [{ given: "number", max: "number" }, "change-term"],
  TermsBond: [{ given: "wei", min: "wei" }, "change-term"],
  TermsDeadline: [{ given: "date", min: "date", max: "date" }, "change-term"],
  TermsDeposit: [{ given: "wei", min: "wei" }, "change-term"],
  TermsEntry: [{ given: "number" }, "change-term"],
  TermsExponent: [{ given: "number" }, "change-term"],
  TermsGrace: [{ given: "seconds", min: "seconds", max: "seconds" }, "change-term"],
  TermsMachine: [{ given: "account", referees: "account" }, "change-term"],
  TermsNoPrice: [{}, "change-term"],
  TermsNoUnits: [{}, "change-term"],
  TermsOpening: [{ given: "seconds", min: "seconds", max: "seconds" }, "change-term"],
  TermsReferee: [{ referee: "account" }, "change-term"],
  TermsWindow: [{ given: "seconds", min: "seconds", max: "seconds" }, "change-term"],
  TimelockDelayOutOfBounds: [{ delay: "seconds", min: "seconds", max: "seconds" }, "choose-within-bounds"],
  TimelockUnauthorizedCaller: [{ caller: "account" }, "only-dao"],
  TimelockUnexpectedOperationState: [{ operationId: "hash", expectedStates: "hidden" }, "see-proposal"],
  TreasuryAlreadyReleased: [{ seizure: "number" }, "already-released"],
  TreasuryInsufficientFunds: [{ available: "wei", needed: "wei" }, "see-treasury"],
  TreasuryNotGovernment: [{ caller: "account" }, "only-dao"],
  TreasuryNothingToCollect: [{ payer: "account" }, "nothing-owed"],
  TreasuryTooEarly: [{ possibleFrom: "time" }, { from: "possibleFrom" }],
  TreasuryUnknownSeizure: [{ seizure: "number" }, "see-seizures"],
  WhitelistHubPunished: [{ wallet: "account" }, "never-trusted-again"],
  WhitelistNotGovernment: [{ caller: "account" }, "only-dao"],
  WhitelistNotHub: [{ account: "account" }, "name-hub"],
  WhitelistNotOwner: [{ caller: "account" }, "use-owners-key"],
  WhitelistTextTooLong: [{ length: "number", max: "number" }, "shorten-text"],
};

/** A row whose error is not known beforehand. */
export type AnyRow = readonly [units: Readonly<Record<string, Unit>>, todo: PlainAdviceId | { readonly from: string }];

/** What is known of an error; undefined for one of a foreign contract, or one that nobody can meet. */
export function rowOf(error: string): AnyRow | undefined {
  return (table as Readonly<Record<string, AnyRow>>)[error];
}
