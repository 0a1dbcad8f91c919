// A job whose units need more memory than a role gives.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { makeOrder } from "../../../../../offchain/agents/buyer/order.ts";
import { createMachineEngine } from "../../../../../offchain/host/engines/machine/machine-engine.ts";
import { strangeIn } from "../../../../../offchain/host/referees/strange.ts";
import { addressOf, job as terms } from "../../../agents/fixtures.ts";
import { elfFile } from "../../../protocol/machine/elf-file.ts";
import { PAGE_FILLER, SUM } from "../../../protocol/machine/programs.ts";

const store = new Map<string, Uint8Array>();
const fetched: string[] = [];
const fetch = async (id: string) => {
  fetched.push(id);
  return store.get(id) ?? assert.fail(`${id} is missing`);
};
const engine = createMachineEngine({ machine: terms.machine, fetch, memory: 64 });
after(() => engine.stop());

async function jobOf(program: typeof SUM) {
  const image = elfFile(program);
  const input = Uint8Array.of(1, 2, 3);
  const { image: _i, programRoot: _p, entry: _e, inputsRoot: _r, units: _u, salt: _s, ...rest } = terms;
  const order = await makeOrder(image, [input], { ...rest, exponent: 8, buyer: addressOf(1) }, engine);
  for (const content of [image, input, order.manifest]) store.set(contentIdOf(content), content);
  return order.job;
}

test("S2b: a job that has needed too much memory once is not run again, and the reason is told", async () => {
  const [large, small] = [await jobOf(PAGE_FILLER), await jobOf(SUM)];
  const referees = [{ address: large.referee }];
  assert.ok(engine.runs(large));
  assert.equal(strangeIn(large, engine, referees), undefined);
  // One thread computes, one plays: each has half.
  await assert.rejects(engine.compute(large, 0, false), { name: "NeedsMoreMemory", why: /which is 32 MiB$/ });
  assert.ok(!engine.runs(large));
  assert.match(strangeIn(large, engine, referees) ?? "", /less memory than a unit of this job has needed/);
  fetched.length = 0;
  await assert.rejects(engine.compute(large, 0, false), { name: "NeedsMoreMemory" });
  assert.deepEqual(fetched, [], "it is not tried again");

  assert.ok(engine.runs(small));
  assert.ok((await engine.compute(small, 0, false)).memory < 2 ** 21);
});
