// How everybody takes their money out: each does what PROTOCOL.md, section 8.7, says for the place of its money. No step may be refused,
// and afterwards no contract holds a wei (INV-27).
import assert from "node:assert/strict";
import { zeroAddress } from "viem";
import type { Deed } from "./commands.ts";
import type { Play } from "./play.ts";
import { claimNameOf, isOver } from "./rules.ts";
import { batchesOf, payDayOf } from "./sight.ts";
import { type Caller, HUBS, type Hub, OWNER_OF, PAYEES, PEOPLE, SUPPLY } from "./world.ts";

const DAY = 86_400;
const ALL = { thousandths: 1_000, plus: 0 } as const;

export async function goHome(play: Play): Promise<void> {
  const { world, script, act } = play;
  let at = play.elapsed();
  const must = async (by: Caller, deed: Deed) =>
    assert.equal(await act({ at, by, ...deed }), "done", `INV-27: ${JSON.stringify(deed)}`);
  /** @param time unix seconds */
  const until = (time: number) => {
    at = Math.max(at, time - world.start);
  };
  const hubOf = (hub: Hub) => play.sight().hubs[hub];
  const lastOf = (hub: Hub) => hubOf(hub).registrations.at(-1);

  await endGames();
  await endClaims();
  await refund();
  for (const hub of HUBS) await rehabilitate(hub);
  await pullAll();
  for (const hub of HUBS) await reopen(hub);
  for (const hub of HUBS) await payOut(hub);
  for (const hub of HUBS) await empty(hub);
  await takeStakes();
  await claimRatings();
  await spendAll();
  const { balances, hubs } = play.sight();
  const people = PEOPLE.reduce((sum, name) => sum + (balances[name] ?? 0n), 0n);
  assert.equal(people, SUPPLY, "INV-27");
  for (const hub of HUBS) assert.equal(hubs[hub].locked + hubs[hub].waiting + hubs[hub].free, 0n, "INV-27");

  async function endGames(): Promise<void> {
    for (const [game, { deadline }] of play.sight().games.entries()) {
      if (isOver({ phase: play.sight().games[game]?.phase ?? 0 })) continue;
      const challenger = world.nameOf(script.tables[game]?.game.about.challenger ?? zeroAddress) as Caller;
      if (play.sight().claims[claimNameOf(script, game)]?.status === "Convicted") {
        await must(challenger, { do: "leave", game });
        continue;
      }
      until(deadline + 1);
      await must("stranger", { do: "timeOut", game });
    }
  }

  async function endClaims(): Promise<void> {
    for (const [claim, work] of script.works) {
      const { status, claimedAt, endedAt, winner } = play.sight().claims[claim] ?? {};
      const { window, opening } = work.job;
      if (status === "Live") {
        until((claimedAt ?? 0) + window + opening + 1);
        await must("stranger", { do: "settle", claim });
      } else if (status === "Convicted") {
        until((endedAt ?? 0) + opening + 1);
        const game = script.tables.findIndex(({ game: { about } }) => about.claim === work.id && about.rank === winner);
        await must("stranger", { do: "award", claim, game });
      }
    }
    for (const [commitment, { announced, committedAt }] of Object.entries(play.sight().commitments)) {
      if (!announced) continue;
      until(committedAt + 2 * DAY + 1);
      await must("stranger", { do: "forfeit", commitment });
    }
  }

  async function refund(): Promise<void> {
    for (const [name, { job, posted }] of script.jobs) {
      const open = posted ? batchesOf(script).filter((batch) => batch.job === job) : [];
      const batches = open
        .filter(({ key }) => play.sight().batches[key]?.status === "Open")
        .map(({ number }) => number);
      if (batches.length === 0) continue;
      until(Number(job.deadline));
      await must("stranger", { do: "refund", job: name, batches });
    }
  }

  async function rehabilitate(hub: Hub): Promise<void> {
    const last = lastOf(hub);
    if (hubOf(hub).status !== "Suspected" || !last) return;
    until(last.suspectedAt + last.terms.rehabAfter);
    await must("stranger", { do: "rehab", hub });
  }

  async function pullAll(): Promise<void> {
    for (const hub of HUBS)
      for (const payee of PAYEES) {
        if (hubOf(hub).allowances[payee] === 0n) continue;
        if (payee === "treasury" || payee === "h0" || payee === "h1")
          await must("stranger", { do: "bringIn", hub, payee });
        else await must(payee, { do: "pull", hub, part: ALL });
      }
  }

  /** A wallet with money that has never been registered, or for which money waits, needs a registration. */
  async function reopen(hub: Hub): Promise<void> {
    const { status, waiting, free } = hubOf(hub);
    if (waiting > 0n ? status === "Created" || status === "Idle" : status === "Created" && free > 0n) {
      await must("holder", { do: "fund", hub, sum: [1, 1] });
      await must(OWNER_OF[hub], { do: "register", hub });
    }
    if (waiting > 0n) await must("stranger", { do: "collect", hub });
  }

  async function payOut(hub: Hub): Promise<void> {
    const last = lastOf(hub);
    if (hubOf(hub).status !== "Registered" || !last) return;
    until(last.registeredAt + last.terms.payPeriod + last.terms.closedPeriod);
    if (last.closedAt === 0) await must("stranger", { do: "closePeriod", hub });
    const closed = lastOf(hub);
    until((closed && payDayOf(closed)) ?? 0);
    await must(OWNER_OF[hub], { do: "payDay", hub });
  }

  async function empty(hub: Hub): Promise<void> {
    const { status, free } = hubOf(hub);
    if (free === 0n) return;
    if (status === "Punished") await must("stranger", { do: "sweep", hub });
    else await must(OWNER_OF[hub], { do: "withdraw", hub, part: ALL });
  }

  async function takeStakes(): Promise<void> {
    for (const person of PEOPLE) {
      if ((play.sight().stakes[person]?.free ?? 0n) === 0n) continue;
      await must(person, { do: "requestWithdrawal", part: ALL });
    }
    until(world.start + at + DAY);
    for (const person of PEOPLE)
      if ((play.sight().stakes[person]?.withdrawing ?? 0n) > 0n) await must(person, { do: "withdrawStake" });
  }

  async function claimRatings(): Promise<void> {
    for (const hub of HUBS) {
      const last = lastOf(hub);
      if (last) until(last.endedAt + last.terms.seizureFreeze);
    }
    for (const [position, { claimed }] of play.sight().positions.entries())
      if (claimed !== 2) await must("stranger", { do: "claimRating", position });
  }

  async function spendAll(): Promise<void> {
    for (const [seizure, { released, releaseAt }] of play.sight().seizures.entries()) {
      if (released) continue;
      until(releaseAt);
      await must("stranger", { do: "release", seizure });
    }
    await must("government", { do: "spend", part: ALL });
  }
}
