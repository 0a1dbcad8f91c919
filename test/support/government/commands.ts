// What people try in random histories of the government: commands as data, and how fast-check generates them.
import fc from "fast-check";
import { DAY, SNM } from "./fixture.ts";
import { type Model, payDayOf, walletOf } from "./model.ts";

export const WALLETS = ["w0", "w1", "w2"];
export const OWNER_OF: Record<string, string> = { w0: "o0", w1: "o0", w2: "o1" };
export const PAYEES = ["m0", "m1", "o0", "w1", "treasury"];
export const RATERS = ["r0", "r1", "r2"];

/** A share of the available amount, in thousandths, plus or minus a wei: most interesting amounts are at the edge. */
export type Amount = { thousandths: number; plus: number } | { wei: number };
export type Command =
  | { kind: "jump"; seconds: bigint }
  /** Waits as long as necessary, then does the next step from the wallet's current state. */
  | { kind: "advance"; wallet: string; towards: "payDay" | "ban" | "rehab" }
  | { kind: "fund"; wallet: string; amount: bigint }
  | { kind: "register" | "closePeriod" | "payDay" | "sweep"; wallet: string; by: By }
  /** About the current registration, or about the one `ago` registrations before it. */
  | { kind: "suspect" | "rehab" | "ban"; wallet: string; by: By; ago?: number }
  | { kind: "transfer"; wallet: string; payee: string; amount: Amount; by: By }
  | { kind: "order"; wallet: string; price: bigint }
  /** one of the orders that are not settled */
  | { kind: "settle"; index: number; payee: string; payBps: bigint }
  | { kind: "bringIn"; wallet: string }
  | { kind: "withdraw"; wallet: string; amount: Amount; by: By }
  | { kind: "pull"; wallet: string; payee: string; amount: Amount }
  | { kind: "collect"; wallet: string; payee: string }
  | { kind: "rate"; wallet: string; rater: string; inFavour: boolean; stake: bigint }
  | { kind: "claim" | "release"; index: number }
  /** the payee; the holder of the supply if absent */
  | { kind: "spend"; amount: Amount; by: By; to?: string };
export type By = "owner" | "stranger" | "government" | "fastLane";

const wallet = fc.constantFrom(...WALLETS);
const by = fc.oneof({ weight: 8, arbitrary: fc.constant<By>("owner") }, fc.constantFrom<By>("stranger", "government"));
export const lane = fc.oneof(
  { weight: 8, arbitrary: fc.constant<By>("government") },
  fc.constantFrom<By>("fastLane", "stranger", "owner"),
);
export const accuser = fc.oneof(
  { weight: 4, arbitrary: fc.constant<By>("fastLane") },
  fc.constantFrom<By>("government", "stranger", "owner"),
);
/** Mostly the current registration. */
export const ago = fc.constantFrom(0, 0, 0, 0, 1, -1);
export const amount: fc.Arbitrary<Amount> = fc.oneof(
  fc.record({ thousandths: fc.constantFrom(1, 100, 500, 1_000), plus: fc.constantFrom(-1, 0, 0, 0, 1) }),
  fc.record({ wei: fc.integer({ min: 0, max: 11 }) }),
);
export const wei = fc.oneof(fc.bigInt(1n, 20n), fc.bigInt(1n, 40n * SNM));
/** Mostly the highest pay that is allowed, which is best for an owner that is its own miner. */
export const PAY_BPS = fc.oneof(fc.constant(7_000n), fc.bigInt(0n, 7_000n));
/** A ban ends a wallet's history, so it must be rarer than the other ends. */
const TOWARDS = fc.oneof(
  { weight: 4, arbitrary: fc.constant("payDay" as const) },
  { weight: 2, arbitrary: fc.constant("rehab" as const) },
  { weight: 1, arbitrary: fc.constant("ban" as const) },
);
const kinds = <Kind extends string>(...names: Kind[]) => fc.constantFrom(...names);
export const COMMAND: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: kinds("jump"),
      seconds: fc.constantFrom(1n, 3_600n, DAY, DAY, 4n * DAY - 1n, 4n * DAY, 22n * DAY),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: kinds("advance"), wallet, towards: TOWARDS }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kinds("fund"), wallet, amount: wei }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: kinds("register", "closePeriod", "payDay", "closePeriod", "payDay"), wallet, by }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kinds("rehab", "ban"), wallet, by: lane, ago }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("suspect"), wallet, by: accuser, ago }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("sweep"), wallet, by }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kinds("transfer"), wallet, payee: fc.constantFrom(...PAYEES), amount, by }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kinds("order"), wallet, price: wei }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kinds("settle"),
      index: fc.nat(5),
      payee: fc.constantFrom("m0", "m1", "o1"),
      payBps: PAY_BPS,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kinds("bringIn"), wallet }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("withdraw"), wallet, amount, by }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kinds("pull"), wallet, payee: fc.constantFrom("m0", "m1", "o0"), amount }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kinds("collect"), wallet, payee: fc.constantFrom("w1", "treasury") }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: kinds("rate"),
      wallet,
      rater: fc.constantFrom(...RATERS),
      inFavour: fc.boolean(),
      stake: wei,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kinds("claim"), index: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("release"), index: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("spend"), amount, by: lane }) },
);

/** One registration of `w0` with many ratings at different ages, up to its end and all claims, in any order. */
export const RATED: fc.Arbitrary<Command[]> = fc
  .record({
    ratings: fc.array(
      fc.record({
        rater: fc.constantFrom(...RATERS),
        inFavour: fc.boolean(),
        stake: wei,
        wait: fc.oneof(fc.constantFrom(0n, 1n, DAY, 4n * DAY), fc.bigInt(0n, 6n * DAY)),
      }),
      { minLength: 2, maxLength: 9, size: "max" },
    ),
    wait: fc.constantFrom(0n, 1n, 4n * DAY - 1n, 4n * DAY, 4n * DAY + 1n),
    towards: fc.constantFrom("payDay", "ban", "ban", "rehab"),
    claims: fc.array(fc.nat(8), { minLength: 2, maxLength: 6 }),
    freeze: fc.constantFrom(0n, 120n * DAY - 1n, 120n * DAY),
  })
  .map(({ ratings, wait, towards, claims, freeze }) => {
    const advance: Command = { kind: "advance", wallet: "w0", towards };
    const claimed = claims.map((index): Command => ({ kind: "claim", index }));
    return [
      ...ratings.flatMap(({ wait: seconds, ...rating }): Command[] => [
        { kind: "jump", seconds },
        { kind: "rate", wallet: "w0", ...rating },
      ]),
      { kind: "jump", seconds: wait },
      advance,
      advance,
      ...claimed,
      { kind: "jump", seconds: freeze },
      ...claimed,
    ];
  });

/** The owner of `w0` is its own miner. It settles while it is not Registered, registers again and takes out what it can. */
export const SETTLED_EARLIER: fc.Arbitrary<Command[]> = fc
  .record({
    prices: fc.array(wei, { minLength: 1, maxLength: 4 }),
    /** what ends the registration; if there is only one step, settlements come before that end */
    towards: fc.constantFrom("payDay", "rehab", "ban"),
    steps: fc.constantFrom(1, 2, 2, 2),
    settled: fc.array(
      fc.record({ kind: kinds("settle"), index: fc.nat(3), payee: kinds("m0", "o0"), payBps: PAY_BPS }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    closed: fc.constantFrom(false, false, true),
    gone: fc.array(
      fc.record({ kind: kinds("transfer"), wallet: kinds("w0"), payee: kinds("o0"), amount, by: kinds("owner") }),
      {
        maxLength: 3,
      },
    ),
  })
  .map(({ prices, towards, steps, settled, closed, gone }): Command[] => {
    const w0 = { wallet: "w0" };
    const advance: Command = { kind: "advance", ...w0, towards };
    const bringIn: Command = { kind: "bringIn", ...w0 };
    const all = { thousandths: 1_000, plus: 0 };
    return [
      ...prices.map((price): Command => ({ kind: "order", ...w0, price })),
      ...Array.from({ length: steps }, () => advance),
      ...settled,
      bringIn,
      { kind: "register", ...w0, by: "owner" },
      ...(closed ? [{ kind: "advance", ...w0, towards: "payDay" } as const] : []),
      bringIn,
      ...gone,
      { kind: "transfer", ...w0, payee: "o0", amount: all, by: "owner" },
      { kind: "pull", ...w0, payee: "o0", amount: all },
      ...settled,
      bringIn,
    ];
  });

/** An owner pays its friends, lets `r0` stake on both sides, and lets its hub be banned, while an honest rater has staked in its favour. */
export const CONSPIRACY = fc.record({
  praise: fc.bigInt(SNM, 200n * SNM),
  stakes: fc.array(
    fc.record({
      kind: kinds("rate"),
      wallet: fc.constant("w0"),
      rater: fc.constant("r0"),
      inFavour: fc.constantFrom(false, false, true),
      stake: fc.oneof(wei, fc.bigInt(SNM, 100n * SNM)),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  payments: fc.array(
    fc.record({
      kind: kinds("transfer"),
      wallet: fc.constant("w0"),
      payee: fc.constantFrom("m0", "o0"),
      amount,
      by: fc.constant<By>("owner"),
    }),
    { maxLength: 3 },
  ),
  aftermath: fc.array(
    fc.oneof(
      fc.record({ kind: kinds("jump"), seconds: fc.constantFrom(1n, DAY, 60n * DAY) }),
      fc.record({ kind: kinds("claim"), index: fc.nat(4) }),
      fc.record({ kind: kinds("pull"), wallet: fc.constant("w0"), payee: fc.constantFrom("m0", "o0"), amount }),
      fc.record({ kind: kinds("sweep"), wallet: fc.constant("w0"), by }),
    ),
    { maxLength: 8 },
  ),
});

/** The commands that `advance` stands for: a jump to the first second at which the next step is allowed, and that step. */
export function leadOn(model: Model, name: string, towards: "payDay" | "ban" | "rehab"): Command[] {
  const { status, registrations } = walletOf(model, name);
  const last = registrations.at(-1);
  const until = (time: bigint): Command => ({ kind: "jump", seconds: time > model.now ? time - model.now : 0n });
  if (!last || status === "Idle") return [{ kind: "register", wallet: name, by: "owner" }];
  if (status === "Punished") return [{ kind: "sweep", wallet: name, by: "stranger" }];
  if (status === "Suspected") {
    const wait = towards === "rehab" ? last.terms.rehabAfter : last.terms.suspicion;
    const by = towards === "rehab" ? "stranger" : "government";
    return [until((last.suspectedAt ?? 0n) + wait), { kind: towards === "rehab" ? "rehab" : "ban", wallet: name, by }];
  }
  if (towards !== "payDay") return [{ kind: "suspect", wallet: name, by: "fastLane" }];
  const payDay = payDayOf(last);
  if (payDay !== undefined) return [until(payDay), { kind: "payDay", wallet: name, by: "owner" }];
  const closing = last.registeredAt + last.terms.payPeriod - last.terms.closedPeriod;
  return [until(closing), { kind: "closePeriod", wallet: name, by: "owner" }];
}
