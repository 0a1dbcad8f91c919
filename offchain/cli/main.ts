// The `sonm` command as a process.
import { Socket } from "node:net";
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

/** Stops in order when the pipe ends that the process which started this one holds. */
function endWith(pipe: number): void {
  const socket = new Socket({ fd: pipe, readable: true, writable: false });
  const stop = () => process.kill(process.pid, "SIGTERM");
  socket.once("close", stop).on("error", () => undefined);
  socket.resume().unref();
}

const { SONM_PARENT_PIPE: parentPipe } = process.env;
// It is not the pipe of this process's own children.
delete process.env.SONM_PARENT_PIPE;
if (parentPipe !== undefined) endWith(Number(parentPipe));

await runCommand(process.argv.slice(2));
