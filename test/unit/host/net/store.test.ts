// How a directory keeps content and mail.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Address, ContentId } from "@sonm/protocol/values/ids";
import { keccak256 } from "viem";
import { openStore } from "../../../../offchain/host/net/store.ts";
import { addressOf } from "../../agents/fixtures.ts";

const bytes = Uint8Array.of(1, 2, 3);
const id = keccak256(bytes) as ContentId;
const [ALICE, BOB] = [addressOf(1), addressOf(2)];

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sonm-store-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function storeFor(t: TestContext) {
  const directory = join(folderFor(t), "a", "new", "folder");
  const store = openStore(directory);
  t.after(() => store.close());
  return { ...store, directory, files: () => readdirSync(join(directory, "content")) };
}

test("content is a file named by its hash, and no draft of it is left", async (t) => {
  const { put, get, files, directory } = storeFor(t);
  assert.equal(await put(bytes), id);
  assert.deepEqual(files(), [id.slice(2)]);
  assert.deepEqual(new Uint8Array(readFileSync(join(directory, "content", id.slice(2)))), bytes);
  assert.deepEqual(new Uint8Array((await get(id)) ?? []), bytes);
});

test("putting content again does not replace its file", async (t) => {
  const { put, files, directory } = storeFor(t);
  await put(bytes);
  const file = join(directory, "content", id.slice(2));
  writeFileSync(file, "marked");
  assert.equal(await put(bytes), id);
  assert.equal(readFileSync(file, "utf8"), "marked");
  assert.deepEqual(files(), [id.slice(2)]);
});

test("several calls may put the same content at the same time", async (t) => {
  const { put, files } = storeFor(t);
  assert.deepEqual(await Promise.all(Array.from({ length: 8 }, () => put(bytes))), Array(8).fill(id));
  assert.deepEqual(files(), [id.slice(2)]);
});

test("an id in capital letters is the same one", async (t) => {
  const { put, get } = storeFor(t);
  await put(bytes);
  const capitals = `0x${id.slice(2).toUpperCase()}` as ContentId;
  assert.deepEqual(new Uint8Array((await get(capitals)) ?? []), bytes);
});

test("missing content is undefined, but an unreadable file is a fault", async (t) => {
  const { get, directory } = storeFor(t);
  assert.equal(await get(id), undefined);
  mkdirSync(join(directory, "content", id.slice(2)));
  await assert.rejects(get(id), /EISDIR/);
});

test("content that cannot be written is a fault", async (t) => {
  const { put, directory } = storeFor(t);
  rmSync(join(directory, "content"), { recursive: true });
  await assert.rejects(put(bytes), /ENOENT: no such file or directory, open/);
});

test("a write that fails in the middle leaves no draft", { timeout: 60_000 }, (t) => {
  const directory = folderFor(t);
  const source = new URL("../../../../offchain/host/net/store.ts", import.meta.url);
  const script = `
    const { openStore } = await import(${JSON.stringify(source)});
    await openStore(${JSON.stringify(directory)}).put(new Uint8Array(2 ** 20)).catch(({ code }) => console.log(code));`;
  // A process whose files cannot be larger than 200 KiB.
  const limited = 'ulimit -f 200; exec "$0" --input-type=module --eval "$1"';
  const said = execFileSync("bash", ["-c", limited, process.execPath, script], { encoding: "utf8" });
  assert.equal(said, "EFBIG\n");
  assert.deepEqual(readdirSync(join(directory, "content")), []);
});

test("letters are numbered over all mailboxes, from 1; an empty store is at 0", (t) => {
  const { deliver, mail, newest } = storeFor(t);
  assert.equal(newest(), 0);
  deliver(ALICE, "a", Uint8Array.of(1));
  deliver(BOB, "b", Uint8Array.of(2));
  deliver(ALICE, "c", Uint8Array.of(3));
  assert.equal(newest(), 3);
  assert.deepEqual(mail(ALICE, 0, 10), [
    { sequence: 1, bytes: Uint8Array.of(1) },
    { sequence: 3, bytes: Uint8Array.of(3) },
  ]);
  assert.deepEqual(mail(BOB, 0, 10), [{ sequence: 2, bytes: Uint8Array.of(2) }]);
});

test("mail returns the letters after a number, at most `limit` of them", (t) => {
  const { deliver, mail } = storeFor(t);
  for (const letter of [1, 2, 3, 4]) deliver(ALICE, `${letter}`, Uint8Array.of(letter));
  const numbers = (since: number, limit: number) => mail(ALICE, since, limit).map(({ sequence }) => sequence);
  assert.deepEqual(numbers(1, 2), [2, 3]);
  assert.deepEqual(numbers(3, 2), [4]);
  assert.deepEqual(numbers(4, 2), []);
});

test("a letter that is delivered again is in the mailbox once", (t) => {
  const { deliver, mail, newest } = storeFor(t);
  for (const _ of [1, 2]) deliver(ALICE, "a", bytes);
  assert.equal(mail(ALICE, 0, 10).length, 1);
  deliver(ALICE, "b", bytes);
  assert.equal(mail(ALICE, 0, 10).length, 2);
  assert.equal(newest(), mail(ALICE, 0, 10).at(-1)?.sequence);
});

test("small and capital letters in an address make no difference to its mailbox", (t) => {
  const { deliver, mail } = storeFor(t);
  const address: Address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
  deliver(address, "a", bytes);
  deliver(address.toLowerCase() as Address, "b", bytes);
  for (const written of [address, address.toLowerCase() as Address]) assert.equal(mail(written, 0, 10).length, 2);
});

test("all is still there when the directory is opened again", async (t) => {
  const directory = folderFor(t);
  const first = openStore(directory);
  await first.put(bytes);
  first.deliver(ALICE, "a", bytes);
  first.close();
  const second = openStore(directory);
  t.after(() => second.close());
  assert.deepEqual(new Uint8Array((await second.get(id)) ?? []), bytes);
  assert.deepEqual([second.newest(), second.mail(ALICE, 0, 10).length], [1, 1]);
});
