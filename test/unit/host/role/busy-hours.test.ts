// U13: the hours in which an operator needs the computer, read and compared with a calendar.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import fc from "fast-check";
import { busyUntil, freeShare, isBusy, readBusyHours } from "../../../../offchain/host/role/busy-hours.ts";
import { fuzz } from "../../../support/fuzz.ts";

const source = new URL("../../../../offchain/host/role/busy-hours.ts", import.meta.url).href;
const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
/** A Monday, in the time zone of the computer. */
const at = (day: number, hour: number, minute = 0) => new Date(2026, 0, 5 + day, hour, minute).getTime();
const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

describe("U13: busy hours", () => {
  test("are of some days, from one time to another", () => {
    const hours = readBusyHours("Mo-Fr 09:00-18:00");
    const cases: [day: number, hour: number, minute: number, busy: boolean][] = [
      [0, 8, 59, false],
      [0, 9, 0, true],
      [4, 17, 59, true],
      [4, 18, 0, false],
      [5, 12, 0, false],
    ];
    for (const [day, hour, minute, busy] of cases) assert.equal(isBusy(hours, at(day, hour, minute)), busy);
    assert.equal(busyUntil(hours, at(0, 9, 30)), at(0, 18));
  });

  test("reach over midnight, also from Sunday to Monday", () => {
    const hours = readBusyHours("Su 22:00-06:00");
    assert.deepEqual(
      [at(6, 21, 59), at(6, 22), at(7, 5, 59), at(7, 6), at(0, 5)].map((one) => isBusy(hours, one)),
      [...[false, true, true, false], true],
    );
    assert.equal(busyUntil(hours, at(6, 23)), at(7, 6));
  });

  test("may have several rules, lists of days and of times, and days around the weekend", () => {
    const hours = readBusyHours("Mo,We 08:00-09:00, 10:00-11:00; Fr-Mo 23:00-24:00");
    assert.equal(hours.length, 8);
    assert.deepEqual(
      [at(2, 8, 30), at(2, 9, 30), at(2, 10, 30), at(3, 23, 30), at(5, 23, 30), at(0, 23, 30)].map((one) =>
        isBusy(hours, one),
      ),
      [...[true, false, true], ...[false, true, true]],
    );
  });

  test("of every minute have no end; without days they are of every day", () => {
    const always = readBusyHours("00:00-24:00");
    assert.equal(busyUntil(always, at(3, 3)), null);
    assert.equal(freeShare(always), 0);
    assert.equal(freeShare(readBusyHours("00:00-12:00")), 0.5);
  });

  test("that follow each other are one time to wait", () => {
    assert.equal(busyUntil(readBusyHours("Mo 09:00-12:00; Mo 12:00-13:00"), at(0, 9)), at(0, 13));
  });

  test("end at their time of the day also when clocks are changed meanwhile", () => {
    const code = `
      const { busyUntil, readBusyHours } = await import(${JSON.stringify(source)});
      const hours = readBusyHours("Sa-Su 22:00-06:00; Mo 00:00-06:00");
      const ends = [new Date(2026, 2, 28, 23), new Date(2026, 9, 24, 23)].map((from) => new Date(busyUntil(hours, from.getTime())));
      console.log(ends.map((end) => [end.getDate(), end.getHours(), end.getMinutes()].join(" ")).join(","));`;
    const env = { ...process.env, TZ: "Europe/Berlin" };
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      env,
      encoding: "utf8",
    });
    assert.equal(stdout.trim(), "29 6 0,25 6 0", stderr);
  });

  test("agree with a calendar, and end when they say", () => {
    const span = fc.record({ day: fc.nat(6), from: fc.nat(1439), to: fc.nat(1439) });
    const moment = fc.record({ day: fc.nat(6), minute: fc.nat(1439) });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 4 }), moment, (spans, { day, minute }) => {
        const hours = readBusyHours(
          spans.map((one) => `${DAYS[one.day]} ${clock(one.from)}-${clock(one.to)}`).join("; "),
        );
        const time = at(day, 0, minute);
        const yesterday = (day + 6) % 7;
        const expected = spans.some((one) =>
          one.from < one.to
            ? one.day === day && minute >= one.from && minute < one.to
            : (one.day === day && minute >= one.from) || (one.day === yesterday && minute < one.to),
        );
        assert.equal(isBusy(hours, time), expected);
        const end = busyUntil(hours, time);
        if (end === null) return assert.equal(freeShare(hours), 0);
        assert.equal(isBusy(hours, end), false);
        if (expected) assert.ok(end > time && isBusy(hours, end - 1));
        else assert.equal(end, time);
      }),
      fuzz(100),
    );
  });

  test("that cannot be read are refused, with what is wrong", () => {
    const wrong: [string, RegExp][] = [
      ["", /has no times/],
      ["Mo-Fr", /has no times/],
      ["Mo-Xx 09:00-10:00", /"Mo-Xx" is no day/],
      ["Mo 9-10", /"9" is no time/],
      ["Mo 09:00-25:00", /"25:00" is no time/],
      ["Mo 09:60-10:00", /"09:60" is no time/],
      ["Mo 09:00", /"" is no time/],
      ["Mo 09:00-10:00-11:00", /is no span/],
      ["Mo 09:00-10:00;", /has no times/],
    ];
    for (const [text, why] of wrong) assert.throws(() => readBusyHours(text), why, text);
  });
});
