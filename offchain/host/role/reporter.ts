// What a role reports: each happening, with the name of the reporter and the chain's time.
import { formatEvent, type Happening, type RoleEvent, type RoleName } from "./happenings.ts";
import { textOf } from "./log.ts";

/** Reports what happens, stamped with the chain's time. */
export type Reporter = {
  emit(happening: Happening): void;
  /** The chain's time at the last look, unix seconds. */
  now(): number;
  setNow(now: number): void;
};

export function createReporter(role: RoleName, name: string, hear: (event: RoleEvent) => void): Reporter {
  let at = 0;
  return {
    now: () => at,
    setNow(now) {
      at = now;
    },
    emit: (happening) => hear({ role, name, at, ...happening }),
  };
}

/** For programs: every event on stdout, one JSON object a line. */
export function printJson(event: RoleEvent): void {
  process.stdout.write(`${formatEvent(event)}\n`);
}

/** What a role says so often that only its status shows it. */
const QUIET: readonly string[] = ["idle", "busy", "progress", "trial"] satisfies RoleEvent["kind"][];

/** For people: what matters, on stderr. */
export function printText(event: RoleEvent): void {
  if (!QUIET.includes(event.kind)) process.stderr.write(`${textOf(event)}\n`);
}
