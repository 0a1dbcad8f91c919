import assert from "node:assert/strict";
import { test } from "node:test";
import { readSpan, showDate, showDuration, showMoment, showSpan } from "@sonm/protocol/values/dates";

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

test("a duration is read as it is shown, and as people write it", () => {
  for (const seconds of [1, 59, 60, 3_661, DAY, 90_061, 3 * DAY + 5]) {
    assert.equal(readSpan(showDuration(seconds)), seconds);
    assert.equal(readSpan(` ${showDuration(seconds).replaceAll(" ", "")} `), seconds);
  }
  assert.equal(readSpan("90 min"), 5400);
  for (const text of [
    "",
    "0 s",
    "5",
    "min",
    "1 week",
    "-1 h",
    "1.5 h",
    "1 h, 2 min",
    "9e99 d",
    "99999999999999999 d",
  ]) {
    assert.throws(() => readSpan(text), { what: `"${text}" is no time` });
  }
});
