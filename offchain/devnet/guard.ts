// Children end with their parent, however it ends. A process that is killed cannot clean up after itself, so a shell of a few lines
// stands beside it: it reads from a pipe, and the system closes the pipe with the process.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";

/**
 * Reads `+ PID` and `- PID`, and `/ FOLDER` and `x FOLDER`, until the pipe ends. Then it ends the processes and removes the folders that
 * are left. Ctrl-C also reaches this shell, and must not end it before the others.
 */
const SCRIPT = `trap "" INT TERM HUP
pids= folders=
without() { for one in $1; do [ "$one" = "$2" ] || printf '%s ' "$one"; done; }
while read -r sign what; do
  case $sign in
    +) pids="$pids $what" ;;
    -) pids=$(without "$pids" "$what") ;;
    /) folders="$folders $what" ;;
    x) folders=$(without "$folders" "$what") ;;
  esac
done
[ -z "$pids" ] || kill -TERM $pids
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  left=
  for pid in $pids; do kill -0 $pid && left=yes; done
  [ -z "$left" ] && break
  sleep 0.2
done
[ -z "$left" ] || kill -KILL $pids
for folder in $folders; do rm -rf "$folder"; done`;

let pipe: Writable | undefined;

/** The pipe to this process's guard, which starts with the first thing to guard. */
function guard(): Writable {
  if (pipe) return pipe;
  const shell = spawn("sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"] });
  // Without a shell nobody guards, and all else works as it did.
  shell.on("error", () => undefined);
  shell.stdin.on("error", () => undefined);
  shell.unref();
  // It must not keep this process alive. (Node's type of a pipe does not say that it is a socket.)
  (shell.stdin as Writable & { unref?(): void }).unref?.();
  pipe = shell.stdin;
  return pipe;
}

/** From now on the child ends with this process. */
export function guardChild(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  guard().write(`+ ${pid}\n`);
  child.once("exit", () => guard().write(`- ${pid}\n`));
}

/** The folder is removed when this process ends without having done so. Its path must be without spaces, as those of `mkdtemp` are. */
export function guardFolder(folder: string): { readonly removed: () => void } {
  if (/\s/.test(folder)) return { removed() {} };
  guard().write(`/ ${folder}\n`);
  return { removed: () => void guard().write(`x ${folder}\n`) };
}

/** Gives `live` a temporary folder of its own, which is removed afterwards, however this process ends. @param prefix of its name */
export async function inGuardedFolder<T>(prefix: string, live: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  const { removed } = guardFolder(folder);
  try {
    return await live(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    removed();
  }
}
