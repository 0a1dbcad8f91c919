// Runs the process that reads wrong bytes, and ends it if one case takes for ever.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Task = {
  /** of the decoders; none for all */
  readonly names: readonly string[];
  readonly seed: number;
  /** cases of each decoder */
  readonly runs: number;
  /** unix milliseconds until which a decoder gets more rounds, each with the next seed */
  readonly until?: number | undefined;
  /** where the current case is written before it is read */
  readonly file: string;
};

/** What was wrong, and the bytes. */
export type Finding = { readonly why: string; readonly hex: string };

export type Reading = {
  readonly name: string;
  readonly seed: number;
  readonly cases: number;
  /** cases in which a value was returned */
  readonly returned: number;
  /** milliseconds of CPU time */
  readonly slowest: number;
  readonly finding?: Finding | undefined;
};

/** MiB of objects. */
const HEAP = 256;
/** Milliseconds in which one case must end, however slow the machine is. */
const WATCHDOG = 60_000;

/** Reads wrong bytes. `hear` gets the outcomes one by one; the last one names a decoder at whose case the process has ended. */
export async function watch(task: Omit<Task, "file">, hear: (reading: Reading) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sonm-fuzz-"));
  const file = join(folder, "case");
  const script = join(import.meta.dirname, "reader.ts");
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP}`, script, JSON.stringify({ ...task, file } satisfies Task)],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = `${errors}${text}`.slice(-4000);
  });
  let hangs = false;
  const timer = setInterval(() => {
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (written === undefined || Date.now() - written < WATCHDOG) return;
    hangs = true;
    child.kill("SIGKILL");
  }, 1000);
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.on("close", (code, signal) => resolve(code ?? signal)),
  );
  try {
    for await (const line of createInterface({ input: child.stdout })) hear(JSON.parse(line) as Reading);
    const how = await ended;
    if (how === 0) return;
    const why = hangs ? `one case takes longer than ${WATCHDOG / 1000} s` : `the process has ended: ${how}\n${errors}`;
    const hex = statSync(file, { throwIfNoEntry: false }) ? readFileSync(file).toString("hex") : "";
    hear({ name: "?", seed: task.seed, cases: 0, returned: 0, slowest: 0, finding: { why, hex } });
  } finally {
    clearInterval(timer);
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
}
