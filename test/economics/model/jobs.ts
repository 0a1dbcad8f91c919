// Jobs, batches and the escrow (PROTOCOL.md, sections 4 and 7).

import type { Hex } from "@sonm/protocol/values/ids";
import type { Address } from "viem";
import { type Job, jobIdOf } from "../../support/market/terms.ts";
import { type BatchStatus, type Context, contentOf, demand, known, type Rules, type State, transfer } from "./state.ts";

/** Of the terms, it checks only the deadline: everything else that `post` refuses in them has tests of its own. */
export function post({ state, rules, from }: Context, job: Job, expiry: bigint, signature: Hex): void {
  const id = jobIdOf(job);
  demand(from === job.buyer, "JobBoardNotBuyer");
  demand(state.jobs[id] === undefined, "JobBoardAlreadyPosted");
  demand(state.now <= expiry, "JobBoardQuoteExpired");
  demand(job.hub === rules.addresses.hub, "JobBoardUnknownHub");
  demand(state.hub.status === "Registered", "JobBoardHubNotRegistered");
  demand(rules.hubSigned(signature, contentOf("quote", id, expiry)), "JobBoardBadQuoteSignature");
  demand(job.deadline > state.now, "TermsDeadline");
  const count = Math.ceil(job.units / job.batchSize);
  const batches = Array.from({ length: count }, () => ({ status: "Open" as BatchStatus, attempt: 0 }));
  state.jobs[id] = { job, batches };
  transfer(state, from, rules.addresses.board, job.price * BigInt(job.units));
}

export function refund({ state, rules }: Context, job: Job, numbers: readonly number[]): void {
  const id = jobIdOf(job);
  known(state.jobs[id], "JobBoardUnknownJob");
  const { status, suspectedAt } = state.hub;
  const given = status === "Suspected" && state.now >= suspectedAt + rules.refundAfterSuspicion;
  demand(state.now >= job.deadline || status === "Punished" || given, "JobBoardNotRefundable");
  let units = 0;
  for (const number of numbers) {
    change(state, id, number, "Open", "Refunded");
    units += unitsOf(job, number);
  }
  transfer(state, rules.addresses.board, job.buyer, job.price * BigInt(units));
}

export function collect({ state, rules }: Context, hub: Address): void {
  const remainder = hub === rules.addresses.hub ? state.waiting.remainder : 0n;
  demand(remainder > 0n, "JobBoardNothingWaiting");
  const { status } = state.hub;
  demand(status === "Registered" || status === "Punished", "JobBoardHubNotRegistered");
  state.waiting = { remainder: 0n, prices: 0n };
  transfer(state, rules.addresses.board, hub, remainder);
}

/** A claim takes a batch. */
export function take(state: State, id: Hex, number: number, attempt: number): void {
  const { job, batches } = known(state.jobs[id], "JobBoardUnknownJob");
  const { attempt: current } = known(batches[number], "JobBoardNoSuchBatch");
  demand(state.now < job.deadline, "JobBoardDeadlineOver");
  change(state, id, number, "Open", "Taken");
  demand(current === attempt, "JobBoardWrongAttempt");
}

/** A conviction makes the batch open again. */
export function reopen(state: State, id: Hex, number: number): void {
  change(state, id, number, "Taken", "Open").attempt++;
}

/** A settlement pays for the batch. */
export function pay(state: State, rules: Rules, job: Job, number: number, miner: Address, unitPay: bigint): void {
  change(state, jobIdOf(job), number, "Taken", "Paid");
  const units = BigInt(unitsOf(job, number));
  const { board, hub } = rules.addresses;
  if (state.hub.status === "Registered") {
    transfer(state, board, hub, job.price * units);
  } else {
    transfer(state, board, miner, unitPay * units);
    state.waiting.remainder += (job.price - unitPay) * units;
    state.waiting.prices += job.price * units;
  }
}

/** How many units a batch has. */
export function unitsOf(job: Job, number: number): number {
  return Math.min(job.batchSize, job.units - number * job.batchSize);
}

function change(state: State, id: Hex, number: number, from: BatchStatus, to: BatchStatus) {
  const batch = known(state.jobs[id]?.batches[number], "JobBoardNoSuchBatch");
  demand(batch.status === from, "JobBoardBatchNot");
  batch.status = to;
  return batch;
}
