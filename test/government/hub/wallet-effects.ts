// What an allowed call of the wallet's table does: what it changes, and the events of all contracts, in order.

import type { Told } from "../../support/events.ts";
import { SNM, STATUS, type Wallet } from "../../support/government/fixture.ts";
import type { Caller, Possible } from "./wallet-table.ts";

/** The amount for every function, so that only status, time and caller decide. */
export const PAYMENT = 10n * SNM;
export const PAY = 7n * SNM;
export const SUBCONTRACT = 2n * SNM;
export const WITHDRAWAL = 5n * SNM;
const LOCK = 3n * SNM;
const RESERVE = SNM;
const FREEZE = 120n * 86_400n;

/** The default terms, as a registration stores them and its event shows them. */
const TERMS = {
  lockShareBps: 3_000,
  taxShareBps: 50,
  payPeriod: 30 * 86_400,
  closedPeriod: 4 * 86_400,
  suspicion: 120 * 86_400,
  rehabAfter: 180 * 86_400,
  seizureFreeze: 120 * 86_400,
  ratingMaturity: 4 * 86_400,
  ratingRiskBps: 5_000,
};

/** What the wallet stores about its current registration; empty before the first one. */
type Kept = Awaited<ReturnType<Wallet["read"]["registration"]>>;
export type Sight = {
  status: number;
  registrations: number;
  locked: bigint;
  free: bigint;
  approved: bigint;
  owner: bigint;
  treasury: bigint;
  frozen: bigint;
  seizures: bigint;
  registration: Kept;
};
type Change = Partial<Sight>;
/** `RegistrationOutcome`, by number. */
const OUTCOME = { Open: 0, PaidOut: 1, Rehabilitated: 2, Banned: 3 } as const;
const taxOf = ({ locked }: Sight) => ((RESERVE + locked) * 50n) / 10_000n;

/** What an allowed call changes; everything else stays as it was. */
export function effectOf(name: Possible, sight: Sight, now: number): Change {
  const tax = taxOf(sight);
  const taken = {
    treasury: sight.treasury + sight.free,
    frozen: sight.frozen + sight.free,
    seizures: sight.seizures + 1n,
    free: 0n,
  };
  const paid = { locked: sight.locked + LOCK, free: sight.free - PAY, approved: sight.approved + PAY };
  const noted = (change: Partial<Kept>) => ({ registration: { ...sight.registration, ...change } });
  const ended = (outcome: keyof typeof OUTCOME) => ({ outcome: OUTCOME[outcome], endedAt: now });
  const changes: { [name in Possible]: Change } = {
    register: {
      status: STATUS.Registered,
      registrations: sight.registrations + 1,
      registration: {
        ...{ registeredAt: now, closedAt: 0, suspectedAt: 0, endedAt: 0, outcome: OUTCOME.Open },
        ...{ reserve: RESERVE, terms: TERMS, seized: 0n },
      },
    },
    transfer: paid,
    // The call comes without its money, which the test's job board keeps. So only the wallet's own changes are seen.
    settled: paid,
    settledEarlier: { locked: sight.locked + LOCK },
    closePeriod: noted({ closedAt: now }),
    payDay: {
      ...{ status: STATUS.Idle, locked: 0n, free: sight.free - tax, treasury: sight.treasury + tax },
      ...noted(ended("PaidOut")),
    },
    withdraw: { free: sight.free - WITHDRAWAL, owner: sight.owner + WITHDRAWAL },
    suspect: { status: STATUS.Suspected, ...noted({ suspectedAt: now }) },
    rehab: { status: STATUS.Idle, locked: 0n, ...noted(ended("Rehabilitated")) },
    ban: { status: STATUS.Punished, locked: 0n, ...taken, ...noted({ ...ended("Banned"), seized: sight.free }) },
    sweep: taken,
    collect: { free: sight.free + SUBCONTRACT },
  };
  return changes[name];
}

/** All events of an allowed call, from all contracts. A refused call has none. */
export function eventsOf(name: Possible, caller: Caller, sight: Sight, now: number): Told[] {
  const { registrations: registration, free } = sight;
  const tax = taxOf(sight);
  const status = (to: keyof typeof STATUS): Told => [
    "whitelist",
    "HubStatusChanged",
    { wallet: "wallet", status: STATUS[to] },
  ];
  const moved = (from: string, to: string, value: bigint): Told => ["snm", "Transfer", { from, to, value }];
  const approved: Told = ["snm", "Approval", { owner: "wallet", spender: "miner", value: sight.approved + PAY }];
  const paid = { miner: "miner", amount: PAYMENT, approved: PAY, lock: LOCK };
  const seized: Told[] = [
    moved("wallet", "treasury", free),
    ["treasury", "Seized", { seizure: sight.seizures, hub: "wallet", amount: free, releaseAt: BigInt(now) + FREEZE }],
  ];
  const events: { [name in Possible]: Told[] } = {
    register: [
      status("Registered"),
      ["wallet", "Registered", { registration: registration + 1, reserve: RESERVE, terms: TERMS }],
    ],
    transfer: [["wallet", "PaymentApproved", paid], approved],
    settled: [["wallet", "SettlementReceived", paid], approved],
    settledEarlier: [
      ["wallet", "EarlierSettlementsReceived", { prices: PAYMENT, remainder: PAYMENT - PAY, lock: LOCK }],
    ],
    closePeriod: [["wallet", "PeriodClosed", { registration, by: caller }]],
    payDay: [
      status("Idle"),
      ["wallet", "PaidOut", { registration, frozen: RESERVE + sight.locked, tax }],
      moved("wallet", "treasury", tax),
    ],
    withdraw: [["wallet", "Withdrawn", { amount: WITHDRAWAL }], moved("wallet", "owner", WITHDRAWAL)],
    suspect: [status("Suspected"), ["wallet", "Suspected", { registration }]],
    rehab: [status("Idle"), ["wallet", "Rehabilitated", { registration, by: caller }]],
    ban: [status("Punished"), ["wallet", "Banned", { registration, seized: free }], ...seized],
    sweep: [["wallet", "Swept", { seized: free }], ...seized],
    collect: [
      ["wallet", "Collected", { payer: "holder", amount: SUBCONTRACT }],
      moved("holder", "wallet", SUBCONTRACT),
    ],
  };
  return events[name];
}
