import { HALT } from "@sonm/protocol/machine/layout";
import { type StepRecord, takeStep } from "@sonm/protocol/machine/step-record";
import { openTrace, type Trace } from "@sonm/protocol/machine/trace";
import { Failure } from "@sonm/protocol/values/failure";
import type { Hex } from "@sonm/protocol/values/ids";
import { Command } from "commander";
import { fields, grouped, hexOf } from "../../host/terminal/terminal.ts";
import { answering, examples, steps } from "../verb.ts";
import { readUnit, takesProgram } from "./program-file.ts";
import { showStep, stepData } from "./show-step.ts";

type Options = { input?: string; step: number; onchain?: boolean };

const LARGEST_EXPONENT = 16;

/** The smallest exponent that jobs may have and with which a run contains the step. */
function exponentFor(step: number): number {
  for (let m = 2; m <= LARGEST_EXPONENT; m += 2) if (step < 8 ** m) return m;
  throw new Failure(
    `Step ${grouped(step)} cannot be proved`,
    `the longest run that a job may have is 8^${LARGEST_EXPONENT} steps`,
    `choose a step below ${grouped(8 ** LARGEST_EXPONENT)}`,
  );
}

/** EIP-7623: 40 gas for a non-zero byte of calldata, 10 gas for a zero byte. */
function calldataGas(bytes: Uint8Array): number {
  return bytes.reduce((gas, byte) => gas + (byte === 0 ? 10 : 40), 0);
}

/** Lines of 32 bytes each. */
function hexLines(bytes: Uint8Array): string[] {
  return Array.from(
    { length: Math.ceil(bytes.length / 32) },
    (_, i) => `  ${Buffer.from(bytes.subarray(32 * i, 32 * i + 32)).toString("hex")}`,
  );
}

/** What the step does; undefined once the machine has halted. Leaves the trace as it was. */
function stepAt(trace: Trace, step: number): StepRecord | undefined {
  const machine = trace.machineAt(step);
  if (machine.words[HALT] !== 0n) return undefined;
  const before = machine.snapshot();
  const record = takeStep(machine);
  machine.restore(before);
  return record;
}

async function checkOnChain(state: Hex, witness: Hex, expected: Hex) {
  // Imported only here, because it loads the whole of viem.
  const { proveOnChain } = await import("./on-chain.ts");
  const { next, gas } = await proveOnChain(state, witness);
  if (next === expected) return { next, gas, agree: true };
  throw new Failure(
    "The contract and the machine disagree",
    `the contract's next state is ${next}, the machine's ${expected}`,
    "report this with the program and the step: one of the two has a fault",
  );
}

export function machineProve(): Command {
  const command = takesProgram(new Command("prove"))
    .summary("make the witness of one step; let the contract execute it")
    .description(
      "Makes what the chain needs to execute one step itself: the state's words and the touched leaves of memory with their Merkle " +
        "paths (contracts/PROTOCOL.md, section 3.4). With --onchain the real contract executes it, on a local chain.",
    )
    .requiredOption("-s, --step <n>", "the step: 0 is the first, such as 1000 or 8^6", steps("--step"))
    .option("--onchain", "run it through the contract, show its gas and that both agree");
  examples(command, [
    ["sonm machine prove guest/bin/wordcount --input README.md --step 1000", "the witness of a step"],
    ["sonm machine prove guest/bin/wordcount -i README.md -s 8^6 --onchain", "and what the chain says to it"],
    ["sonm machine prove guest/bin/wordcount -s 12 --json | jq -r .witness", "the witness alone"],
  ]);
  return answering<Options>(command, async ([file = ""], { input, step, onchain = false }, terminal) => {
    const exponent = exponentFor(step);
    const trace = openTrace({ ...(await readUnit(file, input)), exponent });
    terminal.status(`running to step ${grouped(step)} …`);
    const [state, next] = [hexOf(trace.stateAt(step)), hexOf(trace.stateAt(step + 1))];
    const witness = trace.witnessAt(step);
    const record = stepAt(trace, step);
    if (onchain) terminal.status("asking the contract …");
    const chain = onchain ? await checkOnChain(state, hexOf(witness), next) : undefined;
    terminal.done();

    return {
      lines: [
        record
          ? showStep(record, terminal)
          : terminal.paint("dim", "  the machine has halted before: this step changes nothing"),
        "",
        ...fields(terminal, [
          ["state before", state],
          ["state after", next],
          ["witness", `${grouped(witness.length)} bytes, ${grouped(calldataGas(witness))} gas of calldata`],
          ...(chain
            ? ([
                ["contract", `${terminal.paint("green", "✓")} computes the same state after`],
                ["gas", `${grouped(chain.gas)} for the whole transaction`],
              ] as const)
            : []),
        ]),
        "",
        ...hexLines(witness).map((line) => terminal.paint("dim", line)),
      ],
      data: {
        step,
        stateBefore: state,
        stateAfter: next,
        instruction: record ? stepData(record) : null,
        witness: hexOf(witness),
        witnessSize: witness.length,
        onchain: chain ? { next: chain.next, gas: Number(chain.gas), agree: chain.agree } : null,
      },
    };
  });
}
