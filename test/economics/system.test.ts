// The market and the government together, as they are deployed: random histories of two hubs with real wallets, miners that lie or not,
// verifiers, a buyer, raters and the DAO. After every call, the chain is as PROTOCOL.md says (system/rules.ts), and a watchman that knows
// no rules has found no violation (system/watch.ts). At the end everybody takes their money out, and nothing is left (system/home.ts).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { fuzz } from "../support/fuzz.ts";
import { improvise } from "./shorten.ts";
import type { Command } from "./system/commands.ts";
import { frozenHistories } from "./system/frozen.ts";
import { nextCommand } from "./system/generator.ts";
import { goHome } from "./system/home.ts";
import { openPlay, type Play } from "./system/play.ts";
import { rules } from "./system/rules.ts";
import { createLook } from "./system/sight.ts";
import { openWorld, type World } from "./system/world.ts";

describe("the whole system", () => {
  let world: World;
  let look: Awaited<ReturnType<typeof createLook>>;
  /** how often each deed was done, and refused for each reason */
  const met = new Map<string, number>();

  before(async () => {
    world = await openWorld();
    look = await createLook(world);
  });
  after(() => world.connection.close());

  /** Plays the commands that `next` returns, until it returns none, and lets everybody take their money out. Returns each outcome. */
  function play(next: (play: Play, number: number) => Command | undefined): Promise<string[]> {
    return world.branch(async () => {
      const one = await openPlay(world, look);
      const outcomes: string[] = [];
      for (;;) {
        const command = next(one, outcomes.length);
        if (!command) break;
        const outcome = await one.act(command);
        outcomes.push(outcome);
        met.set(`${command.do} ${outcome}`, (met.get(`${command.do} ${outcome}`) ?? 0) + 1);
      }
      await goHome(one);
      return outcomes;
    });
  }

  const replay = (commands: readonly Command[]) => play((_play, number) => commands[number]);

  for (const { why, commands, tour } of frozenHistories)
    it(`kept: ${why}`, async () => {
      const became = await replay(commands);
      if (!tour) return;
      for (const [i, { refused = "done", ...command }] of commands.entries())
        assert.equal(became[i], refused, JSON.stringify(command));
    });

  it("does what the protocol says, whatever people try, and lets everybody go home", async () => {
    const seeds = fc.array(fc.integer(), { minLength: 90, maxLength: 90 });
    await fc.assert(
      fc.asyncProperty(seeds, (all) => improvise(play, all, nextCommand, "system/frozen.ts")),
      { ...fuzz(12), endOnFailure: true },
    );
  });

  it("has done every deed", (context) => {
    const table = [...met].sort().map(([key, times]) => `${key}: ${times}`);
    context.diagnostic(table.join("\n"));
    for (const deed of Object.keys(rules)) assert.ok(met.has(`${deed} done`), `${deed} was never done`);
  });
});
