// The DAO's numbers (PROTOCOL.md, sections 7 and 8). The unit is in the name; shares are in basis points (1/10,000).
import { parametersAbi } from "./abi/parameters.ts";
import type { Reader } from "./clients.ts";
import type { Deployment } from "./deployment.ts";

/** All parameters, in the order of the contracts' `Parameter`. */
export const parameterNames = [
  "QuoteWei",
  "LockShareBps",
  "TaxShareBps",
  "PayPeriodSeconds",
  "ClosedPeriodSeconds",
  "SuspicionSeconds",
  "RehabAfterSeconds",
  "SeizureFreezeSeconds",
  "MinWindowSeconds",
  "MaxWindowSeconds",
  "MinOpeningSeconds",
  "MaxOpeningSeconds",
  "MinAllowanceSeconds",
  "MaxAllowanceSeconds",
  "MinGraceSeconds",
  "MaxGraceSeconds",
  "MinBondWei",
  "MinDepositWei",
  "AuditRateBps",
  "CommitStakeWei",
  "WithdrawalDelaySeconds",
  "RefundAfterSuspicionSeconds",
  "RatingMaturitySeconds",
  "RatingRiskBps",
] as const;
export type ParameterName = (typeof parameterNames)[number];

/** All parameters in force now. */
export async function parametersOf(
  { client }: Reader,
  { addresses }: Deployment,
): Promise<Readonly<Record<ParameterName, bigint>>> {
  const values = await Promise.all(
    parameterNames.map((_, index) =>
      client.readContract({ address: addresses.parameters, abi: parametersAbi, functionName: "get", args: [index] }),
    ),
  );
  const entries = parameterNames.map((name, index) => [name, values[index] ?? 0n] as const);
  return Object.fromEntries(entries) as Record<ParameterName, bigint>;
}
