// The `sonm` command as a process.
import { Failure } from "@sonm/protocol/values/failure";
import { printFailure } from "./failure.ts";
import { runCommand } from "./run.ts";

/** Says once that the output does not arrive. What runs goes on, because a role may have games to play. */
let told = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that stops early, such as `head`, is no error.
  if (error.code === "EPIPE") process.exit(0);
  process.exitCode = 1;
  if (told) return;
  told = true;
  const why = error.code === "ENOSPC" ? "there is no room where it goes" : error.message;
  printFailure(new Failure("The output cannot be written", why, "send it elsewhere"), false);
});
// Then there is nobody to tell.
process.stderr.on("error", () => {});

await runCommand(process.argv.slice(2));
