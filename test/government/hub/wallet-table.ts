// The wallet's table (PROTOCOL.md, 8.1) as data: every function, in every situation, for every caller.
import { DAY } from "../../support/government/fixture.ts";

/** The situations of a wallet, at the seconds around which its rules change. Days since registration or suspicion. */
export const SITUATIONS = [
  "created",
  "day 26 less a second",
  "day 26",
  "day 34 less a second",
  "day 34",
  "closed on day 26, day 30 less a second",
  "closed on day 26, day 30",
  "closed on day 28, day 32 less a second",
  "closed on day 28, day 32",
  "idle",
  "suspected for 120 days less a second",
  "suspected for 120 days",
  "suspected for 180 days less a second",
  "suspected for 180 days",
  "punished, with money that came later",
  "punished and empty",
] as const;
export type Situation = (typeof SITUATIONS)[number];

export const CALLERS = ["owner", "miner", "stranger", "government", "fastLane", "jobBoard"] as const;
export type Caller = (typeof CALLERS)[number];

export const FUNCTIONS = [
  "register",
  "transfer",
  "settled",
  "settledEarlier",
  "closePeriod",
  "payDay",
  "withdraw",
  "suspect",
  "rehab",
  "ban",
  "suspect another registration",
  "rehab another registration",
  "ban another registration",
  "sweep",
  "collect",
] as const;
export type WalletFunction = (typeof FUNCTIONS)[number];
/** Functions that somebody may call at some time. Decisions about another registration are never allowed. */
export type Possible = Exclude<WalletFunction, `${string} another registration`>;
export const isPossible = (name: WalletFunction): name is Possible => !name.endsWith(" another registration");

/** `ok`, or the error without its prefix. `TooEarly` has the second from which the call is allowed, counted from the same origin. */
export type Expected = "ok" | string | { tooEarly: bigint };
/** What happens to each caller; `others` are all callers that are not named. */
type Cell = Partial<Record<Caller | "others", Expected>>;

const OPEN: Situation[] = ["day 26 less a second", "day 26", "day 34 less a second", "day 34"];
const CLOSED: Situation[] = [
  "closed on day 26, day 30 less a second",
  "closed on day 26, day 30",
  "closed on day 28, day 32 less a second",
  "closed on day 28, day 32",
];
const SUSPECTED: Situation[] = [
  "suspected for 120 days less a second",
  "suspected for 120 days",
  "suspected for 180 days less a second",
  "suspected for 180 days",
];

/** Rows for every situation that is not in `CELLS`. */
const ELSEWHERE: Record<WalletFunction, Cell> = {
  register: { owner: "WrongStatus", others: "NotOwner" },
  transfer: { owner: "WrongStatus", others: "NotOwner" },
  settled: { others: "WrongStatus" },
  settledEarlier: { others: "WrongStatus" },
  closePeriod: { others: "WrongStatus" },
  payDay: { owner: "WrongStatus", others: "NotOwner" },
  withdraw: { owner: "WrongStatus", others: "NotOwner" },
  suspect: { others: "WrongStatus" },
  rehab: { others: "WrongStatus" },
  ban: { others: "WrongStatus" },
  "suspect another registration": { others: "WrongStatus" },
  "rehab another registration": { others: "WrongStatus" },
  "ban another registration": { others: "WrongStatus" },
  sweep: { others: "WrongStatus" },
  collect: { others: "ok" },
};

const CELLS: [WalletFunction, Situation[], Cell][] = [
  ["register", ["created", "idle"], { owner: "ok", others: "NotOwner" }],
  ["transfer", OPEN, { owner: "ok", others: "NotOwner" }],
  ["transfer", CLOSED, { owner: "PeriodClosed", others: "NotOwner" }],
  ["settled", [...OPEN, ...CLOSED], { jobBoard: "ok", others: "NotJobBoard" }],
  ["settledEarlier", [...OPEN, ...CLOSED], { jobBoard: "ok", others: "NotJobBoard" }],
  ["closePeriod", ["day 26 less a second"], { owner: { tooEarly: 26n * DAY }, others: { tooEarly: 34n * DAY } }],
  ["closePeriod", ["day 26", "day 34 less a second"], { owner: "ok", others: { tooEarly: 34n * DAY } }],
  ["closePeriod", ["day 34"], { others: "ok" }],
  ["closePeriod", CLOSED, { others: "PeriodClosed" }],
  ["payDay", OPEN, { owner: "PeriodNotClosed", others: "NotOwner" }],
  ["payDay", ["closed on day 26, day 30 less a second"], { owner: { tooEarly: 30n * DAY }, others: "NotOwner" }],
  ["payDay", ["closed on day 28, day 32 less a second"], { owner: { tooEarly: 32n * DAY }, others: "NotOwner" }],
  ["payDay", ["closed on day 26, day 30", "closed on day 28, day 32"], { owner: "ok", others: "NotOwner" }],
  ["withdraw", ["idle"], { owner: "ok", others: "NotOwner" }],
  ["suspect", [...OPEN, ...CLOSED], { fastLane: "ok", others: "NotFastLane" }],
  ["rehab", SUSPECTED.slice(0, 3), { government: "ok", others: { tooEarly: 180n * DAY } }],
  ["rehab", SUSPECTED.slice(3), { others: "ok" }],
  ["ban", SUSPECTED.slice(0, 1), { government: { tooEarly: 120n * DAY }, others: "NotGovernment" }],
  ["ban", SUSPECTED.slice(1), { government: "ok", others: "NotGovernment" }],
  ["suspect another registration", [...OPEN, ...CLOSED], { others: "WrongRegistration" }],
  ["rehab another registration", SUSPECTED, { others: "WrongRegistration" }],
  ["ban another registration", SUSPECTED, { others: "WrongRegistration" }],
  ["sweep", ["punished, with money that came later"], { others: "ok" }],
  ["sweep", ["punished and empty"], { others: "ZeroAmount" }],
];

/** What the table says of one cell. */
export function expected(of: WalletFunction, situation: Situation, caller: Caller): Expected {
  const rows = CELLS.filter(([name, where]) => name === of && where.includes(situation));
  if (rows.length > 1) throw new Error(`two rows for ${of} in ${situation}`);
  const cell = rows[0]?.[2] ?? ELSEWHERE[of];
  const outcome = cell[caller] ?? cell.others;
  if (outcome === undefined) throw new Error(`no word on ${caller} calling ${of} in ${situation}`);
  return outcome;
}
