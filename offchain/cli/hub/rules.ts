// What a hub's wallet allows when (PROTOCOL.md, section 8.1), to say so before anything is sent. The contracts decide; this explains.
import { isAddressEqual } from "viem";
import { showSnm } from "../../core/amounts.ts";
import { payDayOf } from "../../core/chain/hub/registration.ts";
import type { HubRecord } from "../../core/chain/hub/wallet.ts";
import { notYet, showDate, showMoment } from "../../core/dates.ts";
import { Failure } from "../../core/failure.ts";
import type { Address } from "../../core/types.ts";

/** What needs no more words. */
export type PlainHubAction = "close" | "payday" | "rehab" | "sweep";

/** Amounts in wei of SNM. */
export type WalletAction =
  /** `reserve`: what the wallet must hold more than; `added`: what comes in before */
  | { readonly kind: "register"; readonly reserve: bigint; readonly added: bigint }
  | { readonly kind: "pay"; readonly payee: Address; readonly amount: bigint }
  | { readonly kind: PlainHubAction }
  | { readonly kind: "withdraw" | "fund"; readonly amount: bigint }
  /** `owed`: by other hubs */
  | { readonly kind: "collect"; readonly owed: bigint }
  | { readonly kind: "set" };

const failed: Readonly<Record<WalletAction["kind"], string>> = {
  register: "The hub cannot be registered now",
  pay: "The hub cannot pay now",
  fund: "The hub cannot be funded",
  collect: "There is nothing to collect now",
  close: "The period cannot be closed now",
  payday: "It is not pay-day yet",
  withdraw: "Nothing can be withdrawn now",
  set: "The hub cannot be described anew",
  rehab: "The hub cannot be rehabilitated now",
  sweep: "There is nothing to sweep",
};

/** What anyone may do for any hub. */
const anyones: readonly WalletAction["kind"][] = ["close", "rehab", "sweep", "fund", "collect"];

/** Whether the escrow lets go of what waits for the hub. */
export function isCollectable({ status }: HubRecord): boolean {
  return status === "registered" || status === "punished";
}

/** When its owner may close the period. */
export function closableFrom({ registration: { registeredAt, terms } }: HubRecord): number {
  return registeredAt + terms.payPeriod - terms.closedPeriod;
}

/** When anyone may close the period. */
export function closableByAnyoneFrom({ registration: { registeredAt, terms } }: HubRecord): number {
  return registeredAt + terms.payPeriod + terms.closedPeriod;
}

/** The earliest pay-day there can still be, if the owner loses no time. */
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

/** For an action that the wallet's status does not allow: why, and what leads on from there. */
function wrongStatus(what: string, hub: HubRecord, now: number): Failure {
  const { registration } = hub;
  switch (hub.status) {
    case "created":
      return new Failure(what, "the hub has never been registered", "register it: `sonm hub register`");
    case "idle":
      return new Failure(what, "the hub is idle", "register it: `sonm hub register`");
    case "registered": {
      const payDay = earliestPayDay(hub, now);
      const steps = registration.closedAt === 0 ? "`sonm hub close`, then `sonm hub payday`" : "`sonm hub payday`";
      const why = `the hub is registered since ${showDate(registration.registeredAt)}: this has to wait for pay-day`;
      return new Failure(what, why, `${steps}, possible from ${showMoment(payDay, now)}`, { possibleFrom: payDay });
    }
    case "suspected": {
      const from = rehabFrom(hub);
      const why = `the hub is suspected since ${showDate(registration.suspectedAt)}`;
      const todo = `the DAO can rehabilitate it at any time (\`sonm dao propose rehab\`), anyone from ${showMoment(from, now)}`;
      return new Failure(what, why, todo, { possibleFrom: from });
    }
    case "punished":
      return new Failure(
        what,
        `the hub was banned at ${showDate(registration.endedAt)}, for ever`,
        "make a new hub: `sonm hub create --salt …`",
      );
  }
}

function short(what: string, available: bigint, needed: bigint, todo: string): Failure {
  return new Failure(what, `there are ${showSnm(available)}, it takes ${showSnm(needed)}`, todo);
}

/** Why `caller` cannot do this now; undefined if nothing stands in the way. */
export function refusalOf(action: WalletAction, hub: HubRecord, caller: Address, now: number): Failure | undefined {
  const what = failed[action.kind];
  const { registration, status } = hub;
  const owned = isAddressEqual(hub.owner, caller);
  if (!owned && !anyones.includes(action.kind)) {
    return new Failure(what, `${hub.wallet} belongs to ${hub.owner}, not to you (${caller})`, "use its owner's key");
  }
  switch (action.kind) {
    case "set":
      return undefined;
    case "register": {
      if (status !== "created" && status !== "idle") return wrongStatus(what, hub, now);
      const funds = hub.free + action.added;
      const missing = action.reserve - funds;
      return funds > action.reserve
        ? undefined
        : short(what, funds, action.reserve + 1n, `put more than ${showSnm(missing)} into it: --fund AMOUNT`);
    }
    case "pay":
      if (status !== "registered") return wrongStatus(what, hub, now);
      if (registration.closedAt !== 0) {
        const payDay = payDayOf(registration);
        const why = `the period was closed at ${showDate(registration.closedAt)}`;
        const todo = `after pay-day (from ${showMoment(payDay, now)}) register again, then pay`;
        return new Failure(what, why, todo, { possibleFrom: payDay });
      }
      if (isAddressEqual(action.payee, hub.wallet)) {
        return new Failure(what, "a wallet cannot pay itself", "name somebody else");
      }
      if (action.amount === 0n) return new Failure(what, "nothing would be paid", "name an amount above 0");
      return action.amount <= hub.available
        ? undefined
        : short(what, hub.available, action.amount, "pay less, or put SNM into the wallet first: `sonm hub fund`");
    case "fund":
      if (status === "punished") return new Failure(what, "it is banned: what reaches it is seized", "keep your SNM");
      return action.amount > 0n ? undefined : new Failure(what, "nothing would be sent", "name an amount above 0");
    case "collect":
      if (action.owed > 0n || (hub.waiting > 0n && isCollectable(hub))) return undefined;
      if (hub.waiting > 0n) return wrongStatus(what, hub, now);
      return new Failure(what, "nothing waits for it in the escrow, and no hub owes it anything", "do nothing");
    case "close": {
      if (status !== "registered") return wrongStatus(what, hub, now);
      if (registration.closedAt !== 0) {
        const payDay = payDayOf(registration);
        const why = `it has been closed at ${showDate(registration.closedAt)}`;
        return new Failure(what, why, `\`sonm hub payday\` is possible from ${showMoment(payDay, now)}`);
      }
      const from = owned ? closableFrom(hub) : closableByAnyoneFrom(hub);
      return now < from ? notYet(what, "the pay period still runs", from, now) : undefined;
    }
    case "payday": {
      if (status !== "registered") return wrongStatus(what, hub, now);
      const from = earliestPayDay(hub, now);
      if (registration.closedAt === 0) {
        const close = showMoment(Math.max(now, closableFrom(hub)), now);
        const todo = `\`sonm hub close\` is possible from ${close}, pay-day then from ${showMoment(from, now)}`;
        return new Failure(what, "the period has not been closed", todo, { possibleFrom: from });
      }
      const why = `the period was closed at ${showDate(registration.closedAt)}, and the DAO may still look`;
      return now < from ? notYet(what, why, from, now) : undefined;
    }
    case "withdraw":
      if (status !== "idle") return wrongStatus(what, hub, now);
      if (action.amount === 0n) return new Failure(what, "nothing would be withdrawn", "name an amount above 0");
      return action.amount <= hub.free ? undefined : short(what, hub.free, action.amount, "withdraw less, or `all`");
    case "rehab": {
      if (status !== "suspected") return new Failure(what, `the hub is ${status}`, "only a suspected hub can be");
      const from = rehabFrom(hub);
      const why = "until then only the DAO can (`sonm dao propose rehab`)";
      return now < from ? notYet(what, why, from, now) : undefined;
    }
    case "sweep":
      if (status !== "punished") return new Failure(what, `the hub is ${status}`, "only a banned hub is swept");
      return hub.free > 0n ? undefined : new Failure(what, "nothing has arrived since the last time", "do nothing");
  }
}
