// G5: content of any size goes from file to file, a part at a time; what is not right, or not whole, leaves no file.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import type { ContentId } from "@sonm/protocol/values/ids";
import { keccak256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { contentFile, contentSource, DiskInTheWay, writeAll } from "../../../../offchain/host/disk/content-file.ts";
import {
  NetContentCorrupt,
  NetContentMissing,
  NetTooLarge,
  NetUnreachable,
} from "../../../../offchain/host/net/errors.ts";
import { idOf } from "../../../../offchain/host/net/hashing.ts";
import { createHttpPeer } from "../../../../offchain/host/net/http-peer.ts";
import { startStoreServer } from "../../../../offchain/host/net/server.ts";
import { onSmallDisk } from "../../../support/small-disk.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "sonm-files-"));
const store = await startStoreServer({ directory: join(folder, "store") });
const account = privateKeyToAccount(`0x${"01".repeat(32)}`);
const peer = createHttpPeer({ url: store.url, account });

/** What another server sends for any content: less than it announces, if it breaks off. */
let sent = { bytes: new Uint8Array(), breaksOff: false };
const liar = createServer((_, response) => {
  response.writeHead(200, sent.breaksOff ? { "content-length": sent.bytes.length + 1 } : {});
  if (sent.breaksOff) response.write(sent.bytes, () => response.destroy());
  else response.end(sent.bytes);
});
await new Promise<void>((resolve) => liar.listen(0, "127.0.0.1", resolve));
const fromLiar = createHttpPeer({ url: `http://127.0.0.1:${(liar.address() as AddressInfo).port}`, account });
after(async () => {
  liar.closeAllConnections();
  liar.close();
  await store.stop();
  rmSync(folder, { recursive: true });
});

const bytesOf = (size: number) => Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >>> 9));
const file = join(folder, "content");
const copy = join(folder, "copy");
const isThere = () => existsSync(copy);

for (const size of [0, 1, 65_535, 65_536, 65_537, 300_000]) {
  test(`G5: ${size} bytes come back as they were, and have the id that they have in memory`, async () => {
    const bytes = bytesOf(size);
    writeFileSync(file, bytes);
    const id = await peer.publishFile(file);
    assert.equal(id, keccak256(bytes));
    assert.equal(await peer.publish(bytes), id);
    // What a process that was ended has left is written over.
    writeFileSync(copy, "x".repeat(400_000));
    await peer.fetchFile(id, copy);
    assert.deepEqual(new Uint8Array(readFileSync(copy)), bytes);
    assert.deepEqual(await peer.fetch(id), bytes);
    assert.deepEqual(
      Buffer.concat(Array.from(contentSource(await contentFile(copy)).parts(), (part) => part.slice())),
      Buffer.from(bytes),
    );
    rmSync(copy);
  });
}

test("G5: wrong, short, overlong and missing content leaves no file", async () => {
  const bytes = bytesOf(100_000);
  const id = keccak256(bytes) as ContentId;
  const refused = async (of: typeof peer, error: new (...args: never[]) => Error, most?: number) => {
    await assert.rejects(of.fetchFile(id, copy, most), error);
    assert.ok(!isThere());
  };
  await refused(peer, NetContentMissing);
  sent = { bytes: bytes.with(70_000, 1 + (bytes[70_000] ?? 0)), breaksOff: false };
  await refused(fromLiar, NetContentCorrupt);
  sent = { bytes: bytes.subarray(1), breaksOff: false };
  await refused(fromLiar, NetContentCorrupt);
  sent = { bytes: bytes.subarray(0, 99_999), breaksOff: true };
  await refused(fromLiar, NetUnreachable);
  sent = { bytes, breaksOff: false };
  await refused(fromLiar, NetTooLarge, 99_999);
  await fromLiar.fetchFile(id, copy, 100_000);
  rmSync(copy);
});

test("G5: a place that cannot be written is the disk's fault, and a file that changes its own", async () => {
  writeFileSync(file, bytesOf(1000));
  const id = await peer.publishFile(file);
  await assert.rejects(peer.fetchFile(id, folder), DiskInTheWay);
  await assert.rejects(peer.fetchFile(id, join(folder, "none", "file")), DiskInTheWay);
  assert.throws(() => writeAll(join(folder, "none", "file"), [bytesOf(1)]), DiskInTheWay);
  await assert.rejects(peer.publishFile(join(folder, "none")), /The file .*none cannot be read/);
  await assert.rejects(peer.publishFile(folder), /it is no file/);
  execFileSync("mkfifo", [join(folder, "pipe")]);
  await assert.rejects(peer.publishFile(join(folder, "pipe")), /it is no file/);
  for (const size of [999, 1001]) {
    const known = await contentFile(file);
    truncateSync(file, size);
    assert.throws(() => [...contentSource(known).parts()], DiskInTheWay);
    truncateSync(file, 1000);
  }
});

test("G5: others have their turn at least once for each 64 KiB that are hashed", async () => {
  const bytes = bytesOf(40 * 65_536);
  writeFileSync(file, bytes);
  for (const content of [bytes, file]) {
    let turns = 0;
    let done = false;
    const count = () => {
      turns++;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await idOf(content);
    done = true;
    assert.ok(turns >= 39, `${turns} turns`);
  }
});

test("G5: what is sent and received is not kept in memory", async () => {
  writeFileSync(file, "");
  truncateSync(file, 48 * 2 ** 20);
  const module = JSON.stringify(new URL("../../../../offchain/host/net/http-peer.ts", import.meta.url).href);
  const script = `
    const { createHttpPeer } = await import(${module});
    const { privateKeyToAccount } = await import(${JSON.stringify(import.meta.resolve("viem/accounts"))});
    const peer = createHttpPeer({ url: ${JSON.stringify(store.url)}, account: privateKeyToAccount("0x" + "11".repeat(32)) });
    let most = 0;
    setInterval(() => { gc(); most = Math.max(most, process.memoryUsage().arrayBuffers); }, 150).unref();
    const id = await peer.publishFile(${JSON.stringify(file)});
    await peer.fetchFile(id, ${JSON.stringify(copy)});
    console.log(most);`;
  const { stdout } = await run(process.execPath, ["--expose-gc", "--input-type=module", "-e", script]);
  const mib = Number(stdout) / 2 ** 20;
  assert.ok(mib > 0 && mib < 24, `${mib} MiB`);
});

test("G5: disk full: it is said, nothing is left, and it goes on when there is room", (t) => {
  const module = (path: string) => JSON.stringify(new URL(`../../../../offchain/${path}`, import.meta.url).href);
  const said = onSmallDisk(
    join(folder, "small"),
    `
    import { readdirSync, rmSync, writeFileSync } from "node:fs";
    const { writeAll, writeParts } = await import(${module("host/disk/content-file.ts")});
    const parts = () => Array.from({ length: 10 }, () => new Uint8Array(10_000));
    try { writeFileSync("ballast", Buffer.alloc(200_000)); } catch {}
    const told = [];
    await writeParts("one", (async function* () { yield* parts(); })()).catch((error) => told.push(error.name, error.why));
    try { writeAll("two", parts()); } catch (error) { told.push(error.name, error.why); }
    const left = readdirSync(".");
    rmSync("ballast");
    await writeParts("one", (async function* () { yield* parts(); })());
    writeAll("two", parts());
    console.log(JSON.stringify({ told, left, after: readdirSync(".").sort() }));`,
  );
  if (said === undefined) return t.skip("no small disk can be mounted here");
  const full = ["DiskInTheWay", "the disk is full"];
  assert.deepEqual(JSON.parse(said), { told: [...full, ...full], left: ["ballast"], after: ["one", "two"] });
});
