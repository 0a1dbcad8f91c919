// People do anything, in any order and at any second. The contracts and the model (model.ts) agree on the effect of each call and on
// everything that can be seen afterwards, and INV-1, INV-2 and INV-12 hold to the wei.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { fuzz } from "../support/fuzz.ts";
import { type Command, callFor, openScript, type Script } from "./commands.ts";
import { frozenSequences } from "./frozen-sequences.ts";
import { nextCommand } from "./generator.ts";
import { executions } from "./model.ts";
import { improvise } from "./shorten.ts";
import { type MarketStage, openStage } from "./stage.ts";

describe("sequences of calls", () => {
  let stage: MarketStage;
  /** how often each call had an effect, and was refused for each reason */
  const met = new Map<string, number>();

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.chain.close());

  async function perform(command: Command, script: Script): Promise<string> {
    const call = await callFor(stage, script, command);
    if (!call) return "nothing";
    const { refused = "done" } = await stage.act(call, script.start + command.at);
    const key = `${call.name} ${refused}`;
    met.set(key, (met.get(key) ?? 0) + 1);
    return refused;
  }

  /** Plays the commands that `next` returns, until it returns none. Returns the outcome of each command. */
  function play(next: (script: Script, number: number) => Command | undefined): Promise<string[]> {
    return stage.branch(async () => {
      const script = await openScript(stage);
      const outcomes: string[] = [];
      for (;;) {
        const command = next(script, outcomes.length);
        if (!command) return outcomes;
        outcomes.push(await perform(command, script));
      }
    });
  }

  const replay = (commands: readonly Command[]) => play((_script, number) => commands[number]);

  for (const { why, commands, outcomes } of frozenSequences)
    it(`kept: ${why}`, async () => {
      const became = await replay(commands);
      if (outcomes) assert.deepEqual(became, outcomes);
    });

  it("do to the contracts what they do to the model", async () => {
    const seeds = fc.array(fc.integer(), { minLength: 80, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(seeds, (all) =>
        improvise(play, all, (script, seed, number) => nextCommand(stage, script, seed, number), "frozen-sequences.ts"),
      ),
      { ...fuzz(50), endOnFailure: true },
    );
  });

  it("reach every call", (context) => {
    const table = [...met].sort().map(([key, times]) => `${key}: ${times}`);
    context.diagnostic(table.join("\n"));
    for (const name of Object.keys(executions)) assert.ok(met.has(`${name} done`), `${name} was never done`);
  });
});
