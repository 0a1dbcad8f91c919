import { endingOf, haltWords } from "@sonm/protocol/machine/ending";
import { type Fault, faultOf, instructionOf, placeOf } from "@sonm/protocol/machine/fault";
import { HALT } from "@sonm/protocol/machine/layout";
import { createMachine, inputRoot, type Machine, outputOf, programRoot } from "@sonm/protocol/machine/machine";
import { outputRoot } from "@sonm/protocol/machine/output";
import { Failure } from "@sonm/protocol/values/failure";
import { Command, Option } from "commander";
import { requireWritable, writeNamedFile } from "../../host/access/files.ts";
import { fields, grouped, hexOf, type Terminal } from "../../host/terminal/terminal.ts";
import { answering, examples, steps } from "../verb.ts";
import { readUnit, takesProgram } from "./program-file.ts";

type Options = { input?: string; output?: string; maxSteps: number; json?: boolean };

/** Exit codes: that of the shell command `timeout`, and one for runs that end by a trap and not by the program's choice. */
const EXIT_OUT_OF_STEPS = 124;
const EXIT_TRAP = 125;
/** A run of a usual job has at most 8^12 steps. */
const USUAL_EXPONENT = 12;
/** Steps between two looks at the clock; no result depends on it. */
const STRETCH = 2 ** 25;

function runWithProgress(machine: Machine, maxSteps: number, terminal: Terminal): number {
  const started = performance.now();
  for (let step = 0; machine.words[HALT] === 0n && step < maxSteps; ) {
    step = Math.min(step + STRETCH, maxSteps);
    machine.run(step);
    terminal.status(`${grouped(step)} steps …`);
  }
  terminal.done();
  return (performance.now() - started) / 1000;
}

/** The program's own exit code in eight bits; never 0 if the program's is not 0. */
function exitCodeFor(exitCode: number | undefined, halt: number): number {
  if (exitCode === undefined) return halt === 0 ? EXIT_OUT_OF_STEPS : EXIT_TRAP;
  return exitCode === 0 ? 0 : exitCode & 0xff || 1;
}

/** Where and why a trap ended the run: lines for people, and an object for programs. */
function showFault(fault: Fault, symbol: string | undefined) {
  const { address, word, instruction, march, remark } = fault;
  const rows: [string, string | undefined][] = [
    ["at", placeOf(fault, symbol)],
    ["instruction", instructionOf(fault)],
    ["that is", remark],
  ];
  return {
    rows: rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    data: {
      address,
      symbol: symbol ?? null,
      word: word ?? null,
      instruction: instruction ?? null,
      march: march ?? null,
    },
  };
}

export function machineRun(): Command {
  const command = takesProgram(new Command("run"))
    .summary("run a program to its end")
    .description(
      "Runs a program in the provable machine and shows what a miner commits to. Exits with the program's own exit code, " +
        `${EXIT_OUT_OF_STEPS} if the steps were not enough, ${EXIT_TRAP} if a trap ended it.`,
    )
    .option("-o, --output <file>", "where the output goes; - for stdout")
    .addOption(
      new Option("-n, --max-steps <n>", "stop after so many steps, such as 1000000 or 8^6")
        .argParser(steps("--max-steps"))
        .default(8 ** USUAL_EXPONENT, `8^${USUAL_EXPONENT}`),
    );
  examples(command, [
    ["sonm machine run guest/bin/wordcount --input README.md --output -", "count words, see the result"],
    ["sonm machine run render.tar --input tile.bin -o tile.rgb", "from an image that `sonm image build` has made"],
    [
      "sonm machine run guest/bin/wordcount -i README.md -n 8^4 --json",
      "the state after 4,096 steps, for a program to read",
    ],
  ]);
  return answering<Options>(command, async ([file = ""], { input, output, maxSteps, json }, terminal) => {
    if (json && output === "-")
      throw new Failure(
        "Cannot print both",
        "`--json` and `--output -` both want stdout",
        "name a file: --output FILE",
      );
    if (output !== undefined && output !== "-") await requireWritable(output);
    const unit = await readUnit(file, input);
    const machine = createMachine(unit.program, unit.input);
    const initial = hexOf(machine.stateHash());
    const seconds = runWithProgress(machine, maxSteps, terminal);
    const ending = endingOf(machine.words);
    const fault = faultOf(machine);
    const told = fault && showFault(fault, unit.symbolOf(fault));
    const written = outputOf(machine);
    if (output !== undefined && output !== "-") await writeNamedFile(output, written);

    const data = {
      exitCode: ending.exitCode ?? null,
      steps: ending.steps,
      halt: ending.halt,
      ending: haltWords(ending.halt),
      fault: told?.data ?? null,
      stateHash: hexOf(machine.stateHash()),
      outputRoot: hexOf(outputRoot(machine)),
      outputSize: written.length,
      initialStateHash: initial,
      programRoot: hexOf(programRoot(unit.program)),
      inputRoot: hexOf(inputRoot(unit.input)),
    };
    const code = ending.exitCode === undefined ? terminal.paint("yellow", data.ending) : String(ending.exitCode);
    // A shorter time says more about starting up than about the machine.
    const speed = seconds < 0.5 ? "" : `  ${(ending.steps / seconds / 1e6).toFixed(1)} million a second`;
    const place = output === undefined ? "kept by --output FILE" : output === "-" ? "on stdout" : `in ${output}`;
    return {
      lines: fields(terminal, [
        ["exit code", ending.exitCode === 0 ? terminal.paint("green", code) : code],
        ...(told?.rows ?? []),
        ["steps", `${grouped(ending.steps)}${terminal.paint("dim", speed)}`],
        ["state hash", data.stateHash],
        ["output root", data.outputRoot],
        ["output", `${grouped(written.length)} bytes, ${place}`],
      ]),
      data,
      exitCode: exitCodeFor(ending.exitCode, ending.halt),
      ...(output === "-" ? { bytes: written } : {}),
    };
  });
}
