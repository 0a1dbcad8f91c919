// A hub for people and for programs.

import type { Rating } from "@sonm/chain/hub/ratings";
import type { Reputation } from "@sonm/chain/hub/reputation";
import { type HubRecord, lockOfWaiting } from "@sonm/chain/hub/wallet";
import { isCollectable } from "@sonm/chain/rules/hub";
import { bannableFrom, closableFrom, earliestPayDay, rehabFrom } from "@sonm/chain/rules/hub-times";
import { showShare, showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showMoment, showSpan } from "@sonm/protocol/values/dates";
import { plain } from "@sonm/protocol/values/plain";
import { fields, type Terminal } from "../../host/terminal/terminal.ts";

/** A score, always with the stakes behind it: the score alone means nothing, since one wei from anybody gives a hub 100 %. */
export function showRating({ score, stakedFor, stakedAgainst }: Rating): string {
  if (score === null) return "not rated";
  return `${showShare(score)}, with ${showSnm(stakedFor)} staked for and ${showSnm(stakedAgainst)} against`;
}

const styles = { created: "dim", registered: "green", idle: "cyan", suspected: "yellow", punished: "red" } as const;

export function showStatus(status: HubRecord["status"], { paint }: Pick<Terminal, "paint">): string {
  return paint(styles[status], status);
}

/** A hub's age, and the outcome of its current or last registration. */
function history(
  { status, registrations, registration }: HubRecord,
  reputation: Reputation,
  now: number,
): [string, string][] {
  const { firstRegisteredAt } = reputation;
  if (registrations === 0) return [["age", "never registered"]];
  const { registeredAt, endedAt, outcome } = registration;
  const over = status === "idle" || status === "punished";
  return [
    ["age", `${showSpan(now - firstRegisteredAt)}, since it was first registered at ${showDate(firstRegisteredAt)}`],
    ["registrations", `${registrations}, the ${over ? "last" : "present"} one since ${showMoment(registeredAt, now)}`],
    ...(status === "idle" ? [["idle", `${showMoment(endedAt, now)}, when it was ${outcome}`] as [string, string]] : []),
  ];
}

/** What can happen next, and from when. */
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

export function hubLines(hub: HubRecord, reputation: Reputation, now: number, terminal: Terminal): string[] {
  const { registration } = hub;
  const running = hub.status === "registered" || hub.status === "suspected";
  const rows: [string, string][] = [
    ["hub", terminal.paint("bold", plain(hub.name))],
    ["wallet", hub.wallet],
    ["owner", hub.owner],
    ["endpoint", hub.endpoint === "" ? "none" : plain(hub.endpoint)],
    ["status", `${showStatus(hub.status, terminal)}${hub.trusted ? ", trusted by the DAO" : ""}`],
    ["score", showRating(reputation)],
    ...history(hub, reputation, now),
    ...nextSteps(hub, now),
  ];
  rows.push(["balance", showSnm(hub.balance)], ["approved", `${showSnm(hub.approved)} to be pulled by who earned it`]);
  if (running) {
    rows.push(["reserve", showSnm(registration.reserve)], ["locked", `${showSnm(hub.locked)} until pay-day`]);
  }
  rows.push(["free", showSnm(hub.free)]);
  if (running) rows.push(["can be paid", showSnm(hub.available)]);
  if (hub.waiting > 0n) {
    const when = isCollectable(hub) ? "to be brought in: `sonm hub collect`" : "until it is registered again";
    const lock =
      hub.status === "registered" ? `; ${showSnm(lockOfWaiting(hub))} of it will be locked until pay-day` : "";
    rows.push(["waiting", `${showSnm(hub.waiting)} in the escrow, ${when}${lock}`]);
  }
  return fields(terminal, rows);
}

/** Times are unix seconds, amounts wei of SNM. */
export function hubData(hub: HubRecord, reputation: Reputation, now: number): Record<string, unknown> {
  const registered = hub.status === "registered";
  const suspected = hub.status === "suspected";
  return {
    ...hub,
    ...reputation,
    now,
    closableFrom: registered && hub.registration.closedAt === 0 ? closableFrom(hub) : null,
    waitingLock: registered ? lockOfWaiting(hub) : null,
    payDayFrom: registered ? earliestPayDay(hub, now) : null,
    bannableFrom: suspected ? bannableFrom(hub) : null,
    rehabFrom: suspected ? rehabFrom(hub) : null,
  };
}
