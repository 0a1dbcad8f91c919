// What a coalition with all votes may try against honest hubs, as data, while these hubs work as usual.

import type { ParameterName } from "@sonm/chain/enums/parameter";
import fc from "fast-check";
import {
  accuser,
  ago,
  amount,
  type Command,
  lane,
  PAY_BPS,
  RATERS,
  WALLETS,
  wei,
} from "../support/government/commands.ts";
import { DAY, SNM } from "../support/government/fixture.ts";
import { payDayOf } from "../support/government/model.ts";
import { PARAMETERS } from "../support/government/parameters.ts";
import { type Call, type Governed, PARAMETER_OF } from "./voters-calls.ts";

export type Decree = Extract<Call, { kind: "set" | "trust" }>;
export type PlunderCommand =
  | Command
  | ({ by: "government" | "fastLane" | "stranger" } & Decree)
  /** Waits for a moment at which something becomes possible (the next such moment or a later one), or for the second before or after it. */
  | { kind: "edge"; index: number; plus: bigint };

const kinds = <Kind extends string>(...names: Kind[]) => fc.constantFrom(...names);
/** Mostly the same hub, so that commands affect each other. */
const wallet = fc.constantFrom("w0", "w0", "w0", "w0", ...WALLETS);
const owner = fc.constant("owner" as const);
/** Parameters that a registration keeps, and parameters that decide the delay of a change. */
const TUNED: ParameterName[] = [...Object.values(PARAMETER_OF), "MaxWindowSeconds", "MaxGraceSeconds"];
const set = fc
  .record({
    name: fc.constantFrom(...TUNED, "SeizureFreezeSeconds" as const, "SuspicionSeconds" as const),
    value: fc.constantFrom("least" as const, "least" as const, "greatest" as const, "first" as const, "less" as const),
  })
  .map(({ name, value }) => {
    const [, first, least, greatest] = PARAMETERS.find(([other]) => other === name) ?? [name, 0n, 0n, 0n];
    return { kind: "set" as const, parameter: name, value: { first, least, greatest, less: least - 1n }[value] };
  });
const decreed = fc.constantFrom<"government" | "fastLane" | "stranger">(
  ...Array.from({ length: 6 }, () => "government" as const),
  ...(["fastLane", "stranger"] as const),
);

/** What hubs, their buyers and the raters in their favour do. */
const BUSINESS: fc.Arbitrary<PlunderCommand> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: kinds("register", "closePeriod", "payDay"), wallet, by: owner }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("advance"), wallet, towards: fc.constant("payDay" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: kinds("order"), wallet, price: wei }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kinds("settle"),
      index: fc.nat(5),
      payee: fc.constantFrom("m0", "m1"),
      payBps: PAY_BPS,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kinds("transfer"),
      wallet,
      payee: fc.constantFrom("m0", "w1", "w2", "treasury"),
      amount,
      by: owner,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kinds("pull"), wallet, payee: fc.constant("m0"), amount }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kinds("rate"),
      wallet,
      rater: fc.constant("o1"),
      inFavour: fc.constantFrom(true, true, true, false),
      stake: wei,
    }),
  },
);

/** Attacks that anybody can try, and decisions of the DAO. */
const MISCHIEF: fc.Arbitrary<PlunderCommand> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: kinds("suspect"), wallet, by: accuser, ago }) },
  { weight: 2, arbitrary: fc.record({ kind: kinds("ban", "ban", "rehab"), wallet, by: lane, ago }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kinds("advance"),
      wallet,
      towards: fc.constantFrom("ban" as const, "ban" as const, "ban" as const, "rehab" as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kinds("rate"),
      wallet,
      rater: fc.constantFrom(...RATERS),
      inFavour: fc.boolean(),
      stake: fc.oneof(wei, fc.bigInt(SNM, 100n * SNM)),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: kinds("claim"), index: fc.nat(12) }) },
  { weight: 3, arbitrary: fc.record({ kind: kinds("release"), index: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kinds("spend"),
      amount,
      by: lane,
      to: fc.constantFrom("holder", "r0", "w0", "treasury", "ratings"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: kinds("fund"), wallet: fc.oneof(wallet, fc.constant("treasury")), amount: wei }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kinds("sweep"), wallet, by: fc.constant("stranger" as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: kinds("bringIn"), wallet }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: kinds("collect"), wallet, payee: fc.constantFrom("w1", "w2", "treasury") }),
  },
  { weight: 3, arbitrary: fc.tuple(set, decreed).map(([call, by]) => ({ ...call, by })) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("trust"), wallet, trusted: fc.boolean(), by: decreed }) },
);

const WAIT: fc.Arbitrary<PlunderCommand> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: kinds("edge"), index: fc.nat(3), plus: fc.constantFrom(-1n, 0n, 0n, 1n) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kinds("jump"), seconds: fc.constantFrom(1n, DAY, 4n * DAY, 30n * DAY) }) },
);

/** Ratings at the beginning: they are early enough to count. */
const EARLY: fc.Arbitrary<PlunderCommand[]> = fc.array(
  fc.record({
    kind: kinds("rate"),
    wallet: fc.constantFrom("w0", "w0", "w1", "w2"),
    rater: fc.constantFrom(...RATERS, "o1"),
    inFavour: fc.boolean(),
    stake: fc.bigInt(SNM, 60n * SNM),
  }),
  { minLength: 1, maxLength: 4 },
);
const LATER: fc.Arbitrary<PlunderCommand[]> = fc.array(
  fc.oneof({ weight: 5, arbitrary: MISCHIEF }, { weight: 3, arbitrary: BUSINESS }, { weight: 2, arbitrary: WAIT }),
  { minLength: 40, maxLength: 60, size: "max" },
);
export const PLUNDER = fc.tuple(EARLY, LATER).map((parts) => parts.flat());

/** All future seconds at which something becomes possible, in order. */
export function edgesOf(model: Governed): bigint[] {
  const edges = [...model.parameters.values()].map(({ effectiveAt }) => effectiveAt);
  for (const { releaseAt } of model.seizures) edges.push(releaseAt);
  for (const { wallet: name, registration, age } of model.positions) {
    const about = model.wallets.get(name)?.registrations[registration];
    if (about && about.suspectedAt === undefined) edges.push(about.registeredAt + age + about.terms.maturity);
  }
  for (const { registrations } of model.wallets.values()) {
    const last = registrations.at(-1);
    if (!last) continue;
    const { registeredAt, suspectedAt, endedAt, terms } = last;
    const { payPeriod, closedPeriod, suspicion, rehabAfter, freeze } = terms;
    edges.push(registeredAt + payPeriod - closedPeriod, registeredAt + payPeriod, payDayOf(last) ?? 0n);
    if (suspectedAt !== undefined) edges.push(suspectedAt + suspicion, suspectedAt + rehabAfter);
    if (endedAt !== undefined) edges.push(endedAt + freeze);
  }
  return [...new Set(edges)].filter((time) => time > model.now).sort((a, b) => (a < b ? -1 : 1));
}
