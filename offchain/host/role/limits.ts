// What an operator allows a role that computes: when it works, and how much of the computer. Games and claims have deadlines, so they are
// never held up.
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "@sonm/protocol/values/failure";
import { text as textShape } from "@sonm/protocol/values/shape";
import type { Engine } from "../engines/engine.ts";
import { type BusyHours, busyUntil, freeShare, isBusy, readBusyHours } from "./busy-hours.ts";
import type { Happening } from "./happenings.ts";
import { measured, perhaps, type Sort, usually, whole } from "./options.ts";
import { pauseIn } from "./wishes.ts";

const hoursOfWeek: Sort<BusyHours> = {
  value: "<hours>",
  shape: () => (value, place) => readBusyHours(textShape(1000)(value, place)),
  read: (text) => text,
};

/** The options of a role that computes. */
export const limitOptions = {
  busyHours: perhaps(
    hoursOfWeek,
    'when you need the computer, in its time zone, like "Mo-Fr 09:00-18:00": the role rests as if paused',
  ),
  cpuShare: usually(
    measured("percent", 1, 100),
    100,
    "part of the time in which each thread computes; after each slice of a run it waits for the rest",
  ),
  niceness: usually(
    whole(0, 19, "<n>"),
    0,
    "how far the threads that compute stand back behind all other programs; games do not",
  ),
};

export type Limits = {
  readonly busyHours: BusyHours | undefined;
  /** percent */
  readonly cpuShare: number;
};

/** Why a role rests, and until when: real time, unix seconds; null for until it is told. */
export type Rest = { readonly why: "paused" | "busy hours"; readonly until: number | null };

/**
 * Whether a role rests. A pause comes first, and busy hours follow it.
 * @param data the role's folder, where a pause lies
 * @param time real time, milliseconds
 */
export function restAt(data: string, busyHours: BusyHours | undefined, time: number): Rest | undefined {
  const pause = pauseIn(data);
  if (pause && (pause.until === null || time < 1000 * pause.until)) return { why: "paused", until: pause.until };
  if (!busyHours || !isBusy(busyHours, time)) return undefined;
  const until = busyUntil(busyHours, time);
  return { why: "busy hours", until: until === null ? null : Math.floor(until / 1000) };
}

/** The part of the computer's time that a role gets in the long run, 0 … 1. */
export function shareOf({ busyHours, cpuShare }: Limits): number {
  return (cpuShare / 100) * (busyHours ? freeShare(busyHours) : 1);
}

/** Watches an operator's wishes: `resting` is what holds now, `wishes` says each change once and names it for the loop. */
export function watchRest(
  data: string,
  busyHours: BusyHours | undefined,
  emit: (happening: Happening) => void,
  now: () => number = Date.now,
) {
  let told = "";
  const resting = () => restAt(data, busyHours, now());
  return {
    resting,
    wishes(): string {
      const rest = resting();
      const text = rest ? `${rest.why} ${rest.until}` : "";
      if (text !== told) emit(rest ? { kind: "resting", ...rest } : { kind: "resumed" });
      told = text;
      return text;
    },
  };
}

/** How often it is looked whether a rest is over, milliseconds. */
const LOOK_MS = 500;

/**
 * The engine with its runs within the limits: while the role rests none begins, and one that runs waits between two of its slices; after each
 * slice a thread pauses for as long as its share asks. Everything else passes, games above all.
 */
export function limited<E extends Pick<Engine, "compute" | "stop">>(
  engine: E,
  { cpuShare }: Pick<Limits, "cpuShare">,
  resting: () => Rest | undefined,
): E {
  const stopping = new AbortController();

  async function pause(milliseconds: number): Promise<void> {
    try {
      await sleep(milliseconds, undefined, { signal: stopping.signal });
    } catch (cause) {
      throw new Failure("The unit was not computed", "the role was stopped", "start the role again", { cause });
    }
  }

  /** After computing since a moment (of `performance.now`). */
  async function spare(since: number): Promise<void> {
    const left = (performance.now() - since) * (100 / cpuShare - 1);
    if (left > 0) await pause(left);
  }

  async function rest(): Promise<void> {
    while (resting()) await pause(LOOK_MS);
  }

  return {
    ...engine,
    async compute(...[job, unit, lying, turn, into]: Parameters<Engine["compute"]>) {
      await rest();
      let since = performance.now();
      const between = async (steps: number) => {
        await spare(since);
        await rest();
        await turn?.(steps);
        since = performance.now();
      };
      const computed = await engine.compute(job, unit, lying, between, into);
      await spare(since);
      return computed;
    },
    async stop() {
      stopping.abort();
      await engine.stop();
    },
  };
}
