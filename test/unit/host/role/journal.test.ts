// What a role has written down is there after a kill, all of a step or nothing of it, and for one process at a time.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import { LANES } from "../../../../offchain/host/net/peer.ts";
import { isOpenElsewhere, JOURNAL_VERSION, openJournal } from "../../../../offchain/host/role/journal.ts";
import { onSmallDisk } from "../../../support/small-disk.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-journal-"));
after(() => rmSync(directory, { recursive: true }));

type Entry = { readonly amount: bigint; readonly note?: string };

test("entries are kept by kind and id, in order of their first writing", () => {
  const journal = openJournal(join(directory, "a", "journal.sqlite"));
  const stakes = journal.table<Entry>("stake");
  const games = journal.table<Entry>("game");
  stakes.put("2", { amount: 2n ** 200n });
  stakes.put("1", { amount: 1n, note: "x" });
  games.put("1", { amount: 7n });
  stakes.put("2", { amount: 3n });
  assert.deepEqual(stakes.get("1"), { amount: 1n, note: "x" });
  assert.deepEqual(stakes.all(), [{ amount: 3n }, { amount: 1n, note: "x" }]);
  assert.equal(stakes.get("3"), undefined);
  stakes.delete("1");
  assert.deepEqual([stakes.all().length, games.all().length], [1, 1]);
  journal.close();
});

test("U5: what has been read of the chain is kept, the latest of it", () => {
  const path = join(directory, "chain.sqlite");
  const first = openJournal(path);
  assert.equal(first.checkpoint().get(), undefined);
  first.checkpoint().put(Uint8Array.of(1, 2));
  first.checkpoint().put(new Uint8Array(200_000).fill(3));
  first.close();
  const second = openJournal(path);
  assert.deepEqual(second.checkpoint().get(), new Uint8Array(200_000).fill(3));
  second.close();
});

test("add keeps what is there", () => {
  const journal = openJournal(join(directory, "b.sqlite"));
  const table = journal.table<Entry>("x");
  assert.equal(table.add("1", { amount: 1n }), true);
  assert.equal(table.add("1", { amount: 2n }), false);
  assert.deepEqual(table.get("1"), { amount: 1n });
  journal.close();
});

test("S2: an entry that is damaged is told with its journal, and with the way out", () => {
  const path = join(directory, "damaged-entry.sqlite");
  openJournal(path).close();
  const database = new DatabaseSync(path);
  database.prepare("insert into entries (kind, id, value) values ('stake', '1', ?)").run(Uint8Array.of(0xdd, 1));
  database.close();
  const journal = openJournal(path);
  const table = journal.table<Entry>("stake");
  for (const read of [() => table.get("1"), () => table.all()])
    assert.throws(read, (error: Failure) => {
      assert.match(
        error.message,
        /damaged-entry\.sqlite cannot be read: .* \(an entry of the kind stake: they end within/,
      );
      assert.match(error.todo, /^put a copy in its place/);
      return true;
    });
  journal.close();
});

test("changes made together are made all or not at all", () => {
  const journal = openJournal(join(directory, "c.sqlite"));
  const table = journal.table<Entry>("x");
  assert.throws(() =>
    journal.together(() => {
      table.put("1", { amount: 1n });
      throw new Error("in the middle");
    }),
  );
  assert.equal(table.get("1"), undefined);
  assert.equal(
    journal.together(() => {
      table.put("1", { amount: 1n });
      return "done";
    }),
    "done",
  );
  assert.deepEqual(table.get("1"), { amount: 1n });
  journal.close();
});

const module = new URL("../../../../offchain/host/role/journal.ts", import.meta.url);

/** Writes to a journal in a process that is killed while it writes. Returns the last entry that it reported. */
async function writeUntilKilled(path: string): Promise<number> {
  const script = `const { openJournal } = await import(${JSON.stringify(module.href)});
    const table = openJournal(${JSON.stringify(path)}).table("x");
    for (let i = 0; ; i++) { table.put(String(i), { amount: BigInt(i) }); process.stdout.write(i + "\\n"); }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // The process may exit before its last output has been read.
  const exited = once(child, "exit");
  let reported = "";
  for await (const chunk of child.stdout) {
    reported += String(chunk);
    if (reported.split("\n").length > 20) child.kill("SIGKILL");
  }
  await exited;
  return Number(reported.trimEnd().split("\n").at(-1));
}

test("what is written survives SIGKILL, and the lock of the killed process is gone with it", async () => {
  const path = join(directory, "d.sqlite");
  const last = await writeUntilKilled(path);
  const journal = openJournal(path);
  const entries = journal.table<Entry>("x").all();
  assert.ok(entries.length >= last, `${last} reported, ${entries.length} kept`);
  for (const [i, entry] of entries.entries()) assert.equal(entry.amount, BigInt(i));
  journal.close();
});

test("an entry that was deleted can be added anew, at the end", () => {
  const journal = openJournal(join(directory, "f.sqlite"));
  const table = journal.table<Entry>("x");
  for (const id of ["1", "2"]) assert.equal(table.add(id, { amount: 1n }), true);
  table.delete("1");
  assert.equal(table.add("1", { amount: 3n }), true);
  assert.deepEqual(table.all(), [{ amount: 1n }, { amount: 3n }]);
  journal.close();
});

test("how far mail has been read is written together with what was noted of it", () => {
  const path = join(directory, "g.sqlite");
  const journal = openJournal(path);
  const [mail, table] = [journal.mail(), journal.table<Entry>("x")];
  assert.equal(mail.get("known"), 0);
  const noted = (cursor: number) => mail.advance("known", cursor, () => table.put("1", { amount: BigInt(cursor) }));
  noted(5);
  assert.throws(() =>
    mail.advance("known", 6, () => {
      table.put("1", { amount: 6n });
      throw new Error("in the middle");
    }),
  );
  assert.deepEqual([mail.get("known"), table.get("1")], [5, { amount: 5n }]);
  journal.close();
  const again = openJournal(path);
  assert.deepEqual([again.mail().get("known"), again.table<Entry>("x").get("1")], [5, { amount: 5n }]);
  again.close();
});

test("S1: a journal of before there were lanes goes on in both lanes where it was", () => {
  const path = join(directory, "lanes.sqlite");
  const journal = openJournal(path);
  journal.table<number>("cursor").put("mail", 7);
  const mail = journal.mail();
  assert.deepEqual(LANES.map(mail.get), [7, 7]);
  mail.advance("known", 9, () => {});
  assert.deepEqual(LANES.map(mail.get), [9, 7]);
  journal.close();
  const again = openJournal(path);
  assert.deepEqual(LANES.map(again.mail().get), [9, 7]);
  again.close();
});

test("a journal is open elsewhere as long as a process has it, and not before it is made or after", () => {
  const path = join(directory, "h.sqlite");
  assert.equal(isOpenElsewhere(path), false);
  assert.equal(existsSync(path), false);
  const journal = openJournal(path);
  assert.equal(isOpenElsewhere(path), true);
  journal.close();
  assert.equal(isOpenElsewhere(path), false);
  // Who has asked does not hold it.
  openJournal(path).close();
});

test("a file that is no journal is open nowhere, and cannot be opened as one", () => {
  const path = join(directory, "i.sqlite");
  writeFileSync(path, "this is no journal, ".repeat(100));
  assert.equal(isOpenElsewhere(path), false);
  assert.throws(() => openJournal(path), /cannot be opened.*not a database/);
});

test("a second process is told that the journal is in use", () => {
  const path = join(directory, "e.sqlite");
  const journal = openJournal(path);
  assert.throws(() => openJournal(path), /cannot be opened.*locked/);
  journal.close();
  openJournal(path).close();
});

const refused = (path: string, why: RegExp, todo: RegExp) =>
  assert.throws(
    () => openJournal(path),
    (error) => {
      assert.ok(error instanceof Failure, String(error));
      assert.equal(error.what, `The journal ${path} cannot be opened`);
      assert.match(error.why, why);
      assert.match(error.todo, todo);
      return true;
    },
  );

/** A closed journal with this many entries. */
function written(name: string, count: number): string {
  const path = join(directory, name);
  const journal = openJournal(path);
  const table = journal.table<Entry>("x");
  journal.together(() => {
    for (let i = 0; i < count; i++) table.put(String(i), { amount: BigInt(i), note: "x".repeat(500) });
  });
  journal.close();
  return path;
}

test("U12: a journal that is cut off, empty or garbage is told as damaged, and no other process is blamed", () => {
  const copy = /^put a copy in its place\. Without one, move it away/;
  const path = written("cut.sqlite", 100);
  const { size } = statSync(path);
  for (const length of [size - 4096, 8192, 5000, 100, 1]) {
    truncateSync(path, length);
    refused(path, /damaged, or another kind of file/, copy);
    assert.equal(statSync(path).size, length, "what is left of it is not touched");
  }
  truncateSync(path, 0);
  refused(path, /it has 0 bytes/, copy);
  writeFileSync(path, "this is no journal, ".repeat(100));
  refused(path, /damaged, or another kind of file \(file is not a database\)/, copy);
});

test("U12: a page of garbage in the middle is found at the start", () => {
  const path = written("middle.sqlite", 100);
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 4096, 8192);
  writeFileSync(path, bytes);
  refused(path, /damaged, or another kind of file/, /copy/);
});

test("U12: a journal that was cut off in the middle of a write is recovered up to there", async () => {
  const path = join(directory, "middle-of-write.sqlite");
  const last = await writeUntilKilled(path);
  const log = `${path}-wal`;
  truncateSync(log, statSync(log).size - 100);
  const journal = openJournal(path);
  const entries = journal.table<Entry>("x").all();
  assert.ok(entries.length >= last - 1 && entries.length > 0, `${last} reported, ${entries.length} kept`);
  for (const [i, entry] of entries.entries()) assert.equal(entry.amount, BigInt(i));
  journal.close();
});

test("U12: a folder in its place, a file as its folder, and a journal in use are told as what they are", () => {
  const folder = join(directory, "folder.sqlite");
  mkdirSync(folder);
  refused(folder, /^it is a folder$/, /move that folder away/);
  const file = join(directory, "file");
  writeFileSync(file, "");
  refused(join(file, "journal.sqlite"), /a file is where its folder should be/, /move that file away/);
  const path = join(directory, "in-use.sqlite");
  const journal = openJournal(path);
  refused(path, /another process has it open \(database is locked\)/, /stop the other process/);
  journal.close();
});

test("U12: a full disk is told as that, nothing written before is lost, and it goes on when there is room", (t) => {
  const said = onSmallDisk(
    join(directory, "disk"),
    `
    import { rmSync, writeFileSync } from "node:fs";
    const { openJournal } = await import(${JSON.stringify(module.href)});
    const journal = openJournal("journal.sqlite");
    const table = journal.table("x");
    table.put("before", { amount: 1n });
    writeFileSync("ballast", Buffer.alloc(100_000));
    let told = [];
    const attempt = (action) => { try { action(); } catch (error) { told.push([error.what, error.why, error.todo]); } };
    attempt(() => journal.together(() => { for (let i = 0; i < 1000; i++) table.put("all " + i, { note: "y".repeat(500) }); }));
    attempt(() => { for (let i = 0; i < 1000; i++) table.put("one " + i, { note: "y".repeat(500) }); });
    rmSync("ballast");
    table.put("after", { amount: 2n });
    const kept = table.all().filter((entry) => entry.amount !== undefined).length;
    console.log(JSON.stringify({ told, kept, partly: table.get("all 0") !== undefined }));`,
  );
  if (said === undefined) return t.skip("no small disk can be mounted here");
  const { told, kept, partly } = JSON.parse(said);
  assert.equal(told.length, 2);
  for (const [what, why, todo] of told) {
    assert.match(what, /^The journal journal\.sqlite cannot be written$/);
    assert.match(why, /^the disk is full/);
    assert.match(todo, /^make room/);
  }
  assert.deepEqual([kept, partly], [2, false]);
});

/** Sets the version of a journal, as another SONM would have. */
function setVersion(path: string, version: number): void {
  const database = new DatabaseSync(path);
  database.exec(`pragma user_version = ${version}`);
  database.close();
}

test("S8: a journal of another version is refused with the way out, and is not touched", () => {
  const path = written("version.sqlite", 3);
  for (const [version, todo] of [
    [0, /^let the version of SONM that wrote it finish .*, then name another data folder or move the journal away/],
    [JOURNAL_VERSION + 1, /^install the version of SONM that wrote it, or a later one$/],
  ] as const) {
    setVersion(path, version);
    const before = readFileSync(path);
    refused(
      path,
      new RegExp(`^another version of SONM has written it: .* version ${version}, .* reads ${JOURNAL_VERSION}$`),
      todo,
    );
    assert.deepEqual(readFileSync(path), before);
  }
  setVersion(path, JOURNAL_VERSION);
  const journal = openJournal(path);
  assert.equal(journal.table<Entry>("x").all().length, 3);
  journal.close();
});

test("S8: a journal without entries is of this version from its first entry on", () => {
  const path = written("no-version.sqlite", 0);
  setVersion(path, 0);
  const journal = openJournal(path);
  journal.table<Entry>("x").put("1", { amount: 1n });
  journal.close();
  openJournal(path).close();
  setVersion(path, JOURNAL_VERSION + 1);
  refused(path, /another version of SONM/, /install/);
});
