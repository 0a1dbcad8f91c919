// Honest people among others who do anything. What honest people have staked and earned never becomes less (INV-3, INV-4). False claims
// are convicted unless their buyer accepts them (INV-10). No claim is delayed longer than the formula says (INV-7).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { longestGame } from "@sonm/protocol/dispute/clock";
import fc from "fast-check";
import { fuzz } from "../support/fuzz.ts";
import { roundsOf } from "../support/market/runs.ts";
import { claimIdOf } from "../support/market/terms.ts";
import { type Agent, honestMiner, honestVerifier, isTrue } from "./agents.ts";
import { type Command, callFor, openScript, type Script } from "./commands.ts";
import { nextCommand } from "./generator.ts";
import { deadlineOf } from "./model/games.ts";
import { unitsOf } from "./model/jobs.ts";
import type { ClaimRecord } from "./model/state.ts";
import { type MarketStage, type Name, openStage } from "./stage.ts";

const MONTH = 30 * 86_400;

describe("honest people among any others", () => {
  let stage: MarketStage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.chain.close());

  /** All the SNM that somebody has, in any contract. */
  function wealthOf(name: Name): bigint {
    const account = stage.addresses[name];
    const { free, locked, withdrawing } = stage.state.stakes[account] ?? { free: 0n, locked: 0n, withdrawing: 0n };
    return (stage.state.balances[account] ?? 0n) + free + locked + withdrawing;
  }

  /** Lets the honest players do everything that they can do in this second. */
  async function ask(agents: readonly Agent[]): Promise<void> {
    for (const agent of agents)
      for (let call = agent.next(); call; call = agent.next()) {
        const { refused } = await stage.act(call, stage.state.now);
        assert.equal(refused, undefined, `what honest people do is allowed: ${call.name}`);
      }
  }

  /** Commands of the others. Of the commands by honest people, only those that an honest person would give. */
  function othersOnly(command: Command): Command | undefined {
    if (command.by === "verifier") return undefined;
    if (command.by !== "miner") return command;
    if (command.do !== "claim") return undefined;
    const { copied: _copied, flaw: _flaw, ...claim } = command;
    return { ...claim, lies: [] };
  }

  type Temper = { readonly lazy: boolean; readonly shy: boolean };

  async function live(seeds: readonly number[], { lazy, shy }: Temper): Promise<void> {
    const script = await openScript(stage);
    const agents = [honestMiner(stage, script), honestVerifier(stage, script, shy)];
    const fortune = { miner: wealthOf("miner"), verifier: wealthOf("verifier") };
    const confirmed = new Set<string>();

    // Lazy players act in the last possible second; the clock stops there for them.
    const advance = async (until: number) => {
      for (;;) {
        const last = Math.min(...agents.map((agent) => agent.lastSecond()));
        if (last >= until) break;
        stage.state = { ...stage.state, now: Math.max(last, stage.state.now) };
        await ask(agents);
        assert.ok(Math.min(...agents.map((agent) => agent.lastSecond())) > last, "whoever is asked in time acts");
      }
      stage.state = { ...stage.state, now: Math.max(until, stage.state.now) };
    };

    for (const [number, seed] of seeds.entries()) {
      const command = othersOnly(nextCommand(stage, script, seed, number));
      if (!command) continue;
      await advance(script.start + command.at);
      const call = await callFor(stage, script, command);
      if (!call) continue;
      const { refused } = await stage.act(call, stage.state.now);
      if (command.do === "confirm" && refused === undefined) confirmed.add(script.works.get(command.claim)?.id ?? "");
      if (!lazy) await ask(agents);
      assertNothingIsHeldUp();
    }

    await advance(stage.state.now + MONTH);
    await ask(agents);
    await finish(agents);
    for (const name of ["miner", "verifier"] as const) {
      assert.ok(wealthOf(name) >= fortune[name], `${name} has lost ${fortune[name] - wealthOf(name)} wei`);
      assert.equal(stage.state.stakes[stage.addresses[name]]?.locked, 0n, `${name} has something locked for ever`);
    }
    assertJustice(script, confirmed);
    count();
  }

  /** Closes what is open, as anybody may: games whose time is over, and claims that can be settled. */
  async function finish(agents: readonly Agent[]): Promise<void> {
    const from = stage.addresses.stranger;
    const end = stage.state.now;
    for (const { phase, terms } of Object.values(stage.state.games)) {
      if (phase !== "over") await stage.act({ from, name: "timeOut", args: [terms] }, end);
      await ask(agents);
    }
    for (const { status, job, claim } of Object.values(stage.state.claims)) {
      if (status === "Live") await stage.act({ from, name: "settle", args: [job, claim] }, end + MONTH);
      const games = Object.values(stage.state.games).filter(({ terms }) => terms.about.claim === claimIdOf(claim));
      if (status === "Convicted")
        for (const { terms } of games) await stage.act({ from, name: "award", args: [job, claim, terms] }, end + MONTH);
    }
    await ask(agents);
    for (const { status } of Object.values(stage.state.claims)) assert.match(status, /Settled|Awarded/);
  }

  /** INV-7: at this time every game on the claim is over, or anybody can end it in the next second. */
  function latest({ job, claim, claimedAt }: ClaimRecord): number {
    const rounds = roundsOf(unitsOf(job, claim.batch));
    return claimedAt + job.window + job.opening + longestGame({ ...job, rounds });
  }

  function assertNothingIsHeldUp(): void {
    for (const game of Object.values(stage.state.games)) {
      const claim = stage.state.claims[game.terms.about.claim];
      if (claim?.status === "Live" && game.phase !== "over") assert.ok(deadlineOf(game) <= latest(claim), "INV-7");
    }
  }

  /** True claims settle. False ones are convicted, or their buyer has taken them as they are (INV-10). */
  function assertJustice(script: Script, confirmed: ReadonlySet<string>): void {
    for (const work of script.works.values()) {
      const claim = stage.state.claims[work.id];
      if (!claim) continue;
      const honest = isTrue(stage, work);
      if (honest && work.claim.miner === stage.addresses.miner) assert.equal(claim.status, "Settled");
      if (!honest && !confirmed.has(work.id)) assert.equal(claim.status, "Awarded");
    }
  }

  const played = { defended: 0, convicted: 0, left: 0 };
  /** Counts what honest people have experienced: a property that no sequence tests proves nothing. */
  function count(): void {
    const { miner, verifier } = stage.addresses;
    for (const { outcome, terms } of Object.values(stage.state.games)) {
      if (terms.about.miner === miner && outcome === "challengerTimedOut") played.defended++;
      if (terms.about.challenger !== verifier) continue;
      if (outcome === "proved" || outcome === "minerTimedOut") played.convicted++;
      if (outcome === "challengerLeft") played.left++;
    }
  }

  const tempers = fc.record({ lazy: fc.boolean(), shy: fc.boolean() });
  const seeds = fc.array(fc.integer(), { minLength: 80, maxLength: 80 });

  it("lose nothing, and false claims do not settle (INV-3, INV-4, INV-7, INV-10)", async (context) => {
    const settings = fuzz(30);
    await fc.assert(
      fc.asyncProperty(seeds, tempers, (all, temper) => stage.branch(() => live(all, temper))),
      { ...settings, endOnFailure: true },
    );
    context.diagnostic(JSON.stringify(played));
    if (settings.numRuns >= 30) assert.ok(played.defended > 0 && played.convicted > 0);
  });
});
