// Failures whose advice has a name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { notYet } from "@sonm/chain/errors/refusal";

const NOW = Date.UTC(2026, 0, 5, 12) / 1000;

test("what is not yet possible says from when on it is, for people and for programs", () => {
  const failure = notYet("No", "too early", NOW + 90, NOW);
  assert.equal(failure.possibleFrom, NOW + 90);
  assert.match(failure.todo, /from 2026-01-05 12:01:30 UTC \(in 1 min 30 s\)/);
  assert.deepEqual(failure.advice, { id: "wait-until", values: { moment: "2026-01-05 12:01:30 UTC (in 1 min 30 s)" } });
});
