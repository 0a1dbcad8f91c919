// A full disk costs whoever writes there nothing but time: it is told in words, what was written is kept, and it goes on when there is room.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isBusy, isDiskFull } from "../../../../offchain/host/disk/database.ts";
import { failed } from "../../../../offchain/host/role/happenings.ts";
import { onSmallDisk } from "../../../support/small-disk.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-full-"));
after(() => rmSync(directory, { recursive: true }));
const module = (path: string) => JSON.stringify(new URL(`../../../../offchain/${path}`, import.meta.url).href);

test("it is known by the codes of SQLite and of the system", () => {
  const sqlite = (errcode: number) => Object.assign(new Error("x"), { code: "ERR_SQLITE_ERROR", errcode });
  assert.ok(isDiskFull(sqlite(13)));
  assert.ok(isDiskFull(sqlite(13 + 256)), "extended codes have more bits");
  assert.ok(!isDiskFull(sqlite(5)));
  assert.ok(isBusy(sqlite(5)) && isBusy(sqlite(5 + 512)) && !isBusy(sqlite(6)));
  for (const code of ["ENOSPC", "EDQUOT"]) assert.ok(isDiskFull(Object.assign(new Error("x"), { code })));
  for (const other of [undefined, null, "x", new Error("x"), { code: "EACCES" }, { errcode: 13 }]) {
    assert.ok(!isDiskFull(other) && !isBusy(other));
  }
});

test("disk full: an action that fails by it says so, whatever it was about to write", () => {
  const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  const told = failed("collect", error, 5);
  assert.ok(told.kind === "failed");
  assert.match(told.why, /^the disk is full \(ENOSPC/);
  assert.match(told.todo, /^make room/);
});

test("disk full: a status keeps its last complete text, and is written again when there is room", (t) => {
  const said = onSmallDisk(
    join(directory, "status"),
    `
    import { readFileSync, rmSync, writeFileSync } from "node:fs";
    const { openStatus, readStatus } = await import(${module("host/role/status.ts")});
    const status = openStatus("status.json");
    try { writeFileSync("ballast", Buffer.alloc(300_000)); } catch {}
    const event = (what) => ({ role: "miner", name: "m", at: 1, kind: "failed", action: what, what, why: "x".repeat(9000), todo: "z", retryIn: 1 });
    status.hear(event("while it is full"));
    const during = readStatus("status.json").failures.length;
    rmSync("ballast");
    status.hear(event("later"));
    console.log(JSON.stringify({ during, after: readStatus("status.json").failures.map(({ what }) => what) }));`,
  );
  if (said === undefined) return t.skip("no small disk can be mounted here");
  assert.deepEqual(JSON.parse(said), { during: 0, after: ["while it is full", "later"] });
});

test("disk full: a store says so, keeps what it has, and takes more when there is room", (t) => {
  const said = onSmallDisk(
    join(directory, "store"),
    `
    import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
    const { startStoreServer } = await import(${module("host/net/server.ts")});
    const { createHttpPeer } = await import(${module("host/net/http-peer.ts")});
    const { privateKeyToAccount } = await import(${JSON.stringify(import.meta.resolve("viem/accounts"))});
    const store = await startStoreServer({ directory: "store" });
    const peer = createHttpPeer({ url: store.url, account: privateKeyToAccount("0x" + "11".repeat(32)) });
    const bytes = (size, seed) => Uint8Array.from({ length: size }, (_, i) => (i * seed) % 251);
    const first = await peer.publish(bytes(5000, 3));
    let room = 0;
    try { for (; ; room++) writeFileSync("ballast" + room, Buffer.alloc(4096)); } catch {}
    const told = [];
    const attempt = (action) => action().then(() => told.push("taken"), (error) => told.push(error.why));
    await attempt(() => peer.publish(bytes(60_000, 5)));
    for (let i = 0; i < 30 && told.length < 2; i++) {
      await peer.send(peer.address, { kind: "ask-results", claim: "0x" + i.toString(16).padStart(64, "0") }).catch((error) => told.push(error.why));
    }
    const kept = (await peer.fetch(first)).length;
    for (let i = 0; i <= room; i++) rmSync("ballast" + i, { force: true });
    const second = await peer.publish(bytes(60_000, 5));
    const letters = (await peer.messages("newcomers", 0)).messages.length;
    await peer.send(peer.address, { kind: "ask-results", claim: "0x" + "ff".repeat(32) });
    const more = (await peer.messages("newcomers", 0)).messages.length - letters;
    console.log(JSON.stringify({ told, kept, second: (await peer.fetch(second)).length, more }));
    await store.stop();`,
  );
  if (said === undefined) return t.skip("no small disk can be mounted here");
  const { told, ...rest } = JSON.parse(said);
  assert.equal(told.length, 2, String(told));
  for (const why of told) assert.match(why, /the disk of the store is full/);
  assert.deepEqual(rest, { kept: 5000, second: 60_000, more: 1 });
});
