// The calls that the DAO can decide, and their effect when `caller` makes them: a timelock of the DAO, or anybody else.
import { type ParameterName, parameterNames } from "@sonm/chain/enums/parameter";
import { DAY, SNM } from "../support/government/fixture.ts";
import { actions, type Model, refuseUnless, TERMS, type Terms, walletOf } from "../support/government/model.ts";
import { PARAMETERS } from "../support/government/parameters.ts";
import type { Lane, Settings, VotersModel } from "./voters-model.ts";

/** A governor's own settings, and its timelock's. */
export type Setting = keyof Settings | "quorumPercent";
export type Call =
  /** About the registration that is current at the proposal, if none is named. */
  | { kind: "suspect" | "rehab" | "ban"; wallet: string; registration?: number }
  | { kind: "trust"; wallet: string; trusted: boolean }
  | { kind: "spend"; to: string; amount: bigint }
  | { kind: "set"; parameter: ParameterName; value: bigint }
  | { kind: "tune"; lane: Lane; setting: Setting; value: bigint };

/** What else the DAO governs besides hubs and the Treasury. */
export type Governed = Model & {
  trusted: Set<string>;
  parameters: Map<ParameterName, { value: bigint; next: bigint; effectiveAt: bigint }>;
};

export const PARAMETER_OF: Record<keyof Terms, ParameterName> = {
  reserve: "ReserveWei",
  lockShare: "LockShareBps",
  taxShare: "TaxShareBps",
  payPeriod: "PayPeriodSeconds",
  closedPeriod: "ClosedPeriodSeconds",
  suspicion: "SuspicionSeconds",
  rehabAfter: "RehabAfterSeconds",
  freeze: "SeizureFreezeSeconds",
  maturity: "RatingMaturitySeconds",
  risk: "RatingRiskBps",
};

export const firstParameters = (): Governed["parameters"] =>
  new Map(PARAMETERS.map(([name, value]) => [name, { value, next: 0n, effectiveAt: 0n }]));

function entryOf(model: Governed, name: ParameterName) {
  const entry = model.parameters.get(name);
  if (!entry) throw new Error(`no parameter ${name}`);
  return entry;
}
export function parameterOf(model: Governed, name: ParameterName): bigint {
  const { value, next, effectiveAt } = entryOf(model, name);
  return effectiveAt !== 0n && model.now >= effectiveAt ? next : value;
}
/** The terms of a wallet that registers now. */
export function termsInForce(model: Governed): Terms {
  const terms = { ...TERMS };
  for (const [term, name] of Object.entries(PARAMETER_OF)) terms[term as keyof Terms] = parameterOf(model, name);
  return terms;
}
/** Longer than window, opening and the longest game of any job that is possible now. */
const changeDelay = (model: Governed) =>
  parameterOf(model, "MaxWindowSeconds") +
  parameterOf(model, "MaxOpeningSeconds") +
  2n * parameterOf(model, "MaxAllowanceSeconds") +
  24n * parameterOf(model, "MaxGraceSeconds") +
  1n;

export const registrationsOf = (model: Model, wallet: string) => model.wallets.get(wallet)?.registrations.length ?? 0;
/** The call with its registration named. */
export function settle(model: VotersModel, call: Call): Call {
  if (call.kind !== "suspect" && call.kind !== "rehab" && call.kind !== "ban") return call;
  return { ...call, registration: call.registration ?? registrationsOf(model, call.wallet) };
}

export function perform(model: VotersModel, call: Call, caller: string) {
  if (call.kind === "tune") tune(model, call, caller);
  else govern(model, call, caller);
}

export function govern(model: Governed, call: Exclude<Call, { kind: "tune" }>, caller: string) {
  switch (call.kind) {
    case "suspect":
    case "rehab":
      return actions[call.kind](model, call.wallet, caller, call.registration);
    case "ban":
      actions.ban(model, call.wallet, caller, call.registration);
      model.trusted.delete(call.wallet);
      return;
    case "trust":
      refuseUnless(caller === "government", "WhitelistNotGovernment");
      refuseUnless(walletOf(model, call.wallet).status !== "Punished", "WhitelistHubPunished");
      if (call.trusted) model.trusted.add(call.wallet);
      else model.trusted.delete(call.wallet);
      return;
    case "spend":
      return actions.spend(model, call.to, call.amount, caller);
    case "set": {
      refuseUnless(caller === "government", "ParametersNotGovernment");
      const [, , min, max] = PARAMETERS[parameterNames.indexOf(call.parameter)] ?? [undefined, 0n, 0n, 0n];
      refuseUnless(call.value >= min && call.value <= max, "ParametersOutOfBounds");
      const value = parameterOf(model, call.parameter);
      const effectiveAt = model.now + changeDelay(model);
      model.parameters.set(call.parameter, { value, next: call.value, effectiveAt });
      return;
    }
  }
}

/** PROTOCOL.md, section 8.6. */
const BOUNDS: Record<Setting, readonly [min: bigint, max: bigint]> = {
  quorumPercent: [1n, 4n],
  votingDelay: [3_600n, 7n * DAY],
  votingPeriod: [2n * DAY, 30n * DAY],
  proposalThreshold: [0n, 4_440_000n * SNM],
  timelockDelay: [DAY / 2n, 14n * DAY],
};

/** Only a lane's own decisions change its settings, and the fast lane cannot make such a decision. */
function tune(model: VotersModel, { lane, setting, value }: Call & { kind: "tune" }, caller: string) {
  const own = caller === (lane === "slow" ? "government" : "fastLane");
  refuseUnless(own, setting === "timelockDelay" ? "TimelockUnauthorizedCaller" : "GovernorOnlyExecutor");
  const [min, max] = BOUNDS[setting];
  const error = setting === "timelockDelay" ? "TimelockDelayOutOfBounds" : "DaoOutOfBounds";
  refuseUnless(min <= value && value <= max, error);
  if (setting === "quorumPercent") {
    model.lanes[lane].quorums.push({ time: model.now, percent: value });
    return;
  }
  model.lanes[lane][setting] = value;
}
