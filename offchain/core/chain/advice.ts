// What to do about each error of the contracts that somebody who uses this software can meet. A test holds the rest of them, and why
// nobody can.
import type { errorsAbi } from "./abi/errors.ts";

export type ErrorName = (typeof errorsAbi)[number]["name"];

/** Only time is in the way: the argument that says from when on it is not. */
export const later: Partial<Record<ErrorName, string>> = {
  BisectionNotForfeitable: "from",
  BisectionTooEarly: "deadline",
  DepositsNotYet: "availableAt",
  HubWalletTooEarly: "possibleFrom",
  JobBoardNotRefundable: "deadline",
  RatingsTooEarly: "possibleFrom",
  ResultsNotYet: "from",
  TreasuryTooEarly: "possibleFrom",
};

const rows: readonly (readonly [todo: string, ...names: ErrorName[]])[] = [
  // money
  ["deposit more SNM (`sonm stake deposit`), or wait until what is locked comes free", "DepositsInsufficientFree"],
  ["the account named needs more SNM: transfer some to it", "ERC20InsufficientBalance"],
  ["approve the spender named for at least what is needed", "ERC20InsufficientAllowance"],
  ["name somebody: the address 0 is nobody's", "ERC20InvalidReceiver", "ERC20InvalidSpender"],
  ["name an amount above 0", "DepositsZeroAmount", "RatingsZeroStake"],
  ["name an amount above 0; if you named none, there is nothing to bring in: do nothing", "HubWalletZeroAmount"],
  [
    "try again: the permission that you signed came too late, or another of yours came first",
    "ERC2612ExpiredSignature",
    "ERC2612InvalidSigner",
  ],
  ["ask for it first: `sonm stake withdraw`", "DepositsNothingToWithdraw"],
  // hubs
  ["use its owner's key", "HubWalletNotOwner", "WhitelistNotOwner"],
  [
    "see `sonm hub status` for what the wallet can do in its state",
    "FastLaneHubNotRegistered",
    "JobBoardHubNotRegistered",
    "HubWalletWrongStatus",
  ],
  ["use less, or put SNM into the wallet first: `sonm hub fund`", "HubWalletInsufficientFunds"],
  ["name another payee than the wallet itself", "HubWalletPaysItself"],
  ["wait for pay-day, then register again: `sonm hub status` says when", "HubWalletPeriodClosed"],
  ["close the period first: `sonm hub close`; `sonm hub status` says when", "HubWalletPeriodNotClosed"],
  [
    "name a wallet that the factory has made: see `sonm hubs`",
    "FastLaneNotHub",
    "JobBoardUnknownHub",
    "RatingsNotHub",
    "WhitelistNotHub",
  ],
  ["do nothing: nothing waits for it", "JobBoardNothingWaiting"],
  ["put it shorter: a name has at most 64 bytes, an endpoint 256", "WhitelistTextTooLong"],
  ["if it is a hub, it is there already: make another with --salt", "FailedDeployment"],
  [
    "propose it anew, with evidence of now: the hub has registered again since this was decided",
    "HubWalletWrongRegistration",
  ],
  ["only the DAO's fast lane can do this: `sonm dao propose suspect`", "HubWalletNotFastLane"],
  ["do nothing: a banned hub is never trusted again", "WhitelistHubPunished"],
  // ratings
  ["rate it while its pay period runs: `sonm hub status` says whether it does", "RatingsNotTaken"],
  ["do nothing: it has been paid", "RatingsAlreadyClaimed"],
  ["wait for pay-day, a ban or a rehabilitation: `sonm hub status` says when", "RatingsUndecided"],
  ["see `sonm ratings HUB` for those there are", "RatingsUnknownPosition"],
  // the DAO
  ["name a document and where it can be had: --evidence FILE --uri URI", "DaoEvidenceMissing"],
  [
    "have the ballot signed anew by its voter: `sonm dao vote PROPOSAL VOTE --sign`",
    "GovernorInvalidSignature",
    "InvalidAccountNonce",
  ],
  ["do nothing: votes are final", "GovernorAlreadyCastVote"],
  [
    "SNM vote once they are delegated: `sonm dao delegate self`, or ask others to delegate to you",
    "GovernorInsufficientProposerVotes",
  ],
  ["see `sonm dao list` for those there are", "GovernorNonexistentProposal"],
  [
    "`sonm dao show` says what can be done with it now, or when",
    "GovernorUnexpectedProposalState",
    "GovernorAlreadyQueuedProposal",
    "TimelockUnexpectedOperationState",
  ],
  [
    "only its proposer can take it back, and only until votes open; vote against it: `sonm dao vote`",
    "GovernorUnableToCancel",
  ],
  ["end its description with `#proposer=` and your address, as `sonm dao propose` does", "GovernorRestrictedProposer"],
  [
    "propose a value within the bounds named",
    "DaoOutOfBounds",
    "ParametersOutOfBounds",
    "TimelockDelayOutOfBounds",
    "GovernorInvalidVotingPeriod",
    "GovernorInvalidQuorumFraction",
  ],
  [
    "what was decided cannot be carried out so: propose it anew, put right",
    "AccessControlBadConfirmation",
    "AccessControlUnauthorizedAccount",
    "AddressEmptyCode",
    "DaoTimelockIsFixed",
    "ERC20InvalidApprover",
    "FailedCall",
    "FastLaneOnlyAccuses",
    "InsufficientBalance",
    "ParametersRefereeNotActive",
    "ParametersZeroReferee",
  ],
  [
    "only the DAO can do this: make it a proposal",
    "DepositsNotGovernment",
    "GovernorOnlyExecutor",
    "HubWalletNotGovernment",
    "ParametersNotGovernment",
    "TimelockUnauthorizedCaller",
    "TreasuryNotGovernment",
    "WhitelistNotGovernment",
  ],
  ["`sonm treasury` says what it has, and when more is released", "TreasuryInsufficientFunds"],
  ["do nothing: it is released", "TreasuryAlreadyReleased"],
  ["see `sonm treasury` for those there are", "TreasuryUnknownSeizure"],
  ["do nothing: nothing is owed to it", "TreasuryNothingToCollect"],
  // the market
  ["ask the hub for a new signature", "JobBoardQuoteExpired", "ResultsAssignmentExpired"],
  [
    "have exactly these terms signed by the hub's owner, for this chain and these contracts",
    "JobBoardBadQuoteSignature",
    "ResultsBadAssignmentSignature",
  ],
  ["have the hub sign a pay within what is left of the price", "ResultsPayTooHigh"],
  [
    "send this from the account that it belongs to",
    "BisectionNotChallenger",
    "JobBoardNotBuyer",
    "ResultsNotBuyer",
    "ResultsNotMiner",
  ],
  [
    "somebody was faster: read the chain again and decide anew",
    "BisectionContentMismatch",
    "BisectionWrongPhase",
    "JobBoardBatchNot",
    "JobBoardWrongAttempt",
    "ResultsClaimNot",
    "ResultsNoGame",
    "ResultsNotWinner",
  ],
  [
    "it has been done already; choose another salt to do it once more",
    "BisectionAlreadyCommitted",
    "JobBoardAlreadyPosted",
  ],
  [
    "no job or batch has this number: check it, and that the deployment is of this chain",
    "JobBoardNoSuchBatch",
    "JobBoardUnknownJob",
  ],
  ["wait until the games on this claim have ended", "ResultsGamesOpen"],
  [
    "change this term of the job to one within the limits named",
    "TermsAllowance",
    "TermsBatchSize",
    "TermsBond",
    "TermsDeadline",
    "TermsDeposit",
    "TermsEntry",
    "TermsExponent",
    "TermsGrace",
    "TermsMachine",
    "TermsNoPrice",
    "TermsNoUnits",
    "TermsOpening",
    "TermsReferee",
    "TermsWindow",
  ],
  // games
  [
    "the time for this is over; nothing can be done any more",
    "BisectionNotRetractable",
    "BisectionOpeningOver",
    "BisectionTooLate",
    "JobBoardDeadlineOver",
    "ResultsCommittedTooLate",
  ],
  ["wait for the other player, or until its time is over", "BisectionNotYourTurn"],
  ["announce the challenge first; it opens a block later", "BisectionNotCommitted"],
  [
    "the miner may be right: recompute the unit before you go on",
    "BisectionNothingDisputed",
    "BisectionProvesNothing",
    "MachineWitnessMismatch",
  ],
  ["try again from the time named on", ...(Object.keys(later) as ErrorName[])],
];

const byName: ReadonlyMap<string, string> = new Map(
  rows.flatMap(([todo, ...names]) => names.map((name) => [name, todo] as const)),
);

/** What to do about an error; undefined for one of a foreign contract, or one that nobody can meet. */
export function adviceOn(error: string): string | undefined {
  return byName.get(error);
}
