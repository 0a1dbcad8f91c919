// What people can do on the market, as data that both the model and the contracts execute.

import type { Game } from "@sonm/protocol/dispute/game";
import type { Hex } from "@sonm/protocol/values/ids";
import type { Address } from "viem";
import type { Claim, Job } from "../../support/market/terms.ts";

export type UnitResult = { readonly position: number; readonly resultHash: Hex; readonly path: readonly Hex[] };
export type UnitInput = { readonly root: Hex; readonly path: readonly Hex[] };

/** The arguments of every call, in the order of the contracts. */
export type Arguments = {
  deposit: readonly [amount: bigint];
  requestWithdrawal: readonly [amount: bigint];
  withdraw: readonly [];
  post: readonly [job: Job, expiry: bigint, signature: Hex];
  refund: readonly [job: Job, batches: readonly number[]];
  collect: readonly [hub: Address];
  claim: readonly [job: Job, claim: Claim, expiry: bigint, signature: Hex];
  settle: readonly [job: Job, claim: Claim];
  confirm: readonly [job: Job, claim: Claim];
  commit: readonly [hash: Hex];
  retract: readonly [job: Job, claim: Claim, salt: Hex];
  forfeit: readonly [challenger: Address, hash: Hex];
  open: readonly [job: Job, claim: Claim, salt: Hex, result: UnitResult, input: UnitInput, states: readonly Hex[]];
  openTree: readonly [job: Job, claim: Claim, salt: Hex];
  reveal: readonly [game: Game, children: readonly Hex[]];
  pick: readonly [game: Game, children: readonly Hex[], child: number];
  pickLeaf: readonly [
    game: Game,
    job: Job,
    children: readonly Hex[],
    child: number,
    input: UnitInput,
    states: readonly Hex[],
  ];
  split: readonly [game: Game, stored: readonly Hex[], segment: number, states: readonly Hex[]];
  prove: readonly [game: Game, stored: readonly Hex[], segment: number, witness: Hex];
  timeOut: readonly [game: Game];
  leave: readonly [game: Game];
  award: readonly [job: Job, claim: Claim, game: Game];
  setStatus: readonly [status: number];
};

/** A call as its sender makes it. */
export type Call = {
  [Name in keyof Arguments]: { readonly from: Address; readonly name: Name; readonly args: Arguments[Name] };
}[keyof Arguments];

/** Contracts of the market that people call; the hub's standing is set from outside. */
export type Target = "deposits" | "board" | "results" | "bisection" | "hub";

const targets: Record<Target, readonly (keyof Arguments)[]> = {
  deposits: ["deposit", "requestWithdrawal", "withdraw"],
  board: ["post", "refund", "collect"],
  results: ["claim", "settle", "confirm"],
  bisection: [
    ...(["commit", "retract", "forfeit", "open", "openTree"] as const),
    ...(["reveal", "pick", "pickLeaf", "split", "prove", "timeOut", "leave", "award"] as const),
  ],
  hub: ["setStatus"],
};

/** Which contract a call goes to. */
export function targetOf(name: keyof Arguments): Target {
  const found = (Object.keys(targets) as Target[]).find((target) => targets[target].includes(name));
  if (!found) throw new Error(`no contract has ${name}`);
  return found;
}
