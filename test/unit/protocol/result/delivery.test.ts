import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { jobId } from "@sonm/protocol/job/job";
import { loadElf } from "@sonm/protocol/machine/elf";
import type { Claim } from "@sonm/protocol/result/claim";
import {
  checkOutput,
  contentIdOf,
  type Delivery,
  decodeDelivery,
  encodeDelivery,
} from "@sonm/protocol/result/delivery";
import { createResultTree } from "@sonm/protocol/result/tree";
import { readWordCount } from "../../../../offchain/devnet/programs/wordcount.ts";
import { startExecutor } from "../../../../offchain/host/engines/machine/executor.ts";
import { hashOf, id, OTHER, claim as template, job as terms } from "../../agents/fixtures.ts";
import { folderForTest } from "../../cli/sonm.ts";

const executor = startExecutor();
after(() => executor.stop());

const program = loadElf(readFileSync(new URL("../../../../guest/bin/wordcount", import.meta.url)));
const job = { ...terms, units: 2, batchSize: 2, exponent: 6 };
const outputs: Uint8Array[] = [];
const units: Delivery["units"][number][] = [];
for (const text of ["a b", "c"]) {
  const run = { program, input: new TextEncoder().encode(text), exponent: job.exponent };
  const into = join(folderForTest(), "output");
  const { resultHash, proof } = await executor.ask("compute", { run, into });
  const output = new Uint8Array(readFileSync(into));
  outputs.push(output);
  units.push({ resultHash, output: contentIdOf(output), proof });
}
const about = { miner: template.miner, job: jobId(job), first: 0 };
const { root } = createResultTree({ ...about, resultHashes: units.map(({ resultHash }) => resultHash) });
const claim: Claim = { ...template, job: jobId(job), root };
const [first, second] = units as [Delivery["units"][number], Delivery["units"][number]];

test("a delivery comes back as it went, and its outputs open from the claimed root", () => {
  const read = decodeDelivery(encodeDelivery(units), job, claim);
  assert.deepEqual(read.units, units);
  for (const [i, unit] of read.units.entries()) {
    const output = outputs[i] as Uint8Array;
    const { exitCode } = checkOutput(unit, output);
    assert.deepEqual([exitCode, readWordCount(output).words], [0, 2 - i]);
  }
});

const wrong: [string, Delivery["units"], Claim][] = [
  ["a unit less", [first], claim],
  ["a unit more", [first, second, second], claim],
  ["its units in another order", [second, first], claim],
  ["a changed result", [first, { ...second, resultHash: hashOf(7) }], claim],
  ["another miner's claim", units, { ...claim, miner: OTHER }],
  ["another root", units, { ...claim, root: hashOf(7) }],
  ["another job", units, { ...claim, job: id }],
];
for (const [name, list, about] of wrong) {
  test(`a delivery with ${name} does not fit the claim`, () => {
    assert.throws(() => decodeDelivery(encodeDelivery(list), job, about), /does not fit the claim/);
  });
}

test("an output that was changed on the way is refused", () => {
  const output = (outputs[0] as Uint8Array).slice();
  output[0] = (output[0] ?? 0) ^ 1;
  assert.throws(() => checkOutput(first, output), /not the one delivered/);
  // It is refused even if the miner names this output, because the final state contains another one.
  assert.throws(() => checkOutput({ ...first, output: contentIdOf(output) }, output), /do not hash to the state/);
});

test("another unit's output is refused", () => {
  assert.throws(() => checkOutput({ ...first, output: second.output }, outputs[1] as Uint8Array));
});
