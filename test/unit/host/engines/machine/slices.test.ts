// Long runs are computed in slices: they can wait, be given up, and stand still while a move is computed.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Job } from "@sonm/protocol/job/job";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import type { ContentId } from "@sonm/protocol/values/ids";
import { makeOrder } from "../../../../../offchain/agents/buyer/order.ts";
import { startExecutor } from "../../../../../offchain/host/engines/machine/executor.ts";
import { createMachineEngine } from "../../../../../offchain/host/engines/machine/machine-engine.ts";
import { job as terms } from "../../../agents/fixtures.ts";
import { elfFile } from "../../../protocol/machine/elf-file.ts";

const SLICE = 2 ** 25;
const JUMP_TO_ITSELF = Uint8Array.of(0x6f, 0, 0, 0);
const endless = { entry: 0x1_0000, segments: [{ address: 0x1_0000, data: JUMP_TO_ITSELF }] };
/** It ends at once, by an illegal instruction. */
const short = { entry: 0x1_0000, segments: [{ address: 0x1_0000, data: new Uint8Array(4) }] };
const input = new Uint8Array();

/** An engine, and jobs of one unit of these programs. */
async function engineFor(...programs: readonly (typeof endless)[]) {
  const published = new Map<ContentId, Uint8Array>();
  const publish = (content: Uint8Array) => published.set(contentIdOf(content), content);
  const fetch = async (id: ContentId) => published.get(id) ?? assert.fail(`nobody has published ${id}`);
  const engine = createMachineEngine({ machine: terms.machine, fetch });
  after(() => engine.stop());
  publish(input);
  const jobs: Job[] = [];
  for (const program of programs) {
    const image = elfFile(program);
    publish(image);
    const { job, manifest } = await makeOrder(image, [input], { ...terms, exponent: 10 }, engine);
    publish(manifest);
    jobs.push(job);
  }
  return { engine, jobs };
}

test("S5: a run pauses after every slice; others go on meanwhile, and it stops when its turn is refused", async () => {
  const { engine, jobs } = await engineFor(endless, short);
  const [long, other] = jobs as [Job, Job];
  const taken: number[] = [];
  const run = engine.compute(long, 0, false, async (steps) => {
    taken.push(steps);
    // One thread: this ends only if the other run does not occupy it.
    if (taken.length === 1) assert.equal((await engine.compute(other, 0, false)).steps, 1);
    if (taken.length === 3) throw new Error("enough");
  });
  await assert.rejects(run, /enough/);
  assert.deepEqual(taken, [SLICE, 2 * SLICE, 3 * SLICE]);
  assert.equal((await engine.compute(other, 0, false)).steps, 1);
});

test("S4: while a move is computed, no unit is", async () => {
  const { engine, jobs } = await engineFor(short);
  const order: string[] = [];
  const program = endless;
  const move = engine.play("compute", { run: { program, input, exponent: 8 } }).then(() => order.push("move"));
  await engine.compute(jobs[0] as Job, 0, false);
  order.push("unit");
  await move;
  assert.deepEqual(order, ["move", "unit"]);
});

test("S4: the result of a run comes with the states that open a game about it", async () => {
  const { engine, jobs } = await engineFor(short);
  const { opening, resultHash } = await engine.compute(jobs[0] as Job, 0, false);
  const run = await engine.runOf(jobs[0] as Job, 0, undefined);
  const states = await engine.play("openingStates", { key: "unit", run });
  assert.deepEqual(opening, states);
  assert.equal(states[7], resultHash);
});

test("S4: the task that is due first goes first, and those without a time go last", async () => {
  const executor = startExecutor();
  after(() => executor.stop());
  const order: string[] = [];
  const ask = (name: string, due?: number) => executor.ask("inputRoot", input, due).then(() => order.push(name));
  await Promise.all([
    ask("running"),
    ask("unit"),
    ask("unit too"),
    ask("late", 200),
    ask("soon", 100),
    ask("late too", 200),
  ]);
  assert.deepEqual(order, ["running", "soon", "late", "late too", "unit", "unit too"]);
});
