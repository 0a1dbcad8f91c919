// The `sonm` command: parses the command line, runs a verb, and turns whatever goes wrong into words and an exit code.

import { Failure } from "@sonm/protocol/values/failure";
import { CommanderError } from "commander";
import { toJson } from "../host/terminal/terminal.ts";
import { printFailure } from "./failure.ts";
import { createProgram } from "./program.ts";

/** Exit codes of the command itself; `machine run` also passes on the program's. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_BUG = 70;

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

/** The same shape as that of any failure. */
function printUsageError(message: string): void {
  const error = { what: "The command line is wrong", why: message.replace(/^error: /, ""), todo: "see `sonm --help`" };
  process.stdout.write(`${toJson({ ok: false, error })}\n`);
}

const json = process.argv.includes("--json");
try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version end by exception too; a mistake in the command line has been explained by then.
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
