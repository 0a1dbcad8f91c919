// One history on the chain: every command is carried out, compared with the rules and checked by the watchman.
import assert from "node:assert/strict";
import { follow, tableOf } from "../table.ts";
import { type Command, callFor, openScript, type Script } from "./commands.ts";
import { expected } from "./rules.ts";
import { NO_CLAIM, NO_COMMITMENT, type Sight } from "./sight.ts";
import { createWatch } from "./watch.ts";
import type { World } from "./world.ts";

export type Play = {
  readonly world: World;
  readonly script: Script;
  /** everything that can be seen now */
  sight(): Sight;
  /** seconds since the beginning */
  elapsed(): number;
  /** @returns "done", the name of the refusal, or "nothing" if the command names something that does not exist */
  act(command: Command): Promise<string>;
};

export async function openPlay(world: World, look: (script: Script) => Promise<Sight>): Promise<Play> {
  const script = openScript();
  let sight = await look(script);
  let elapsed = 0;
  const watch = createWatch(sight, world);

  async function act(command: Command): Promise<string> {
    const call = await callFor(world, script, sight, command);
    if (!call) return "nothing";
    const now = world.start + command.at;
    const { refused, logs } = await world.send(call, now);
    elapsed = command.at;
    for (const [i, table] of script.tables.entries()) script.tables[i] = follow(table, logs);
    if (refused === undefined) take(command, logs);
    const before = withNames(sight, script);
    const after = await look(script);
    const want = expected({ world, script, now, after }, before, command);
    if (refused === undefined) {
      assert.ok(want, `${command.do}: done, and forbidden by the rules`);
      assert.deepEqual(after, want, command.do);
    } else {
      // This test does not judge whether a move in a game is a good one.
      assert.ok(!want || command.do === "answer", `${command.do}: ${refused}, and allowed by the rules`);
      assert.deepEqual(after, before, `${command.do}: refused, and something has changed`);
    }
    watch(script, command, refused, after);
    sight = after;
    return refused ?? "done";
  }

  function take(command: Command, logs: Parameters<typeof follow>[1]): void {
    const job = command.do === "post" ? script.jobs.get(command.as) : undefined;
    if (job) job.posted = true;
    const made = command.do === "open" ? script.commitments.get(command.commitment) : undefined;
    if (made) script.tables.push(tableOf(made.work, logs));
  }

  return { world, script, sight: () => sight, elapsed: () => elapsed, act };
}

/** A sight with entries for everything that has been named since; these are still empty. */
function withNames(sight: Sight, { works, commitments }: Script): Sight {
  const none = <Thing>(names: Iterable<string>, thing: Thing) => Object.fromEntries([...names].map((n) => [n, thing]));
  return {
    ...sight,
    claims: { ...none(works.keys(), NO_CLAIM), ...sight.claims },
    commitments: { ...none(commitments.keys(), NO_COMMITMENT), ...sight.commitments },
  };
}
