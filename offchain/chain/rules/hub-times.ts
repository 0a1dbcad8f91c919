// When something can happen to a hub (PROTOCOL.md, section 8.1). Unix seconds.
import type { Registration } from "../hub/registration.ts";
import type { HubRecord } from "../hub/wallet.ts";

/** When a closed registration may be paid out. */
export function payDayOf({ registeredAt, closedAt, terms }: Registration): number {
  return Math.max(closedAt + terms.closedPeriod, registeredAt + terms.payPeriod);
}

/** When the pay period ends: from then on no rating is taken. */
export function payPeriodEnd({ registration: { registeredAt, terms } }: HubRecord): number {
  return registeredAt + terms.payPeriod;
}

/** When its owner may close the period. */
export function closableFrom(hub: HubRecord): number {
  return payPeriodEnd(hub) - hub.registration.terms.closedPeriod;
}

/** When anyone may close the period. */
export function closableByAnyoneFrom(hub: HubRecord): number {
  return payPeriodEnd(hub) + hub.registration.terms.closedPeriod;
}

/** The earliest pay-day that is still possible, if the owner loses no time. */
export function earliestPayDay(hub: HubRecord, now: number): number {
  const { registration } = hub;
  const closedAt = registration.closedAt === 0 ? Math.max(now, closableFrom(hub)) : registration.closedAt;
  return payDayOf({ ...registration, closedAt });
}

/** From when anyone may rehabilitate a suspected hub. */
export function rehabFrom({ registration: { suspectedAt, terms } }: HubRecord): number {
  return suspectedAt + terms.rehabAfter;
}

/** From when the DAO may ban a suspected hub. */
export function bannableFrom({ registration: { suspectedAt, terms } }: HubRecord): number {
  return suspectedAt + terms.suspicion;
}
