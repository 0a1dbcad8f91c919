// Stakes (PROTOCOL.md, section 7): what is free, what is locked, what has been asked back.
import type { Address } from "viem";
import { type Context, demand, type Rules, type State, stakeOf, transfer } from "./state.ts";

export function deposit({ state, rules, from }: Context, amount: bigint): void {
  demand(amount > 0n, "DepositsZeroAmount");
  transfer(state, from, rules.addresses.deposits, amount);
  stakeOf(state, from).free += amount;
}

export function requestWithdrawal({ state, rules, from }: Context, amount: bigint): void {
  demand(amount > 0n, "DepositsZeroAmount");
  const stake = stakeOf(state, from);
  demand(stake.free >= amount, "DepositsInsufficientFree");
  stake.free -= amount;
  stake.withdrawing += amount;
  stake.availableAt = state.now + rules.withdrawalDelay;
}

export function withdraw({ state, rules, from }: Context): void {
  const stake = stakeOf(state, from);
  demand(stake.withdrawing > 0n, "DepositsNothingToWithdraw");
  demand(state.now >= stake.availableAt, "DepositsNotYet");
  transfer(state, rules.addresses.deposits, from, stake.withdrawing);
  stake.withdrawing = 0n;
  stake.availableAt = 0;
}

export function lock(state: State, account: Address, amount: bigint): void {
  const stake = stakeOf(state, account);
  demand(stake.free >= amount, "DepositsInsufficientFree");
  stake.free -= amount;
  stake.locked += amount;
}

export function unlock(state: State, account: Address, amount: bigint): void {
  const stake = stakeOf(state, account);
  demand(stake.locked >= amount, "DepositsInsufficientLocked");
  stake.locked -= amount;
  stake.free += amount;
}

/** Takes `amount` of what is locked: `share` of it becomes free stake of `earner`, the remainder goes to the Treasury. */
export function slash(
  state: State,
  rules: Rules,
  account: Address,
  amount: bigint,
  earner: Address,
  share: bigint,
): void {
  const stake = stakeOf(state, account);
  demand(stake.locked >= amount, "DepositsInsufficientLocked");
  stake.locked -= amount;
  stakeOf(state, earner).free += share;
  transfer(state, rules.addresses.deposits, rules.addresses.treasury, amount - share);
}
