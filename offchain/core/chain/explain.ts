// Custom errors of the contracts as sentences for people: what was wrong, with its values, and what to do.
import { formatEther } from "viem";

/** A custom error as viem decodes it. */
export type Reverted = {
  readonly name: string;
  readonly inputs: readonly { readonly name?: string | undefined }[];
  readonly args: readonly unknown[];
};

/** Arguments that are unix times. */
const times = new Set([
  "from",
  "until",
  "deadline",
  "availableAt",
  "possibleFrom",
  "expiry",
  "endedAt",
  "committedAt",
  "closedAt",
]);
/** Errors whose numbers are wei of SNM. */
const amounts =
  /^(Deposits|HubWallet|Treasury|Ratings)?(ERC20)?Insufficient|^Terms(Bond|Deposit)$|PayTooHigh$|ShareTooLarge$/;
const statuses: Readonly<Record<string, readonly string[]>> = {
  JobBoardBatchNot: ["Open", "Taken", "Paid", "Refunded"],
  JobBoardHubNotRegistered: ["Created", "Registered", "Idle", "Suspected", "Punished"],
  HubWalletWrongStatus: ["Created", "Registered", "Idle", "Suspected", "Punished"],
  ResultsClaimNot: ["None", "Live", "Settled", "Convicted", "Awarded"],
  BisectionWrongPhase: ["none", "reveal", "pick", "split", "over"],
};

/** What to do, by the first pattern that matches an error's name. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/^DepositsInsufficientFree$/, "deposit more SNM, or wait until what is locked comes free"],
  [/^ERC20InsufficientBalance$/, "the account named needs more SNM: transfer some to it"],
  [/^ERC20InsufficientAllowance$/, "approve the spender named for at least what is needed"],
  [/QuoteExpired$|AssignmentExpired$/, "ask the hub for a new signature"],
  [
    /BadQuoteSignature$|BadAssignmentSignature$/,
    "have exactly these terms signed by the hub's owner, for this chain and these contracts",
  ],
  [/^GovernorInvalidSignature$/, "have the ballot signed anew by its voter: `sonm dao vote PROPOSAL VOTE --sign`"],
  [/NotYet$|TooEarly$|NotForfeitable$|NotRefundable$/, "try again from the time named on"],
  [/TooLate$|OpeningOver$|DeadlineOver$|CommittedTooLate$/, "the time for this is over; nothing can be done any more"],
  [/NotGovernment$/, "only the DAO can do this: make it a proposal"],
  [/NotYourTurn$/, "wait for the other player, or until its time is over"],
  [/NotBuyer$|NotMiner$|NotOwner$|NotChallenger$/, "send this from the account that it belongs to"],
  [/HubNotRegistered$|HubWalletWrongStatus$/, "see `sonm hub status` for what the wallet can do in its state"],
  [
    /BatchNot$|WrongAttempt$|ClaimNot$|WrongPhase$|ContentMismatch$/,
    "somebody was faster: read the chain again and decide anew",
  ],
  [/GamesOpen$/, "wait until the games on this claim have ended"],
  [/^Terms/, "change this term of the job to one within the limits named"],
  [/AlreadyPosted$|AlreadyCommitted$/, "it has been done already; choose another salt to do it once more"],
  [/UnknownHub$|NotHub$/, "name a wallet that the factory has made"],
  [/ProvesNothing$|WitnessMismatch$|NothingDisputed$/, "the miner may be right: recompute the unit before you go on"],
];

function dateOf(seconds: bigint): string {
  return seconds < 10n ** 11n ? `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z` : String(seconds);
}

function show(error: string, name: string, value: unknown): string {
  const number = typeof value === "bigint" || typeof value === "number" ? BigInt(value) : undefined;
  if (number === undefined) return String(value);
  if (times.has(name)) return dateOf(number);
  if (/^(status|needed|phase)$/.test(name) && statuses[error]) return statuses[error][Number(number)] ?? String(number);
  return amounts.test(error) ? `${formatEther(number)} SNM` : String(number);
}

/** `ResultsGamesOpen(claim, 2)` → "results games open (claim 0x…, games 2)". */
export function explain({ name, inputs, args }: Reverted): { readonly why: string; readonly todo: string } {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  const values = inputs.map((input, i) => `${input.name ?? i} ${show(name, input.name ?? "", args[i])}`);
  const todo = advice.find(([pattern]) => pattern.test(name))?.[1];
  return {
    why: values.length > 0 ? `${words} (${values.join(", ")})` : words,
    todo: todo ?? `the contracts answered ${name}: look it up in contracts/`,
  };
}
