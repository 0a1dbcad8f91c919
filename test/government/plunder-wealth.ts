// What a coalition of all voters has, and which part of it does not come from a ban: INV-28 in numbers. Both count what could be taken by
// now, even if nobody has taken it yet: anybody may release, claim and collect.
import { RATERS } from "../support/government/commands.ts";
import {
  allowanceOf,
  balanceOf,
  dustOf,
  forWinsIn,
  frozen,
  type Model,
  type ModelPosition,
  poolOf,
  walletOf,
  worthOf,
} from "../support/government/model.ts";

/** The hubs, their owners, miners and buyers do not belong to it, nor does `o1`, who also rates. */
const COALITION = [...RATERS, "government", "fastLane", "stranger", "holder"];

const total = (amounts: readonly bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);
const isTheirs = ({ rater }: ModelPosition) => COALITION.includes(rater);

/** Balances, stakes, winnings, and what the DAO could spend, wei. Stakes count in full until they are decided. */
export function wealthOf(model: Model): bigint {
  const held = COALITION.map((name) => balanceOf(model, name));
  const thawed = model.seizures.filter(({ released, releaseAt }) => !released && releaseAt <= model.now);
  const spendable = balanceOf(model, "treasury") - frozen(model) + total(thawed.map(({ amount }) => amount));
  const approved = [...model.wallets.keys()].map((name) => allowanceOf(model, name, "treasury"));
  const rated = model.positions.map((position) => (isTheirs(position) ? dueOf(model, position) : 0n));
  const remainders = poolsOf(model).map((pool) => {
    const open = pool.filter(({ claimed }) => claimed !== "all");
    const closes = open.every((position) => (worthOf(model, position)?.winningsFrom ?? model.now + 1n) <= model.now);
    return open.length > 0 && closes ? dustOf(model, pool) : 0n;
  });
  return total([...held, spendable, ...approved, ...rated, ...remainders]);
}

/** What claims would pay for a position by now. */
function dueOf({ now, ...model }: Model, position: ModelPosition): bigint {
  if (position.claimed === "all") return 0n;
  const due = worthOf({ now, ...model }, position);
  if (!due) return position.stake;
  return (position.claimed === "nothing" ? due.stake : 0n) + (now >= due.winningsFrom ? due.winnings : 0n);
}

/**
 * What the coalition may have gained by now, wei: as raters of hubs that have reached their pay-day, which is independent of any ban, and
 * from bans, where the freeze has ended for each of the proceeds. Computed by PROTOCOL.md, 8.4 and 8.5, not by what the model does.
 */
export function earnedOf(model: Model): bigint {
  const rated = poolsOf(model).map((pool) => {
    const [{ wallet, registration }] = pool as [ModelPosition];
    const about = walletOf(model, wallet).registrations[registration];
    if (!about) throw new Error("a pool of no registration");
    const net = (position: ModelPosition) => {
      const due = worthOf(model, position);
      return due ? due.stake + due.winnings - position.stake : 0n;
    };
    const theirs = total(pool.filter(isTheirs).map(net)) + dustOf(model, pool);
    if (forWinsIn(model, about)) return theirs;
    const { outcome, endedAt = 0n, terms } = about;
    return outcome === "Banned" && endedAt + terms.freeze <= model.now ? theirs : 0n;
  });
  const thawed = model.seizures.map(({ hub, at, amount }) => {
    const { freeze = 0n } = walletOf(model, hub).registrations.at(-1)?.terms ?? {};
    return at + freeze <= model.now ? amount : 0n;
  });
  return total([...rated, ...thawed]);
}

/** The positions of each registration that anybody has rated. */
function poolsOf(model: Model): ModelPosition[][] {
  const first = new Map(model.positions.map((position) => [`${position.wallet}/${position.registration}`, position]));
  return [...first.values()].map((position) => poolOf(model, position));
}
