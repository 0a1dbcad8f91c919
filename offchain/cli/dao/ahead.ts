// Checks whether a decision could be carried out now, before anybody pays for the attempt.

import { actionOf, type DaoAction } from "@sonm/chain/government/actions";
import { laneTimesOf } from "@sonm/chain/government/lanes";
import { parameterRecordOf } from "@sonm/chain/government/parameters";
import type { Proposal, ProposalStanding } from "@sonm/chain/government/proposals";
import { treasuryRecordOf } from "@sonm/chain/government/treasury";
import { hubRecordOf } from "@sonm/chain/hub/wallet";
import {
  banRefusal,
  decisionRefusal,
  parameterRefusal,
  spendRefusal,
  timelockRefusal,
} from "@sonm/chain/rules/decision";
import type { Failure } from "@sonm/protocol/values/failure";
import type { Account } from "../network.ts";
import { stopOn } from "../verb.ts";

/** Checks that a proposal queued now will still be valid when it may be executed. @throws Failure if not, with the date to queue it from */
export async function requireLasting({ reader, deployment, now }: Account, { calls, lane }: Proposal): Promise<void> {
  for (const call of calls) {
    const action = actionOf(deployment, call);
    if (action?.kind !== "ban") continue;
    const hub = await hubRecordOf(reader, deployment, action.hub);
    stopOn(banRefusal("queue", hub, await laneTimesOf(reader, deployment, lane), now));
  }
}

/** Checks everything that a proposal does. @throws Failure if it cannot be done now, with the date from which it can */
export async function requireFeasible(account: Account, { calls, lane, expiresAt }: ProposalStanding): Promise<void> {
  const { reader, deployment, now } = account;
  const { addresses } = deployment;
  let spent = 0n;
  for (const call of calls) {
    const action = actionOf(deployment, call);
    if (action?.kind === "spend") spent += action.amount;
    stopOn(await refusalOf(account, action, expiresAt));
  }
  if (spent > 0n) stopOn(spendRefusal(await treasuryRecordOf(reader, deployment), spent, now));
  const sent = calls.reduce((sum, { value }) => sum + value, 0n);
  if (sent === 0n) return;
  const timelock = lane === "slow" ? addresses.timelock : addresses.fastTimelock;
  stopOn(timelockRefusal(timelock, await reader.client.getBalance({ address: timelock }), sent));
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
      return decisionRefusal(action, await hubRecordOf(reader, deployment, action.hub), now, expiresAt);
    case "param":
      return parameterRefusal(await parameterRecordOf(reader, deployment, action.name), action.value);
    default:
      return undefined; // only the chain can judge calls that are not known here
  }
}
