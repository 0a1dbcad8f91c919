import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { inputsHeight } from "@sonm/protocol/job/inputs";
import type { Job } from "@sonm/protocol/job/job";
import { decodeManifest, encodeManifest } from "@sonm/protocol/job/manifest";
import { foldPath } from "@sonm/protocol/merkle/tree";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import type { ContentId } from "@sonm/protocol/values/ids";
import { bytesToHex, hexToBytes } from "viem";
import { makeOrder } from "../../../../../offchain/agents/buyer/order.ts";
import { startExecutor } from "../../../../../offchain/host/engines/machine/executor.ts";
import { openInputFiles } from "../../../../../offchain/host/engines/machine/input-files.ts";
import { createJobSource } from "../../../../../offchain/host/engines/machine/job-source.ts";
import { createMachineEngine } from "../../../../../offchain/host/engines/machine/machine-engine.ts";
import { NetContentMissing } from "../../../../../offchain/host/net/errors.ts";
import { openQuarantine } from "../../../../../offchain/host/role/quarantine.ts";
import { addressOf, hashOf, job as terms } from "../../../agents/fixtures.ts";

const executor = startExecutor();
const engine = createMachineEngine({ machine: terms.machine, fetch: async () => assert.fail("nothing is fetched") });
after(() => Promise.all([executor.stop(), engine.stop()]));

const image = new Uint8Array(readFileSync(new URL("../../../../../guest/bin/wordcount", import.meta.url)));
const inputs = ["one", "two", "three"].map((text) => new TextEncoder().encode(text));
const { image: _i, programRoot: _p, entry: _e, inputsRoot: _r, units: _u, salt: _s, ...rest } = terms;
const { job, manifest } = await makeOrder(image, inputs, { ...rest, buyer: addressOf(1) }, engine);

const folder = mkdtempSync(join(tmpdir(), "sonm-source-"));
after(() => rmSync(folder, { recursive: true }));
let opened = 0;

/** A source over a store that has exactly these contents. */
function sourceOf(...contents: Uint8Array[]) {
  const store = new Map(contents.map((content) => [contentIdOf(content) as string, content]));
  const asked: string[] = [];
  let open = Promise.resolve();
  const fetch = async (id: ContentId) => {
    asked.push(id);
    await open;
    const content = store.get(id);
    if (!content) throw new NetContentMissing(id);
    return content;
  };
  const quarantine = openQuarantine(join(folder, `${opened++}`), () => {});
  const fetchFile = async (id: ContentId, path: string) => writeFileSync(path, await fetch(id));
  const files = openInputFiles({ folder: join(folder, `inputs ${opened}`), fetchFile });
  const source = createJobSource(fetch, files, executor, quarantine.read);
  const input = (about: Job, unit: number) =>
    source.withInput(about, unit, async ({ path }) => new Uint8Array(readFileSync(path)));
  /** Nothing comes until the function that it returns is called. */
  function gate(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    open = promise;
    return resolve;
  }
  return { source, input, store, asked, gate };
}

test("whoever sees the job finds its program and its inputs", async () => {
  const { source, input: read } = sourceOf(image, manifest, ...inputs);
  assert.equal((await source.program(job)).entry, Number(job.entry));
  for (const [unit, input] of inputs.entries()) assert.deepEqual(await read(job, unit), input);
});

test("program and manifest are fetched once", async () => {
  const { source, input, asked } = sourceOf(image, manifest, ...inputs);
  await Promise.all([source.program(job), source.program(job), input(job, 0), input(job, 1)]);
  assert.equal(asked.filter((id) => id === job.image).length, 1);
  assert.equal(asked.filter((id) => id === job.salt).length, 1);
});

test("inputs in play are fetched once each, and those that were not to be had are asked for again", async () => {
  const { input, asked, store } = sourceOf(image, manifest, ...inputs);
  const ids = inputs.map(contentIdOf);
  for (const unit of [0, 1, 0, 1]) assert.deepEqual(await input(job, unit), inputs[unit]);
  assert.deepEqual(
    asked.filter((id) => ids.includes(id as ContentId)),
    ids.slice(0, 2),
  );
  store.delete(ids[2] as string);
  await assert.rejects(input(job, 2), NetContentMissing);
  store.set(ids[2] as string, inputs[2] as Uint8Array);
  assert.deepEqual(await input(job, 2), inputs[2]);
});

test("G5: of many images, and of many manifests, one at a time is in memory", async () => {
  const { source, input, asked, gate } = sourceOf(image, manifest, ...inputs);
  const about = [job, { ...job, programRoot: hashOf(1) }, { ...job, units: job.units + 1 }];
  const openGate = gate();
  const all = about.flatMap((one) => [source.program(one).catch(() => {}), input(one, 0).catch(() => {})]);
  for (let i = 0; i < 10; i++) await setImmediate();
  assert.deepEqual(asked, [job.image, job.salt]);
  openGate();
  await Promise.all(all);
  for (const id of [job.image, job.salt]) assert.equal(asked.filter((one) => one === id).length, about.length);
});

test("G5: the manifest of a job with more than 2^20 units is not even fetched", async () => {
  const { input, asked } = sourceOf(image, manifest, ...inputs);
  await assert.rejects(input({ ...job, units: 2 ** 20 }, 0), /does not fit the job/);
  assert.deepEqual(asked, [job.salt]);
  await assert.rejects(input({ ...job, units: 2 ** 20 + 1 }, 0), /has 1,048,577 units, and at most 1,048,576 are read/);
  assert.deepEqual(asked, [job.salt]);
});

test("an input opens from the job's root", async () => {
  const { source } = sourceOf(image, manifest);
  for (let unit = 0; unit < inputs.length; unit++) {
    const { root, path } = await source.openInput(job, unit);
    assert.equal(path.length, inputsHeight(inputs.length));
    const folded = foldPath(
      hexToBytes(root),
      unit,
      path.map((sibling) => hexToBytes(sibling)),
    );
    assert.equal(bytesToHex(folded), job.inputsRoot);
  }
});

test("what was missing is found later", async () => {
  const { source, store } = sourceOf();
  for (let look = 0; look < 4; look++) await assert.rejects(source.program(job), NetContentMissing);
  store.set(job.image, image);
  assert.equal((await source.program(job)).entry, Number(job.entry));
});

const changes: [string, Partial<Job>, RegExp][] = [
  ["program's root", { programRoot: hashOf(1) }, /program's root does not fit/],
  ["entry", { entry: job.entry + 4n }, /program's entry does not fit/],
];
for (const [name, change, reason] of changes) {
  test(`a job that lies about its ${name} is refused`, async () => {
    const { source } = sourceOf(image, manifest, ...inputs);
    await assert.rejects(source.program({ ...job, ...change }), reason);
  });
}

test("an input that is not the one under the job's root is refused", async () => {
  const parts = decodeManifest(manifest, job);
  const other = new TextEncoder().encode("other");
  const forged = encodeManifest({ ...parts, inputs: [contentIdOf(other), ...parts.inputs.slice(1)] });
  const { input } = sourceOf(image, forged, other, ...inputs);
  const about = { ...job, salt: contentIdOf(forged) };
  await assert.rejects(input(about, 0), /input of unit 0 does not fit/);
  assert.deepEqual(await input(about, 1), inputs[1]);
});

test("a manifest that does not fit the job is refused", () => {
  const parts = decodeManifest(manifest, job);
  const forgeries = [
    { ...parts, image: hashOf(1) as ContentId },
    { ...parts, inputs: parts.inputs.slice(1) },
    { ...parts, inputRoots: parts.inputRoots.toReversed() },
  ];
  for (const forged of forgeries)
    assert.throws(() => decodeManifest(encodeManifest(forged), job), /does not fit the job/);
});

test("equal orders are different jobs", async () => {
  const again = await makeOrder(image, inputs, { ...rest, buyer: addressOf(1) }, engine);
  assert.notEqual(again.job.salt, job.salt);
});

test("S2: an image that could not be read twice is not fetched again, whatever the job says of its root", async () => {
  const broken = image.slice(0, 100);
  const { source, asked } = sourceOf(broken, manifest, ...inputs);
  const about = { ...job, image: contentIdOf(broken) };
  for (let look = 0; look < 4; look++) {
    const reason =
      look < 2 ? /cannot be run in the machine/ : /^InQuarantine: The image 0x.* is in quarantine: .*2 times/;
    await assert.rejects(source.program({ ...about, programRoot: hashOf(look) }), reason);
  }
  assert.equal(asked.filter((id) => id === about.image).length, 2);
});

test("S2: an input that does not fit is fetched once, and refused as often as it is asked for", async () => {
  const parts = decodeManifest(manifest, job);
  const other = new TextEncoder().encode("other");
  const forged = encodeManifest({ ...parts, inputs: [contentIdOf(other), ...parts.inputs.slice(1)] });
  const { input, asked } = sourceOf(image, forged, other, ...inputs);
  const about = { ...job, salt: contentIdOf(forged) };
  for (let look = 0; look < 4; look++)
    await assert.rejects(input(about, 0), look < 2 ? /does not fit the job/ : /is in quarantine/);
  assert.equal(asked.filter((id) => id === contentIdOf(other)).length, 1);
});

test("S2: whoever names another's image or manifest wrongly does not have it in quarantine", async () => {
  const { source, input, asked } = sourceOf(image, manifest, ...inputs);
  const [units, programRoot] = [job.units + 1, hashOf(1)];
  for (let look = 0; look < 4; look++) {
    await assert.rejects(input({ ...job, units }, 0), look < 2 ? /does not fit the job/ : /is in quarantine/);
    await assert.rejects(source.program({ ...job, programRoot }), look < 2 ? /does not fit/ : /is in quarantine/);
  }
  assert.equal(asked.filter((id) => id === job.salt).length, 2, "not again for the sake of the program");
  assert.deepEqual(await input(job, 0), inputs[0]);
  assert.equal((await source.program(job)).entry, Number(job.entry));
});
