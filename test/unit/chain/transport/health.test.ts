// When a node is left alone, which one is asked, and which heads are believed.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  afterFailure,
  afterSuccess,
  belief,
  type Health,
  REORGANISATION,
  restOf,
  turnOf,
  unknown,
  withHead,
} from "@sonm/chain/transport/health";
import type { Trouble } from "@sonm/chain/transport/trouble";

const gone: Trouble = { kind: "gone", why: "no connection" };

/** After so many failures, each when the rest after the one before is over. */
function failed(times: number, trouble = gone): Health {
  let health = unknown;
  for (let i = 0; i < times; i++) health = afterFailure(health, trouble, health.restsUntil);
  return health;
}

test("S8: the rest after a failure doubles from 200 ms to 30 s", () => {
  const rests = Array.from({ length: 10 }, (_, i) => restOf(i + 1, gone));
  assert.deepEqual(rests, [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
});

test("S8: a node that asks for a pause gets it, up to a minute", () => {
  assert.equal(restOf(1, { kind: "limited", why: "", retryAfter: 7_000 }), 7_000);
  assert.equal(restOf(1, { kind: "limited", why: "", retryAfter: 100 }), 200);
  assert.equal(restOf(1, { kind: "limited", why: "", retryAfter: 3_600_000 }), 60_000);
});

test("S8: calls that fail side by side count once", () => {
  const first = afterFailure(unknown, gone, 1000);
  const second = afterFailure(first, gone, 1001);
  assert.deepEqual([second.failures, second.restsUntil], [1, 1200]);
  assert.equal(afterFailure(second, gone, 1200).failures, 2);
});

test("S8: after a failure a node is checked again, but not if it only wants fewer requests; a success forgets all", () => {
  const well = afterSuccess(unknown);
  assert.equal(well.checked, true);
  assert.equal(afterFailure(well, gone, 0).checked, false);
  assert.equal(afterFailure(well, { kind: "limited", why: "429" }, 0).checked, true);
  assert.deepEqual(afterSuccess({ ...failed(3), head: 5 }), { ...unknown, checked: true, head: 5 });
});

test("S8: the first node that is well is asked first; one that has rested is tried beside, and serves if nobody else does", () => {
  const ill = failed(2);
  assert.deepEqual(turnOf([unknown, unknown], 0), { ask: [0, 1], probe: [] });
  assert.deepEqual(turnOf([ill, unknown], ill.restsUntil - 1), { ask: [1], probe: [] });
  assert.deepEqual(turnOf([ill, unknown], ill.restsUntil), { ask: [1], probe: [0] });
  assert.deepEqual(turnOf([ill, ill], ill.restsUntil), { ask: [0, 1], probe: [] });
  assert.deepEqual(turnOf([ill, ill], ill.restsUntil - 1), { ask: [], probe: [] });
});

test("S8: time never goes back by more than a reorganisation, also in several steps", () => {
  let heads = withHead({ highest: 0, last: 0 }, 100);
  assert.equal(belief(heads, 100), "yes");
  assert.equal(belief(heads, 99), "perhaps");
  heads = withHead(heads, 100 - REORGANISATION);
  assert.equal(belief(heads, heads.last), "yes");
  assert.equal(belief(heads, heads.last - 1), "no");
});
