// The scenario's stage: a chain whose clock is moved, a timeline of what happens, and a list of the expected results.
import { latest } from "@sonm/chain/clients";
import { createObserver, type Observer } from "@sonm/chain/market/observer";
import { RevertFailure } from "@sonm/chain/transact";
import { showDate } from "@sonm/protocol/values/dates";
import type { Terminal } from "../../host/terminal/terminal.ts";
import type { Devnet } from "../local-chain.ts";
import type { Cast } from "./cast.ts";

export const DAY = 86_400;

/** Something that happened. Times are unix seconds. */
export type Event = {
  readonly at: number;
  /** days since the beginning */
  readonly day: number;
  readonly kind: string;
  readonly who: string;
  readonly what: string;
  /** of a refusal: the time from which the same would succeed */
  readonly possibleFrom?: number;
  /** amounts in wei of SNM, and whatever else a program may want */
  readonly data?: Readonly<Record<string, unknown>>;
};

/** An expected result, and whether it was reached. */
export type Check = { readonly name: string; readonly ok: boolean; readonly detail: string };

export type Stage = {
  readonly devnet: Devnet;
  readonly cast: Cast;
  readonly seed: number;
  readonly observer: Observer;
  readonly events: readonly Event[];
  readonly checks: readonly Check[];
  /** A new part of the story. */
  readonly chapter: (title: string) => void;
  /** Reports what has just happened. */
  readonly tell: (kind: string, who: string, what: string, data?: Event["data"]) => Promise<void>;
  /** Tries what the contracts must refuse with this error, and reports the refusal. */
  readonly refused: (who: string, what: string, error: string, attempt: () => Promise<unknown>) => Promise<void>;
  readonly must: (name: string, ok: boolean, detail?: string) => void;
  readonly equal: (name: string, actual: unknown, expected: unknown) => void;
  readonly now: () => Promise<number>;
  /** Moves the clock to a moment, unless it has passed. */
  readonly until: (time: number) => Promise<void>;
  /** The same, in days since the beginning. */
  readonly day: (days: number) => Promise<void>;
};

/** Seconds between blocks: with a fixed distance the story does not depend on the speed of this computer. */
const BLOCK_SECONDS = 12;

export async function setStage(devnet: Devnet, cast: Cast, seed: number, terminal: Terminal): Promise<Stage> {
  const { reader } = devnet;
  const request = reader.client.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  await request({ method: "anvil_setBlockTimestampInterval", params: [BLOCK_SECONDS] });
  const { now: start } = await latest(reader);
  const events: Event[] = [];
  const checks: Check[] = [];
  const { paint } = terminal;
  const now = async () => (await latest(reader)).now;

  async function record(event: Omit<Event, "at" | "day">, mark: string): Promise<void> {
    const at = await now();
    const day = Math.floor(((at - start) / DAY) * 10) / 10;
    events.push({ at, day, ...event });
    const when = `${showDate(at).slice(0, 16)}  ${paint("dim", `day ${day.toFixed(1).padStart(5)}`)}`;
    terminal.say(`  ${when}  ${mark} ${paint("bold", event.who.padEnd(17))} ${event.what}`);
  }

  const until = async (time: number) => {
    if (time > (await now())) await devnet.jumpTo(time);
  };

  return {
    devnet,
    cast,
    seed,
    observer: createObserver(reader, devnet.deployment),
    events,
    checks,
    chapter: (title) => terminal.say("", `  ${paint("bold", title)}`),
    tell: (kind, who, what, data) => record({ kind, who, what, ...(data ? { data } : {}) }, paint("green", "•")),
    async refused(who, what, error, attempt) {
      try {
        await attempt();
      } catch (failure) {
        if (!(failure instanceof RevertFailure)) throw failure;
        checks.push({ name: `refused: ${who} ${what}`, ok: failure.error === error, detail: failure.error });
        const { possibleFrom } = failure;
        const when = possibleFrom === undefined ? failure.why : `possible from ${showDate(possibleFrom)}`;
        const about = possibleFrom === undefined ? {} : { possibleFrom };
        await record(
          { kind: "refused", who, what: `${what}: refused, ${when}`, ...about, data: { error: failure.error } },
          paint("yellow", "✗"),
        );
        return;
      }
      checks.push({ name: `refused: ${who} ${what}`, ok: false, detail: "it was not refused" });
    },
    must: (name, ok, detail = "") => checks.push({ name, ok, detail }),
    equal: (name, actual, expected) =>
      checks.push({ name, ok: actual === expected, detail: `${String(actual)}, expected ${String(expected)}` }),
    now,
    until,
    day: (days) => until(start + Math.round(days * DAY)),
  };
}
