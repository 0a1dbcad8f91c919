import assert from "node:assert/strict";
import { test } from "node:test";
import { showDate, showMoment, showSpan } from "@sonm/protocol/values/dates";

const DAY = 86_400;
const NOW = Date.UTC(2026, 0, 5, 12) / 1000;

test("a date is in UTC, to the second", () => {
  assert.equal(showDate(NOW), "2026-01-05 12:00:00 UTC");
});

test("a span shows its two largest units", () => {
  const spans: [number, string][] = [
    [0, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [3_661, "1 h 1 min"],
    [DAY - 1, "23 h 59 min"],
    [DAY, "1 d"],
    [DAY + 59, "1 d"],
    [3 * DAY + 4 * 3_600 + 5, "3 d 4 h"],
  ];
  for (const [seconds, text] of spans) assert.equal(showSpan(seconds), text);
});

test("a moment is a date with the time left or passed", () => {
  assert.equal(showMoment(NOW + DAY, NOW), "2026-01-06 12:00:00 UTC (in 1 d)");
  assert.equal(showMoment(NOW - 60, NOW), "2026-01-05 11:59:00 UTC (1 min ago)");
  assert.equal(showMoment(NOW, NOW), "2026-01-05 12:00:00 UTC (now)");
});
