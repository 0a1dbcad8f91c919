// Who may do what and when, and who gets what by it: PROTOCOL.md, sections 5, 7 and 8, one rule for each deed. Nothing is kept between
// two deeds: a rule takes what could be seen before, and changes it to what must be seen afterwards.
import { TERMS } from "../../support/government/model.ts";
import { amountOf } from "../../support/government/plan.ts";
import { askedBack, type Command, type Deed, type Of, pulled, runOf, type Script, spent, weiOf } from "./commands.ts";
import {
  batchesOf,
  type ClaimSight,
  type HubSight,
  NO_COMMITMENT,
  NO_GAME,
  payDayOf,
  type Registration,
  type Sight,
  type Status,
} from "./sight.ts";
import { type Hub, OWNER_OF, type Payee, type World } from "./world.ts";

const BPS = 10_000n;
const DAY = 86_400;
const COMMIT_STAKE = 10n ** 18n;
const OUTCOME = { PaidOut: 1, Rehabilitated: 2, Banned: 3 };
const CLAIMED = { Nothing: 0, Stake: 1, All: 2 };

/**
 * What a rule works with: the sight before, which it changes, and the sight after, which it reads only where the protocol leaves something
 * open.
 */
export type Scene = {
  readonly world: World;
  readonly script: Script;
  readonly now: number;
  sight: Sight;
  readonly after: Sight;
};
type Rule<Do extends Deed["do"]> = (scene: Scene, command: Of<Do>) => void;

/** Thrown if the rules forbid a deed. */
class Forbidden extends Error {}
function demand(allowed: boolean): asserts allowed {
  if (!allowed) throw new Forbidden();
}
function known<T>(value: T | undefined): T {
  demand(value !== undefined);
  return value;
}

const ceilDiv = (a: bigint, b: bigint) => (a + b - 1n) / b;
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const shareOf = (amount: bigint, { terms }: Registration) => ceilDiv(amount * BigInt(terms.lockShareBps), BPS);

function move({ balances }: Sight, from: string, to: string, amount: bigint): void {
  const has = balances[from] ?? 0n;
  demand(has >= amount);
  balances[from] = has - amount;
  balances[to] = (balances[to] ?? 0n) + amount;
}

const stakeOf = ({ stakes }: Sight, name: string) => known(stakes[name]);
function lock(sight: Sight, name: string, amount: bigint): void {
  const stake = stakeOf(sight, name);
  demand(stake.free >= amount);
  stake.free -= amount;
  stake.locked += amount;
}
function unlock(sight: Sight, name: string, amount: bigint): void {
  const stake = stakeOf(sight, name);
  stake.free += amount;
  stake.locked -= amount;
}
/** Half of the amount taken, rounded down, becomes free stake of the earner. */
function slash(sight: Sight, name: string, amount: bigint, earner: string | undefined): void {
  const part = earner === undefined ? 0n : amount / 2n;
  stakeOf(sight, name).locked -= amount;
  if (earner !== undefined) stakeOf(sight, earner).free += part;
  move(sight, "deposits", "treasury", amount - part);
}

const currentOf = ({ registrations }: HubSight) => known(registrations.at(-1));
function hubAt({ sight }: Scene, hub: Hub, ...allowed: Status[]): HubSight {
  const seen = sight.hubs[hub];
  demand(allowed.includes(seen.status));
  return seen;
}
const demandOwner = ({ hub, by }: { hub: Hub; by: string }) => demand(by === OWNER_OF[hub]);
function end({ now }: Scene, hub: HubSight, outcome: number, next: Status): void {
  Object.assign(currentOf(hub), { outcome, endedAt: now });
  Object.assign(hub, { locked: 0n, status: next });
}
function seize({ sight, now }: Scene, hub: Hub): void {
  const { free, registrations } = sight.hubs[hub];
  move(sight, hub, "treasury", free);
  sight.frozen += free;
  const releaseAt = now + known(registrations.at(-1)).terms.seizureFreeze;
  sight.seizures.push({ hub, amount: free, releaseAt, released: false });
}
function take(sight: Sight, hub: Hub, payee: Payee, amount: bigint): void {
  demand(amount <= sight.hubs[hub].allowances[payee]);
  sight.hubs[hub].allowances[payee] -= amount;
  move(sight, hub, payee, amount);
}

/**
 * `amount` comes into a Registered wallet, now or from earlier settlements; `pay` of it belongs to the miners. A share of `amount` is locked,
 * but at most what is left after the pay.
 */
function settled(hub: HubSight, amount: bigint, pay: bigint): void {
  hub.locked += least(shareOf(amount, currentOf(hub)), amount - pay);
}

function settle(scene: Scene, name: string, command: { by: string }, confirmed: boolean): void {
  const { sight, script, world, now } = scene;
  const [work, claim] = [known(script.works.get(name)), known(sight.claims[name])];
  const { job } = work;
  demand(claim.status === "Live" && claim.games === 0);
  demand(confirmed ? command.by === "buyer" : now > claim.claimedAt + job.window + job.opening);
  Object.assign(claim, { status: "Settled", endedAt: now });
  const miner = world.nameOf(work.claim.miner) as Payee;
  unlock(sight, miner, job.deposit);
  const batch = batchOfClaim(scene, name);
  batch.seen.status = "Paid";
  const [amount, pay] = [job.price * batch.units, work.claim.pay * batch.units];
  const hub = world.nameOf(job.hub) as Hub;
  const wallet = sight.hubs[hub];
  if (wallet.status === "Registered") {
    move(sight, "board", hub, amount);
    wallet.allowances[miner] += pay;
    settled(wallet, amount, pay);
  } else {
    move(sight, "board", miner, pay);
    wallet.waiting += amount - pay;
    wallet.waitingPrices += amount;
  }
}

function batchOfClaim({ script, sight }: Scene, name: string) {
  const work = known(script.works.get(name));
  const found = batchesOf(script).find(({ id, number }) => id === work.claim.job && number === work.claim.batch);
  const { key, units } = known(found);
  return { units, seen: known(sight.batches[key]) };
}

/** The effects of a game's end on its players and on its claim. */
function endGame(scene: Scene, number: number): void {
  const { script, sight, world, now } = scene;
  const { game, work, shown } = known(script.tables[number]);
  const { challenger, miner, bond, rank } = game.about;
  const name = claimNameOf(script, number);
  const claim: ClaimSight = known(sight.claims[name]);
  const loser = world.nameOf(challenger);
  claim.games--;
  if (shown.outcome === "challengerTimedOut") slash(sight, loser, bond, world.nameOf(miner));
  else unlock(sight, loser, bond);
  if (shown.outcome === "challengerTimedOut" || shown.outcome === "challengerLeft") return;
  if (claim.status === "Convicted") {
    if (rank < claim.winner) claim.winner = rank;
    return;
  }
  Object.assign(claim, { status: "Convicted", endedAt: now, winner: rank });
  const { seen } = batchOfClaim(scene, name);
  Object.assign(seen, { status: "Open", attempt: work.claim.attempt + 1 });
}

export function claimNameOf(script: Script, number: number): string {
  const { claim } = known(script.tables[number]).game.about;
  return known([...script.works].find(([, { id }]) => id === claim)?.[0]);
}

/** The game of that number, which must be open. */
function openGame({ sight }: Scene, number: number) {
  const game = known(sight.games[number]);
  demand(!isOver(game));
  return game;
}
export const isOver = ({ phase }: { phase: number }) => phase === 0 || phase === 4;

function ownedCommitment({ script, sight }: Scene, { commitment, by }: { commitment: string; by: string }) {
  const [made, seen] = [known(script.commitments.get(commitment)), known(sight.commitments[commitment])];
  demand(made.by === by && seen.announced);
  return { made, seen };
}
function clear(sight: Sight, name: string): void {
  sight.commitments[name] = NO_COMMITMENT;
}

const lapsed = ({ suspectedAt }: Registration, now: number, after: number) => now >= suspectedAt + after;

export const rules: { readonly [Do in Deed["do"]]: Rule<Do> } = {
  fund: ({ sight }, { by, hub, sum }) => move(sight, by, hub, weiOf(sum)),
  register: (scene, command) => {
    demandOwner(command);
    const hub = hubAt(scene, command.hub, "Created", "Idle");
    demand(hub.free > TERMS.reserve);
    hub.status = "Registered";
    const times = { registeredAt: scene.now, closedAt: 0, suspectedAt: 0, endedAt: 0 };
    hub.registrations.push({ ...times, outcome: 0, reserve: TERMS.reserve, terms, seized: 0n });
  },
  transfer: (scene, command) => {
    demandOwner(command);
    const hub = hubAt(scene, command.hub, "Registered");
    const amount = amountOf(command.part, hub.available);
    demand(currentOf(hub).closedAt === 0 && command.payee !== command.hub);
    demand(amount > 0n && amount <= hub.available);
    const locked = shareOf(amount, currentOf(hub));
    hub.locked += locked;
    hub.allowances[command.payee] += amount - locked;
  },
  closePeriod: (scene, { hub: name, by }) => {
    const registration = currentOf(hubAt(scene, name, "Registered"));
    demand(registration.closedAt === 0);
    const { payPeriod, closedPeriod } = registration.terms;
    const sooner = by === OWNER_OF[name] ? -closedPeriod : closedPeriod;
    demand(scene.now >= registration.registeredAt + payPeriod + sooner);
    registration.closedAt = scene.now;
  },
  payDay: (scene, command) => {
    demandOwner(command);
    const hub = hubAt(scene, command.hub, "Registered");
    const registration = currentOf(hub);
    demand(scene.now >= known(payDayOf(registration)));
    const frozen = registration.reserve + hub.locked;
    end(scene, hub, OUTCOME.PaidOut, "Idle");
    move(scene.sight, command.hub, "treasury", ceilDiv(frozen * BigInt(registration.terms.taxShareBps), BPS));
  },
  withdraw: (scene, command) => {
    demandOwner(command);
    const { free } = hubAt(scene, command.hub, "Idle");
    const amount = amountOf(command.part, free);
    demand(amount > 0n && amount <= free);
    move(scene.sight, command.hub, command.by, amount);
  },
  suspect: (scene, { hub: name, by }) => {
    const hub = hubAt(scene, name, "Registered");
    demand(by === "fastLane");
    hub.status = "Suspected";
    currentOf(hub).suspectedAt = scene.now;
  },
  rehab: (scene, { hub: name, by }) => {
    const hub = hubAt(scene, name, "Suspected");
    const registration = currentOf(hub);
    demand(by === "government" || lapsed(registration, scene.now, registration.terms.rehabAfter));
    end(scene, hub, OUTCOME.Rehabilitated, "Idle");
  },
  ban: (scene, { hub: name, by }) => {
    const hub = hubAt(scene, name, "Suspected");
    const registration = currentOf(hub);
    demand(by === "government" && lapsed(registration, scene.now, registration.terms.suspicion));
    registration.seized = hub.free;
    seize(scene, name);
    end(scene, hub, OUTCOME.Banned, "Punished");
  },
  sweep: (scene, { hub }) => {
    demand(hubAt(scene, hub, "Punished").free > 0n);
    seize(scene, hub);
  },
  // Only a payee can pull, and only its own allowance. Anybody may pull an amount of 0.
  pull: ({ sight }, command) => {
    const amount = pulled(sight, command);
    if (amount > 0n) demand(command.by in sight.hubs[command.hub].allowances);
    if (amount > 0n) take(sight, command.hub, command.by as Payee, amount);
  },
  bringIn: ({ sight }, { hub, payee }) => {
    const amount = sight.hubs[hub].allowances[payee];
    demand(amount > 0n);
    take(sight, hub, payee, amount);
  },
  collect: (scene, { hub: name }) => {
    const hub = hubAt(scene, name, "Registered", "Punished");
    demand(hub.waiting > 0n);
    move(scene.sight, "board", name, hub.waiting);
    if (hub.status === "Registered") settled(hub, hub.waitingPrices, hub.waitingPrices - hub.waiting);
    Object.assign(hub, { waiting: 0n, waitingPrices: 0n });
  },
  post: ({ sight, script, world, now }, { as, by, hub }) => {
    const { job } = known(script.jobs.get(as));
    demand(by === "buyer" && !(`${as}/0` in sight.batches) && sight.hubs[hub].status === "Registered");
    demand(job.deadline > now && job.deadline <= now + 365 * DAY);
    demand(world.nameOf(job.hub) === hub);
    move(sight, by, "board", job.price * BigInt(job.units));
    for (let batch = 0; batch * job.batchSize < job.units; batch++)
      sight.batches[`${as}/${batch}`] = { status: "Open", attempt: 0 };
  },
  refund: ({ sight, script, world, now }, { job: name, batches }) => {
    const { job } = known(script.jobs.get(name));
    const { status, registrations } = sight.hubs[world.nameOf(job.hub) as Hub];
    const delayed = status === "Suspected" && lapsed(known(registrations.at(-1)), now, DAY);
    demand(now >= job.deadline || status === "Punished" || delayed);
    const all = batchesOf(script).filter((batch) => batch.job === job);
    for (const wanted of batches) {
      const { key, units } = known(all.find(({ number }) => number === wanted));
      const batch = known(sight.batches[key]);
      demand(batch.status === "Open");
      batch.status = "Refunded";
      move(sight, "board", "buyer", job.price * units);
    }
  },
  claim: (scene, { as, by, payBps, forged }) => {
    const { sight, script, world, now } = scene;
    const { job, claim } = known(script.works.get(as));
    const { seen } = batchOfClaim(scene, as);
    demand(world.nameOf(claim.miner) === by && payBps <= 7_000 && !forged);
    demand(seen.status === "Open" && seen.attempt === claim.attempt && now < job.deadline);
    seen.status = "Taken";
    lock(sight, by, job.deposit);
    sight.claims[as] = { status: "Live", games: 0, claimedAt: now, endedAt: 0, winner: 0n };
  },
  settle: (scene, command) => settle(scene, command.claim, command, false),
  confirm: (scene, command) => settle(scene, command.claim, command, true),
  commit: ({ sight, after, now }, { as, by }) => {
    lock(sight, by, COMMIT_STAKE);
    const rank = known(after.commitments[as]).rank;
    sight.commitments[as] = { announced: true, committedAt: now, rank, stake: COMMIT_STAKE };
  },
  open: (scene, command) => {
    const { sight, now, world, after } = scene;
    const { made, seen } = ownedCommitment(scene, command);
    const { work, claim: name } = made;
    const claim = known(sight.claims[name]);
    const { window, opening, bond, exponent } = work.job;
    demand(now <= seen.committedAt + opening);
    demand(claim.status === "Live" || claim.status === "Convicted");
    demand(seen.committedAt <= claim.claimedAt + window);
    demand(claim.status === "Live" || seen.committedAt <= claim.endedAt);
    if (command.position !== undefined) {
      const { position, lie } = command;
      demand(runOf(world, work, position, lie).stateAt(8 ** exponent) !== known(work.ends[position]));
    }
    unlock(sight, command.by, seen.stake);
    lock(sight, command.by, bond);
    claim.games++;
    clear(sight, command.commitment);
    sight.games.push(after.games[sight.games.length] ?? NO_GAME);
  },
  retract: (scene, command) => {
    const { made, seen } = ownedCommitment(scene, command);
    const { endedAt } = known(scene.sight.claims[made.claim]);
    demand(endedAt !== 0 && endedAt <= seen.committedAt + made.work.job.opening);
    unlock(scene.sight, command.by, seen.stake);
    clear(scene.sight, command.commitment);
  },
  forfeit: ({ sight, script, now }, { commitment }) => {
    const [made, seen] = [known(script.commitments.get(commitment)), known(sight.commitments[commitment])];
    demand(seen.announced && now > seen.committedAt + 2 * DAY);
    slash(sight, made.by, seen.stake, undefined);
    clear(sight, commitment);
  },
  // Which moves are good is tested elsewhere (sequences.test.ts).
  answer: (scene, { game: number }) => {
    const { sight, now, after } = scene;
    demand(now <= openGame(scene, number).deadline);
    const game = known(after.games[number]);
    sight.games[number] = game;
    if (isOver(game)) endGame(scene, number);
  },
  timeOut: (scene, { game: number }) => {
    demand(scene.now > openGame(scene, number).deadline);
    scene.sight.games[number] = known(scene.after.games[number]);
    endGame(scene, number);
  },
  leave: (scene, { game: number, by }) => {
    const { sight, script, world, after } = scene;
    openGame(scene, number);
    demand(world.nameOf(known(script.tables[number]).game.about.challenger) === by);
    demand(known(sight.claims[claimNameOf(script, number)]).status === "Convicted");
    sight.games[number] = known(after.games[number]);
    endGame(scene, number);
  },
  award: ({ sight, script, world, now }, { claim: name, game: number }) => {
    const [work, claim] = [known(script.works.get(name)), known(sight.claims[name])];
    const table = known(script.tables[number]);
    const { about } = table.game;
    demand(claim.status === "Convicted" && claim.games === 0 && now > claim.endedAt + work.job.opening);
    demand(about.claim === work.id && about.rank === claim.winner);
    claim.status = "Awarded";
    slash(sight, world.nameOf(about.miner), work.job.deposit, world.nameOf(about.challenger));
  },
  rate: (scene, { by, hub: name, inFavour, sum }) => {
    const { sight, now } = scene;
    const hub = hubAt(scene, name, "Registered");
    const { registeredAt, closedAt, terms } = currentOf(hub);
    const [age, stake] = [now - registeredAt, weiOf(sum)];
    demand(stake > 0n && closedAt === 0 && age < terms.payPeriod);
    move(sight, by, "ratings", stake);
    const registration = hub.registrations.length;
    sight.positions.push({ rater: by, stake, hub: name, registration, age, inFavour, claimed: CLAIMED.Nothing });
  },
  // Checks when and to whom it pays. The watchman and the government's model check how much.
  claimRating: (scene, { position: number }) => {
    const { sight, after, now } = scene;
    const position = known(sight.positions[number]);
    const registration = known(sight.hubs[position.hub].registrations[position.registration - 1]);
    demand(position.claimed !== CLAIMED.All && isDecided(registration, now));
    const banned = registration.outcome === OUTCOME.Banned && !position.inFavour;
    const winningsFrom = banned ? registration.endedAt + registration.terms.seizureFreeze : 0;
    if (position.claimed === CLAIMED.Stake) demand(now >= winningsFrom);
    const inPart = after.positions[number]?.claimed === CLAIMED.Stake && now < winningsFrom;
    position.claimed = inPart ? CLAIMED.Stake : CLAIMED.All;
    move(
      sight,
      "ratings",
      position.rater,
      (after.balances[position.rater] ?? 0n) - (sight.balances[position.rater] ?? 0n),
    );
    const same = (other: Sight["positions"][number]) =>
      other.hub === position.hub && other.registration === position.registration;
    const last = sight.positions.filter(same).every((one) => one.claimed === CLAIMED.All);
    if (last) move(sight, "ratings", "treasury", (after.balances.treasury ?? 0n) - (sight.balances.treasury ?? 0n));
  },
  release: ({ sight, now }, { seizure: number }) => {
    const seizure = known(sight.seizures[number]);
    demand(!seizure.released && now >= seizure.releaseAt);
    seizure.released = true;
    sight.frozen -= seizure.amount;
  },
  spend: ({ sight }, command) => {
    const amount = spent(sight, command);
    demand(command.by === "government" && amount <= (sight.balances.treasury ?? 0n) - sight.frozen);
    move(sight, "treasury", "holder", amount);
  },
  deposit: ({ sight }, { by, sum }) => {
    demand(weiOf(sum) > 0n);
    move(sight, by, "deposits", weiOf(sum));
    stakeOf(sight, by).free += weiOf(sum);
  },
  requestWithdrawal: ({ sight, now }, command) => {
    const [stake, amount] = [stakeOf(sight, command.by), askedBack(sight, command)];
    demand(amount > 0n && amount <= stake.free);
    stake.free -= amount;
    stake.withdrawing += amount;
    stake.availableAt = now + DAY;
  },
  withdrawStake: ({ sight, now }, { by }) => {
    const stake = stakeOf(sight, by);
    demand(stake.withdrawing > 0n && now >= stake.availableAt);
    move(sight, "deposits", by, stake.withdrawing);
    Object.assign(stake, { withdrawing: 0n, availableAt: 0 });
  },
};

const terms: Registration["terms"] = {
  lockShareBps: Number(TERMS.lockShare),
  taxShareBps: Number(TERMS.taxShare),
  payPeriod: Number(TERMS.payPeriod),
  closedPeriod: Number(TERMS.closedPeriod),
  suspicion: Number(TERMS.suspicion),
  rehabAfter: Number(TERMS.rehabAfter),
  seizureFreeze: Number(TERMS.freeze),
  ratingMaturity: Number(TERMS.maturity),
  ratingRiskBps: Number(TERMS.risk),
};

/** Whether the outcome of a registration's ratings is known. */
export function isDecided(registration: Registration, now: number): boolean {
  const { suspectedAt, outcome } = registration;
  const payDay = payDayOf(registration);
  return (payDay !== undefined && payDay <= (suspectedAt || now)) || outcome > OUTCOME.PaidOut;
}

/** What must be seen after the deed, or undefined if it is forbidden. */
export function expected(scene: Omit<Scene, "sight">, before: Sight, command: Command): Sight | undefined {
  const sight = structuredClone(before);
  try {
    (rules[command.do] as Rule<Deed["do"]>)({ ...scene, sight }, command as Of<Deed["do"]>);
  } catch (error) {
    if (error instanceof Forbidden) return undefined;
    throw error;
  }
  for (const [name, hub] of Object.entries(sight.hubs)) {
    const approved = Object.values(hub.allowances).reduce((sum, amount) => sum + amount, 0n);
    hub.free = (sight.balances[name] ?? 0n) - approved;
    hub.available = hub.status === "Registered" ? hub.free - currentOf(hub).reserve - hub.locked : 0n;
  }
  return sight;
}
