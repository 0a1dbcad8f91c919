// Content from others that could not be read. What has failed twice is in quarantine: for some time, longer each time, it is neither
// fetched nor read. A file beside the journal has it; another one names what is being read: content that kills the process has failed by that,
// and does not kill it again at every start. See docs/security.md.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { showDate } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import { integer, list, object, type Shape, text } from "@sonm/protocol/values/shape";
import { DiskInTheWay } from "../disk/content-file.ts";
import { NetContentCorrupt, NetContentMissing, NetTooLarge, NetUnreachable } from "../net/errors.ts";
import type { Happening } from "./happenings.ts";
import { openReadingFile } from "./reading.ts";

/** Content that could not be read. */
export type Suspect = {
  /** what was read, and as what: all that decides whether it can be read */
  readonly name: string;
  readonly failures: number;
  /** how often of these the process ended meanwhile */
  readonly ends: number;
  /** the last failure's reason */
  readonly why: string;
  /** real time until which it is in quarantine, unix seconds; 0 after its first failure */
  readonly until: number;
};

export type Quarantine = {
  /**
   * Fetches content and reads it, unless it is in quarantine. A failure of `read` counts, one of the network does not.
   * @param name everything on which the outcome depends. Else whoever names somebody's content wrongly would have it in quarantine.
   * @throws InQuarantine, and what `fetch` and `read` throw
   */
  read<Content, T>(name: string, fetch: () => Promise<Content>, read: (content: Content) => T | Promise<T>): Promise<T>;
  /** From now on nothing counts: the role ends, and what is being read is no cause of that. */
  close(): void;
};

/** Name of the file in the data folder of a role. */
export const QUARANTINE_FILE = "quarantine.json";

/** Content that has failed so often is in quarantine. */
const PATIENCE = 2;
/** Seconds of the first quarantine; each further one is twice as long, up to a day. */
const FIRST_PAUSE = 60;
const LONGEST_PAUSE = 86_400;
/** Suspects that are remembered. Of more, the oldest ones are forgotten, those last that have ended the process. */
const MOST = 256;
/** Characters of a name and of a reason: a refusal with both fits into a letter. */
const MOST_NAME = 400;
const MOST_WHY = 300;

/** Content that is not read for now. */
export class InQuarantine extends Failure {
  constructor({ name, failures, why, until }: Suspect) {
    super(
      `The ${name} is in quarantine`,
      `reading it has failed ${failures} times, at last because: ${why}`,
      `wait until ${showDate(until)}, or stop the role and remove ${QUARANTINE_FILE} from its data folder`,
    );
    this.name = "InQuarantine";
  }
}

const count = integer(0, 1_000_000);
/** Unix seconds that a date can show. */
const time = integer(0, 8_640_000_000_000);
const name = text(MOST_NAME);
const fileShape: Shape<{ readonly suspects: readonly Suspect[] }> = object({
  suspects: list(object({ name, failures: count, ends: count, why: text(MOST_WHY), until: time }), MOST),
});

/** What a file says. One that is damaged keeps no role from its start, and no status from being shown. */
function suspectsIn(file: string): readonly Suspect[] {
  try {
    return fileShape(JSON.parse(readFileSync(file, "utf8")), "the quarantine").suspects;
  } catch {
    return [];
  }
}

/** What is in quarantine by the file of a role, the newest last. @param now real time, unix seconds */
export function quarantined(file: string, now: number): readonly Suspect[] {
  return suspectsIn(file).filter(({ until }) => until > now);
}

/** Whether a failure says something about the content, and not about network, disk or role. */
function isOfContent(error: unknown): boolean {
  const others = [NetContentMissing, NetContentCorrupt, NetUnreachable, InQuarantine, DiskInTheWay];
  return !others.some((one) => error instanceof one) && !(error instanceof Error && "syscall" in error);
}

/**
 * Opens or makes the file.
 * @param emit told of what comes into quarantine
 * @param now real time, unix seconds
 */
export function openQuarantine(
  file: string,
  emit: (happening: Happening) => void,
  now: () => number = () => Math.floor(Date.now() / 1000),
): Quarantine {
  const suspects = new Map(suspectsIn(file).map((one) => [one.name, one]));
  const reading = openReadingFile(`${file}.reading`);
  let closed = false;
  /** The last reading of something that may end the process: one at a time, so that the next start knows which one it was. */
  let last: Promise<unknown> = Promise.resolve();

  function write(): void {
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify({ suspects: [...suspects.values()] })}\n`);
      renameSync(`${file}.new`, file);
    } catch {
      // While the disk is full, the role works without it. The journal beside it says what is in the way.
    }
  }

  function fail(name: string, reason: string, ended: boolean): void {
    const known = suspects.get(name);
    const failures = (known?.failures ?? 0) + 1;
    const pause = failures < PATIENCE ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - PATIENCE));
    const why = reason.slice(0, MOST_WHY);
    const ends = (known?.ends ?? 0) + (ended ? 1 : 0);
    // The newest one is the last one.
    suspects.delete(name);
    suspects.set(name, { name, failures, ends, why, until: pause > 0 ? now() + pause : 0 });
    if (suspects.size > MOST) {
      const [oldest] = suspects.values();
      const dropped = [...suspects.values()].find(({ ends }) => ends === 0) ?? oldest;
      if (dropped) suspects.delete(dropped.name);
    }
    if (pause > 0) emit({ kind: "quarantined", what: name, why, failures, seconds: pause });
    write();
  }

  async function readNoted<T>(name: string, read: () => T | Promise<T>): Promise<T> {
    const noted = reading.note(name);
    try {
      const value = await read();
      if (!closed && suspects.delete(name)) write();
      return value;
    } catch (error) {
      if (!closed && isOfContent(error)) fail(name, error instanceof Error ? error.message : String(error), false);
      throw error;
    } finally {
      if (!closed) noted();
    }
  }

  for (const name of reading.before) fail(name.slice(0, MOST_NAME), "the process ended while it was read", true);
  if (reading.before.length > 0) reading.clear();

  return {
    async read(name, fetch, read) {
      const suspect = suspects.get(name);
      if (suspect && suspect.until > now()) throw new InQuarantine(suspect);
      const content = await fetch().catch((error: unknown) => {
        if (error instanceof NetTooLarge && !closed) fail(name, error.message, false);
        throw error;
      });
      if (closed) return read(content);
      if (!suspect || suspect.ends === 0) return readNoted(name, () => read(content));
      const alone = last.then(() => (closed ? read(content) : readNoted(name, () => read(content))));
      last = alone.catch(() => {});
      return alone;
    },
    close() {
      closed = true;
      reading.clear();
      reading.close();
    },
  };
}
