import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkpointsIn, sweepCheckpoints } from "../../../../../offchain/host/engines/machine/checkpoint-files.ts";
import { createTraces, type UnitRun } from "../../../../../offchain/host/engines/machine/traces.ts";

const root = mkdtempSync(join(tmpdir(), "sonm-checkpoints-"));
after(() => rmSync(root, { recursive: true }));
const folderOf = (name: string) => join(root, name);

const LENGTH = 8 ** 8;
const program = { entry: 0x1000, segments: [{ address: 0x1000, data: Uint8Array.of(0x6f, 0, 0, 0) }] };
const run: UnitRun = { program, input: Uint8Array.of(1), exponent: 8, name: "job/0" };
const keeping = { count: 8, gap: 2 ** 12, apart: 2 ** 16 };

/** What a thread keeps, and what the one after it finds. */
function tracesIn(folder: string, most = 2 ** 30) {
  return createTraces({ keeping, checkpointsOf: (name) => checkpointsIn({ folder, most }, name) });
}

test("S4: a role that was killed goes on with a game from its checkpoints", () => {
  const folder = folderOf("killed");
  const before = tracesIn(folder);
  const end = before.of("a", run).result();
  assert.equal(before.executed(), LENGTH);
  // Nothing was closed: the process is gone.
  const afterwards = tracesIn(folder);
  assert.deepEqual(afterwards.of("b", run).result(), end);
  assert.equal(afterwards.executed(), LENGTH / 8);
  // The run of a liar about the same unit is another one.
  const lied = tracesIn(folder);
  const corruption = { step: 5, change: { register: 9 }, xor: 1n };
  assert.notDeepEqual(lied.of("c", { ...run, corruption }).result().stateHash, end.stateHash);
  assert.equal(lied.executed(), LENGTH);
});

test("S4: what computing has kept serves the first answer of a game", () => {
  const folder = folderOf("computed");
  const computing = tracesIn(folder);
  computing.of("computed", run, { ...keeping, count: 0 }).result();
  computing.close("computed");
  const playing = tracesIn(folder);
  const opening = Array.from({ length: 8 }, (_, i) => playing.of("game", run).stateAt((i + 1) * 8 ** 7));
  assert.equal(opening.length, 8);
  // Seven of the eight are there.
  assert.equal(playing.executed(), 8 ** 7);
});

test("S4: damaged files are ignored, and removed", () => {
  const folder = folderOf("damaged");
  const end = tracesIn(folder).of("a", run).result();
  for (const file of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, file));
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    writeFileSync(join(folder, file), bytes);
  }
  const again = tracesIn(folder);
  assert.deepEqual(again.of("b", run).result(), end);
  assert.equal(again.executed(), LENGTH);
});

const write = (folder: string, most: number, name: string, size: number, onTrouble?: (why: string) => void) =>
  checkpointsIn({ folder, most }, name, onTrouble).write(1, size, [new Uint8Array(size)]);

test("S4: checkpoints take so much of the disk and no more, and the oldest go first", () => {
  const folder = folderOf("bounded");
  for (const name of ["first", "second", "third"]) assert.ok(write(folder, 3000, name, 1000));
  const there = (name: string) => checkpointsIn({ folder, most: 3000 }, name).steps().length;
  const [first] = readdirSync(folder);
  for (const file of readdirSync(folder)) utimesSync(join(folder, file), 1000, file === first ? 1 : 1000);
  assert.ok(write(folder, 3000, "fourth", 1000));
  assert.ok(!readdirSync(folder).includes(first ?? ""), "the oldest is gone");
  assert.equal(readdirSync(folder).length, 3);
  assert.equal(there("fourth"), 1);
  assert.ok(write(folder, 3000, "fifth", 3000));
  assert.equal(readdirSync(folder).length, 1);
  assert.equal(write(folder, 3000, "sixth", 3001), false);
  assert.equal(there("fifth"), 1, "what can never be there drives nothing out");
});

test("S4: a place that takes nothing is said in words, and nothing is left there", () => {
  const file = folderOf("a-file");
  writeFileSync(file, "x");
  const troubles: string[] = [];
  assert.equal(
    write(file, 3000, "first", 100, (why) => troubles.push(why)),
    false,
  );
  assert.match(troubles.join(), /^(EEXIST|ENOTDIR): .*a-file/);
  assert.deepEqual(checkpointsIn({ folder: file, most: 3000 }, "first").steps(), []);
});

test("what a killed process has not finished is removed at the next start", () => {
  const folder = folderOf("drafts");
  assert.ok(write(folder, 3000, "first", 100));
  writeFileSync(join(folder, "1234.draft"), "half");
  sweepCheckpoints({ folder, most: 3000 });
  assert.equal(readdirSync(folder).length, 1);
  sweepCheckpoints({ folder: folderOf("not there"), most: 3000 });
});
