// Names of the DAO's parameters (PROTOCOL.md, sections 7 and 8). The unit is in the name; shares are in basis points (1/10,000).

/** All parameters, in the order of the contracts' `Parameter`. */
export const parameterNames = [
  "ReserveWei",
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
/** The name of a parameter. It ends with the unit: `Wei`, `Bps` (1/10,000) or `Seconds`. */
export type ParameterName = (typeof parameterNames)[number];
