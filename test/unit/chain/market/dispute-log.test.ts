// The market and its referees: each processes its own events, and the market counts the open disputes about a claim.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type DisputeLog, disputesIn, type TimedLog } from "@sonm/chain/market/dispute-log";
import { emptyMarket, type Market, withLogs } from "@sonm/chain/market/events";
import { claimId } from "@sonm/protocol/result/claim";
import type { Address } from "@sonm/protocol/values/ids";
import { addressOf, claim, hashOf, OTHER } from "../../agents/fixtures.ts";

const id = claimId(claim);

/** A referee whose disputes are the times of its events. An event with data opens a dispute; an event without data ends it. */
const jury = (address: Address): DisputeLog<readonly number[]> => ({
  address,
  guarantee: "replicated",
  none: [],
  fold: (times, logs) => ({
    disputes: [...times, ...logs.map(({ time }) => time)],
    opened: new Map([[id, logs.reduce((sum, { log }) => sum + (log.data === "0x" ? -1 : 1), 0)]]),
  }),
  drop: (times) => times,
  save: (times) => times,
  restore: (saved) => saved as readonly number[],
  read: async (times) => times,
});
const [first, second] = [jury(addressOf(7)), jury(addressOf(8))];

function logOf(address: Address, time: number, data: "0x" | "0x01" = "0x01"): TimedLog {
  const place = { blockHash: hashOf(1), blockNumber: 1n, logIndex: 0, transactionHash: hashOf(2), transactionIndex: 0 };
  return { time, log: { ...place, address, data, topics: [hashOf(3)], removed: false } };
}

const fresh = { status: "live", games: 0, claimedAt: 1, endedAt: undefined, winner: undefined, block: 1 } as const;
const market: Market = { ...emptyMarket, claims: new Map([[id, { id, claim, ...fresh }]]) };
const after = (...logs: TimedLog[]) => withLogs(market, logs, [first, second]);

test("each referee is told its own events, and nobody else's", () => {
  const seen = after(logOf(first.address, 1), logOf(second.address, 2), logOf(OTHER, 3), logOf(first.address, 4));
  assert.deepEqual([disputesIn(seen, first), disputesIn(seen, second)], [[1, 4], [2]]);
});

test("a claim has as many open disputes as its referees have opened and not ended", () => {
  const gamesIn = (seen: Market) => seen.claims.get(id)?.games;
  const opened = after(logOf(first.address, 1), logOf(second.address, 2));
  assert.equal(gamesIn(opened), 2);
  assert.equal(gamesIn(withLogs(opened, [logOf(first.address, 3, "0x")], [first, second])), 1);
});

test("the market before is left as it is", () => {
  after(logOf(first.address, 1));
  assert.deepEqual(disputesIn(market, first), []);
  assert.equal(market.claims.get(id)?.games, 0);
});
