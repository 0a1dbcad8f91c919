// The market a second time, as a pure function from a state and a call to the next state or the name of the refusal. It follows
// PROTOCOL.md literally; the contracts must agree with it after every call of every sequence.
import type { Arguments, Call } from "./model/calls.ts";
import { claim, confirm, settle } from "./model/claims.ts";
import { award, leave, pick, pickLeaf, prove, reveal, split, timeOut } from "./model/games.ts";
import { collect, post, refund } from "./model/jobs.ts";
import { deposit, requestWithdrawal, withdraw } from "./model/money.ts";
import { commit, forfeit, open, openTree, retract } from "./model/openings.ts";
import { type Context, type HubStatus, Refusal, type Rules, type State } from "./model/state.ts";

/** The state after a call, and why the call was refused, if it was. In both cases the state's time is `at`. */
export type Step = { readonly state: State; readonly refused: string | undefined };

/** Makes the call at that second. A refused call changes nothing. */
export function step(before: State, rules: Rules, call: Call, at: number): Step {
  const state = { ...structuredClone(before), now: at };
  const execute = executions[call.name] as (context: Context, ...args: readonly unknown[]) => void;
  try {
    execute({ state, rules, from: call.from }, ...call.args);
    return { state, refused: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { state: { ...before, now: at }, refused: error.message };
  }
}

export const hubStatuses: readonly HubStatus[] = ["Created", "Registered", "Idle", "Suspected", "Punished"];

function setStatus({ state }: Context, number: number): void {
  const status = hubStatuses[number];
  if (status === undefined) throw new Error("no such standing");
  state.hub = { status, suspectedAt: status === "Suspected" ? state.now : state.hub.suspectedAt };
}

/** Every call and what it does. */
export const executions: { readonly [Name in keyof Arguments]: (context: Context, ...args: Arguments[Name]) => void } =
  {
    ...{ deposit, requestWithdrawal, withdraw },
    ...{ post, refund, collect },
    ...{ claim, settle, confirm },
    ...{ commit, retract, forfeit, open, openTree },
    ...{ reveal, pick, pickLeaf, split, prove, timeOut, leave, award },
    setStatus,
  };
