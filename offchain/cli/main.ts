// The `sonm` command as a process.
import { runCommand } from "./run.ts";

// A reader that stops early, such as `head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

await runCommand(process.argv.slice(2));
