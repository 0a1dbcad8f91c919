// What hubs owe: approved to somebody and not yet pulled, or still in the window of a claim. Amounts are wei of SNM, times unix seconds.

import { batchRange } from "@sonm/protocol/job/job";
import { settleableFrom } from "@sonm/protocol/result/claim";
import type { Address, ClaimId } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import { hubWalletAbi } from "../abi/hub-wallet.ts";
import { treasuryAbi } from "../abi/treasury.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import type { Market } from "../market/events.ts";
import { allowanceOf } from "../money/snm.ts";
import { action, actionAt } from "../transact.ts";
import { type HubEntry, hubsPage } from "./whitelist.ts";

/** Hubs asked for at once. */
const PAGE = 200;

/** What a hub has approved, wei of SNM. It can be pulled in every status of the hub: nothing takes it back. */
export type Owed = { readonly hub: HubEntry; readonly amount: bigint };

/** What every hub owes an account, without those that owe nothing. Reads all hubs, a page at a time. */
export async function owedTo(reader: Reader, deployment: Deployment, account: Address): Promise<Owed[]> {
  const owed: Owed[] = [];
  for (let from = 0, count = 1; from < count; from += PAGE) {
    const page = await hubsPage(reader, deployment, from, PAGE);
    count = page.count;
    const amounts = await Promise.all(page.hubs.map(({ wallet }) => allowanceOf(reader, deployment, wallet, account)));
    owed.push(...page.hubs.map((hub, i) => ({ hub, amount: amounts[i] ?? 0n })));
  }
  return owed.filter(({ amount }) => amount > 0n);
}

/** Pay that a claim will bring if nobody proves it wrong. */
export type Outstanding = {
  readonly claim: ClaimId;
  readonly hub: Address;
  readonly amount: bigint;
  /** from when anyone may settle it */
  readonly settlesFrom: number;
  /** a game on it is open, and has to end first */
  readonly disputed: boolean;
};

/** A miner's claims that are not settled yet, the first to settle first. */
export function outstandingOf({ claims, jobs }: Pick<Market, "claims" | "jobs">, miner: Address): Outstanding[] {
  const live = [...claims.values()].filter(
    ({ claim, status }) => status === "live" && isAddressEqual(claim.miner, miner),
  );
  const outstanding = live.flatMap(({ id, claim, claimedAt, games }) => {
    const job = jobs.get(claim.job)?.job;
    if (!job) return [];
    const amount = claim.pay * BigInt(batchRange(job, claim.batch).count);
    return [{ claim: id, hub: job.hub, amount, settlesFrom: settleableFrom(job, claimedAt), disputed: games > 0 }];
  });
  return outstanding.sort((a, b) => a.settlesFrom - b.settlesFrom);
}

/** Lets a hub's wallet pull what another hub's wallet owes it. Anyone may. @throws Failure if nothing is owed */
export const collectIntoHub = actionAt(
  { abi: hubWalletAbi, failure: "Nothing was collected", call: "collect" },
  (payer: Address) => [payer],
);

/** Lets the Treasury pull what a hub's wallet owes it. Anyone may. @throws Failure if nothing is owed */
export const collectIntoTreasury = action(
  { contract: "treasury", abi: treasuryAbi, failure: "Nothing was collected", call: "collect" },
  (payer: Address) => [payer],
);
