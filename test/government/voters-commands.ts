// What voters try in random histories, as data, and how fast-check generates it. Hubs work as usual at the same time.
import fc from "fast-check";
import type { Amount, Command } from "../support/government/commands.ts";
import { DAY, SNM } from "../support/government/fixture.ts";
import type { Call } from "./voters-calls.ts";
import { type Lane, VOTERS } from "./voters-model.ts";

/** Two hubs of two owners. */
export const HUBS = ["w0", "w2"];

/** A proposal by its number, modulo the count plus one: the number after the last is a proposal that nobody has made. */
export type Which = number | "last";
export type VotersCommand =
  | Exclude<Command, { kind: "advance" }>
  /** `business` leads a hub on to its pay-day, `carry` a proposal to its execution: each waits, and does the next step. */
  | { kind: "business"; wallet: string }
  | { kind: "carry"; which: Which }
  /** Waits for a moment at which a proposal changes its state, or for the second before or after it. */
  | { kind: "edge"; which: Which; edge: Edge; plus: bigint }
  | { kind: "send"; from: string; to: string; amount: Amount }
  | { kind: "delegate"; from: string; to: string }
  | { kind: "propose"; lane: Lane; by: string; named: string | undefined; calls: Call[]; text: string }
  /** Somebody proposes again exactly what has been proposed already. */
  | { kind: "repeat"; which: Which; by: string }
  | { kind: "vote"; which: Which; elsewhere: boolean; by: string; support: number }
  /** A voter, or a forger in its name, signs a ballot, and a stranger sends it. It is valid now, or after `ahead` others. */
  | { kind: "ballot"; which: Which; elsewhere: boolean; voter: string; support: number; ahead: bigint; forger: Forger }
  /** A ballot that was sent before is sent again. */
  | { kind: "replay"; index: number; elsewhere: boolean }
  | { kind: "cancel" | "queue" | "execute" | "carryOut"; which: Which; elsewhere: boolean; by: string }
  /** Somebody tries what only the DAO may do. */
  | { kind: "meddle"; call: Call; by: string };
type Forger = string | undefined;
export type Edge = "snapshot" | "deadline" | "eta" | "possible" | "expiry";

const kinds = <Kind extends string>(...names: Kind[]) => fc.constantFrom(...names);
const wallet = fc.constantFrom(...HUBS);
const voter = fc.constantFrom(...VOTERS);
/** Voters, more often the big ones, without whom there is no quorum. */
const big = fc.oneof({ weight: 5, arbitrary: fc.constantFrom("v0", "v1", "v2") }, voter);
const anybody = fc.oneof({ weight: 4, arbitrary: big }, fc.constantFrom("stranger", "o0"));
const which = fc.oneof({ weight: 4, arbitrary: fc.constant<Which>("last") }, fc.nat(12));
const elsewhere = fc.integer({ min: 0, max: 7 }).map((one) => one === 0);
const amount: fc.Arbitrary<Amount> = fc.oneof(
  fc.record({ thousandths: fc.constantFrom(0, 20, 500, 1_000), plus: fc.constantFrom(-1, 0, 0, 1) }),
  fc.record({ wei: fc.constantFrom(0, 1) }),
);
const wei = fc.oneof(fc.bigInt(1n, 20n), fc.bigInt(1n, 40n * SNM));

const accusation = fc.record({ kind: kinds("suspect"), wallet });
const CALL: fc.Arbitrary<Call> = fc.oneof(
  { weight: 1, arbitrary: accusation },
  { weight: 1, arbitrary: fc.record({ kind: kinds("rehab", "ban"), wallet }) },
  // About a registration that need not be the current one.
  { weight: 1, arbitrary: fc.record({ kind: kinds("suspect", "rehab", "ban"), wallet, registration: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: kinds("trust"), wallet, trusted: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kinds("spend"),
      to: fc.constantFrom("v2", "v3", "stranger", "w0"),
      amount: fc.oneof(fc.constantFrom(0n, 1n, SNM, 100n * SNM + 1n), fc.bigInt(0n, 250n * SNM)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.oneof(
      fc.record({
        kind: kinds("set"),
        parameter: fc.constant("ReserveWei" as const),
        value: fc.constantFrom(SNM / 100n - 1n, SNM / 100n, 50n * SNM, 1_000n * SNM, 1_000n * SNM + 1n),
      }),
      fc.record({
        kind: kinds("set"),
        parameter: fc.constantFrom("SuspicionSeconds" as const, "SeizureFreezeSeconds" as const),
        value: fc.constantFrom(30n * DAY - 1n, 30n * DAY, 150n * DAY),
      }),
      // The delay of other changes depends on this parameter.
      fc.record({
        kind: kinds("set"),
        parameter: fc.constant("MaxGraceSeconds" as const),
        value: fc.constantFrom(3_599n, 3_600n, DAY),
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.oneof(
      { weight: 2, arbitrary: tuned("quorumPercent", 0n, 1n, 3n, 4n, 5n) },
      tuned("votingDelay", 0n, 3_600n, 2n * DAY, 7n * DAY + 1n),
      tuned("votingPeriod", 0n, 2n * DAY - 1n, 3n * DAY, 10n * DAY),
      tuned("proposalThreshold", 0n, SNM, 4_440_000n * SNM, 4_440_000n * SNM + 1n),
      tuned("timelockDelay", 0n, DAY / 2n, 5n * DAY, 14n * DAY + 1n),
    ),
  },
);
function tuned<Setting extends (Call & { kind: "tune" })["setting"]>(setting: Setting, ...values: bigint[]) {
  const lane = fc.constantFrom<Lane>("slow", "slow", "slow", "fast");
  return fc.record({ kind: kinds("tune"), lane, setting: fc.constant(setting), value: fc.constantFrom(...values) });
}

const text = fc.nat(999).map((number) => `case ${number}`);
const named = fc.constant(undefined);
const calls = fc.array(CALL, { minLength: 1, maxLength: 2 });
const fast = fc.constant<Lane>("fast");
const slow = fc.constant<Lane>("slow");
const PROPOSE: fc.Arbitrary<VotersCommand> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: kinds("propose"), lane: slow, by: big, named, calls, text }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: kinds("propose"), lane: fast, by: big, named, calls: fc.tuple(accusation), text }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kinds("propose"), lane: fast, by: big, named, calls, text }) },
  // A proposal in another voter's name, before that voter makes it.
  { weight: 2, arbitrary: fc.record({ kind: kinds("propose"), lane: slow, by: voter, named: big, calls, text }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kinds("propose"),
      lane: fast,
      by: big,
      named,
      calls: fc.constant<Call[]>([{ kind: "suspect", wallet: "stranger" }]),
      text,
    }),
  },
);

/** Seconds after an edge. Voting begins, and waiting steps become possible, one second after it. */
const PLUS = fc.oneof({ weight: 3, arbitrary: fc.constant(1n) }, fc.constantFrom(-1n, 0n));
const edgeAt = (...edges: Edge[]) =>
  fc.record({ kind: kinds("edge"), which, edge: fc.constantFrom(...edges), plus: PLUS });
const body = <Kind extends string>(...names: Kind[]) =>
  fc.record({ kind: kinds(...names), which, elsewhere, by: anybody });
const MOMENT = fc.record({ kind: kinds("jump"), seconds: fc.constantFrom(1n, 3_600n) });
const MONEY: fc.Arbitrary<VotersCommand> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: kinds("send"), from: voter, to: voter, amount }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kinds("delegate"), from: big, to: fc.oneof(voter, fc.constantFrom("nobody", "w0")) }),
  },
);
const VOTE: fc.Arbitrary<VotersCommand> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kinds("vote"),
      which,
      elsewhere,
      by: big,
      support: fc.constantFrom(0, 1, 1, 1, 2, 2, 3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kinds("ballot"),
      which,
      elsewhere,
      voter: big,
      support: fc.constantFrom(0, 1, 1, 2),
      ahead: fc.constantFrom(0n, 0n, 0n, 1n),
      forger: fc.option(anybody, { nil: undefined, freq: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kinds("replay"), index: fc.nat(9), elsewhere }) },
);
const VOTER: fc.Arbitrary<VotersCommand> = fc.oneof(
  { weight: 1, arbitrary: MOMENT },
  { weight: 1, arbitrary: fc.record({ kind: kinds("jump"), seconds: fc.constantFrom(DAY, 10n * DAY) }) },
  { weight: 6, arbitrary: edgeAt("snapshot", "deadline", "eta", "possible") },
  { weight: 1, arbitrary: edgeAt("expiry") },
  { weight: 3, arbitrary: PROPOSE },
  { weight: 1, arbitrary: fc.record({ kind: kinds("repeat"), which, by: big }) },
  { weight: 3, arbitrary: MONEY },
  { weight: 3, arbitrary: VOTE },
  { weight: 2, arbitrary: body("cancel") },
  { weight: 4, arbitrary: body("queue", "execute", "execute", "carryOut") },
  { weight: 1, arbitrary: fc.record({ kind: kinds("meddle"), call: CALL, by: anybody }) },
);

const owner = fc.constant("owner" as const);
const HUB: fc.Arbitrary<VotersCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kinds("business"), wallet }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: kinds("fund"), wallet: fc.constantFrom(...HUBS, "treasury"), amount: wei }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kinds("register", "closePeriod", "payDay"), wallet, by: owner }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("rehab", "sweep"), wallet, by: fc.constant("stranger" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kinds("transfer"),
      wallet,
      payee: fc.constantFrom("v3", "m0", "treasury"),
      amount,
      by: owner,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kinds("order"), wallet, price: wei }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kinds("settle"),
      index: fc.nat(5),
      payee: fc.constantFrom("v3", "m0"),
      payBps: fc.bigInt(0n, 7_000n),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kinds("bringIn"), wallet }) },
  { weight: 2, arbitrary: fc.record({ kind: kinds("pull"), wallet, payee: fc.constantFrom("v3", "m0"), amount }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("collect"), wallet, payee: fc.constant("treasury") }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("withdraw"), wallet, amount, by: owner }) },
  // Staked SNM do not vote.
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kinds("rate"),
      wallet,
      rater: fc.constantFrom("v0", "v1", "v2"),
      inFavour: fc.boolean(),
      stake: fc.constantFrom(1n, SNM, 1_000_000n * SNM),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kinds("claim", "release"), index: fc.nat(3) }) },
);

const carry: VotersCommand = { kind: "carry", which: "last" };
const noise = fc.array(fc.oneof(VOTER, HUB), { maxLength: 2 });
/** A proposal up to its execution, with random commands of others in between. */
const CAMPAIGN = fc
  .tuple(PROPOSE, noise, noise, noise)
  .map(([propose, ...noises]) => [propose, ...noises.flatMap((others) => [...others, carry])]);
/** A proposal with random votes close to each of its edges. */
const CONTEST = fc
  .tuple(
    fc.tuple(PROPOSE),
    fc.array(fc.oneof(MONEY, VOTE, body("cancel")), { maxLength: 2 }),
    fc.tuple(edgeAt("snapshot")),
    fc.array(fc.oneof({ weight: 3, arbitrary: VOTE }, MONEY, MOMENT, body("cancel")), { minLength: 3, maxLength: 9 }),
    fc.tuple(
      edgeAt("deadline"),
      body("queue"),
      fc.oneof({ weight: 5, arbitrary: edgeAt("eta", "possible") }, edgeAt("expiry")),
      body("execute", "carryOut"),
      body("execute"),
    ),
  )
  .map((parts) => parts.flat());
/** A hub is suspected, then banned or rehabilitated, with random commands in between. */
const PURGE = fc.tuple(wallet, kinds("rehab", "ban"), text, noise, noise).map(([name, kind, why, first, second]) => {
  const by = { by: "v0", named: undefined, text: why };
  const accuse: VotersCommand = { kind: "propose", lane: "fast", calls: [{ kind: "suspect", wallet: name }], ...by };
  const judge: VotersCommand = { kind: "propose", lane: "slow", calls: [{ kind, wallet: name }], ...by };
  // A ban expires before it may be executed if it is decided too early.
  const wait: VotersCommand = { kind: "jump", seconds: (kind === "ban" ? 85n : 1n) * DAY };
  return [accuse, carry, carry, carry, ...first, wait, judge, carry, carry, carry, ...second];
});
export const HISTORY: fc.Arbitrary<VotersCommand[]> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.tuple(VOTER) },
      { weight: 4, arbitrary: fc.tuple(HUB) },
      { weight: 4, arbitrary: CAMPAIGN },
      { weight: 6, arbitrary: CONTEST },
      { weight: 1, arbitrary: PURGE },
    ),
    { minLength: 15, maxLength: 25, size: "max" },
  )
  .map((segments) => segments.flat());
