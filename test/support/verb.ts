// Runs verbs. A process takes ten times as long to start as a verb to run: so in each test file each noun (`hub`, `dao`, …) runs once
// for people and once with `--json` as a process, as outside of tests, and from then on inside this one.
import { AsyncLocalStorage } from "node:async_hooks";
import { runCommand } from "../../offchain/cli/run.ts";
import { ownEnvironment, type Ran, sonmBeside } from "../unit/cli/sonm.ts";

type Printed = Record<"stdout" | "stderr", Buffer[]>;

/** What the verb that is running has printed. What others print meanwhile, such as the test runner, is not among it. */
const printed = new AsyncLocalStorage<Printed>();

for (const name of ["stdout", "stderr"] as const) {
  const stream = process[name];
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const own = printed.getStore();
    if (!own) return write(chunk, ...rest);
    own[name].push(Buffer.from(chunk));
    return true;
  };
  // To the verb it is no terminal, whatever it is.
  for (const property of ["isTTY", "columns"] as const) {
    const value = stream[property];
    Object.defineProperty(stream, property, { get: () => (printed.getStore() ? undefined : value) });
  }
}

async function runInside(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  const before = { env: process.env, exitCode: process.exitCode };
  const own: Printed = { stdout: [], stderr: [] };
  process.env = { ...ownEnvironment(), ...env };
  process.exitCode = undefined;
  try {
    await printed.run(own, () => runCommand(args));
    const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
    return { code: Number(process.exitCode ?? 0), out: text(own.stdout), err: text(own.stderr) };
  } finally {
    process.env = before.env;
    process.exitCode = before.exitCode;
  }
}

const started = new Set<string>();
let last: Promise<unknown> = Promise.resolve();

/** Runs a verb that asks nothing. One at a time: environment and exit code are the whole process's. */
export function runVerb(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const way = `${args[0]} ${args.includes("--json")}`;
  if (!started.has(way)) {
    started.add(way);
    return sonmBeside(args, env);
  }
  const ran = last.then(() => runInside(args, env));
  last = ran.catch(() => undefined);
  return ran;
}
