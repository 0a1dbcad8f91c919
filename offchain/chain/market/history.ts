// What an observer has read: the market of a block that stays, the blocks after it that a reorganisation may replace, and the market that
// all of them come to. Pure; `observer.ts` reads the blocks.
import type { Hex } from "@sonm/protocol/values/ids";
import type { DisputeLog, TimedLog } from "./dispute-log.ts";
import { emptyMarket, foldLogs, type Keeps, type Market, overIn, withLogs, withoutOver } from "./events.ts";

/** A block, by number and hash. */
export type Mark = { readonly number: number; readonly hash: Hex };

/** A block that has been read, with its events. */
export type ReadBlock = Mark & { readonly logs: readonly TimedLog[] };

/** What has been read. */
export type History = {
  /** the last block believed to stay; undefined while there is none */
  readonly base: Mark | undefined;
  /** the market at `base`, without what has ended */
  readonly final: Market;
  /** later blocks, in their order: all that have events, and those that a look ended with */
  readonly recent: readonly ReadBlock[];
  /** the market at the last of them */
  readonly shown: Market;
};

/** How logs are understood, and what is kept of what has ended. */
export type Rules = { readonly referees: readonly DisputeLog[]; readonly keeps: Keeps };

export const emptyHistory: History = { base: undefined, final: emptyMarket, recent: [], shown: emptyMarket };

/** A history that begins with what was read before. */
export function historyFrom(base: Mark, final: Market): History {
  return { base, final, recent: [], shown: final };
}

/** The last block that has been read. */
export function lastOf({ base, recent }: History): Mark | undefined {
  return recent.at(-1) ?? base;
}

/**
 * The history after more blocks, which follow its last one.
 * @param stays blocks up to this number are believed to stay: what has ended in them leaves the market
 */
export function extended(history: History, blocks: readonly ReadBlock[], stays: number, rules: Rules): History {
  const { referees } = rules;
  if (history.shown !== history.final) {
    const shown = withLogs(history.shown, logsOf(blocks), referees);
    return settled({ ...history, recent: [...history.recent, ...blocks], shown }, stays, rules);
  }
  // A long history is read, and nobody has looked at it yet: what stays is folded once, not once for each of the two markets.
  const old = blocks.filter(({ number }) => number <= stays);
  const recent = blocks.slice(old.length);
  const { base, final } = settled({ ...history, recent: old }, stays, rules);
  return { base, final, recent, shown: recent.length === 0 ? final : withLogs(final, logsOf(recent), referees) };
}

/** Believes blocks up to a number to stay. */
function settled(history: History, stays: number, { referees, keeps }: Rules): History {
  const firstOpen = history.recent.findIndex(({ number }) => number > stays);
  const count = firstOpen < 0 ? history.recent.length : firstOpen;
  const base = history.recent[count - 1];
  if (!base) return history;
  const recent = history.recent.slice(count);
  const logs = logsOf(history.recent.slice(0, count));
  if (logs.length === 0) return { ...history, base: { number: base.number, hash: base.hash }, recent };
  const folded = foldLogs(history.final, logs, referees);
  const over = overIn(folded, keeps);
  const { market } = folded;
  return {
    base: { number: base.number, hash: base.hash },
    final: withoutOver(market, over, market, referees),
    recent,
    shown: withoutOver(history.shown, over, market, referees),
  };
}

/** The history as it was when only the first `count` of its recent blocks had been read. */
export function cutBack(history: History, count: number, { referees }: Pick<Rules, "referees">): History {
  const recent = history.recent.slice(0, count);
  return { ...history, recent, shown: withLogs(history.final, logsOf(recent), referees) };
}

function logsOf(blocks: readonly ReadBlock[]): TimedLog[] {
  return blocks.flatMap(({ logs }) => logs);
}
