// What a role reports, as people read it: one sentence for each happening, with SNM, dates and short hashes. `--json` keeps the full values.
import { showPrice } from "@sonm/chain/fees";
import type { NodeState } from "@sonm/chain/transport/nodes";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showMoment, showSpan } from "@sonm/protocol/values/dates";
import { plain } from "@sonm/protocol/values/plain";
import type { RoleEvent } from "./happenings.ts";

/** One line, as it may go to a terminal: the date by the chain's clock, who, and what. */
export function textOf(event: RoleEvent): string {
  return plain(`${showDate(event.at)}  ${event.name}: ${sentenceOf(event)}`);
}

/** `0x1f2e3d4c…` */
function short(hash: string): string {
  return hash.length > 10 ? `${hash.slice(0, 10)}…` : hash;
}

function count(number: number, noun: string): string {
  const plural = noun.endsWith("h") ? `${noun}es` : `${noun}s`;
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : plural}`;
}

/** How a node is, without a final stop. */
export function nodeLine({ name, state, why }: NodeState): string {
  return `node ${name} is ${state}${why === null ? "" : `: ${why}`}`;
}

/** What happened, without a final stop. */
export function sentenceOf(event: RoleEvent): string {
  const batch = (one: { readonly job: string; readonly batch: number }) =>
    `batch ${one.batch} of job ${short(one.job)}`;
  switch (event.kind) {
    case "ready":
      return `at work as ${event.address}`;
    case "idle":
      return event.wakeAt === null ? "nothing to do" : `nothing to do until ${showMoment(event.wakeAt, event.at)}`;
    case "busy":
      return `busy: ${event.with.map(shortHashes).join(", ")}`;
    case "failed":
      return `${event.what}: ${event.why} → ${event.todo}; tried again in ${showSpan(Math.ceil(event.retryIn))}`;
    case "nodes":
      return event.nodes.map(nodeLine).join("; ");
    case "put-aside":
      return `puts aside ${shortHashes(event.what)}: ${event.why}`;
    case "quarantined":
      return `does not read the ${shortHashes(event.what)} for ${showSpan(event.seconds)}: it has failed ${event.failures} times, at last because: ${shortHashes(event.why)}`;
    case "transaction":
      return `sent ${event.call}, mined in block ${event.block} for ${event.gas.toLocaleString("en-US")} gas (${short(event.hash)})`;
    case "raised":
      return `offers ${showPrice(BigInt(event.price))} a gas for ${event.call} (transaction ${event.nonce}), which is in no block yet (${short(event.hash)})`;
    case "staked":
      return `has staked ${showSnm(event.amount)}`;
    case "trying":
      return `tries unit ${event.unit} (${count(event.bytes, "byte")}) here first, for at most ${count(event.allowed, "step")}`;
    case "trial":
      return `has done ${count(event.steps, "step")} of unit ${event.unit} in ${showSpan(event.seconds)}`;
    case "estimated": {
      const { trial, exponent } = event;
      const runs = trial
        ? `the longest tried run took ${count(trial.steps, "step")} of 8^${exponent}`
        : "no unit has been tried";
      return `${count(event.units, "unit")} in ${count(event.batches, "batch")} will cost ${showSnm(event.total)}; ${runs}; a claim settles ${showSpan(event.settles)} after it was made`;
    }
    case "resting":
      return `rests (${event.why}) until ${event.until === null ? "it is told to go on" : showDate(event.until)}: takes and computes nothing, but plays its games and settles`;
    case "resumed":
      return "is at work again";
    case "published":
      return `published job ${short(event.job)}: its program and ${count(event.inputs, "input")}`;
    case "quoted":
      return `got a quote for job ${short(event.job)}, good until ${showMoment(event.expiry, event.at)}`;
    case "refused":
      return `the hub refuses job ${short(event.job)}: ${event.reason}`;
    case "posted":
      return `posted job ${short(event.job)}: ${count(event.units, "unit")} in ${count(event.batches, "batch")}, ${showSnm(event.escrow)} in escrow`;
    case "progress":
      return `job ${short(event.job)}: of ${count(event.batches, "batch")} ${event.claimed} claimed, ${event.settled} settled, ${event.collected} collected${event.refunded > 0 ? `, ${event.refunded} refunded` : ""}${event.settlesAt === null ? "" : `; the next can be settled ${showMoment(event.settlesAt, event.at)}`}`;
    case "cancelled":
      if (!event.posted) return `cancelled job ${short(event.job)} before it was posted: nothing was paid`;
      return `cancelled job ${short(event.job)}: ${
        event.open === 0
          ? "all its batches are claimed, and are paid for when they settle"
          : `${showSnm(event.back)} for ${count(event.open, "batch")} come back from ${showMoment(event.refundFrom, event.at)} on, unless they are claimed before`
      }`;
    case "collected":
      return `collected ${count(event.units, "output")} of ${batch(event)}, computed by ${short(event.miner)}`;
    case "rejected":
      return `a delivery of ${batch(event)} is not proved by claim ${short(event.claim)}: ${event.why}`;
    case "refunded":
      return `got ${showSnm(event.amount)} back for ${batch(event)}`;
    case "done":
      return `job ${short(event.job)} is done: ${count(event.settledUnits, "unit")} settled, ${event.refundedUnits} refunded`;
    case "announced":
      return `miner ${short(event.miner)} takes ${count(event.slots, "batch")} at a time, for at least ${showSnm(event.minPay)} a unit`;
    case "quote-signed":
      return `signed a quote for job ${short(event.job)} of ${count(event.units, "unit")}`;
    case "quote-refused":
      return `refused job ${short(event.job)}: ${event.reason}`;
    case "assigned":
      return `gave ${batch(event)} to miner ${short(event.miner)} for ${showSnm(event.pay)} a unit, to be claimed by ${showMoment(event.expiry, event.at)}`;
    case "declined":
      return `declined ${batch(event)}: ${event.reason}`;
    case "unit-computed":
      return `computed unit ${event.unit} of ${batch(event)}: ${count(event.steps, "step")}${event.fault === undefined ? "" : `, ended by ${event.fault}`}${event.lie ? ", and lies about it" : event.vain ? "; its lie changes nothing, so the result is the true one" : ""}`;
    case "claimed":
      return `claimed ${batch(event)}, ${count(event.units, "unit")}, as ${short(event.claim)}`;
    case "delivered":
      return `delivered the results of claim ${short(event.claim)}`;
    case "paid":
      return `was paid ${showSnm(event.amount)} by ${event.hubName ?? "hub"} (${short(event.hub)})`;
    case "unit-checked":
      return `recomputed unit ${event.unit} of claim ${short(event.claim)}: ${count(event.steps, "step")}`;
    case "checked":
      return `claim ${short(event.claim)} of miner ${short(event.miner)}, ${count(event.units, "unit")}, is ${event.ok ? "right" : "false"}`;
    case "committed":
      return `committed a challenge of claim ${short(event.claim)}, rank ${event.rank}`;
    case "opened":
      return `opened game ${short(event.game)} about claim ${short(event.claim)}${event.unit === null ? ", whose results are hidden" : `, unit ${event.unit}`}`;
    case "retracted":
      return `retracted its challenge of claim ${short(event.claim)}`;
    case "left":
      return `left game ${short(event.game)}: claim ${short(event.claim)} is decided`;
    case "awarded":
      return `earned ${showSnm(event.amount)} for the conviction of claim ${short(event.claim)}`;
    case "revealed":
      return `revealed level ${event.level} of its results in game ${short(event.game)}`;
    case "picked":
      return `picked ${event.unit === null ? "a part" : `unit ${event.unit}`} at level ${event.level} of game ${short(event.game)}`;
    case "split":
      return `move ${event.depth} of game ${short(event.game)}: unit ${event.unit}, steps ${event.from.toLocaleString("en-US")} to ${event.to.toLocaleString("en-US")}, by ${short(event.by)}`;
    case "proved":
      return `the chain has executed step ${event.step.toLocaleString("en-US")} of unit ${event.unit} in game ${short(event.game)}: ${event.instruction}`;
    case "timed-out":
      return `game ${short(event.game)} is over: ${short(event.loser)} did not answer in time`;
    case "convicted":
      return `miner ${short(event.miner)} is convicted of claim ${short(event.claim)} and loses ${showSnm(event.slashed)}`;
    case "settled":
      return `settled ${batch(event)}: ${count(event.units, "unit")}`;
  }
}

/** A text with short hashes. */
export function shortHashes(text: string): string {
  return text.replaceAll(/0x[0-9a-f]{9,}/gi, short);
}
