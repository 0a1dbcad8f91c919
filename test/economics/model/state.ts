// The whole market as plain data, and the few operations on it that all rules share. Amounts in wei of SNM, times in unix seconds.

import type { Side } from "@sonm/protocol/dispute/clock";
import type { Game, GameOutcome } from "@sonm/protocol/dispute/game";
import type { Hex } from "@sonm/protocol/values/ids";
import type { Address } from "viem";
import type { Claim, Job } from "../../support/market/terms.ts";

export type Stake = { free: bigint; locked: bigint; withdrawing: bigint; availableAt: number };
export type BatchStatus = "Open" | "Taken" | "Paid" | "Refunded";
export type ClaimStatus = "Live" | "Settled" | "Convicted" | "Awarded";
export type HubStatus = "Created" | "Registered" | "Idle" | "Suspected" | "Punished";

export type ClaimRecord = {
  job: Job;
  claim: Claim;
  status: ClaimStatus;
  games: number;
  claimedAt: number;
  /** 0 while it is live */
  endedAt: number;
  winner: { challenger: Address; rank: bigint } | undefined;
};

export type Commitment = { challenger: Address; hash: Hex; at: number; rank: bigint; stake: bigint };

export type GameRecord = {
  terms: Game;
  phase: "reveal" | "pick" | "split" | "over";
  /** reveal, pick: a third of the disputed node's height; split: splits posted */
  level: number;
  position: number;
  /** split: the step at which the segment begins; 0 before */
  first: number;
  /** reveal: the disputed node · pick: its children · split: the start and the eight states */
  values: readonly Hex[];
  /** when the turn began */
  since: number;
  /** thinking time left to each when the turn began, seconds */
  rest: Record<Side, number>;
  outcome: GameOutcome | undefined;
};

export type State = {
  now: number;
  /** SNM of every account and contract */
  balances: Record<Address, bigint>;
  stakes: Record<Address, Stake>;
  hub: { status: HubStatus; suspectedAt: number };
  jobs: Record<Hex, { job: Job; batches: { status: BatchStatus; attempt: number }[] }>;
  /** what waits for the hub after the miners were paid, and the full prices behind it */
  waiting: { remainder: bigint; prices: bigint };
  claims: Record<Hex, ClaimRecord>;
  /** by challenger and hash */
  commitments: Record<string, Commitment>;
  commitmentsMade: bigint;
  games: Record<Hex, GameRecord>;
};

/** What does not change while people play. */
export type Rules = {
  readonly addresses: { readonly [Name in "deposits" | "board" | "hub" | "treasury" | "bisection"]: Address };
  readonly commitStake: bigint;
  readonly withdrawalDelay: number;
  readonly refundAfterSuspicion: number;
  /** Whether the hub has signed this content. */
  hubSigned(signature: Hex, content: string): boolean;
};

/** Who calls, and what it acts on. */
export type Context = { readonly state: State; readonly rules: Rules; readonly from: Address };

/** A call that the rules forbid, by the name of the contracts' error. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Goes on only if `allowed`. */
export function demand(allowed: boolean, refusal: string): asserts allowed {
  if (!allowed) throw new Refusal(refusal);
}

/** The value, which must be there. */
export function known<T>(value: T | undefined, refusal: string): T {
  demand(value !== undefined, refusal);
  return value;
}

export function transfer(state: State, from: Address, to: Address, amount: bigint): void {
  const has = state.balances[from] ?? 0n;
  demand(has >= amount, "ERC20InsufficientBalance");
  state.balances[from] = has - amount;
  state.balances[to] = (state.balances[to] ?? 0n) + amount;
}

export function stakeOf(state: State, account: Address): Stake {
  state.stakes[account] ??= { free: 0n, locked: 0n, withdrawing: 0n, availableAt: 0 };
  return state.stakes[account];
}

/** What a quote or an assignment says, as a string. */
export function contentOf(...parts: readonly (string | number | bigint)[]): string {
  return parts.join("|");
}
