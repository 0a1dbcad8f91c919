// The government as a plain program: what PROTOCOL.md, section 8, says, without tricks to save storage. Sums are computed over lists, and a
// verdict by a loop over all positions. The contracts are compared with it, step by step.
import { DAY, SNM, STATUS } from "./fixture.ts";

/** The default terms: shares in basis points, times in seconds, the reserve in wei. */
export const TERMS = {
  reserve: SNM,
  lockShare: 3_000n,
  taxShare: 50n,
  payPeriod: 30n * DAY,
  closedPeriod: 4n * DAY,
  suspicion: 120n * DAY,
  rehabAfter: 180n * DAY,
  freeze: 120n * DAY,
  maturity: 4n * DAY,
  risk: 5_000n,
};
export type Terms = typeof TERMS;
const BPS = 10_000n;

export type Status = "Created" | "Registered" | "Idle" | "Suspected" | "Punished";
export type Registration = {
  /** the terms in force at the registration, which never change later */
  terms: Terms;
  registeredAt: bigint;
  closedAt?: bigint;
  suspectedAt?: bigint;
  endedAt?: bigint;
  outcome?: "PaidOut" | "Rehabilitated" | "Banned";
  /** wei that its ban took */
  seized?: bigint;
  /** wei that were free at registration or have come in since */
  passed: bigint;
  /** wei approved to payees since */
  approved: bigint;
  /** settlements since then, and earlier ones that have come in since then */
  settled: Settlement[];
};
/** What a buyer has paid for accepted work, and the miner's part of it, wei. */
export type Settlement = { price: bigint; pay: bigint };
export type ModelWallet = {
  owner: string;
  status: Status;
  locked: bigint;
  registrations: Registration[];
  /** settlements while it was not Registered that have not come in yet */
  waiting: Settlement[];
};
/** A job of one unit that is claimed. */
export type Order = { wallet: string; price: bigint; settled: boolean };
export type ModelPosition = {
  rater: string;
  wallet: string;
  registration: number;
  inFavour: boolean;
  stake: bigint;
  age: bigint;
  claimed: "nothing" | "stake" | "all";
};
export type Model = {
  now: bigint;
  /** the terms in force for wallets that register now */
  terms: Terms;
  balances: Map<string, bigint>;
  /** `wallet/payee` */
  allowances: Map<string, bigint>;
  wallets: Map<string, ModelWallet>;
  /** what buyers have paid into the escrow, `board` */
  orders: Order[];
  seizures: { hub: string; at: bigint; amount: bigint; releaseAt: bigint; released: boolean }[];
  positions: ModelPosition[];
};

/** Thrown where the contract reverts; has the name of the contract's error. */
export class Refused extends Error {}

export function refuseUnless(condition: boolean, error: string): asserts condition {
  if (!condition) throw new Refused(error);
}
const ceilDiv = (a: bigint, b: bigint) => (a + b - 1n) / b;
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const most = (a: bigint, b: bigint) => (a > b ? a : b);

export const balanceOf = (model: Model, account: string) => model.balances.get(account) ?? 0n;
export const allowanceOf = (model: Model, wallet: string, payee: string) =>
  model.allowances.get(`${wallet}/${payee}`) ?? 0n;
export function walletOf(model: Model, name: string): ModelWallet {
  const wallet = model.wallets.get(name);
  if (!wallet) throw new Error(`no wallet ${name}`);
  return wallet;
}
export function approvedBy(model: Model, name: string): bigint {
  let sum = 0n;
  for (const [key, amount] of model.allowances) if (key.startsWith(`${name}/`)) sum += amount;
  return sum;
}
export const free = (model: Model, name: string) => balanceOf(model, name) - approvedBy(model, name);
export const available = (model: Model, name: string) => {
  const wallet = walletOf(model, name);
  return wallet.status === "Registered" ? free(model, name) - current(model, name).terms.reserve - wallet.locked : 0n;
};
export const newWallet = (owner: string): ModelWallet => ({
  ...{ owner, status: "Created", locked: 0n },
  ...{ registrations: [], waiting: [] },
});
const sum = (amounts: bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
/** What waits in the escrow for a hub. */
export function waitingFor(model: Model, name: string) {
  const { waiting } = walletOf(model, name);
  const prices = sum(waiting.map(({ price }) => price));
  return { remainder: prices - sum(waiting.map(({ pay }) => pay)), prices };
}
export const openOrders = (model: Model) => model.orders.filter(({ settled }) => !settled);
/** A wallet as it can be seen on the chain. */
export function walletSightOf(model: Model, name: string) {
  const { status, registrations, locked } = walletOf(model, name);
  return {
    status: STATUS[status] as number,
    registrations: registrations.length,
    locked,
    free: free(model, name),
    available: available(model, name),
  };
}
export const frozen = (model: Model) =>
  model.seizures.reduce((sum, { amount, released }) => (released ? sum : sum + amount), 0n);

export function move(model: Model, from: string, to: string, amount: bigint) {
  refuseUnless(balanceOf(model, from) >= amount, "ERC20InsufficientBalance");
  model.balances.set(from, balanceOf(model, from) - amount);
  model.balances.set(to, balanceOf(model, to) + amount);
  const wallet = model.wallets.get(to);
  const current = wallet?.registrations.at(-1);
  if (wallet?.status === "Registered" && current) current.passed += amount;
}

function approve(model: Model, name: string, payee: string, amount: bigint) {
  model.allowances.set(`${name}/${payee}`, allowanceOf(model, name, payee) + amount);
  current(model, name).approved += amount;
}

export function current(model: Model, name: string): Registration {
  const registration = walletOf(model, name).registrations.at(-1);
  if (!registration) throw new Error(`${name} has never registered`);
  return registration;
}

function requireStatus(model: Model, name: string, ...allowed: Status[]) {
  refuseUnless(allowed.includes(walletOf(model, name).status), "HubWalletWrongStatus");
}
/** A decision is about one registration, which must be the current one. */
function requireRegistration(model: Model, name: string, registration: number | undefined) {
  const { length } = walletOf(model, name).registrations;
  refuseUnless((registration ?? length) === length, "HubWalletWrongRegistration");
}
function requireOwner(model: Model, name: string, caller: string) {
  refuseUnless(walletOf(model, name).owner === caller, "HubWalletNotOwner");
}
function requireFrom(model: Model, time: bigint) {
  refuseUnless(model.now >= time, "HubWalletTooEarly");
}
/** When a closed registration may be paid out. */
export function payDayOf({ closedAt, registeredAt, terms }: Registration): bigint | undefined {
  return closedAt === undefined ? undefined : most(closedAt + terms.closedPeriod, registeredAt + terms.payPeriod);
}
function end(model: Model, name: string, outcome: NonNullable<Registration["outcome"]>, next: Status) {
  const wallet = walletOf(model, name);
  Object.assign(current(model, name), { outcome, endedAt: model.now });
  wallet.locked = 0n;
  wallet.status = next;
}
function seize(model: Model, name: string) {
  const amount = free(model, name);
  move(model, name, "treasury", amount);
  const { freeze } = current(model, name).terms;
  model.seizures.push({ hub: name, at: model.now, amount, releaseAt: model.now + freeze, released: false });
}

/** What everybody can do. Each either happens or throws `Refused` and changes nothing. */
export const actions = {
  fund(model: Model, to: string, amount: bigint) {
    move(model, "holder", to, amount);
  },
  register(model: Model, name: string, caller: string) {
    requireOwner(model, name, caller);
    requireStatus(model, name, "Created", "Idle");
    const { now, terms } = model;
    refuseUnless(free(model, name) > terms.reserve, "HubWalletInsufficientFunds");
    const wallet = walletOf(model, name);
    wallet.status = "Registered";
    wallet.registrations.push({ terms, registeredAt: now, passed: free(model, name), approved: 0n, settled: [] });
  },
  transfer(model: Model, name: string, payee: string, amount: bigint, caller: string) {
    requireOwner(model, name, caller);
    requireStatus(model, name, "Registered");
    refuseUnless(current(model, name).closedAt === undefined, "HubWalletPeriodClosed");
    refuseUnless(amount !== 0n, "HubWalletZeroAmount");
    refuseUnless(payee !== name, "HubWalletPaysItself");
    refuseUnless(amount <= available(model, name), "HubWalletInsufficientFunds");
    const lock = ceilDiv(amount * current(model, name).terms.lockShare, BPS);
    walletOf(model, name).locked += lock;
    approve(model, name, payee, amount - lock);
  },
  /** A buyer pays into the escrow for a job that the hub has quoted, and a miner claims it. */
  order(model: Model, wallet: string, price: bigint) {
    refuseUnless(walletOf(model, wallet).status === "Registered", "JobBoardHubNotRegistered");
    move(model, "buyer", "board", price);
    model.orders.push({ wallet, price, settled: false });
  },
  /**
   * Pays from the escrow: the price into a Registered wallet. If the wallet is not Registered, the miner gets its pay at once, and the remainder
   * waits until the wallet can take it.
   */
  settle(model: Model, order: Order, miner: string, pay: bigint) {
    const { wallet: name, price } = order;
    const wallet = walletOf(model, name);
    order.settled = true;
    if (wallet.status !== "Registered") {
      move(model, "board", miner, pay);
      wallet.waiting.push({ price, pay });
      return;
    }
    move(model, "board", name, price);
    wallet.locked += least(ceilDiv(price * current(model, name).terms.lockShare, BPS), price - pay);
    approve(model, name, miner, pay);
    current(model, name).settled.push({ price, pay });
  },
  /** What waits in the escrow comes in. */
  bringIn(model: Model, name: string) {
    const { remainder, prices } = waitingFor(model, name);
    refuseUnless(remainder !== 0n, "JobBoardNothingWaiting");
    const wallet = walletOf(model, name);
    refuseUnless(wallet.status === "Registered" || wallet.status === "Punished", "JobBoardHubNotRegistered");
    move(model, "board", name, remainder);
    const came = wallet.waiting;
    wallet.waiting = [];
    if (wallet.status === "Punished") return;
    const { terms, settled } = current(model, name);
    wallet.locked += least(ceilDiv(prices * terms.lockShare, BPS), remainder);
    settled.push(...came);
    // The miners were paid directly, not by the wallet. INV-21 counts this money as if it had gone through the wallet.
    current(model, name).passed += prices - remainder;
    current(model, name).approved += prices - remainder;
  },
  closePeriod(model: Model, name: string, caller: string) {
    requireStatus(model, name, "Registered");
    const registration = current(model, name);
    refuseUnless(registration.closedAt === undefined, "HubWalletPeriodClosed");
    const { payPeriod, closedPeriod } = registration.terms;
    const payDay = registration.registeredAt + payPeriod;
    const { owner } = walletOf(model, name);
    requireFrom(model, caller === owner ? payDay - closedPeriod : payDay + closedPeriod);
    registration.closedAt = model.now;
  },
  payDay(model: Model, name: string, caller: string) {
    requireOwner(model, name, caller);
    requireStatus(model, name, "Registered");
    const { terms } = current(model, name);
    const from = payDayOf(current(model, name));
    refuseUnless(from !== undefined, "HubWalletPeriodNotClosed");
    requireFrom(model, from);
    const tax = ceilDiv((terms.reserve + walletOf(model, name).locked) * terms.taxShare, BPS);
    end(model, name, "PaidOut", "Idle");
    move(model, name, "treasury", tax);
  },
  withdraw(model: Model, name: string, amount: bigint, caller: string) {
    requireOwner(model, name, caller);
    requireStatus(model, name, "Idle");
    refuseUnless(amount !== 0n, "HubWalletZeroAmount");
    refuseUnless(amount <= free(model, name), "HubWalletInsufficientFunds");
    move(model, name, caller, amount);
  },
  /** About the registration with that number; the current one if it is absent. */
  suspect(model: Model, name: string, caller: string, registration?: number) {
    requireStatus(model, name, "Registered");
    requireRegistration(model, name, registration);
    refuseUnless(caller === "fastLane", "HubWalletNotFastLane");
    current(model, name).suspectedAt = model.now;
    walletOf(model, name).status = "Suspected";
  },
  rehab(model: Model, name: string, caller: string, registration?: number) {
    requireStatus(model, name, "Suspected");
    requireRegistration(model, name, registration);
    const { suspectedAt = 0n, terms } = current(model, name);
    if (caller !== "government") requireFrom(model, suspectedAt + terms.rehabAfter);
    end(model, name, "Rehabilitated", "Idle");
  },
  ban(model: Model, name: string, caller: string, registration?: number) {
    requireStatus(model, name, "Suspected");
    requireRegistration(model, name, registration);
    refuseUnless(caller === "government", "HubWalletNotGovernment");
    const { suspectedAt = 0n, terms } = current(model, name);
    requireFrom(model, suspectedAt + terms.suspicion);
    current(model, name).seized = free(model, name);
    end(model, name, "Banned", "Punished");
    seize(model, name);
  },
  sweep(model: Model, name: string) {
    requireStatus(model, name, "Punished");
    refuseUnless(free(model, name) !== 0n, "HubWalletZeroAmount");
    seize(model, name);
  },
  pull(model: Model, name: string, payee: string, amount: bigint) {
    refuseUnless(allowanceOf(model, name, payee) >= amount, "ERC20InsufficientAllowance");
    model.allowances.set(`${name}/${payee}`, allowanceOf(model, name, payee) - amount);
    move(model, name, payee, amount);
  },
  /** A wallet or the Treasury brings in what a wallet has approved for it. */
  collect(model: Model, payee: string, name: string) {
    const amount = allowanceOf(model, name, payee);
    const error = payee === "treasury" ? "TreasuryNothingToCollect" : "HubWalletZeroAmount";
    refuseUnless(amount !== 0n, error);
    actions.pull(model, name, payee, amount);
  },
  release(model: Model, index: number) {
    const seizure = model.seizures[index];
    refuseUnless(seizure !== undefined, "TreasuryUnknownSeizure");
    refuseUnless(!seizure.released, "TreasuryAlreadyReleased");
    refuseUnless(model.now >= seizure.releaseAt, "TreasuryTooEarly");
    seizure.released = true;
  },
  spend(model: Model, to: string, amount: bigint, caller: string) {
    refuseUnless(caller === "government", "TreasuryNotGovernment");
    refuseUnless(amount <= balanceOf(model, "treasury") - frozen(model), "TreasuryInsufficientFunds");
    move(model, "treasury", to, amount);
  },
  rate(model: Model, rater: string, name: string, inFavour: boolean, stake: bigint) {
    refuseUnless(stake !== 0n, "RatingsZeroStake");
    const { status, registrations } = walletOf(model, name);
    const about = registrations.at(-1);
    const age = model.now - (about?.registeredAt ?? 0n);
    refuseUnless(
      status === "Registered" && about?.closedAt === undefined && age < (about?.terms.payPeriod ?? 0n),
      "RatingsNotTaken",
    );
    move(model, rater, "ratings", stake);
    const registration = registrations.length - 1;
    model.positions.push({ rater, wallet: name, registration, inFavour, stake, age, claimed: "nothing" });
  },
  claim(model: Model, index: number) {
    const position = model.positions[index];
    refuseUnless(position !== undefined, "RatingsUnknownPosition");
    refuseUnless(position.claimed !== "all", "RatingsAlreadyClaimed");
    const due = worthOf(model, position);
    refuseUnless(due !== undefined, "RatingsUndecided");
    const complete = model.now >= due.winningsFrom;
    refuseUnless(complete || position.claimed === "nothing", "RatingsTooEarly");
    const stake = position.claimed === "nothing" ? due.stake : 0n;
    move(model, "ratings", position.rater, stake + (complete ? due.winnings : 0n));
    position.claimed = complete ? "all" : "stake";
    const pool = poolOf(model, position);
    if (pool.every(({ claimed }) => claimed === "all")) move(model, "ratings", "treasury", dustOf(model, pool));
  },
};

export const poolOf = (model: Model, { wallet, registration }: ModelPosition) =>
  model.positions.filter((other) => other.wallet === wallet && other.registration === registration);

/** What is lost in a pool and won by nobody, wei. */
export function dustOf(model: Model, pool: ModelPosition[]): bigint {
  return pool.reduce((sum, position) => {
    const due = worthOf(model, position);
    return due ? sum + position.stake - due.stake - due.winnings : sum;
  }, 0n);
}

/** Whether pay-day was possible before any suspicion. */
export function forWinsIn({ now }: Model, registration: Registration): boolean {
  const payDay = payDayOf(registration);
  return payDay !== undefined && payDay <= (registration.suspectedAt ?? now);
}

/** For each banned hub: what was seized at the ban, and what its raters win, wei. */
export function bannedHubs(model: Model) {
  return [...model.wallets].flatMap(([name, { registrations }]) => {
    const { outcome, seized = 0n } = registrations.at(-1) ?? {};
    if (outcome !== "Banned" || forWinsIn(model, current(model, name))) return [];
    const pool = model.positions.filter(
      ({ wallet, registration }) => wallet === name && registration === registrations.length - 1,
    );
    return [{ seized, won: pool.reduce((sum, position) => sum + (worthOf(model, position)?.winnings ?? 0n), 0n) }];
  });
}

/** What a position is worth; undefined while its registration runs. */
export function worthOf(model: Model, position: ModelPosition) {
  const registration = walletOf(model, position.wallet).registrations[position.registration];
  if (!registration) throw new Error("a position on no registration");
  const { closedAt, suspectedAt, registeredAt, endedAt = 0n, outcome, seized = 0n, terms } = registration;
  const refund = { stake: position.stake, winnings: 0n, winningsFrom: 0n };
  const forWins = forWinsIn(model, registration);
  if (!forWins && outcome === "Rehabilitated") return refund;
  if (!forWins && outcome !== "Banned") return undefined;

  // Whoever rates later may know how it ends.
  const counts = ({ age }: ModelPosition) =>
    [closedAt, suspectedAt].every((end) => end === undefined || registeredAt + age + terms.maturity <= end);
  if (!counts(position)) return refund;
  const weightOf = ({ stake, age }: ModelPosition) => stake * (terms.payPeriod - age);
  const counted = poolOf(model, position).filter(counts);
  const sum = (inFavour: boolean) =>
    counted.reduce((total, other) => (other.inFavour === inFavour ? total + weightOf(other) : total), 0n);
  const matched = (least(sum(true), sum(false)) * terms.risk) / (BPS * terms.payPeriod);
  const weight = weightOf(position);
  const side = sum(position.inFavour);
  if (position.inFavour !== forWins)
    return { stake: position.stake - ceilDiv(matched * weight, side), winnings: 0n, winningsFrom: 0n };
  // The winners of a ban may belong to the owner, so together they gain no more than the wallet lost.
  const won = forWins ? matched : least(matched, seized);
  return {
    stake: position.stake,
    winnings: (won * weight) / side,
    winningsFrom: forWins ? 0n : endedAt + terms.freeze,
  };
}
