// What a decision would meet if it were carried out now: said before anybody pays for the attempt, with the date where there is one.
import { formatEther } from "viem";
import { showSnm } from "../../core/amounts.ts";
import { actionOf, type DaoAction } from "../../core/chain/government/actions.ts";
import { type LaneTimes, laneTimesOf } from "../../core/chain/government/lanes.ts";
import { type ParameterRecord, parameterRecordOf } from "../../core/chain/government/parameters.ts";
import type { Proposal, ProposalStanding } from "../../core/chain/government/proposals.ts";
import { type Seizure, type TreasuryRecord, treasuryRecordOf } from "../../core/chain/government/treasury.ts";
import { type HubRecord, hubRecordOf } from "../../core/chain/hub/wallet.ts";
import { notYet, showDate, showMoment } from "../../core/dates.ts";
import { Failure } from "../../core/failure.ts";
import { bannableFrom } from "../hub/rules.ts";
import type { Account } from "../network.ts";
import { showParameter } from "./parameter.ts";

type HubDecision = Extract<DaoAction, { readonly hub: unknown }>;

/**
 * Why a decision about a hub cannot be carried out now.
 * @param expiresAt when the decision expires
 */
export function hubRefusal(action: HubDecision, hub: HubRecord, now: number, expiresAt: number): Failure | undefined {
  const { name, status, registration } = hub;
  if (action.kind === "trust") {
    const what = "The mark cannot be given or taken";
    return status === "punished" ? new Failure(what, `${name} is banned, for ever`, OVER) : undefined;
  }
  const what = whats[action.kind];
  if (status === "punished") return new Failure(what, `${name} is banned already, for ever`, OVER);
  if (hub.registrations !== action.registration) {
    const why = `it is about registration ${action.registration} of ${name}, whose last one is ${hub.registrations}`;
    return new Failure(what, why, OVER);
  }
  if (action.kind === "suspect") {
    if (status === "registered") return undefined;
    const why = `${name} is ${status}, and only a registered hub can be suspected`;
    const again = "see `sonm hub status` for whether it is registered again";
    return new Failure(what, why, status === "suspected" ? "do nothing: it is done" : again);
  }
  if (status !== "suspected") {
    const todo =
      action.kind === "ban" ? "suspect it first: `sonm dao propose suspect`" : "do nothing: its funds are free";
    return new Failure(what, `${name} is ${status}, not suspected`, todo);
  }
  const from = bannableFrom(hub);
  if (action.kind === "rehab" || now >= from) return undefined;
  const why = `${name} is suspected since ${showDate(registration.suspectedAt)}, and has time to defend itself`;
  if (from <= expiresAt) return notYet(what, why, from, now);
  const todo = `propose it again, to be executed from ${showMoment(from, now)}: this one expires at ${showDate(expiresAt)}`;
  return new Failure(what, why, todo);
}

/** What must be left at least between the earliest ban and its decision's expiry, seconds: somebody has to carry it out. */
const BAN_TIME = 86_400;

/** Why a ban should not be proposed or queued now: it would expire before it may be executed, or nearly. */
export function banRefusal(
  step: "propose" | "queue",
  hub: HubRecord,
  { voting, waiting, lifetime }: LaneTimes,
  now: number,
): Failure | undefined {
  if (hub.status !== "suspected") return undefined;
  const lasts = (step === "propose" ? voting : 0) + waiting + lifetime;
  const from = bannableFrom(hub) + BAN_TIME - lasts;
  if (now >= from) return undefined;
  const why = `${hub.name} may be banned from ${showDate(bannableFrom(hub))}; the decision would expire before, or within a day`;
  return notYet(`It is too early to ${step} the ban`, why, from, now);
}

/** Looks whether what is queued now will last until it may be executed. @throws Failure if not, with the date to queue it from */
export async function requireLasting({ reader, deployment, now }: Account, { calls, lane }: Proposal): Promise<void> {
  for (const call of calls) {
    const action = actionOf(deployment, call);
    if (action?.kind !== "ban") continue;
    const hub = await hubRecordOf(reader, deployment, action.hub);
    const refusal = banRefusal("queue", hub, await laneTimesOf(reader, deployment, lane), now);
    if (refusal) throw refusal;
  }
}

const OVER = "do nothing: it can never be carried out";
const whats = {
  suspect: "The suspicion cannot be carried out now",
  rehab: "The rehabilitation cannot be carried out now",
  ban: "The ban cannot be carried out now",
} as const;

/** Why the Treasury cannot pay `needed` (wei) now, and when it can at the latest. */
export function spendRefusal(
  { available, seizures }: TreasuryRecord,
  needed: bigint,
  now: number,
): Failure | undefined {
  if (available >= needed) return undefined;
  const what = "The Treasury cannot pay this now";
  const short = `it has ${showSnm(available)} to spend, it takes ${showSnm(needed)}`;
  const frozen = seizures.filter(({ released }) => !released).sort((a, b) => a.releaseAt - b.releaseAt);
  const wanted: Seizure[] = [];
  for (let funds = available; funds < needed; ) {
    const next = frozen[wanted.length];
    if (!next) {
      const rest = frozen.length === 0 ? "nothing is frozen" : "what is frozen does not suffice";
      const todo = "execute it once more has come in: by pay-days, or `sonm treasury collect`";
      return new Failure(what, `${short}, and ${rest}`, todo);
    }
    wanted.push(next);
    funds += next.amount;
  }
  const from = wanted.at(-1)?.releaseAt ?? now;
  const release = wanted.map(({ number }) => `\`sonm treasury release ${number}\``).join(", ");
  if (from <= now) {
    return new Failure(what, `${short}; what is frozen can be released`, `release it, then execute again: ${release}`);
  }
  return notYet(what, `${short}; enough is frozen, to be released by then: ${release}`, from, now);
}

/** Why a parameter can never have a value. */
export function parameterRefusal({ name, min, max }: ParameterRecord, value: bigint): Failure | undefined {
  if (value >= min && value <= max) return undefined;
  const range = `${showParameter(name, min)} … ${showParameter(name, max)}`;
  const why = `${name} cannot be ${showParameter(name, value)}`;
  return new Failure("This cannot be carried out", why, `choose within ${range}`);
}

/** Looks at everything that a proposal does. @throws Failure if it cannot be done now, with the date from which it can */
export async function requireFeasible(account: Account, { calls, lane, expiresAt }: ProposalStanding): Promise<void> {
  const { reader, deployment, now } = account;
  const { addresses } = deployment;
  let spent = 0n;
  for (const call of calls) {
    const action = actionOf(deployment, call);
    if (action?.kind === "spend") spent += action.amount;
    const refusal = await refusalOf(account, action, expiresAt);
    if (refusal) throw refusal;
  }
  if (spent > 0n) {
    const refusal = spendRefusal(await treasuryRecordOf(reader, deployment), spent, now);
    if (refusal) throw refusal;
  }
  const sent = calls.reduce((sum, { value }) => sum + value, 0n);
  if (sent === 0n) return;
  const timelock = lane === "slow" ? addresses.timelock : addresses.fastTimelock;
  const balance = await reader.client.getBalance({ address: timelock });
  if (balance >= sent) return;
  const money = "of the chain's own money";
  const why = `the timelock, which pays it, has ${formatEther(balance)} ${money}, it takes ${formatEther(sent)}`;
  throw new Failure("This cannot be paid now", why, `send the rest to ${timelock}, then execute again`);
}

async function refusalOf(
  { reader, deployment, now }: Account,
  action: DaoAction | undefined,
  expiresAt: number,
): Promise<Failure | undefined> {
  switch (action?.kind) {
    case "suspect":
    case "rehab":
    case "ban":
    case "trust":
      return hubRefusal(action, await hubRecordOf(reader, deployment, action.hub), now, expiresAt);
    case "param":
      return parameterRefusal(await parameterRecordOf(reader, deployment, action.name), action.value);
    default:
      return undefined; // what is not known here, only the chain can judge
  }
}
