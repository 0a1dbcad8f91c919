// How a directory keeps content and mail.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, ContentId } from "@sonm/protocol/values/ids";
import { keccak256 } from "viem";
import { NetContentCorrupt, NetNoRoom } from "../../../../offchain/host/net/errors.ts";
import { LANES, type Lane } from "../../../../offchain/host/net/peer.ts";
import { openStore } from "../../../../offchain/host/net/store.ts";
import { addressOf } from "../../agents/fixtures.ts";

const bytes = Uint8Array.of(1, 2, 3);
const id = keccak256(bytes) as ContentId;
const [ALICE, BOB, CAROL] = [addressOf(1), addressOf(2), addressOf(3)];

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sonm-store-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function* inParts(content: Uint8Array, size = 100): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** A store with a clock that only the test moves. */
function storeFor(t: TestContext, options: Parameters<typeof openStore>[1] = {}) {
  const directory = join(folderFor(t), "a", "new", "folder");
  const clock = { now: Date.UTC(2026, 0, 5) };
  const store = openStore(directory, { now: () => clock.now, ...options });
  t.after(() => store.close());
  const zero = store.newest();
  return {
    ...store,
    /** as it is */
    store,
    directory,
    clock,
    zero,
    files: () => readdirSync(join(directory, "content")),
    /** Publishes, and returns the id. */
    async put(content: Uint8Array, sender = ALICE) {
      const id = keccak256(content) as ContentId;
      await store.put({ id, length: content.length, sender }, inParts(content));
      return id;
    },
    async get(id: ContentId) {
      const found = await store.get(id);
      return found && new Uint8Array(Buffer.concat(await found.stream.toArray()));
    },
    deliver: (to: Address, id: string, bytes: Uint8Array, from = CAROL, at = clock.now) =>
      store.deliver({ from, to, id, at, bytes }),
    /** With numbers that begin at 0. */
    mail: (to: Address, since: number, limit: number, most = 10_000, lane: Lane = "newcomers") =>
      store
        .mail(to, lane, zero + since, limit, most)
        .letters.map(({ sequence, bytes }) => ({ sequence: sequence - zero, bytes })),
    newest: () => store.newest() - zero,
  };
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
    const announced = { id: "${id}", length: 2 ** 20, sender: "${ALICE}" };
    const parts = async function* () { for (let i = 0; i < 16; i++) yield new Uint8Array(2 ** 16); };
    await openStore(${JSON.stringify(directory)}).put(announced, parts()).catch(({ code }) => console.log(code));`;
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
  await first.put({ id, length: 3, sender: ALICE }, inParts(bytes));
  first.deliver({ from: BOB, to: ALICE, id: "a", at: Date.now(), bytes });
  const [newest, identity] = [first.newest(), first.identity];
  first.close();
  const second = openStore(directory);
  t.after(() => second.close());
  assert.deepEqual(new Uint8Array((await (await second.get(id))?.stream.toArray())?.[0] ?? []), bytes);
  assert.deepEqual([second.newest(), second.mail(ALICE, "newcomers", 0, 10, 1000).letters.length], [newest, 1]);
  assert.equal(second.identity, identity);
});

const DAY = 24 * 3600 * 1000;
const MiB = 2 ** 20;
/** Content that is charged 8 KiB. */
const piece = (number: number) => Uint8Array.of(number, number >> 8);

test("S9: one sender has a quota, and content that is here can always be kept for longer", async (t) => {
  const { put, get, clock, expire } = storeFor(t, { quota: 16 * 1024, keepMs: 10 * DAY });
  const [first] = [await put(piece(1)), await put(piece(2))];
  await assert.rejects(put(piece(3)), (error: Error) => {
    assert.ok(error instanceof NetNoRoom);
    assert.match(
      error.message,
      new RegExp(`${ALICE} has 16384 bytes there, this would be 8192 more, the limit is 16384`),
    );
    return true;
  });
  assert.ok(await put(piece(3), BOB), "another one has a quota of its own");
  clock.now += 9 * DAY;
  await put(piece(1));
  clock.now += 2 * DAY;
  expire();
  assert.ok(await get(first as ContentId));
  assert.equal(await get(keccak256(piece(2)) as ContentId), undefined);
  assert.ok(await put(piece(4)), "what has expired gives its room back");
});

test("S9: what is still to come counts, and what did not come does not", async (t) => {
  const { store, put, files } = storeFor(t, { quota: 16 * 1024 });
  const announced = (content: Uint8Array) =>
    ({ id: keccak256(content) as ContentId, length: content.length, sender: ALICE }) as const;
  const letGo = Promise.withResolvers<void>();
  async function* slow(content: Uint8Array) {
    yield content;
    await letGo.promise;
    throw new Error("gone");
  }
  const waiting = [1, 2].map((number) =>
    assert.rejects(store.put(announced(piece(number)), slow(piece(number))), /gone/),
  );
  await assert.rejects(put(piece(3)), NetNoRoom);
  letGo.resolve();
  await Promise.all(waiting);
  assert.deepEqual(files(), []);
  assert.ok((await put(piece(3))) && (await put(piece(4))));
});

test("S9: all senders together have a limit, and half of it is for newcomers; what is full drops nothing", async (t) => {
  const { put, get, clock, deliver, mail } = storeFor(t, { space: 10 * 8192, quota: 80 * 8192 });
  deliver(BOB, "a", bytes, ALICE);
  clock.now += DAY;
  for (let number = 0; number < 5; number++) await put(piece(number), addressOf(10 + number));
  await assert.rejects(put(piece(5), BOB), /senders of their first day together have 40960 bytes there/);
  for (let number = 5; number < 10; number++) await put(piece(number), ALICE);
  await assert.rejects(put(piece(10), ALICE), /all senders together have 81920 bytes there/);
  for (let number = 0; number < 10; number++) assert.ok(await get(keccak256(piece(number)) as ContentId));
  assert.equal(mail(BOB, 0, 10).length, 1);
});

test("S1: a letter stays in the lane in which it came, whatever becomes of its sender, also if the store is opened again", (t) => {
  const directory = folderFor(t);
  let now = Date.UTC(2026, 0, 5);
  const open = () => openStore(directory, { now: () => now });
  const first = open();
  const zero = first.newest();
  const lanes = (store: ReturnType<typeof open>) =>
    LANES.map((lane) => store.mail(BOB, lane, 0, 10, 1000).letters.map(({ sequence }) => sequence - zero));
  const deliver = (store: ReturnType<typeof open>, id: string, from: Address) =>
    store.deliver({ from, to: BOB, id, at: now, bytes });
  deliver(first, "a", ALICE);
  now += DAY - 1;
  deliver(first, "b", ALICE);
  now += 1;
  deliver(first, "c", ALICE);
  deliver(first, "d", CAROL);
  assert.deepEqual(lanes(first), [[3], [1, 2, 4]]);
  now += DAY;
  deliver(first, "a", ALICE);
  assert.deepEqual(lanes(first), [[3], [1, 2, 4]]);
  first.close();
  const second = open();
  t.after(() => second.close());
  assert.deepEqual(lanes(second), [[3], [1, 2, 4]]);
});

test("S1: a store of before there were lanes keeps its letters, each in the lane of its sender", (t) => {
  const directory = folderFor(t);
  let now = Date.UTC(2026, 0, 5);
  const first = openStore(directory, { now: () => now });
  for (const id of ["a", "b"]) {
    first.deliver({ from: ALICE, to: BOB, id, at: now, bytes });
    now += DAY;
  }
  first.close();
  const old = new DatabaseSync(join(directory, "mail.sqlite"));
  old.exec("drop index by_lane; create index by_addressee on mail (addressee, sequence); pragma user_version = 1");
  old.close();
  const store = openStore(directory, { now: () => now });
  for (const lane of LANES) assert.equal(store.mail(BOB, lane, 0, 10, 1000).letters.length, 1, lane);
  store.close();
  const database = new DatabaseSync(join(directory, "mail.sqlite"));
  const plan = database.prepare(
    "explain query plan select bytes from mail where addressee = '' and newcomer = 0 and sequence > 1 order by sequence",
  );
  assert.deepEqual(
    plan.all().map(({ detail }) => detail),
    ["SEARCH mail USING INDEX by_lane (addressee=? AND newcomer=? AND sequence>?)"],
  );
  database.close();
});

test("S9: letters have a room of their own, and expire by the time at which they were sent", (t) => {
  const { deliver, mail, clock, expire, newest } = storeFor(t, { quota: 16 * 2048, keepMs: 10 * DAY });
  const sent = clock.now;
  deliver(BOB, "a", new Uint8Array(1000));
  assert.throws(() => deliver(BOB, "b", bytes), /takes no more mail for now: 0x3+ has 2024 bytes there/);
  deliver(BOB, "b", bytes, ALICE);
  deliver(BOB, "a", new Uint8Array(1000));
  clock.now += 10 * DAY - 1;
  assert.equal(expire(), false);
  assert.equal(mail(BOB, 0, 10).length, 2);
  clock.now += 1;
  expire();
  assert.deepEqual(mail(BOB, 0, 10), []);
  assert.equal(newest(), 2, "numbers are not given again");
  assert.throws(() => deliver(BOB, "a", bytes, CAROL, sent), /so long ago that it has expired/);
  assert.throws(
    () => deliver(BOB, "c", bytes, CAROL, clock.now + 301_000),
    /sent 301 s after now, by the store's clock/,
  );
  deliver(BOB, "d", new Uint8Array(1000));
});

test("S9: content stays as long as anybody keeps it, and each pays for it", async (t) => {
  const { put, get, files, clock, expire } = storeFor(t, { quota: 8192, keepMs: 10 * DAY });
  await put(bytes, ALICE);
  clock.now += 5 * DAY;
  await put(bytes, BOB);
  await assert.rejects(put(piece(1), BOB), NetNoRoom);
  clock.now += 5 * DAY;
  expire();
  assert.ok(await get(id));
  clock.now += 5 * DAY;
  expire();
  assert.equal(await get(id), undefined);
  assert.deepEqual(files(), []);
});

test("S9: whoever keeps what is here already has to send it, and what expires on the way is sent again", async (t) => {
  const { put, store, clock, expire } = storeFor(t, { keepMs: 10 * DAY, quota: 8192 });
  await put(bytes, ALICE);
  const announced = { id, length: 3, sender: CAROL };
  await assert.rejects(store.put({ ...announced, sender: BOB }, inParts(Uint8Array.of(1, 2, 4))), NetContentCorrupt);
  assert.ok(await put(piece(1), BOB), "nothing is charged for it");
  clock.now += 10 * DAY;
  async function* late() {
    yield bytes;
    while (expire());
  }
  await assert.rejects(store.put(announced, late()), /has expired meanwhile/);
  assert.ok(await put(bytes, CAROL));
});

test("S9: however much expires, a part of it is dropped at a time", (t) => {
  const { deliver, mail, clock, expire } = storeFor(t);
  for (let letter = 0; letter < 600; letter++) deliver(ALICE, `${letter}`, bytes);
  clock.now += 100 * DAY;
  assert.equal(expire(), true);
  assert.equal(mail(ALICE, 0, 1000, MiB).length, 100);
  assert.equal(expire(), false);
  assert.equal(mail(ALICE, 0, 1000, MiB).length, 0);
});

test("S9: a folder of before there were quotas is read: its letters keep their numbers, and all of it expires", async (t) => {
  const directory = folderFor(t);
  mkdirSync(join(directory, "content"));
  writeFileSync(join(directory, "content", id.slice(2)), bytes);
  const draft = join(directory, "content", `${id.slice(2)}.0123456789ab`);
  writeFileSync(draft, "cut off");
  const old = new DatabaseSync(join(directory, "mail.sqlite"));
  old.exec(`create table mail (sequence integer primary key autoincrement, addressee text not null, id text not null unique, bytes blob not null);
    create index by_addressee on mail (addressee, sequence);
    insert into mail (addressee, id, bytes) values ('${ALICE.toLowerCase()}', 'a', x'01'), ('${BOB.toLowerCase()}', 'b', x'02');`);
  old.close();
  let now = Date.now();
  const store = openStore(directory, { now: () => now, keepMs: DAY });
  t.after(() => store.close());
  assert.equal(store.newest(), 2);
  assert.deepEqual(store.mail(BOB, "known", 0, 10, 10), {
    letters: [{ sequence: 2, bytes: Uint8Array.of(2) }],
    more: false,
  });
  assert.equal((await store.get(id))?.stream.destroy().destroyed, true);
  assert.equal(existsSync(draft), false);
  store.deliver({ from: CAROL, to: ALICE, id: "c", at: now, bytes });
  assert.equal(store.newest(), 3);
  now += DAY;
  store.expire();
  assert.equal(await store.get(id), undefined);
  for (const lane of LANES) assert.deepEqual(store.mail(ALICE, lane, 0, 10, 10).letters, []);
});

test("S9: one store at a time has a folder, and one that a newer version wrote is left alone", (t) => {
  const { directory } = storeFor(t);
  assert.throws(() => openStore(directory), /cannot be opened: another process has it open/);
  const other = folderFor(t);
  openStore(other).close();
  const database = new DatabaseSync(join(other, "mail.sqlite"));
  database.exec("pragma user_version = 99");
  database.close();
  assert.throws(() => openStore(other), /cannot be opened: a newer sonm has written it/);
});

test("S2: a database that is damaged is refused in words, with the way out", (t) => {
  const damages: [string, (file: string) => void][] = [
    ["garbage", (file) => writeFileSync(file, Buffer.alloc(8192, "garbage"))],
    ["cut off", (file) => truncateSync(file, 5000)],
  ];
  for (const lost of [
    "delete from identity",
    "update identity set value = '0x12'",
    "drop table identity",
    "drop table mail",
    "drop table claim",
  ])
    damages.push([
      lost,
      (file) => {
        const database = new DatabaseSync(file);
        database.exec(lost);
        database.close();
      },
    ]);
  for (const [name, damage] of damages) {
    const directory = folderFor(t);
    openStore(directory).close();
    damage(join(directory, "mail.sqlite"));
    // Twice: the first attempt leaves no lock.
    for (let attempt = 0; attempt < 2; attempt++)
      assert.throws(
        () => openStore(directory),
        (error: Failure) =>
          error instanceof Failure && /^(put a copy in its place|check the file and its disk)/.test(error.todo),
        name,
      );
  }
  const { directory } = storeFor(t);
  assert.throws(() => openStore(directory), { todo: "stop the other store that uses it" });
});

test("S9: content whose file somebody has deleted is charged to nobody after the next start", async (t) => {
  const directory = folderFor(t);
  const first = openStore(directory, { quota: 8192 });
  await first.put({ id, length: 3, sender: ALICE }, inParts(bytes));
  first.close();
  rmSync(join(directory, "content", id.slice(2)));
  const second = openStore(directory, { quota: 8192 });
  t.after(() => second.close());
  await second.put({ id: keccak256(piece(1)) as ContentId, length: 2, sender: ALICE }, inParts(piece(1)));
});
