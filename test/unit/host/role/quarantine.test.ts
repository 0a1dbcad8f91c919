// Content that fails is given up for a while: after two failures, longer each time, in all lives of a role.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import type { ContentId } from "@sonm/protocol/values/ids";
import {
  NetContentCorrupt,
  NetContentMissing,
  NetTooLarge,
  NetUnreachable,
} from "../../../../offchain/host/net/errors.ts";
import type { Happening } from "../../../../offchain/host/role/happenings.ts";
import { InQuarantine, openQuarantine, quarantined } from "../../../../offchain/host/role/quarantine.ts";
import { openReadingFile } from "../../../../offchain/host/role/reading.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-quarantine-"));
after(() => rmSync(directory, { recursive: true }));

let file: string;
let now: number;
let happenings: Happening[];
/** contents that were fetched */
let fetched: string[];
beforeEach(() => {
  file = join(mkdtempSync(join(directory, "data-")), "quarantine.json");
  [now, happenings, fetched] = [1_000_000, [], []];
});

const open = () =>
  openQuarantine(
    file,
    (happening) => happenings.push(happening),
    () => now,
  );
type Opened = ReturnType<typeof open>;

const never = () => assert.fail("it is read");
const bad = new Error("it is bad");
function reads(quarantine: Opened, name: string, error?: Error): Promise<string> {
  return quarantine.read(
    name,
    async () => {
      fetched.push(name);
      return name;
    },
    (content) => {
      if (error) throw error;
      return content;
    },
  );
}
async function fails(quarantine: Opened, name: string, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await assert.rejects(reads(quarantine, name, bad), bad);
}

/** What the file beside it names, and what an ended process has left there. */
const isReading = () => openReadingFile(`${file}.reading`).before;
function wasReading(...names: string[]): void {
  const left = openReadingFile(`${file}.reading`);
  for (const name of names) left.note(name);
}

test("S2: what has failed twice is neither fetched nor read until its time is over", async () => {
  const quarantine = open();
  await fails(quarantine, "image 1", 2);
  assert.deepEqual(happenings, [{ kind: "quarantined", what: "image 1", why: "it is bad", failures: 2, seconds: 60 }]);
  now += 59;
  await assert.rejects(reads(quarantine, "image 1"), {
    name: "InQuarantine",
    message: "The image 1 is in quarantine: reading it has failed 2 times, at last because: it is bad",
    todo: /^wait until 1970-01-12 13:47:40 UTC, or stop the role and remove quarantine\.json/,
  });
  assert.equal(await reads(quarantine, "image 2"), "image 2", "others are read");
  assert.deepEqual(fetched, ["image 1", "image 1", "image 2"]);
  now += 1;
  assert.equal(await reads(quarantine, "image 1"), "image 1");
  assert.deepEqual(quarantined(file, 0), [], "once it is read, it is forgotten");
});

test("S2: each time it is longer, and at most a day", async () => {
  const quarantine = open();
  await fails(quarantine, "image");
  for (let i = 0; i < 14; i++) {
    await fails(quarantine, "image");
    now += 86_400;
  }
  const seconds = happenings.map((one) => (one.kind === "quarantined" ? one.seconds : 0));
  assert.deepEqual(seconds.slice(0, 3), [60, 120, 240]);
  assert.deepEqual(seconds.slice(-4), [61_440, 86_400, 86_400, 86_400]);
});

test("S2: the next life of the role knows it, with its reason", async () => {
  const first = open();
  await fails(first, "image", 2);
  first.close();
  await assert.rejects(reads(open(), "image"), InQuarantine);
  assert.deepEqual(quarantined(file, now), [
    { name: "image", failures: 2, ends: 0, why: "it is bad", until: now + 60 },
  ]);
  assert.deepEqual(quarantined(file, now + 60), []);
});

test("S2: a failure of network, disk or an orderly end is none of the content", async () => {
  const quarantine = open();
  const id = "0x12" as ContentId;
  const innocent = [
    new NetContentMissing(id),
    new NetContentCorrupt(id, "0x34"),
    new NetUnreachable("http://store", "it is down"),
    Object.assign(new Error("the disk is full"), { syscall: "write" }),
  ];
  for (const error of innocent) {
    for (let i = 0; i < 3; i++) {
      await assert.rejects(reads(quarantine, "image", error), error);
      await assert.rejects(
        quarantine.read("image", () => Promise.reject(error), never),
        error,
      );
    }
  }
  for (let life = 0; life < 3; life++) {
    const stopped = open();
    let stop = () => {};
    const reading = stopped.read(
      "image",
      async () => "",
      () => new Promise((_, reject) => (stop = () => reject(bad))),
    );
    await new Promise(setImmediate);
    stopped.close();
    stop();
    await assert.rejects(reading, bad);
  }
  assert.equal(await reads(open(), "image"), "image");
  assert.deepEqual(happenings, []);
});

test("S2: content that is larger than it may be has failed", async () => {
  const quarantine = open();
  const large = new NetTooLarge("answer", 2, 1);
  const fetch = () => Promise.reject(large);
  for (let i = 0; i < 2; i++) await assert.rejects(quarantine.read("manifest", fetch, never), large);
  await assert.rejects(quarantine.read("manifest", fetch, never), InQuarantine);
});

test("S2: content that kills its process does so twice, and then never again at the next start", () => {
  const life = () =>
    spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import { openQuarantine } from ${JSON.stringify(new URL("../../../../offchain/host/role/quarantine.ts", import.meta.url).href)};
         const quarantine = openQuarantine(${JSON.stringify(file)}, () => {});
         const killer = () => process.kill(process.pid, "SIGKILL");
         await quarantine.read("killer", async () => {}, killer).catch((error) => console.log(error.message));
         console.log(await quarantine.read("other", async () => "lives", (content) => content));`,
      ],
      { encoding: "utf8", timeout: 60_000 },
    );
  assert.deepEqual([life().signal, life().signal], ["SIGKILL", "SIGKILL"]);
  const third = life();
  assert.deepEqual([third.signal, third.stderr], [null, ""]);
  assert.match(
    third.stdout,
    /^The killer is in quarantine: .* 2 times, at last because: the process ended while .*\nlives\n$/,
  );
});

test("S2: what may have killed the process is read alone, so that the next start knows which it was", async () => {
  wasReading("killer", "neighbour");
  const quarantine = open();
  assert.deepEqual(happenings, [], "once is no quarantine");
  const gate = Promise.withResolvers<void>();
  const order: string[] = [];
  const read = (name: string, until: Promise<void>) =>
    quarantine.read(
      name,
      async () => {},
      async () => {
        order.push(`${name} begins`);
        await until;
        order.push(`${name} ends`);
      },
    );
  const all = [read("neighbour", gate.promise), read("killer", Promise.resolve())];
  await read("other", Promise.resolve());
  assert.deepEqual(isReading(), ["neighbour"]);
  gate.resolve();
  await Promise.all(all);
  assert.deepEqual(
    order.filter((step) => !step.startsWith("other")),
    ["neighbour begins", "neighbour ends", "killer begins", "killer ends"],
  );
});

test("S2: a bounded number is remembered; the oldest go first, those last that have ended the process", async () => {
  wasReading("killer");
  const quarantine = open();
  for (let i = 0; i < 300; i++) await fails(quarantine, `image ${i}`, 2);
  const names = quarantined(file, now).map(({ name }) => name);
  assert.deepEqual([names.length, names[0], names.at(-1)], [255, "image 45", "image 299"]);
  await fails(quarantine, "killer");
  await assert.rejects(reads(quarantine, "killer"), InQuarantine);
});

test("S2: to read what nobody suspects costs a line of a file that is open, and not the whole file of suspects", async () => {
  const quarantine = open();
  await fails(quarantine, "image");
  const [{ ino, mtimeNs }, size] = [statSync(file, { bigint: true }), () => statSync(`${file}.reading`).size];
  assert.equal(size(), 512);
  const gate = Promise.withResolvers<void>();
  const read = (name: string) =>
    quarantine.read(
      name,
      async () => {},
      () => gate.promise,
    );
  const all = ["one", "two", "one"].map(read);
  await new Promise(setImmediate);
  assert.deepEqual([isReading(), size()], [["one", "two"], 3 * 512]);
  gate.resolve();
  await Promise.all(all);
  for (let i = 0; i < 100; i++) await reads(quarantine, `input ${i}`);
  assert.deepEqual([isReading(), size()], [[], 3 * 512]);
  const now = statSync(file, { bigint: true });
  assert.deepEqual([now.ino, now.mtimeNs], [ino, mtimeNs]);
});

test("S2: a damaged file keeps nobody from starting, and a full disk nobody from working", async () => {
  for (const content of ["{", "null", '{"suspects":[{}]}']) {
    writeFileSync(file, content);
    writeFileSync(`${file}.reading`, content);
    assert.equal(await reads(open(), "image"), "image");
  }
  // In the way of the new files, as a full disk would be, also for root.
  mkdirSync(`${file}.new`);
  rmSync(`${file}.reading`);
  mkdirSync(`${file}.reading`);
  const quarantine = open();
  await fails(quarantine, "image", 2);
  await assert.rejects(reads(quarantine, "image"), InQuarantine);
});
