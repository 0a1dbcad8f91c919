// G5: inputs are files in one folder: fetched once while there is room, and none of them in memory.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ContentId } from "@sonm/protocol/values/ids";
import { openInputFiles } from "../../../../../offchain/host/engines/machine/input-files.ts";
import { hashOf } from "../../../agents/fixtures.ts";

const root = mkdtempSync(join(tmpdir(), "sonm-input-files-"));
after(() => rmSync(root, { recursive: true }));
let opened = 0;

/** Room for so many bytes of contents that are named by numbers, and what was fetched. */
function filesOf(most: number, folder = join(root, String(opened++))) {
  const fetched: number[] = [];
  const sizes = new Map<string, number>();
  let broken: Error | undefined;
  const fetchFile = async (id: ContentId, path: string) => {
    await setImmediate();
    writeFileSync(path, "x".repeat(sizes.get(id) ?? assert.fail()));
    if (broken) throw broken;
    fetched.push(Number(id[2]));
  };
  const files = openInputFiles({ folder, most, fetchFile });
  const hold = (number: number, size = 4) => {
    const id = hashOf(number) as ContentId;
    sizes.set(id, size);
    return files.hold(id);
  };
  return {
    hold,
    folder,
    fetched,
    breaks(error: Error | undefined) {
      broken = error;
    },
    async use(number: number, size?: number) {
      const { file, release } = await hold(number, size);
      assert.equal(readFileSync(file.path).length, file.length);
      release();
    },
  };
}

/** Removals are done beside the rest. */
async function settled(folder: string, names: number): Promise<void> {
  for (let i = 0; i < 1000 && readdirSync(folder).length !== names; i++) await setImmediate();
  assert.equal(readdirSync(folder).length, names);
}

test("G5: what is asked for again is not fetched again, not even while it is on its way", async () => {
  const { use, fetched, folder } = filesOf(10);
  await Promise.all([use(1), use(1)]);
  await use(1);
  assert.deepEqual([fetched, readdirSync(folder).length], [[1], 1]);
});

test("G5: what was not used for longest goes first, and the limit itself is allowed", async () => {
  const { use, fetched, folder } = filesOf(8);
  for (const number of [1, 2, 1, 3]) await use(number);
  await settled(folder, 2);
  for (const number of [1, 3]) await use(number);
  assert.deepEqual(fetched, [1, 2, 3]);
  await use(2);
  assert.deepEqual(fetched, [1, 2, 3, 2]);
});

test("G5: what is held stays, whatever comes; without room it goes when nobody holds it", async () => {
  const { hold, use, folder, fetched } = filesOf(0);
  const [first, second] = [await hold(1), await hold(1)];
  await use(2);
  await settled(folder, 1);
  first.release();
  await use(2);
  assert.ok(existsSync(second.file.path));
  second.release();
  await settled(folder, 0);
  // It comes back at once, while it is being removed.
  for (let i = 0; i < 20; i++) await use(3);
  await settled(folder, 0);
  assert.equal(fetched.filter((number) => number === 1).length, 1);
});

test("G5: a failure is not kept, nor what it has left", async () => {
  const { use, breaks, folder, fetched } = filesOf(10);
  breaks(new Error("not yet"));
  await assert.rejects(use(1), /not yet/);
  assert.deepEqual(readdirSync(folder), []);
  breaks(undefined);
  await use(1);
  assert.deepEqual(fetched, [1]);
});

test("G5: what an ended process has left is removed, a draft between writing and naming too", async () => {
  const folder = join(root, "left");
  mkdirSync(folder);
  writeFileSync(join(folder, "a draft.part"), "half");
  writeFileSync(join(folder, hashOf(1).slice(2)), "damaged");
  const { use, fetched } = filesOf(10, folder);
  await use(1);
  assert.deepEqual([fetched, readdirSync(folder)], [[1], [hashOf(1).slice(2)]]);
});

test("G5: a folder that somebody clears is filled again", async () => {
  const { use, folder, fetched } = filesOf(10);
  await use(1);
  rmSync(folder, { recursive: true });
  await use(1);
  assert.deepEqual(fetched, [1, 1]);
});
