// A table whose open entries are in memory says what a table says that reads the disk each time, whatever happens to it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { openJournal } from "../../../../offchain/host/role/journal.ts";
import { fuzz } from "../../../support/fuzz.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-open-"));
after(() => rmSync(directory, { recursive: true }));
let files = 0;

type Entry = { readonly group: number; readonly value: bigint; readonly note?: string | undefined };

function opened(path: string) {
  const journal = openJournal(path);
  const table = journal.openTable<Entry>("work");
  return { journal, table, part: table.part<number>("part"), ofGroup: table.by(({ group }) => String(group)) };
}

const id = fc.constantFrom("a", "b", "c", "d", "e");
const entry = fc.record({ group: fc.nat(2), value: fc.bigInt({ min: 0n, max: 9n }), note: fc.constant(undefined) });
const change = fc.oneof(
  fc.record({ kind: fc.constantFrom("put", "add"), id, entry }),
  fc.record({ kind: fc.constantFrom("delete", "unsay"), id }),
  fc.record({ kind: fc.constant("say"), id, word: fc.nat(9) }),
  fc.record({ kind: fc.constant("end"), ids: fc.array(id, { maxLength: 3 }) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof(
  { weight: 8, arbitrary: change },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("taken back"), changes: fc.array(change, { maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart") }) },
);

/** The same in plain maps, which are copied and so can be taken back. */
type Model = { open: Map<string, Entry>; over: Map<string, Entry>; words: Map<string, number> };
const copyOf = ({ open, over, words }: Model): Model => ({
  open: new Map(open),
  over: new Map(over),
  words: new Map(words),
});

function inModel({ open, over, words }: Model, one: Change): void {
  if ("entry" in one) {
    const { note: _, ...kept } = one.entry;
    const known = open.has(one.id) || over.has(one.id);
    if (one.kind === "put" || !known) (over.has(one.id) ? over : open).set(one.id, kept);
  } else if ("word" in one) words.set(one.id, one.word);
  else if ("ids" in one) {
    for (const name of one.ids) {
      const ending = open.get(name);
      if (ending) over.set(name, ending);
      open.delete(name);
    }
  } else if (one.kind === "unsay") words.delete(one.id);
  else if (open.has(one.id)) open.delete(one.id);
  else over.delete(one.id);
}

function inTable({ table, part }: ReturnType<typeof opened>, one: Change): void {
  if ("entry" in one) table[one.kind as "put" | "add"](one.id, one.entry);
  else if ("word" in one) part.put(one.id, one.word);
  else if ("ids" in one) table.end(one.ids);
  else if (one.kind === "unsay") part.delete(one.id);
  else table.delete(one.id);
}

test("G1, G2: what is in memory is what is on the disk, after any changes, taken back or not, and restarts", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const path = join(directory, `${files++}.sqlite`);
      let real = opened(path);
      let model: Model = { open: new Map(), over: new Map(), words: new Map() };
      for (const one of steps) {
        if ("changes" in one) {
          const fail = () => {
            for (const part of one.changes) inTable(real, part);
            throw new Error("in the middle");
          };
          assert.throws(() => real.journal.together(fail), /in the middle/);
        } else if (one.kind === "restart") {
          real.journal.close();
          real = opened(path);
        } else {
          model = copyOf(model);
          inTable(real, one as Change);
          inModel(model, one as Change);
        }
        assert.deepEqual(real.table.all(), [...model.open.values()]);
        assert.equal(real.table.count(), model.open.size);
        for (const group of [0, 1, 2]) {
          const found = real.ofGroup(String(group)).toSorted((a, b) => Number(a.value - b.value));
          const wanted = [...model.open.values()].filter((value) => value.group === group);
          assert.deepEqual(
            found,
            wanted.toSorted((a, b) => Number(a.value - b.value)),
          );
        }
        for (const name of ["a", "b", "c", "d", "e"]) {
          assert.deepEqual(real.table.get(name), model.open.get(name) ?? model.over.get(name));
          assert.equal(real.part.get(name), model.words.get(name));
        }
      }
      real.journal.close();
    }),
    fuzz(60),
  );
});

test("G1: an entry is decoded once, and is the same object until it is written again", () => {
  const { table, part, ofGroup, journal } = opened(":memory:");
  table.put("a", { group: 1, value: 1n });
  const first = table.get("a");
  assert.equal(table.get("a"), first);
  assert.equal(table.all()[0], first);
  assert.equal(ofGroup("1")[0], first);
  part.put("a", 5);
  assert.equal(table.get("a"), first);
  table.put("a", { group: 1, value: 1n });
  assert.notEqual(table.get("a"), first);
  journal.close();
});

test("G2: a watch tells what was written since it was asked, in the table and its parts, and does not know after a rollback", () => {
  const { table, part, journal } = opened(":memory:");
  const written = table.watch();
  const told = () => [...(written() ?? assert.fail("anything"))];
  assert.equal(written(), undefined);
  assert.deepEqual(told(), []);
  for (const id of ["a", "b"]) table.put(id, { group: 1, value: 1n });
  assert.deepEqual(told(), ["a", "b"]);
  part.put("b", 5);
  assert.deepEqual(told(), ["b"]);
  part.delete("a");
  table.end(["b"]);
  assert.deepEqual([told(), table.isOpen("a"), table.isOpen("b")], [["a", "b"], true, false]);
  table.add("a", { group: 2, value: 2n });
  assert.deepEqual(told(), [], "it was there");
  const fail = () => {
    table.delete("a");
    throw new Error("in the middle");
  };
  assert.throws(() => journal.together(fail), /in the middle/);
  assert.equal(written(), undefined);
  table.delete("a");
  assert.deepEqual(told(), ["a"]);
  journal.close();
});

test("G1: a start reads what is open, and not what is over", () => {
  const path = join(directory, "start.sqlite");
  const before = opened(path);
  for (let i = 0; i < 50; i++) before.table.put(`${i}`, { group: i, value: 0n });
  before.table.end(Array.from({ length: 49 }, (_, i) => `${i}`));
  before.journal.close();
  const { table, journal } = opened(path);
  assert.deepEqual(table.all(), [{ group: 49, value: 0n }]);
  assert.deepEqual(table.get("7"), { group: 7, value: 0n }, "what is over can be looked up");
  assert.equal(table.add("7", { group: 1, value: 1n }), false, "and is not begun again");
  journal.close();
});

test("changes within changes are made all or not at all", () => {
  const { table, journal } = opened(":memory:");
  table.put("a", { group: 1, value: 1n });
  const action = () => {
    table.put("b", { group: 1, value: 1n });
    table.end(["a", "b"]);
    throw new Error("in the middle");
  };
  assert.throws(() => journal.together(action), /in the middle/);
  assert.deepEqual(table.all(), [{ group: 1, value: 1n }]);
  journal.close();
});
