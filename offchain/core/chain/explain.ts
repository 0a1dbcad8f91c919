// Custom errors of the contracts as sentences for people: what was wrong, with its values, and what to do, from when on if time is the reason.
import { showSnm } from "../amounts.ts";
import { showDate, showDuration, showMoment } from "../dates.ts";
import { adviceOn, type ErrorName, later } from "./advice.ts";
import { parameterNames } from "./government/parameters.ts";
import { proposalStates } from "./government/proposal-state.ts";

/** A custom error as viem decodes it. */
export type Reverted = {
  readonly name: string;
  readonly inputs: readonly { readonly name?: string | undefined }[];
  readonly args: readonly unknown[];
};

export type Explained = {
  readonly why: string;
  readonly todo: string;
  /** unix time from which the same can succeed, where only time is in the way */
  readonly possibleFrom?: number;
};

/** Arguments that are unix times, 0 for never. */
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
/** Errors whose numbers are all of one kind: wei of SNM, seconds, unix times. */
const kinds: readonly (readonly [RegExp, (value: bigint) => string])[] = [
  [
    /^(Deposits|HubWallet|Treasury|ERC20)Insufficient|^GovernorInsufficientProposerVotes$|^Terms(Bond|Deposit)$|PayTooHigh$|^TreasuryNotReceived$/,
    showSnm,
  ],
  [/^Terms(Window|Opening|Allowance|Grace)$|^TimelockDelayOutOfBounds$/, (value) => showDuration(Number(value))],
  [/^TermsDeadline$/, (value) => dateOf(value)],
];

const hubStatuses = ["Created", "Registered", "Idle", "Suspected", "Punished"];
const statuses: Readonly<Record<string, readonly string[]>> = {
  JobBoardBatchNot: ["Open", "Taken", "Paid", "Refunded"],
  JobBoardHubNotRegistered: hubStatuses,
  FastLaneHubNotRegistered: hubStatuses,
  HubWalletWrongStatus: hubStatuses,
  ResultsClaimNot: ["None", "Live", "Settled", "Convicted", "Awarded"],
  BisectionWrongPhase: ["none", "reveal", "pick", "split", "over"],
  GovernorUnexpectedProposalState: proposalStates,
  ParametersOutOfBounds: parameterNames,
};
/** Arguments that are places in these lists. */
const listed = /^(status|needed|phase|current|parameter)$/;

/** What is no time that people live in is left a number. */
function dateOf(seconds: bigint): string {
  return seconds < 10n ** 11n ? showDate(Number(seconds)) : String(seconds);
}

function show(error: string, name: string, value: unknown): string {
  const number = typeof value === "bigint" || typeof value === "number" ? BigInt(value) : undefined;
  if (number === undefined) return String(value);
  if (times.has(name)) return number === 0n ? "never" : dateOf(number);
  const list = listed.test(name) ? statuses[error] : undefined;
  if (list) return list[Number(number)] ?? String(number);
  return (kinds.find(([pattern]) => pattern.test(error))?.[1] ?? String)(number);
}

/**
 * `ResultsGamesOpen(claim, 2)` → "results games open (claim 0x…, games 2)".
 * @param now of the chain, unix seconds: with it, time that is left is told
 */
export function explain({ name, inputs, args }: Reverted, now?: number): Explained {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  const values = inputs.flatMap((input, i) =>
    input.name === "expectedStates" ? [] : [`${input.name ?? i} ${show(name, input.name ?? "", args[i])}`],
  );
  const why = values.length > 0 ? `${words} (${values.join(", ")})` : words;
  const argument = later[name as ErrorName];
  const from = Number(args[inputs.findIndex((input) => input.name === argument)] ?? 0);
  if (argument !== undefined && from > 0 && from < 1e11) {
    const moment = now === undefined ? showDate(from) : showMoment(from, now);
    return { why, todo: `it is possible from ${moment}`, possibleFrom: from };
  }
  return { why, todo: adviceOn(name) ?? `the contracts answered ${name}: look it up in contracts/` };
}
