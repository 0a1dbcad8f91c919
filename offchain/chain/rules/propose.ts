// What can be proposed, and by whom (PROTOCOL.md, section 8.6): an action that could never be carried out cannot be proposed.

import { showSnm } from "@sonm/protocol/values/amounts";
import type { Failure } from "@sonm/protocol/values/failure";
import { isAddressEqual, zeroAddress } from "viem";
import { advice } from "../errors/advice.ts";
import { refusal } from "../errors/refusal.ts";
import type { DaoAction } from "../government/actions.ts";
import { showParameter } from "../government/parameter-text.ts";
import type { ParameterRecord } from "../government/parameters.ts";
import type { HubRecord } from "../hub/wallet.ts";
import { IMPOSSIBLE, parameterRefusal } from "./decision.ts";

type Action<Kind extends DaoAction["kind"]> = Extract<DaoAction, { readonly kind: Kind }>;

const NO_CHANGE = "Nothing to change";

/** Why an account with `own` votes cannot propose if that takes `threshold`; undefined if it can. Votes are wei of SNM. */
export function proposerRefusal(own: bigint, threshold: bigint): Failure | undefined {
  if (own >= threshold) return undefined;
  const why = `it takes ${showSnm(threshold)} of votes, you have ${showSnm(own)}`;
  return refusal("You cannot propose", why, advice("delegate"));
}

/** Why this cannot be decided about a hub in its status; undefined if it can. For a ban its time matters too: see `banRefusal`. */
export function judgementRefusal(kind: "suspect" | "rehab" | "ban", { name, status }: HubRecord): Failure | undefined {
  const needed = kind === "suspect" ? "registered" : "suspected";
  if (status === needed) return undefined;
  const unsuspected = needed === "suspected" && status === "registered";
  const todo = unsuspected ? advice("suspect-first") : advice("only-status", { status: needed });
  return refusal(IMPOSSIBLE, `${name} is ${status}`, todo);
}

/** Why a hub's trusted mark cannot be set to `wanted`; undefined if it can. */
export function trustRefusal({ name, status, trusted }: HubRecord, wanted: boolean): Failure | undefined {
  if (status === "punished") return refusal(IMPOSSIBLE, `${name} is banned, for ever`, advice("nobody-works-with-it"));
  if (trusted !== wanted) return undefined;
  return refusal(NO_CHANGE, `${name} is ${wanted ? "" : "not "}trusted`, advice("do-nothing"));
}

/** Why a parameter cannot be set to `value` (in its unit), or need not be; undefined if it can. */
export function changeRefusal(record: ParameterRecord, value: bigint): Failure | undefined {
  const { name } = record;
  if (value !== record.value || record.next !== undefined) return parameterRefusal(record, value);
  return refusal(NO_CHANGE, `${name} is ${showParameter(name, value)}`, advice("do-nothing"));
}

/** Why such a payment could never be made; undefined if it could. */
export function spendingRefusal({ to, amount }: Action<"spend">): Failure | undefined {
  if (isAddressEqual(to, zeroAddress)) return refusal(IMPOSSIBLE, "nobody has the address 0", advice("name-payee"));
  return amount > 0n ? undefined : refusal(IMPOSSIBLE, "nothing would be paid", advice("name-amount"));
}
