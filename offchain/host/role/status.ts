// The status file of a role, beside its journal. It says what the role is doing, while the process runs and after it has ended.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeState } from "@sonm/chain/transport/nodes";
import { Failure } from "@sonm/protocol/values/failure";
import { integer, list, literal, object, optional, type Shape, text } from "@sonm/protocol/values/shape";
import type { Happening, RoleEvent } from "./happenings.ts";
import { firstInHand, type InHand } from "./in-hand.ts";
import { isOpenElsewhere, JOURNAL_FILE } from "./journal.ts";
import { QUARANTINE_FILE, quarantined, type Suspect } from "./quarantine.ts";

type Of<Kind extends Happening["kind"]> = Extract<Happening, { kind: Kind }>;

/** Unix seconds that a date can show. */
const time = integer(0, 8_640_000_000_000);
const count = integer();
/** Nothing in it is long, but what strangers wrote may be. */
const words = text(2 ** 20);
const span: Shape<number> = (value, place) =>
  typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : integer()(value, place);
function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, place) => (value === null ? null : shape(value, place));
}

function oneOf<T extends string>(first: T, ...others: readonly T[]): Shape<T> {
  return (value, place) => others.find((one) => one === value) ?? literal(first)(value, place);
}

const idle = object({ kind: literal("idle"), block: count, mail: count, wakeAt: orNull(time) });
const busy = object({ kind: literal("busy"), with: list(words, 2 ** 20) });
const doing: Shape<Of<"idle"> | Of<"busy">> = (value, place) =>
  (value as { readonly kind?: unknown } | undefined)?.kind === "busy" ? busy(value, place) : idle(value, place);

/** A shape for each field: one that is not here would be left out silently. */
const fields: { readonly [Field in keyof RoleStatus]-?: Shape<RoleStatus[Field]> } = {
  pid: count,
  startedAt: time,
  endedAt: orNull(time),
  at: time,
  doing: orNull(doing),
  rests: optional(object({ why: oneOf("paused", "busy hours"), until: orNull(time) })),
  inHand: list(object({ what: words, state: words }), 1000),
  failures: list(
    object({ kind: literal("failed"), action: words, what: words, why: words, todo: words, retryIn: span, at: time }),
    1000,
  ),
  nodes: optional(
    list(
      object({ name: words, state: oneOf("in use", "ready", "failing"), head: orNull(count), why: orNull(words) }),
      100,
    ),
  ),
  aside: object({
    count,
    latest: list(object({ kind: literal("put-aside"), what: words, why: words, at: time }), 1000),
  }),
};
/** A status file may be an older version's, or damaged. */
const statusShape = object(fields) as Shape<RoleStatus>;

export type RoleStatus = {
  /** number of its process, which may have ended */
  readonly pid: number;
  /** real time at which the process began to work, unix seconds */
  readonly startedAt: number;
  /** real time at which it ended in order; null while it works, and also if it was killed */
  readonly endedAt: number | null;
  /** the chain's time at its last event, unix seconds */
  readonly at: number;
  /** its last report of what it does; null before its first look */
  readonly doing: Of<"idle"> | Of<"busy"> | null;
  /** why it rests, if it does */
  readonly rests?: Pick<Of<"resting">, "why" | "until"> | undefined;
  /** what it had begun and not finished at its last look */
  readonly inHand: readonly InHand[];
  /** how the nodes of its chain are, since the first of them failed or another one came into use */
  readonly nodes?: readonly NodeState[];
  /** the latest failures, the newest last, with the chain's time */
  readonly failures: readonly (Of<"failed"> & { readonly at: number })[];
  /** what it has put aside in all its lives: how many things, and the latest of them, the newest last, with the chain's time */
  readonly aside: { readonly count: number; readonly latest: readonly (Of<"put-aside"> & { readonly at: number })[] };
};

/** A status, whether its process works now, and what content it has in quarantine, the newest last. */
export type RoleLife = RoleStatus & { readonly running: boolean; readonly quarantine: readonly Suspect[] };

/** Name of the status file in the data folder of a role. */
export const STATUS_FILE = "status.json";

/** Number of failures that are kept, and of things put aside. */
const MOST_FAILURES = 5;
const MOST_ASIDE = 5;

/** The status after an event. A failure of an action replaces an earlier one of the same action. */
export function statusAfter(status: RoleStatus, { role: _, name: __, at, ...happening }: RoleEvent): RoleStatus {
  switch (happening.kind) {
    case "idle":
    case "busy":
      return { ...status, at, doing: happening };
    case "nodes":
      return { ...status, at, nodes: happening.nodes };
    case "resting":
      return { ...status, at, rests: { why: happening.why, until: happening.until } };
    case "resumed":
      return { ...status, at, rests: undefined };
    case "failed": {
      const others = status.failures.filter(({ action }) => action !== happening.action);
      return { ...status, at, failures: [...others, { ...happening, at }].slice(-MOST_FAILURES) };
    }
    case "put-aside": {
      const { count, latest } = status.aside;
      return {
        ...status,
        at,
        aside: { count: count + 1, latest: [...latest, { ...happening, at }].slice(-MOST_ASIDE) },
      };
    }
    default:
      return { ...status, at };
  }
}

/** What earlier lives have put aside. A damaged file must not keep a role from its start. */
function earlierAside(file: string): RoleStatus["aside"] {
  try {
    return readStatus(file)?.aside ?? { count: 0, latest: [] };
  } catch {
    return { count: 0, latest: [] };
  }
}

/** Begins a status file; `hear` keeps it up to date, `end` says that the process has ended in order. */
export function openStatus(file: string, now: () => number = () => Math.floor(Date.now() / 1000)) {
  let status: RoleStatus = {
    pid: process.pid,
    startedAt: now(),
    endedAt: null,
    at: 0,
    doing: null,
    inHand: [],
    failures: [],
    aside: earlierAside(file),
  };
  let written = "";
  /** Readers see the old file or the new one, never a part of it. */
  function write(): void {
    const content = `${JSON.stringify(status)}\n`;
    if (content === written) return;
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
    written = content;
  }
  /** While the disk is full, a role works without a status. The next event writes it. */
  function tryToWrite(): void {
    try {
      write();
    } catch {
      // The journal beside it says what is in the way.
    }
  }
  try {
    write();
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Failure(`The status in ${file} cannot be written`, why, "check its rights and its disk", { cause });
  }
  return {
    hear(event: RoleEvent): void {
      status = statusAfter(status, event);
      tryToWrite();
    },
    holds(works: readonly InHand[]): void {
      status = { ...status, inHand: firstInHand(works) };
      tryToWrite();
    },
    end(): void {
      status = { ...status, endedAt: now() };
      tryToWrite();
    },
  };
}

/** Reads a status file; undefined if there is none. @throws Failure if it is damaged */
export function readStatus(file: string): RoleStatus | undefined {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Failure(`The status in ${file} cannot be read`, (cause as Error).message, "check its rights", { cause });
  }
  try {
    return statusShape(JSON.parse(content), "the status");
  } catch (cause) {
    const why = cause instanceof Failure ? `it is damaged: ${cause.why}` : "it is damaged";
    throw new Failure(`The status in ${file} cannot be read`, why, "start the role again", { cause });
  }
}

/**
 * What the role in a data folder says about itself; undefined if none has ever worked there.
 * `running` follows from the journal's lock, because another program can have the number of a killed process.
 */
export function lifeIn(folder: string): RoleLife | undefined {
  const status = readStatus(join(folder, STATUS_FILE));
  if (!status) return undefined;
  const running = status.endedAt === null && isOpenElsewhere(join(folder, JOURNAL_FILE));
  return { ...status, running, quarantine: quarantined(join(folder, QUARANTINE_FILE), Math.floor(Date.now() / 1000)) };
}
