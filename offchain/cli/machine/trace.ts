import { haltWords } from "@sonm/protocol/machine/ending";
import { faultOf, faultWords } from "@sonm/protocol/machine/fault";
import { HALT, STEP } from "@sonm/protocol/machine/layout";
import { createMachine } from "@sonm/protocol/machine/machine";
import { type StepRecord, takeStep } from "@sonm/protocol/machine/step-record";
import { Failure } from "@sonm/protocol/values/failure";
import { Command } from "commander";
import { grouped } from "../../host/terminal/terminal.ts";
import { answering, examples, steps } from "../verb.ts";
import { readUnit, takesProgram } from "./program-file.ts";
import { showStep, stepData } from "./show-step.ts";

type Options = { input?: string; from: number; to?: number };

const USUAL_LENGTH = 32;
/** Nobody reads more, and all steps are kept in memory until they are printed. */
const MOST_STEPS = 1_000_000;

export function machineTrace(): Command {
  const command = takesProgram(new Command("trace"))
    .summary("see instructions with the registers that they change")
    .description(
      "Disassembles the steps N … M − 1 of a run. A line shows the step, the address and the instruction, then what changed: registers " +
        "before → after, [address] with what is there after a load or store, and → where a jump went.",
    )
    .option("--from <n>", "first step", steps("--from"), 0)
    .option("--to <m>", `the step to stop before (default: ${USUAL_LENGTH} further)`, steps("--to"));
  examples(command, [
    ["sonm machine trace guest/bin/wordcount --input README.md", "how a program begins"],
    ["sonm machine trace guest/bin/wordcount -i README.md --from 8^5 --to 32800", "in the middle of its run"],
    ["sonm machine trace guest/bin/wordcount --from 0 --to 8^5 | tail", "how it ends"],
  ]);
  return answering<Options>(command, async ([file = ""], { input, from, to = from + USUAL_LENGTH }, terminal) => {
    if (to < from || to - from > MOST_STEPS)
      throw new Failure(
        `Cannot trace from step ${grouped(from)} to ${grouped(to)}`,
        to < from ? "it would end before it begins" : `that is more than ${grouped(MOST_STEPS)} steps`,
        "choose --from and --to closer together",
      );
    const unit = await readUnit(file, input);
    const machine = createMachine(unit.program, unit.input);
    terminal.status(`running to step ${grouped(from)} …`);
    machine.run(from);
    terminal.done();
    const records: StepRecord[] = [];
    while (machine.words[HALT] === 0n && Number(machine.words[STEP]) < to) records.push(takeStep(machine));

    const end = Number(machine.words[STEP]);
    const halted = machine.words[HALT] !== 0n;
    const fault = faultOf(machine);
    const why = fault ? faultWords(fault, unit.symbolOf(fault)) : haltWords(Number(machine.words[HALT]));
    const note = `  halted after ${grouped(end)} steps: ${why}`;
    return {
      lines: [...records.map((record) => showStep(record, terminal)), ...(halted ? [terminal.paint("dim", note)] : [])],
      data: { from, to, halted, end, steps: records.map(stepData) },
    };
  });
}
