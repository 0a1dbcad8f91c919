// From a command line to an exit code: runs a verb, and explains every failure.

import { Failure } from "@sonm/protocol/values/failure";
import { CommanderError } from "commander";
import { toJson } from "../host/terminal/terminal.ts";
import { printFailure } from "./failure.ts";
import { createProgram } from "./program.ts";

/** Exit codes of the command itself; `machine run` can also end with the program's. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_BUG = 70;

/** Prints the error in the same form as any failure. */
function printUsageError(message: string): void {
  const error = { what: "The command line is wrong", why: message.replace(/^error: /, ""), todo: "see `sonm --help`" };
  process.stdout.write(`${toJson({ ok: false, error })}\n`);
}

/**
 * Runs the verb that `args` name and sets `process.exitCode`; never throws.
 * @param args the command line without the command itself
 * @param program all verbs; tests bring their own
 */
export async function runCommand(args: readonly string[], program = createProgram()): Promise<void> {
  const json = args.includes("--json");
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version also end with an exception. For a mistake in the command line, the explanation is printed already.
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
      if (json && error.exitCode !== 0) printUsageError(error.message);
    } else if (error instanceof Failure) {
      printFailure(error, json);
      process.exitCode = EXIT_FAILED;
    } else {
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      printFailure(
        new Failure("This is a fault of sonm itself", trace, "report it with the command line and the lines above"),
        json,
      );
      process.exitCode = EXIT_BUG;
    }
  }
}
