// The least that a job's bond and deposit may be (PROTOCOL.md, section 7).
import type { Job } from "./job.ts";

/** The largest share of the unit price that a miner's pay may be, in basis points. */
export const MAX_PAY_BPS = 7000n;
const BPS = 10_000n;

/** What `JobBoard` knows when it checks the sizes; amounts in wei of SNM. */
export type SizeParameters = {
  /** twice a miner's worst gas over a game */
  readonly minBond: bigint;
  /** four times a challenger's worst gas over a game */
  readonly minDeposit: bigint;
  /** p: the share of claims that verifiers are assumed to recompute, in basis points, 1 … 10,000 */
  readonly auditRateBps: bigint;
};

function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

/** The most a miner can be paid for a unit, wei of SNM: 70 % of the price, rounded down. @param price of a unit, wei of SNM */
export function maxPay(price: bigint): bigint {
  return (price * MAX_PAY_BPS) / BPS;
}

/**
 * Least bond, wei of SNM: `minBond + 4 × 70 % × P`. A challenger who loses pays with it for the miner's time and delay.
 * @param price P of a unit, wei of SNM
 */
export function minimalBond(price: bigint, parameters: SizeParameters): bigint {
  return parameters.minBond + ceilDiv(4n * MAX_PAY_BPS * price, BPS);
}

/**
 * Least deposit, wei of SNM: `max(minDeposit, bond, 2 × 70 % × P × batchSize × (1 − p)/p)`. If a batch is audited with probability p, a
 * cheat then loses on average twice as much as it can gain.
 * @throws RangeError if `auditRateBps` is 0
 */
export function minimalDeposit(terms: Pick<Job, "price" | "bond" | "batchSize">, parameters: SizeParameters): bigint {
  const p = parameters.auditRateBps;
  const gain = ceilDiv(2n * MAX_PAY_BPS * terms.price * BigInt(terms.batchSize) * (BPS - p), BPS * p);
  return [parameters.minDeposit, terms.bond, gain].reduce((a, b) => (a > b ? a : b));
}
