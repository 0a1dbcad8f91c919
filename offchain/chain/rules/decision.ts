// Why a decision would fail if it were carried out now. This is said before anybody pays for the attempt, with a date if there is one.

import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showMoment } from "@sonm/protocol/values/dates";
import type { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { formatEther } from "viem";
import { advice } from "../errors/advice.ts";
import { notYet, refusal } from "../errors/refusal.ts";
import type { DaoAction } from "../government/actions.ts";
import type { LaneTimes } from "../government/lanes.ts";
import { showParameter } from "../government/parameter-text.ts";
import type { ParameterRecord } from "../government/parameters.ts";
import type { Seizure, TreasuryRecord } from "../government/treasury.ts";
import type { HubRecord } from "../hub/wallet.ts";
import { bannableFrom } from "./hub-times.ts";

/** The `what` of failures about decisions that cannot even be proposed. */
export const IMPOSSIBLE = "This cannot be carried out";
const OVER = advice("never-possible");
const whats = {
  suspect: "The suspicion cannot be carried out now",
  rehab: "The rehabilitation cannot be carried out now",
  ban: "The ban cannot be carried out now",
} as const;

type HubDecision = Extract<DaoAction, { readonly hub: unknown }>;

/**
 * Why a decision about a hub cannot be carried out now; undefined if it can.
 * @param now unix seconds
 * @param expiresAt when the decision expires, unix seconds
 */
export function decisionRefusal(
  action: HubDecision,
  hub: HubRecord,
  now: number,
  expiresAt: number,
): Failure | undefined {
  const { name, status, registration } = hub;
  if (action.kind === "trust") {
    const what = "The mark cannot be given or taken";
    return status === "punished" ? refusal(what, `${name} is banned, for ever`, OVER) : undefined;
  }
  const what = whats[action.kind];
  if (status === "punished") return refusal(what, `${name} is banned already, for ever`, OVER);
  if (hub.registrations !== action.registration) {
    const why = `it is about registration ${action.registration} of ${name}, whose last one is ${hub.registrations}`;
    return refusal(what, why, OVER);
  }
  if (action.kind === "suspect") {
    if (status === "registered") return undefined;
    const why = `${name} is ${status}, and only a registered hub can be suspected`;
    return refusal(what, why, advice(status === "suspected" ? "already-done" : "see-registration"));
  }
  if (status !== "suspected") {
    const todo = advice(action.kind === "ban" ? "suspect-first" : "already-free");
    return refusal(what, `${name} is ${status}, not suspected`, todo);
  }
  const from = bannableFrom(hub);
  if (action.kind === "rehab" || now >= from) return undefined;
  const why = `${name} is suspected since ${showDate(registration.suspectedAt)}, and has time to defend itself`;
  if (from <= expiresAt) return notYet(what, why, from, now);
  const todo = advice("propose-for-later", { from: showMoment(from, now), expiry: showDate(expiresAt) });
  return refusal(what, why, todo);
}

/** The least time between the earliest ban and its decision's expiry, seconds: somebody has to carry it out. */
const BAN_TIME = 86_400;

/**
 * Why a ban should not be proposed or queued at `now` (unix seconds): it would expire before it may be executed, or nearly. Undefined if it
 * should.
 */
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

/** Why the Treasury cannot pay `needed` (wei of SNM) at `now` (unix seconds), and when it can at the latest; undefined if it can. */
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
      return refusal(what, `${short}, and ${rest}`, advice("await-income"));
    }
    wanted.push(next);
    funds += next.amount;
  }
  const from = wanted.at(-1)?.releaseAt ?? now;
  const release = wanted.map(({ number }) => number).join(" ");
  if (from <= now) {
    return refusal(what, `${short}; what is frozen can be released`, advice("release", { seizures: release }));
  }
  const todo = advice("release-from", { moment: showMoment(from, now), seizures: release });
  return refusal(what, `${short}; enough is frozen, to be released by then`, todo, { possibleFrom: from });
}

/** Why a parameter can never have a value (in the parameter's unit); undefined if it can. */
export function parameterRefusal({ name, min, max }: ParameterRecord, value: bigint): Failure | undefined {
  if (value >= min && value <= max) return undefined;
  const range = `${showParameter(name, min)} … ${showParameter(name, max)}`;
  const why = `${name} cannot be ${showParameter(name, value)}`;
  return refusal(IMPOSSIBLE, why, advice("choose-within", { bounds: range }));
}

/** Why a timelock cannot send what a decision sends; undefined if it can. Amounts are wei of the chain's own money. */
export function timelockRefusal(timelock: Address, balance: bigint, sent: bigint): Failure | undefined {
  if (balance >= sent) return undefined;
  const money = "of the chain's own money";
  const why = `the timelock, which pays it, has ${formatEther(balance)} ${money}, it takes ${formatEther(sent)}`;
  return refusal("This cannot be paid now", why, advice("fund-timelock", { timelock }));
}
