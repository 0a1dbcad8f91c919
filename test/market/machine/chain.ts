// The machine's contract on a chain of its own, stepped many at a time.
import { bytesToHex, encodeErrorResult, type Hex } from "viem";
import { createChain } from "../../support/chain.ts";

/** A step to execute: a state's hash, and a witness, which may or may not fit the state. */
export type Call = { readonly state: Uint8Array; readonly witness: Uint8Array };

/** `next`: the next state, or the first 32 bytes of the error. `size`: bytes of the answer. `gas`: of the step alone. */
export type StepOutcome = { readonly ok: boolean; readonly next: Hex; readonly size: number; readonly gas: number };

export type ChainMachine = {
  /** Executes all steps, each by itself. */
  steps(calls: readonly Call[]): Promise<StepOutcome[]>;
  initialState(programRoot: Uint8Array, entry: number, inputRoot: Uint8Array): Promise<Hex>;
};

/**
 * No step may cost more gas than this, even with a damaged witness. A store over two leaves with 80 full words and full paths costs less.
 * There is no limit while coverage is measured, because its counters cost gas too.
 */
export const GAS_LIMIT = process.env.HARDHAT_COVERAGE === "true" ? Number.POSITIVE_INFINITY : 60_000;

/** Their gas, about 30k each, stays well below what one call may use (2^24). */
const CALLS_AT_ONCE = 200;

export async function openChainMachine(): Promise<ChainMachine> {
  const { viem } = await createChain();
  const machine = await viem.deployContract("Machine");
  const batch = await viem.deployContract("MachineBatch");

  async function stepSome(calls: readonly Call[]): Promise<StepOutcome[]> {
    const outcomes = await batch.read.steps([
      machine.address,
      calls.map(({ state }) => bytesToHex(state)),
      calls.map(({ witness }) => bytesToHex(witness)),
    ]);
    return outcomes.map(({ ok, next, size, used }) => ({ ok, next, size: Number(size), gas: Number(used) }));
  }

  return {
    async steps(calls) {
      const outcomes: StepOutcome[] = [];
      for (let from = 0; from < calls.length; from += CALLS_AT_ONCE) {
        outcomes.push(...(await stepSome(calls.slice(from, from + CALLS_AT_ONCE))));
      }
      return outcomes;
    },
    initialState: (programRoot, entry, inputRoot) =>
      machine.read.initialState([bytesToHex(programRoot), BigInt(entry), bytesToHex(inputRoot)]),
  };
}

const mismatch = [
  { type: "error", name: "MachineWitnessMismatch", inputs: [{ name: "state", type: "bytes32" }] },
] as const;

/** Whether the machine refused the witness in the one way that it may: `MachineWitnessMismatch(state)`. */
export function isMismatch({ ok, next, size }: StepOutcome, state: Uint8Array): boolean {
  const error = encodeErrorResult({ abi: mismatch, args: [bytesToHex(state)] });
  return !ok && size === (error.length - 2) / 2 && next === error.slice(0, 2 + 64);
}
