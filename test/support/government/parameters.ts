// The DAO's numbers as data: PROTOCOL.md, sections 7 and 8.2.

import type { ParameterName } from "@sonm/chain/enums/parameter";
import { parseEther } from "viem";
import { DAY, SNM } from "./fixture.ts";

const HOUR = 3_600n;
const MINUTE = 60n;

/** In the order of the contract: default, least, greatest. */
export const PARAMETERS: readonly [name: ParameterName, value: bigint, min: bigint, max: bigint][] = [
  ["ReserveWei", SNM, SNM / 100n, 1_000n * SNM],
  ["LockShareBps", 3_000n, 1_000n, 3_000n],
  ["TaxShareBps", 50n, 0n, 500n],
  ["PayPeriodSeconds", 30n * DAY, 7n * DAY, 90n * DAY],
  ["ClosedPeriodSeconds", 4n * DAY, 3n * DAY, 6n * DAY],
  ["SuspicionSeconds", 120n * DAY, 30n * DAY, 150n * DAY],
  ["RehabAfterSeconds", 180n * DAY, 180n * DAY, 360n * DAY],
  ["SeizureFreezeSeconds", 120n * DAY, 30n * DAY, 360n * DAY],
  ["MinWindowSeconds", HOUR, 10n * MINUTE, DAY],
  ["MaxWindowSeconds", 7n * DAY, DAY, 14n * DAY],
  ["MinOpeningSeconds", 10n * MINUTE, 5n * MINUTE, 30n * MINUTE],
  ["MaxOpeningSeconds", DAY, 30n * MINUTE, DAY],
  ["MinAllowanceSeconds", HOUR, 10n * MINUTE, DAY],
  ["MaxAllowanceSeconds", 7n * DAY, DAY, 14n * DAY],
  ["MinGraceSeconds", 10n * MINUTE, 5n * MINUTE, HOUR],
  ["MaxGraceSeconds", DAY, HOUR, DAY],
  ["MinBondWei", 10n * SNM, 0n, 1_000_000n * SNM],
  ["MinDepositWei", 100n * SNM, 0n, 1_000_000n * SNM],
  ["AuditRateBps", 5_000n, 100n, 9_900n],
  ["CommitStakeWei", SNM, parseEther("0.001"), 10_000n * SNM],
  ["WithdrawalDelaySeconds", DAY, HOUR, 30n * DAY],
  ["RefundAfterSuspicionSeconds", DAY, HOUR, 7n * DAY],
  ["RatingMaturitySeconds", 4n * DAY, 3n * DAY, 6n * DAY],
  ["RatingRiskBps", 5_000n, 100n, 10_000n],
];
