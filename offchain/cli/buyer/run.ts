// `sonm run`: submits a job, waits, and fetches its outputs.

import { showSpan } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { errandRole } from "../../agents/buyer/role.ts";
import { readConfig } from "../../host/role/config.ts";
import type { RoleEvent } from "../../host/role/happenings.ts";
import { launchRole } from "../../host/role/launcher.ts";
import { sentenceOf } from "../../host/role/log.ts";
import { printJson } from "../../host/role/reporter.ts";
import { untilSignal } from "../../host/role/signal.ts";
import { bar, openTerminal, type Terminal } from "../../host/terminal/terminal.ts";
import { estimateLines, trialLine } from "../role/print.ts";
import { givenTo, overHttp, takesRole } from "../role/start.ts";
import { examples } from "../verb.ts";
import { inputFiles } from "./inputs.ts";

/** Adds a value to those that an option was given before. */
const collect = (value: string, before: readonly string[] = []) => [...before, value];

/** What is on the terminal while a job is done. */
function showOn(terminal: Terminal): (event: RoleEvent) => void {
  const { paint, say, status } = terminal;
  const line = (event: RoleEvent) => `  ${paint("dim", "·")} ${plain(sentenceOf(event))}`;
  return (event) => {
    switch (event.kind) {
      case "idle":
      case "busy":
      case "ready":
      case "transaction":
        return;
      case "trial":
        return status(trialLine(event));
      case "trying":
        terminal.done();
        return say(line(event));
      case "estimated":
        terminal.done();
        return say(...estimateLines(terminal, event));
      case "progress": {
        const { batches, claimed, settled, collected, settlesAt, at } = event;
        const next = settlesAt === null || settlesAt <= at ? "" : ` · the next settles in ${showSpan(settlesAt - at)}`;
        const text = `  ${bar(collected, batches, 24)}  ${claimed + settled}/${batches} claimed · ${settled} settled · ${collected} collected${next}`;
        return status(
          text,
          `${claimed} ${Math.floor((4 * settled) / batches)} ${Math.floor((4 * collected) / batches)}`,
        );
      }
      default:
        return say(line(event));
    }
  };
}

/** Why a job that is over is not done; undefined if all its outputs are there. */
export function lackOf(event: RoleEvent): Failure | undefined {
  switch (event.kind) {
    case "refused":
      return new Failure(
        "The job was not done",
        `the hub refuses it: ${event.reason}`,
        "change it, or ask another hub",
      );
    case "cancelled":
      return new Failure("The job was not done", "it was cancelled before it was posted", "nothing was paid");
    case "done": {
      const { settledUnits, refundedUnits } = event;
      if (refundedUnits === 0) return undefined;
      const why = `${refundedUnits} of ${settledUnits + refundedUnits} units were not computed in time, and their price came back`;
      return new Failure("The job was not done as a whole", why, "order these again, for more or at another hub");
    }
    default:
      return undefined;
  }
}

/** Whether a job is over with this event. */
function isEnd(event: RoleEvent): boolean {
  return event.kind === "done" || event.kind === "refused" || (event.kind === "cancelled" && !event.posted);
}

export function run(): Command {
  const { image: _, inputs: __, ...options } = errandRole.options;
  const command = new Command("run")
    .argument("<image>", "the program: an image tar or an ELF file")
    .summary(errandRole.summary)
    .description(errandRole.description)
    .option("--input <path>", "a file a unit: a file, a folder of files or a pattern; may be given again", collect);
  takesRole(command, options).action(async (image: string) => {
    const { json = false } = command.opts<{ json?: boolean }>();
    const { file, flags, environment = {} } = givenTo(command);
    const { input, ...given } = flags as Record<string, unknown> & { input?: readonly string[] };
    if (!input && file === undefined)
      throw new Failure("There is nothing to compute", "no --input names a file", "add --input FILE for each unit");
    const named = input ? { ...given, image, inputs: inputFiles(input) } : { ...given, image };
    const config = readConfig(errandRole.kind, errandRole.options, { file, flags: named, environment });
    const terminal = openTerminal(process.stderr);
    const show = json ? printJson : showOn(terminal);
    const end = Promise.withResolvers<RoleEvent>();
    let job: string | undefined;
    let last: RoleEvent | undefined;
    const running = await launchRole(errandRole, config, overHttp, (event) => {
      show(event);
      if (event.kind === "estimated") job = event.job;
      // Jobs that were cancelled before may come to their end meanwhile.
      if (!isEnd(event) || !("job" in event) || event.job !== job) return;
      last = event;
      end.resolve(event);
    }).finally(terminal.done);
    await untilSignal(running, end.promise);
    terminal.done();
    const lack = last ? lackOf(last) : unfinished;
    if (lack) throw lack;
    if (!json) terminal.say(`  ${terminal.paint("green", "✓")} all outputs are in ${config.options.out}`, "");
  });
  return examples(command, [
    [
      "sonm run --input README.md --input LICENSE --hub 0x5FbD… --price 0.1 --out results guest/bin/wordcount",
      "the words of two files, a unit each; options come before the program",
    ],
    [
      "sonm run --input 'parts/*.txt' --hub 0x5FbD… --price 0.1 --max-total 5 --out results program.tar",
      "for at most 5 SNM",
    ],
  ]);
}

const unfinished = new Failure(
  "The job is not finished",
  "you have ended this command before",
  "the same line goes on where it was; `sonm job cancel` cancels it",
);
