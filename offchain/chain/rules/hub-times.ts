// When something can happen to a hub (PROTOCOL.md, section 8.1). Unix seconds.
import type { Registration } from "../hub/registration.ts";
import type { HubRecord } from "../hub/wallet.ts";

/** Time from which a closed registration may be paid out, unix seconds. */
export function payDayOf({ registeredAt, closedAt, terms }: Registration): number {
  return Math.max(closedAt + terms.closedPeriod, registeredAt + terms.payPeriod);
}

/** End of the pay period, unix seconds: from then on no rating is taken. */
export function payPeriodEnd({ registration: { registeredAt, terms } }: HubRecord): number {
  return registeredAt + terms.payPeriod;
}

/** Time from which the owner may close the period, unix seconds. */
export function closableFrom(hub: HubRecord): number {
  return payPeriodEnd(hub) - hub.registration.terms.closedPeriod;
}

/** Time from which anyone may close the period, unix seconds. */
export function closableByAnyoneFrom(hub: HubRecord): number {
  return payPeriodEnd(hub) + hub.registration.terms.closedPeriod;
}

/** The earliest pay-day that is still possible, if the owner loses no time. Both are unix seconds. */
export function earliestPayDay(hub: HubRecord, now: number): number {
  const { registration } = hub;
  const closedAt = registration.closedAt === 0 ? Math.max(now, closableFrom(hub)) : registration.closedAt;
  return payDayOf({ ...registration, closedAt });
}

/** Time from which anyone may rehabilitate a suspected hub, unix seconds. */
export function rehabFrom({ registration: { suspectedAt, terms } }: HubRecord): number {
  return suspectedAt + terms.rehabAfter;
}

/** Time from which the DAO may ban a suspected hub, unix seconds. */
export function bannableFrom({ registration: { suspectedAt, terms } }: HubRecord): number {
  return suspectedAt + terms.suspicion;
}
