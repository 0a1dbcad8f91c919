import assert from "node:assert/strict";
import test from "node:test";
import { createMachine, outputOf } from "@sonm/protocol/machine/machine";
import { OutputProofWrong, openOutput } from "@sonm/protocol/machine/output";
import { type Corruption, openTrace, StepOutsideRun, type Trace } from "@sonm/protocol/machine/trace";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { SUM } from "./programs.ts";

const input = Uint8Array.from({ length: 20 }, (_, i) => 3 * i);
const total = input.reduce((sum, byte) => sum + byte, 0);
/** 6 steps before the loop, 5 in it for each byte, 8 after. */
const steps = 6 + 5 * input.length + 8;

/** The output at the end of a run of 8^exponent steps. */
const outputAt = (trace: Trace, exponent: number) => outputOf(trace.machineAt(8 ** exponent));

/** The states of a run, stepped one by one. */
function statesOneByOne(last: number, corruption?: Corruption): Uint8Array[] {
  const machine = createMachine(SUM, input);
  const states: Uint8Array[] = [];
  for (let step = 0; step <= last; step++) {
    if (step > 0) machine.advance(1);
    if (step === corruption?.step && "register" in corruption.change) {
      const { register } = corruption.change;
      machine.words[register] = (machine.words[register] as bigint) ^ corruption.xor;
    }
    states.push(machine.stateHash());
  }
  return states;
}

test("a trace knows every state of the run, in any order", () => {
  const states = statesOneByOne(64 * 8);
  const trace = openTrace({ program: SUM, input, exponent: 3 });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 512 }), { minLength: 1, maxLength: 100 }), (asked) => {
      for (const step of asked) assert.deepEqual(trace.stateAt(step), states[step], `step ${step}`);
    }),
    fuzz(5),
  );
});

test("few snapshots serve as well as many", () => {
  const states = statesOneByOne(512);
  const keeping = fc.record({ count: fc.integer({ min: 1, max: 6 }), gap: fc.integer({ min: 1, max: 40 }) });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 512 }), { minLength: 1, maxLength: 30 }),
      keeping,
      (asked, keeping) => {
        const trace = openTrace({ program: SUM, input, exponent: 3, keeping });
        for (const step of asked) assert.deepEqual(trace.stateAt(step), states[step], `step ${step}`);
        assert.equal(trace.result().steps, steps);
      },
    ),
    fuzz(30),
  );
});

test("the result of a run: steps, halt, exit code, output and a proof that it is the state's", () => {
  const trace = openTrace({ program: SUM, input, exponent: 4 });
  const result = trace.result();
  assert.equal(result.steps, steps);
  assert.equal(result.halt, 12);
  assert.equal(result.exitCode, total & 127);
  assert.equal(new DataView(outputAt(trace, 4).buffer).getBigUint64(0, true), BigInt(total));
  const { outputRoot, ...ending } = openOutput(result.stateHash, outputAt(trace, 4), result.outputProof);
  assert.deepEqual(ending, { steps, halt: 12, exitCode: total & 127 });
  assert.equal(outputRoot.length, 32);
});

test("a run that is cut off by its exponent has not halted", () => {
  const result = openTrace({ program: SUM, input, exponent: 2 }).result();
  assert.equal(result.steps, 64);
  assert.equal(result.halt, 0);
  assert.equal(result.exitCode, undefined);
});

test("a corruption changes the states from its step on, and the run goes on from it honestly", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 512 }),
      fc.integer({ min: 0, max: 79 }),
      fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
      fc.array(fc.integer({ min: 0, max: 512 }), { minLength: 1, maxLength: 20 }),
      fc.record({ count: fc.integer({ min: 1, max: 6 }), gap: fc.integer({ min: 1, max: 40 }) }),
      (step, register, xor, asked, keeping) => {
        const corruption = { step, change: { register }, xor };
        const states = statesOneByOne(512, corruption);
        const honest = statesOneByOne(512);
        const trace = openTrace({ program: SUM, input, exponent: 3, corruption, keeping });
        for (const at of asked) assert.deepEqual(trace.stateAt(at), states[at]);
        if (step > 0) assert.deepEqual(trace.stateAt(step - 1), honest[step - 1]);
        assert.notDeepEqual(trace.stateAt(step), honest[step]);
      },
    ),
    fuzz(20),
  );
});

test("a corruption of memory makes a wrong output", () => {
  const corruption = { step: steps, change: { address: 0xc000_0008 }, xor: 1n };
  const honest = openTrace({ program: SUM, input, exponent: 3 });
  const liar = openTrace({ program: SUM, input, exponent: 3, corruption });
  assert.deepEqual(liar.stateAt(steps - 1), honest.stateAt(steps - 1));
  assert.notDeepEqual(liar.stateAt(steps), honest.stateAt(steps));
  const result = liar.result();
  assert.equal(new DataView(outputAt(liar, 3).buffer).getBigUint64(0, true), BigInt(total) ^ 1n);
  openOutput(result.stateHash, outputAt(liar, 3), result.outputProof);
  assert.throws(() => openOutput(honest.result().stateHash, outputAt(liar, 3), result.outputProof), OutputProofWrong);
});

test("a step outside of the run is refused", () => {
  const trace = openTrace({ program: SUM, input, exponent: 2 });
  assert.throws(() => trace.stateAt(65), StepOutsideRun);
  assert.throws(() => trace.stateAt(-1), StepOutsideRun);
  assert.throws(() => trace.witnessAt(1.5), StepOutsideRun);
});

test("a machine run to its end has the trace's output", () => {
  const machine = createMachine(SUM, input);
  machine.run(8 ** 8);
  assert.deepEqual(outputOf(machine), outputAt(openTrace({ program: SUM, input, exponent: 3 }), 3));
});
