// The machine on chain compared with the one off chain: every kind of step has the same next state.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, suite, test } from "node:test";
import { INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";
import type { Machine } from "@sonm/protocol/machine/machine";
import { witnessOf } from "@sonm/protocol/machine/witness";
import * as fc from "fast-check";
import { bytesToHex } from "viem";
import { fuzz } from "../../support/fuzz.ts";
import { type Call, type ChainMachine, GAS_LIMIT, openChainMachine } from "./chain.ts";
import {
  encodingOf,
  type FrozenState,
  freeze,
  machineIn,
  NEAR_MISSES,
  type State,
  stateBefore,
  strangeWord,
  thaw,
} from "./states.ts";

/** Executes a machine's next step off chain. Returns the call for the chain, and the state that it must reach. */
function stepOff(machine: Machine): Call & { after: string } {
  const call = { state: machine.stateHash(), witness: witnessOf(machine) };
  machine.advance(1);
  return { ...call, after: bytesToHex(machine.stateHash()) };
}

suite("Machine.step", () => {
  let chain: ChainMachine;
  before(async () => {
    chain = await openChainMachine();
  });

  async function assertSameSteps(states: readonly State[]): Promise<void> {
    const calls = states.map((state) => stepOff(machineIn(state)));
    const outcomes = await chain.steps(calls);
    for (const [i, { after }] of calls.entries()) {
      const outcome = outcomes[i];
      const about = (): string => JSON.stringify(freeze(states[i] as State));
      assert.ok(outcome?.ok, `reverts: ${about()}`);
      assert.equal(outcome.next, after, `another successor: ${about()}`);
      assert.ok(outcome.gas < GAS_LIMIT, `${outcome.gas} gas: ${about()}`);
    }
  }

  // A failing state is as small as a step already: shrinking would take long and show nothing new.
  const property = (states: fc.Arbitrary<State[]>, runs: number) =>
    fc.assert(fc.asyncProperty(states, assertSameSteps), { ...fuzz(runs), endOnFailure: true });

  test("every instruction of the table, from random states", () =>
    property(fc.tuple(...INSTRUCTIONS.map((row) => stateBefore(encodingOf(row)))), 25));

  test("every word one bit away from an instruction", () =>
    property(fc.tuple(...NEAR_MISSES.map((word) => stateBefore(word))), 1));

  test("words that are probably no instruction", () =>
    property(fc.array(stateBefore(strangeWord), { minLength: 100, maxLength: 100 }), 3));

  test("states in which a fault once showed", async () => {
    const frozen: FrozenState[] = JSON.parse(readFileSync(new URL("frozen-states.json", import.meta.url), "utf8"));
    await assertSameSteps(frozen.map(thaw));
  });
});
