// The hours of the week in which an operator needs the computer: `Mo-Fr 09:00-18:00; Sa 10:00-12:00,22:00-02:00`. They are in the time
// zone of the computer.
import { Failure } from "@sonm/protocol/values/failure";

/** A part of the week, in minutes from Monday 00:00, `from` before `to`; it may reach into the next week. */
export type BusyPart = { readonly from: number; readonly to: number };
export type BusyHours = readonly BusyPart[];

const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const MINUTE_MS = 60_000;

function wrong(text: string, why: string): Failure {
  return new Failure(
    `"${text}" are no hours of a week`,
    why,
    'write them like "Mo-Fr 09:00-18:00; Sa,Su 22:00-02:00"; without days they are of every day',
  );
}

/** The days of `Mo-Fr,Su`, as numbers from 0. */
function daysIn(text: string, whole: string): number[] {
  return text.split(",").flatMap((part) => {
    const [first = -1, last = first, ...more] = part.split("-").map((day) => DAYS.indexOf(day.trim()));
    if (first < 0 || last < 0 || more.length > 0)
      throw wrong(whole, `"${part.trim()}" is no day: there are ${DAYS.join(", ")}`);
    const count = ((last - first + 7) % 7) + 1;
    return Array.from({ length: count }, (_, i) => (first + i) % 7);
  });
}

/** Minutes of `09:30`; 24:00 is the end of the day. */
function minutesIn(text: string, whole: string): number {
  const [, hours = "", minutes = ""] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  const value = 60 * Number(hours) + Number(minutes);
  if (hours === "" || Number(minutes) > 59 || value > DAY)
    throw wrong(whole, `"${text.trim()}" is no time from 00:00 to 24:00`);
  return value;
}

/**
 * Reads hours: rules separated by `;`, each with days (or none for every day) and spans of time. A span that ends at or before its beginning
 * ends on the next day.
 * @throws Failure if it is something else
 */
export function readBusyHours(text: string): BusyHours {
  return text.split(";").flatMap((rule) => {
    const [, days, spans = ""] = /^\s*(?:([A-Za-z][A-Za-z ,-]*?)\s+)?(\d.*?)\s*$/.exec(rule) ?? [];
    if (spans === "") throw wrong(text, `"${rule.trim()}" has no times`);
    const of = days === undefined ? DAYS.map((_, day) => day) : daysIn(days, text);
    return spans.split(",").flatMap((span) => {
      const [begin = "", end = "", ...more] = span.split("-");
      if (more.length > 0) throw wrong(text, `"${span.trim()}" is no span of time`);
      const [from, to] = [minutesIn(begin, text), minutesIn(end, text)];
      return of.map((day) => ({ from: day * DAY + from, to: day * DAY + (to > from ? to : to + DAY) }));
    });
  });
}

/** The minute of the week of a moment (milliseconds), in the time zone of the computer. */
function minuteOfWeek(time: number): number {
  const date = new Date(time);
  return ((date.getDay() + 6) % 7) * DAY + date.getHours() * 60 + date.getMinutes();
}

/** Minutes from one minute of the week to the next time that it is another one: 0 … WEEK − 1. */
function minutesFrom(minute: number, other: number): number {
  return (((other - minute) % WEEK) + WEEK) % WEEK;
}

function isBusyMinute(hours: BusyHours, minute: number): boolean {
  return hours.some(({ from, to }) => minutesFrom(from, minute) < to - from);
}

/** Whether a moment (milliseconds of real time) is in these hours. */
export function isBusy(hours: BusyHours, time: number): boolean {
  return isBusyMinute(hours, minuteOfWeek(time));
}

/** The first minute of the week from `minute` on that is not in these hours; null if all are. It may lie in the next week. */
function freeFrom(hours: BusyHours, minute: number): number | null {
  let end = minute;
  for (;;) {
    const around = hours.find(({ from, to }) => minutesFrom(from, end) < to - from);
    if (!around) return end;
    end += around.to - around.from - minutesFrom(around.from, end);
    if (end - minute >= WEEK) return null;
  }
}

/** The moment at which the hours around a moment end, both in milliseconds of real time; null if they fill the week. */
export function busyUntil(hours: BusyHours, time: number): number | null {
  const minute = minuteOfWeek(time);
  const end = freeFrom(hours, minute);
  if (end === null) return null;
  if (end === minute) return time;
  const moment = (Math.floor(time / MINUTE_MS) + end - minute) * MINUTE_MS;
  // Where clocks are changed in between, that many minutes end at another time of the day.
  const late = minutesFrom(end, minuteOfWeek(moment));
  return moment - (late < WEEK / 2 ? late : late - WEEK) * MINUTE_MS;
}

/** The part of a week that is not in these hours, 0 … 1. */
export function freeShare(hours: BusyHours): number {
  let free = 0;
  for (let minute = 0; minute < WEEK; minute++) if (!isBusyMinute(hours, minute)) free++;
  return free / WEEK;
}
