// The life of a role's process: start, report, end on a signal.

import { Failure } from "@sonm/protocol/values/failure";
import { plain, quoted } from "@sonm/protocol/values/plain";
import { formatEvent, type Happening, type RoleName } from "./happenings.ts";

/** Reports what happens, stamped with the chain's time. */
export type Reporter = {
  emit(happening: Happening): void;
  /** The chain's time at the last look, unix seconds. */
  now(): number;
  setNow(now: number): void;
};

/** Reports to stdout as JSON if asked to, else failures and what matters to stderr as text. */
export function createReporter(role: RoleName, name: string, events: boolean): Reporter {
  let at = 0;
  return {
    now: () => at,
    setNow(now) {
      at = now;
    },
    emit(happening) {
      if (events) process.stdout.write(`${formatEvent({ role, name, at, ...happening })}\n`);
      else if (happening.kind !== "idle" && happening.kind !== "busy")
        process.stderr.write(`${plain(textOf(name, happening))}\n`);
    },
  };
}

function textOf(name: string, { kind, ...fields }: Happening): string {
  const details = Object.entries(fields).map(
    ([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  return `${name}: ${kind} (${details.join(", ")})`;
}

/**
 * Runs a role until SIGINT or SIGTERM, then lets it end in order; a second signal ends it at once.
 * @param start returns how to stop
 */
export async function runRole(start: () => Promise<{ stop(): Promise<void> }>): Promise<void> {
  try {
    const role = await start();
    const signal = await new Promise<NodeJS.Signals>((resolve) => {
      for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, resolve);
    });
    process.once(signal, () => process.exit(1));
    await role.stop();
    process.exit(0);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${plain(error.what)}\n  ${quoted(error.why).join("\n  ")}\n  → ${plain(error.todo)}\n`);
    process.exit(1);
  }
}
