// What all verbs have in common: `--json`, examples in the help, and an answer for people and for programs.

import { Failure } from "@sonm/protocol/values/failure";
import type { Command } from "commander";
import { openTerminal, paint, type Terminal, toJson, writeLines } from "../host/terminal/terminal.ts";

export type Answer = {
  /** For people. */
  readonly lines: readonly string[];
  /** For programs: what `--json` prints, after `ok: true`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Exit code of the process; 0 if absent. */
  readonly exitCode?: number;
  /** Bytes for stdout. The lines then go to stderr. */
  readonly bytes?: Uint8Array;
};

/** Ends a verb if it cannot go on. @throws Failure the refusal, if there is one */
export function stopOn(refusal: Failure | undefined): void {
  if (refusal) throw refusal;
}

/** Adds examples to the end of a command's help. */
export function examples(command: Command, list: readonly (readonly [line: string, why: string])[]): Command {
  const shown = list.map(([line, why]) => `  ${paint("dim", `# ${why}`)}\n  ${line}`).join("\n\n");
  return command.addHelpText("after", `\n${paint("bold", "Examples:")}\n${shown}\n`);
}

/**
 * Gives a command its action. The answer's lines are printed to stdout; with `--json` they go to stderr, and its data to stdout.
 * @param act gets the arguments in their order and the options
 */
export function answering<Options extends object>(
  command: Command,
  act: (args: readonly string[], options: Options, terminal: Terminal) => Promise<Answer>,
): Command {
  return command.option("--json", "one object on stdout; what is for people goes to stderr").action(async () => {
    const { json = false } = command.opts<{ json?: boolean }>();
    const terminal = openTerminal(json ? process.stderr : process.stdout);
    const answer = await act(command.args, command.opts<Options>(), terminal);
    print(answer, json);
    process.exitCode = answer.exitCode ?? 0;
  });
}

function print({ lines, data, bytes }: Answer, json: boolean): void {
  const people = json || bytes ? process.stderr : process.stdout;
  writeLines(people, lines);
  if (bytes) process.stdout.write(bytes);
  if (json) process.stdout.write(`${toJson({ ok: true, ...data })}\n`);
}

/** Reads a number of steps: 1000, 1_000, 1,000 or 8^12. For `option(…, steps("--step"))`. */
export function steps(option: string): (text: string) => number {
  return (text) => {
    const [base = "", exponent, ...more] = text.replaceAll(/[_,]/g, "").split("^");
    const digits = [base, exponent ?? "1"].every((part) => /^\d+$/.test(part)) && more.length === 0;
    const value = digits ? Number(base) ** Number(exponent ?? 1) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    throw new Failure(
      `${option} ${text} is not a number of steps`,
      "steps are whole numbers from 0 to 9,007,199,254,740,991",
      `write it like ${option} 1000000 or ${option} 8^6`,
    );
  };
}

/** Reads the seed of a scenario, a whole number. For the option `--seed`. */
export function seedOf(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new Failure(`--seed ${text} is not a seed`, "a seed is a whole number", "write it like --seed 7");
}
