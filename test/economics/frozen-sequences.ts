// Sequences that are played on every run: shortened ones that have found a fault once, and tours through cases that random sequences
// seldom reach.
import type { Command } from "./commands.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;

type Kept = {
  readonly why: string;
  readonly commands: readonly Command[];
  /** the outcome of each command: "done" or the refusal; left out if it is enough that model and contracts agree */
  readonly outcomes?: readonly string[];
};

export const frozenSequences: readonly Kept[] = [
  {
    why: "a suspected hub: work is paid to the miner, the rest waits, unclaimed units are refunded a day later, to the second",
    commands: [
      { at: 0, by: "buyer", do: "post", job: 0 },
      { at: 0, by: "miner", do: "claim", as: "w", job: 0, batch: 0, attempt: 0, lies: [] },
      { at: 1, by: "stranger", do: "setStatus", status: "Suspected" },
      { at: 2, by: "buyer", do: "post", job: 1 },
      { at: 3, by: "buyer", do: "confirm", claim: "w" },
      { at: 3, by: "stranger", do: "collect" },
      { at: DAY, by: "stranger", do: "refund", job: 0, batches: [1] },
      { at: DAY + 1, by: "stranger", do: "refund", job: 0, batches: [1] },
      { at: DAY + 1, by: "stranger", do: "refund", job: 0, batches: [1] },
      { at: DAY + 1, by: "miner", do: "claim", as: "late", job: 0, batch: 1, attempt: 0, lies: [] },
      { at: DAY + 2, by: "stranger", do: "setStatus", status: "Punished" },
      { at: DAY + 2, by: "stranger", do: "collect" },
      { at: DAY + 2, by: "stranger", do: "collect" },
    ],
    outcomes: [
      ...["done", "done", "done", "JobBoardHubNotRegistered", "done", "JobBoardHubNotRegistered"],
      ...[
        "JobBoardNotRefundable",
        "done",
        "JobBoardBatchNot",
        "JobBoardBatchNot",
        "done",
        "done",
        "JobBoardNothingWaiting",
      ],
    ],
  },
  {
    why: "two challengers of one lie: the later one wins first, the earlier one opens after the conviction, wins too and takes the pool; a third leaves",
    commands: [
      { at: 0, by: "stranger", do: "post", job: 2 },
      { at: 0, by: "miner", do: "claim", as: "w", job: 2, batch: 0, attempt: 0, lies: [[0, 17]] },
      { at: 5, by: "verifier", do: "commit", as: "first", claim: "w" },
      { at: 5, by: "second", do: "commit", as: "later", claim: "w" },
      { at: 5, by: "rival", do: "commit", as: "last", claim: "w" },
      { at: 6, by: "second", do: "open", commitment: "later", position: 0, run: "truth" },
      { at: 6, by: "rival", do: "openTree", commitment: "last" },
      { at: 7, by: "miner", do: "answer", game: 0, run: "claim" },
      { at: 8, by: "second", do: "answer", game: 0, run: "truth" },
      { at: 9, by: "miner", do: "answer", game: 0, run: "claim" },
      { at: 9, by: "rival", do: "leave", game: 1 },
      { at: 10, by: "second", do: "answer", game: 0, run: "truth" },
      { at: 10, by: "rival", do: "leave", game: 1 },
      { at: 11, by: "verifier", do: "open", commitment: "first", position: 0, run: "truth" },
      { at: 11 + HOUR, by: "stranger", do: "timeOut", game: 2 },
      { at: 12 + HOUR, by: "stranger", do: "timeOut", game: 2 },
      ...[0, 1, 2, 2].map((game) => ({ at: 12 + HOUR, by: "stranger", do: "award", claim: "w", game }) as const),
    ],
    outcomes: [
      ...["done", "done", "done", "done", "done", "done", "done", "done", "done", "done"],
      ...["ResultsClaimNot", "done", "done", "done", "BisectionTooEarly", "done"],
      ...["ResultsNotWinner", "ResultsNotWinner", "done", "ResultsClaimNot"],
    ],
  },
  {
    why: "a stake is asked back, added to, and paid at the second when its delay is over, to nobody else",
    commands: [
      { at: 0, by: "miner", do: "requestWithdrawal", snm: 10_000 },
      { at: 1, by: "miner", do: "requestWithdrawal", snm: 1 },
      { at: 1, by: "miner", do: "deposit", snm: 1 },
      { at: 100, by: "miner", do: "requestWithdrawal", snm: 1 },
      { at: DAY + 99, by: "miner", do: "withdraw" },
      { at: DAY + 100, by: "rival", do: "withdraw" },
      { at: DAY + 100, by: "miner", do: "withdraw" },
      { at: DAY + 100, by: "miner", do: "withdraw" },
    ],
    outcomes: [
      ...["done", "DepositsInsufficientFree", "done", "done", "DepositsNotYet"],
      ...["DepositsNothingToWithdraw", "done", "DepositsNothingToWithdraw"],
    ],
  },
  {
    why: "a commitment is neither opened nor retracted: forfeited from the first second after two days",
    commands: [
      { at: 0, by: "buyer", do: "post", job: 0 },
      { at: 0, by: "miner", do: "claim", as: "w", job: 0, batch: 0, attempt: 0, lies: [] },
      { at: 10, by: "verifier", do: "commit", as: "c", claim: "w" },
      { at: 10, by: "rival", do: "commit", as: "stolen", claim: "w", thiefOf: "c" },
      { at: 20, by: "rival", do: "openTree", commitment: "stolen" },
      { at: 611, by: "verifier", do: "openTree", commitment: "c" },
      { at: 4_201, by: "stranger", do: "settle", claim: "w" },
      { at: 4_201, by: "verifier", do: "retract", commitment: "c" },
      { at: 10 + 2 * DAY, by: "stranger", do: "forfeit", commitment: "c" },
      { at: 11 + 2 * DAY, by: "stranger", do: "forfeit", commitment: "c" },
      { at: 11 + 2 * DAY, by: "stranger", do: "forfeit", commitment: "c" },
    ],
    outcomes: [
      ...["done", "done", "done", "done", "BisectionNotCommitted", "BisectionOpeningOver", "done"],
      ...["BisectionNotRetractable", "BisectionNotForfeitable", "done", "BisectionNotCommitted"],
    ],
  },
  {
    why: "a miner who has not shown its leaves is led down its tree to the false unit and to the false step",
    commands: [
      { at: 0, by: "buyer", do: "post", job: 1 },
      { at: 0, by: "miner", do: "claim", as: "w", job: 1, batch: 0, attempt: 0, lies: [[9, 40]] },
      { at: 1, by: "verifier", do: "commit", as: "c", claim: "w" },
      { at: 1, by: "verifier", do: "openTree", commitment: "c" },
      { at: 2, by: "miner", do: "answer", game: 0, run: "claim" },
      { at: 3, by: "verifier", do: "answer", game: 0, run: "truth" },
      { at: 4, by: "miner", do: "answer", game: 0, run: "claim" },
      { at: 5, by: "verifier", do: "answer", game: 0, run: "truth" },
      { at: 6, by: "miner", do: "answer", game: 0, run: "claim" },
      { at: 7, by: "verifier", do: "answer", game: 0, run: "truth" },
      { at: 8, by: "buyer", do: "confirm", claim: "w" },
      { at: 8, by: "miner", do: "claim", as: "again", job: 1, batch: 0, attempt: 0, lies: [] },
      { at: 8, by: "miner", do: "claim", as: "right", job: 1, batch: 0, attempt: 1, lies: [] },
    ],
    outcomes: [
      ...["done", "done", "done", "done", "done", "done", "done", "done", "done", "done"],
      ...["ResultsClaimNot", "JobBoardWrongAttempt", "done"],
    ],
  },
];
