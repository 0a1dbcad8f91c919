// Histories that are played on every run: shortened ones that have found a fault once, and tours through cases that random histories
// seldom reach.
import type { Command } from "./commands.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;
const ALL = { thousandths: 1_000, plus: 0 };
const HALF = { thousandths: 500, plus: 0 };
/** Seconds after posting when a claim can be settled: window (3,600) + opening (600) + 1. */
const DUE = 4_201;

type Kept = {
  readonly why: string;
  /** in a tour, each command is done, or refused for the reason named */
  readonly commands: readonly (Command & { readonly refused?: string })[];
  readonly tour?: true;
};

const h0 = { hub: "h0" } as const;
const truly = { attempt: 0, lies: [], payBps: 7_000 } as const;

/** A hub with 50 SNM, a job of three units in two batches and one of two units in two batches. Three of the batches are claimed. */
const working: readonly Command[] = [
  { at: 0, by: "holder", do: "fund", ...h0, sum: [50, 0] },
  { at: 0, by: "o0", do: "register", ...h0 },
  { at: 0, by: "buyer", do: "post", as: "j", ...h0, shape: 0, deadline: 200 * DAY },
  { at: 0, by: "buyer", do: "post", as: "k", ...h0, shape: 1, deadline: 3 * DAY },
  { at: 0, by: "m0", do: "claim", as: "j0", job: "j", batch: 0, ...truly },
  { at: 0, by: "m1", do: "claim", as: "j1", job: "j", batch: 1, ...truly },
  { at: 0, by: "o0", do: "claim", as: "k0", job: "k", batch: 0, ...truly, payBps: 0 },
  { at: 0, by: "o0", do: "transfer", ...h0, payee: "m1", part: HALF },
  { at: 0, by: "o0", do: "transfer", ...h0, payee: "h1", part: HALF },
  { at: 0, by: "o0", do: "transfer", ...h0, payee: "treasury", part: HALF },
];

export const frozenHistories: readonly Kept[] = [
  {
    why: "work is settled while its hub is Registered, Suspected and Punished; the buyer gets the rest back, the Treasury what waited",
    tour: true,
    commands: [
      ...working,
      { at: 1, by: "r0", do: "rate", ...h0, inFavour: true, sum: [10, 1] },
      { at: 1, by: "r1", do: "rate", ...h0, inFavour: false, sum: [7, 0] },
      { at: DUE - 1, by: "stranger", do: "settle", claim: "j0", refused: "ResultsNotYet" },
      { at: DUE, by: "stranger", do: "settle", claim: "j0" },
      { at: 5 * DAY, by: "fastLane", do: "suspect", ...h0 },
      { at: 5 * DAY, by: "stranger", do: "settle", claim: "k0" },
      { at: 5 * DAY, by: "stranger", do: "collect", ...h0, refused: "JobBoardHubNotRegistered" },
      { at: 5 * DAY, by: "o0", do: "transfer", ...h0, payee: "o0", part: ALL, refused: "HubWalletWrongStatus" },
      { at: 5 * DAY, by: "m0", do: "pull", ...h0, part: HALF },
      { at: 5 * DAY, by: "stranger", do: "refund", job: "k", batches: [1, 1], refused: "JobBoardBatchNot" },
      { at: 5 * DAY, by: "stranger", do: "refund", job: "k", batches: [0], refused: "JobBoardBatchNot" },
      { at: 5 * DAY, by: "stranger", do: "refund", job: "k", batches: [1] },
      { at: 125 * DAY - 1, by: "government", do: "ban", ...h0, refused: "HubWalletTooEarly" },
      { at: 125 * DAY, by: "government", do: "ban", ...h0 },
      { at: 125 * DAY, by: "stranger", do: "sweep", ...h0, refused: "HubWalletZeroAmount" },
      { at: 125 * DAY, by: "stranger", do: "settle", claim: "j1" },
      { at: 126 * DAY, by: "stranger", do: "collect", ...h0 },
      { at: 126 * DAY, by: "m0", do: "pull", ...h0, part: ALL },
      { at: 126 * DAY, by: "m1", do: "pull", ...h0, part: ALL },
      { at: 126 * DAY, by: "stranger", do: "bringIn", ...h0, payee: "h1" },
      { at: 126 * DAY, by: "stranger", do: "bringIn", ...h0, payee: "treasury" },
      { at: 127 * DAY, by: "stranger", do: "sweep", ...h0 },
      { at: 127 * DAY, by: "stranger", do: "claimRating", position: 0 },
      { at: 127 * DAY, by: "stranger", do: "claimRating", position: 1 },
      { at: 245 * DAY - 1, by: "stranger", do: "claimRating", position: 1, refused: "RatingsTooEarly" },
      { at: 245 * DAY - 1, by: "stranger", do: "release", seizure: 0, refused: "TreasuryTooEarly" },
      { at: 245 * DAY, by: "stranger", do: "claimRating", position: 1 },
      { at: 245 * DAY, by: "stranger", do: "release", seizure: 0 },
      { at: 245 * DAY, by: "stranger", do: "release", seizure: 1, refused: "TreasuryTooEarly" },
      {
        at: 245 * DAY,
        by: "government",
        do: "spend",
        part: { thousandths: 1_000, plus: 1 },
        refused: "TreasuryInsufficientFunds",
      },
      { at: 245 * DAY, by: "government", do: "spend", part: ALL },
    ],
  },
  {
    why: "a hub that anyone rehabilitates: what was settled meanwhile waits through Suspected and Idle and comes in with the next registration",
    tour: true,
    commands: [
      ...working,
      { at: 10, by: "fastLane", do: "suspect", ...h0 },
      { at: DUE, by: "stranger", do: "settle", claim: "j0" },
      { at: 10 + DAY - 1, by: "stranger", do: "refund", job: "k", batches: [1], refused: "JobBoardNotRefundable" },
      { at: 10 + DAY, by: "stranger", do: "refund", job: "k", batches: [0], refused: "JobBoardBatchNot" },
      { at: 10 + DAY, by: "stranger", do: "refund", job: "k", batches: [1] },
      { at: 10 + 180 * DAY - 1, by: "stranger", do: "rehab", ...h0, refused: "HubWalletTooEarly" },
      { at: 10 + 180 * DAY, by: "stranger", do: "rehab", ...h0 },
      { at: 181 * DAY, by: "stranger", do: "settle", claim: "k0" },
      { at: 181 * DAY, by: "o0", do: "withdraw", ...h0, part: HALF },
      { at: 181 * DAY, by: "stranger", do: "collect", ...h0, refused: "JobBoardHubNotRegistered" },
      { at: 181 * DAY, by: "o0", do: "register", ...h0 },
      { at: 181 * DAY, by: "stranger", do: "collect", ...h0 },
      { at: 181 * DAY, by: "stranger", do: "collect", ...h0, refused: "JobBoardNothingWaiting" },
      { at: 181 * DAY, by: "stranger", do: "settle", claim: "j1" },
      { at: 207 * DAY - 1, by: "o0", do: "closePeriod", ...h0, refused: "HubWalletTooEarly" },
      { at: 207 * DAY, by: "o0", do: "closePeriod", ...h0 },
      { at: 207 * DAY, by: "o0", do: "transfer", ...h0, payee: "o0", part: ALL, refused: "HubWalletPeriodClosed" },
      { at: 211 * DAY - 1, by: "o0", do: "payDay", ...h0, refused: "HubWalletTooEarly" },
      { at: 211 * DAY, by: "o0", do: "payDay", ...h0 },
      { at: 211 * DAY, by: "o0", do: "withdraw", ...h0, part: ALL },
    ],
  },
  {
    why: "a lie is convicted while its hub is suspected, its batch is claimed again truly, in vain challenged, and paid to the miner",
    tour: true,
    commands: [
      ...working,
      { at: 1, by: "m0", do: "claim", as: "lie", job: "k", batch: 1, attempt: 0, lies: [[0, 17]], payBps: 7_000 },
      { at: 2, by: "v0", do: "commit", as: "c", claim: "lie" },
      { at: 3, by: "v1", do: "commit", as: "d", claim: "lie" },
      { at: 3, by: "m1", do: "commit", as: "e", claim: "lie" },
      { at: 4, by: "fastLane", do: "suspect", ...h0 },
      { at: 5, by: "v0", do: "open", commitment: "c" },
      { at: 6, by: "m0", do: "answer", game: 0 },
      { at: 7, by: "v0", do: "answer", game: 0 },
      { at: 8, by: "m0", do: "answer", game: 0 },
      { at: 9, by: "v0", do: "answer", game: 0 },
      { at: 9, by: "m1", do: "claim", as: "truth", job: "k", batch: 1, attempt: 1, lies: [], payBps: 7_000 },
      { at: 10, by: "v1", do: "open", commitment: "d", position: 0 },
      { at: 10, by: "v1", do: "leave", game: 1 },
      { at: 10, by: "m1", do: "retract", commitment: "e" },
      { at: 11, by: "v1", do: "commit", as: "vain", claim: "truth" },
      { at: 12, by: "v1", do: "open", commitment: "vain", position: 0, lie: 3 },
      { at: 13, by: "m1", do: "answer", game: 2 },
      { at: 13, by: "v0", do: "commit", as: "forgotten", claim: "truth" },
      { at: 609, by: "stranger", do: "award", claim: "lie", game: 0, refused: "ResultsNotYet" },
      { at: 610, by: "stranger", do: "award", claim: "lie", game: 1, refused: "ResultsNotWinner" },
      { at: 610, by: "stranger", do: "award", claim: "lie", game: 0 },
      { at: 4_000, by: "stranger", do: "timeOut", game: 2 },
      { at: 4_000, by: "buyer", do: "confirm", claim: "truth" },
      { at: 2 * DAY + 13, by: "stranger", do: "forfeit", commitment: "forgotten", refused: "BisectionNotForfeitable" },
      { at: 2 * DAY + 14, by: "stranger", do: "forfeit", commitment: "forgotten" },
      { at: 2 * DAY + 14, by: "m1", do: "requestWithdrawal", part: ALL },
      { at: 3 * DAY + 13, by: "m1", do: "withdrawStake", refused: "DepositsNotYet" },
      { at: 3 * DAY + 14, by: "m1", do: "withdrawStake" },
      { at: 3 * DAY + 14, by: "m1", do: "deposit", sum: [1, 1] },
    ],
  },
  {
    why: "two verifiers convict one lie: the one who had committed first takes the pool, the other loses nothing, the cheat half of it all",
    tour: true,
    commands: [
      ...working,
      { at: 1, by: "m0", do: "claim", as: "lie", job: "k", batch: 1, attempt: 0, lies: [[0, 17]], payBps: 7_000 },
      { at: 2, by: "v1", do: "commit", as: "first", claim: "lie" },
      { at: 3, by: "v0", do: "commit", as: "later", claim: "lie" },
      { at: 4, by: "v0", do: "open", commitment: "later", position: 0 },
      { at: 5, by: "m0", do: "answer", game: 0 },
      { at: 6, by: "v0", do: "answer", game: 0 },
      { at: 7, by: "v1", do: "open", commitment: "first", position: 0 },
      { at: 8, by: "stranger", do: "award", claim: "lie", game: 0, refused: "ResultsGamesOpen" },
      { at: 8, by: "m0", do: "answer", game: 1 },
      { at: 9, by: "v1", do: "answer", game: 1 },
      { at: 606, by: "stranger", do: "award", claim: "lie", game: 1, refused: "ResultsNotYet" },
      { at: 607, by: "stranger", do: "award", claim: "lie", game: 0, refused: "ResultsNotWinner" },
      { at: 607, by: "stranger", do: "award", claim: "lie", game: 1 },
      { at: 607, by: "stranger", do: "award", claim: "lie", game: 1, refused: "ResultsClaimNot" },
    ],
  },
];
