// What a hub's wallet allows and when (PROTOCOL.md, section 8.1), so that it can be said before anything is sent. The contracts decide;
// this explains.

import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showMoment } from "@sonm/protocol/values/dates";
import type { Advice, Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import { advice } from "../errors/advice.ts";
import { notYet, refusal } from "../errors/refusal.ts";
import type { HubRecord } from "../hub/wallet.ts";
import { MOST_ENDPOINT_BYTES, MOST_NAME_BYTES } from "../hub/whitelist.ts";
import { closableByAnyoneFrom, closableFrom, earliestPayDay, payDayOf, rehabFrom } from "./hub-times.ts";

/** Actions without further values. */
export type PlainWalletAction = "close" | "payday" | "rehab" | "sweep";

/** What can be done with a hub's wallet. Amounts are wei of SNM. */
export type WalletAction =
  /** `reserve`: the wallet must hold more than this; `added`: what comes in before */
  | { readonly kind: "register"; readonly reserve: bigint; readonly added: bigint }
  | { readonly kind: "pay"; readonly payee: Address; readonly amount: bigint }
  | { readonly kind: PlainWalletAction }
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

/** Whether the escrow releases what waits for the hub. */
export function isCollectable({ status }: HubRecord): boolean {
  return status === "registered" || status === "punished";
}

/** For an action that the wallet's status does not allow: why, and what to do instead. */
function wrongStatus(what: string, hub: HubRecord, now: number): Failure {
  const { registration } = hub;
  switch (hub.status) {
    case "created":
      return refusal(what, "the hub has never been registered", advice("register-hub"));
    case "idle":
      return refusal(what, "the hub is idle", advice("register-hub"));
    case "registered": {
      const payDay = earliestPayDay(hub, now);
      const first = registration.closedAt === 0 ? "close-and-pay-day-first" : "pay-day-first";
      const why = `the hub is registered since ${showDate(registration.registeredAt)}: this has to wait for pay-day`;
      return refusal(what, why, advice(first, { payDay: showMoment(payDay, now) }), { possibleFrom: payDay });
    }
    case "suspected": {
      const from = rehabFrom(hub);
      const why = `the hub is suspected since ${showDate(registration.suspectedAt)}`;
      return refusal(what, why, advice("await-rehab", { rehab: showMoment(from, now) }), { possibleFrom: from });
    }
    case "punished":
      return refusal(what, `the hub was banned at ${showDate(registration.endedAt)}, for ever`, advice("make-new-hub"));
  }
}

function short(what: string, available: bigint, needed: bigint, todo: Advice): Failure {
  return refusal(what, `there are ${showSnm(available)}, it takes ${showSnm(needed)}`, todo);
}

/**
 * Why `caller` cannot do this now; undefined if nothing prevents it.
 * @param now time of the chain's latest block, unix seconds
 * @example
 * ```ts
 * import { connect, type Deployment, latest } from "@sonm/chain";
 * import { hubRecordOf } from "@sonm/chain/hub/wallet";
 * import { hubRefusal } from "@sonm/chain/rules/hub";
 *
 * // Tells an owner whether it can withdraw an amount (wei of SNM) now, before anything is sent.
 * export async function explain(url: string, deployment: Deployment, wallet: `0x${string}`, amount: bigint): Promise<string> {
 *   const reader = await connect(url);
 *   const [hub, { now }] = await Promise.all([hubRecordOf(reader, deployment, wallet), latest(reader)]);
 *   const refusal = hubRefusal({ kind: "withdraw", amount }, hub, hub.owner, now);
 *   if (!refusal) return `${hub.name} can pay out ${amount} wei`;
 *   const from = refusal.possibleFrom === undefined ? "" : ` (possible from ${new Date(refusal.possibleFrom * 1000).toISOString()})`;
 *   return `${refusal.what}: ${refusal.why}${from}; ${refusal.todo}`;
 * }
 * ```
 */
export function hubRefusal(action: WalletAction, hub: HubRecord, caller: Address, now: number): Failure | undefined {
  const what = failed[action.kind];
  const { registration, status } = hub;
  const owned = isAddressEqual(hub.owner, caller);
  if (!owned && !anyones.includes(action.kind)) {
    return refusal(what, `${hub.wallet} belongs to ${hub.owner}, not to you (${caller})`, advice("use-owners-key"));
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
        : short(what, funds, action.reserve + 1n, advice("add-funds", { missing: showSnm(missing) }));
    }
    case "pay":
      if (status !== "registered") return wrongStatus(what, hub, now);
      if (registration.closedAt !== 0) {
        const payDay = payDayOf(registration);
        const why = `the period was closed at ${showDate(registration.closedAt)}`;
        const todo = advice("pay-after-pay-day", { payDay: showMoment(payDay, now) });
        return refusal(what, why, todo, { possibleFrom: payDay });
      }
      if (isAddressEqual(action.payee, hub.wallet)) {
        return refusal(what, "a wallet cannot pay itself", advice("name-other-payee"));
      }
      if (action.amount === 0n) return refusal(what, "nothing would be paid", advice("name-amount"));
      return action.amount <= hub.available
        ? undefined
        : short(what, hub.available, action.amount, advice("fund-hub-or-less"));
    case "fund":
      if (status === "punished") return refusal(what, "it is banned: what reaches it is seized", advice("keep-money"));
      return action.amount > 0n ? undefined : refusal(what, "nothing would be sent", advice("name-amount"));
    case "collect":
      if (action.owed > 0n || (hub.waiting > 0n && isCollectable(hub))) return undefined;
      if (hub.waiting > 0n) return wrongStatus(what, hub, now);
      return refusal(what, "nothing waits for it in the escrow, and no hub owes it anything", advice("do-nothing"));
    case "close": {
      if (status !== "registered") return wrongStatus(what, hub, now);
      if (registration.closedAt !== 0) {
        const payDay = payDayOf(registration);
        const why = `it has been closed at ${showDate(registration.closedAt)}`;
        return refusal(what, why, advice("pay-day-from", { payDay: showMoment(payDay, now) }));
      }
      const from = owned ? closableFrom(hub) : closableByAnyoneFrom(hub);
      return now < from ? notYet(what, "the pay period still runs", from, now) : undefined;
    }
    case "payday": {
      if (status !== "registered") return wrongStatus(what, hub, now);
      const from = earliestPayDay(hub, now);
      if (registration.closedAt === 0) {
        const close = showMoment(Math.max(now, closableFrom(hub)), now);
        const todo = advice("close-from", { close, payDay: showMoment(from, now) });
        return refusal(what, "the period has not been closed", todo, { possibleFrom: from });
      }
      const why = `the period was closed at ${showDate(registration.closedAt)}, and the DAO may still look`;
      return now < from ? notYet(what, why, from, now) : undefined;
    }
    case "withdraw":
      if (status !== "idle") return wrongStatus(what, hub, now);
      if (action.amount === 0n) return refusal(what, "nothing would be withdrawn", advice("name-amount"));
      return action.amount <= hub.free ? undefined : short(what, hub.free, action.amount, advice("withdraw-less"));
    case "rehab": {
      if (status !== "suspected") return refusal(what, `the hub is ${status}`, advice("only-suspected"));
      const from = rehabFrom(hub);
      if (now >= from) return undefined;
      const todo = advice("rehab-from", { moment: showMoment(from, now) });
      return refusal(what, "until then only the DAO can", todo, { possibleFrom: from });
    }
    case "sweep":
      if (status !== "punished") return refusal(what, `the hub is ${status}`, advice("only-banned"));
      return hub.free > 0n ? undefined : refusal(what, "nothing has arrived since the last time", advice("do-nothing"));
  }
}

/** Why the Whitelist would not take a hub's texts. A text that is not given is not checked. */
export function descriptionRefusal(
  what: string,
  { name = "", endpoint = "" }: { readonly name?: string | undefined; readonly endpoint?: string | undefined },
): Failure | undefined {
  for (const [which, text, most] of [
    ["name", name, MOST_NAME_BYTES],
    ["endpoint", endpoint, MOST_ENDPOINT_BYTES],
  ] as const) {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > most) {
      return refusal(what, `its ${which} has ${bytes} bytes, and at most ${most} are kept`, advice("shorten-text"));
    }
  }
  return undefined;
}

/** Why a hub cannot be made at `wallet`, which a salt has chosen. @param taken whether there is one already */
export function createRefusal(wallet: Address, salt: string, taken: boolean): Failure | undefined {
  if (!taken) return undefined;
  return refusal("There is such a hub already", `your hub with salt ${salt} is ${wallet}`, advice("use-hub"));
}
