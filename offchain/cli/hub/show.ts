// A hub for people and for programs.

import { showSnm } from "../../core/amounts.ts";
import type { HubRecord } from "../../core/chain/wallet.ts";
import { showMoment } from "../../core/dates.ts";
import { plain } from "../../core/plain.ts";
import { fields, type Terminal } from "../terminal.ts";
import { bannableFrom, closableFrom, earliestPayDay, isCollectable, rehabFrom } from "./rules.ts";

/** 5000 → `50 %` */
export function showShare(bps: number): string {
  return `${bps / 100} %`;
}

const styles = { created: "dim", registered: "green", idle: "cyan", suspected: "yellow", punished: "red" } as const;

export function showStatus(status: HubRecord["status"], { paint }: Pick<Terminal, "paint">): string {
  return paint(styles[status], status);
}

/** What can happen next, and from when on. */
function nextSteps(hub: HubRecord, now: number): [string, string][] {
  const { registration } = hub;
  switch (hub.status) {
    case "created":
    case "idle":
      return [["next", "`sonm hub register`"]];
    case "registered": {
      const payDay: [string, string] = ["pay-day", `from ${showMoment(earliestPayDay(hub, now), now)}`];
      if (registration.closedAt !== 0) return [["closed", showMoment(registration.closedAt, now)], payDay];
      return [["close", `from ${showMoment(closableFrom(hub), now)}`], payDay];
    }
    case "suspected":
      return [
        ["suspected", showMoment(registration.suspectedAt, now)],
        ["ban", `by the DAO, from ${showMoment(bannableFrom(hub), now)}`],
        ["rehabilitation", `by the DAO at any time, by anyone from ${showMoment(rehabFrom(hub), now)}`],
      ];
    case "punished":
      return [["banned", showMoment(registration.endedAt, now)]];
  }
}

export function hubLines(hub: HubRecord, now: number, terminal: Terminal): string[] {
  const { registration } = hub;
  const running = hub.status === "registered" || hub.status === "suspected";
  const rows: [string, string][] = [
    ["hub", terminal.paint("bold", plain(hub.name))],
    ["wallet", hub.wallet],
    ["owner", hub.owner],
    ["endpoint", hub.endpoint === "" ? "none" : plain(hub.endpoint)],
    ["status", `${showStatus(hub.status, terminal)}${hub.trusted ? ", trusted by the DAO" : ""}`],
    ["score", showShare(hub.score)],
  ];
  if (hub.period > 0) rows.push(["registered", `${showMoment(registration.registeredAt, now)}, period ${hub.period}`]);
  rows.push(...nextSteps(hub, now));
  rows.push(["balance", showSnm(hub.balance)], ["approved", `${showSnm(hub.approved)} to be pulled by who earned it`]);
  if (running) {
    rows.push(["quote", showSnm(registration.quote)], ["locked", `${showSnm(hub.locked)} until pay-day`]);
  }
  rows.push(["free", showSnm(hub.free)]);
  if (running) rows.push(["can be paid", showSnm(hub.available)]);
  if (hub.waiting > 0n) {
    const when = isCollectable(hub) ? "to be brought in: `sonm hub collect`" : "until it is registered again";
    rows.push(["waiting", `${showSnm(hub.waiting)} in the escrow, ${when}`]);
  }
  return fields(terminal, rows);
}

/** Times are unix seconds, amounts wei of SNM. */
export function hubData(hub: HubRecord, now: number): Record<string, unknown> {
  const registered = hub.status === "registered";
  const suspected = hub.status === "suspected";
  return {
    ...hub,
    now,
    closableFrom: registered && hub.registration.closedAt === 0 ? closableFrom(hub) : null,
    payDayFrom: registered ? earliestPayDay(hub, now) : null,
    bannableFrom: suspected ? bannableFrom(hub) : null,
    rehabFrom: suspected ? rehabFrom(hub) : null,
  };
}
