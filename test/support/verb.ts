// Runs verbs. A process takes ten times as long to start as a verb to run. So in each test file, each noun (`hub`, `dao`, …) runs once for
// people and once with `--json` as a process, as outside of tests. All later verbs run inside this process.
import { AsyncLocalStorage } from "node:async_hooks";
import { runCommand } from "../../offchain/cli/run.ts";
import { ownEnvironment, type Ran, sonmBeside } from "../unit/cli/sonm.ts";

type Printed = Record<"stdout" | "stderr", Buffer[]>;

/** The output of the running verb, without what others print meanwhile, such as the test runner. */
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
  // The verb must see no terminal, even if there is one.
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

/** Runs a verb that asks no questions. Only one runs at a time, because environment and exit code belong to the whole process. */
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
