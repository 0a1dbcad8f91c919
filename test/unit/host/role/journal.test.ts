// What a role has written down is there after a kill, all of a step or nothing of it, and for one process at a time.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isOpenElsewhere, openJournal } from "../../../../offchain/host/role/journal.ts";

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

test("add keeps what is there", () => {
  const journal = openJournal(join(directory, "b.sqlite"));
  const table = journal.table<Entry>("x");
  assert.equal(table.add("1", { amount: 1n }), true);
  assert.equal(table.add("1", { amount: 2n }), false);
  assert.deepEqual(table.get("1"), { amount: 1n });
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

test("what is written survives SIGKILL, and the lock of the killed process is gone with it", async () => {
  const path = join(directory, "d.sqlite");
  const module = new URL("../../../../offchain/host/role/journal.ts", import.meta.url);
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
  const last = Number(reported.trimEnd().split("\n").at(-1));
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
  assert.equal(mail.get(), 0);
  const noted = (cursor: number) => mail.advance(cursor, () => table.put("1", { amount: BigInt(cursor) }));
  noted(5);
  assert.throws(() =>
    mail.advance(6, () => {
      table.put("1", { amount: 6n });
      throw new Error("in the middle");
    }),
  );
  assert.deepEqual([mail.get(), table.get("1")], [5, { amount: 5n }]);
  journal.close();
  const again = openJournal(path);
  assert.deepEqual([again.mail().get(), again.table<Entry>("x").get("1")], [5, { amount: 5n }]);
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
