// What people see: permanent lines on their stream and one changing line on stderr. Control characters from strangers have no effect.
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, type TestContext, test } from "node:test";
import {
  bar,
  fields,
  grouped,
  hexOf,
  openTerminal,
  paint,
  table,
  toJson,
  writeLines,
} from "../../../../offchain/host/terminal/terminal.ts";

const RED = "\u001b[31m";
const PLAIN = "\u001b[39m";
const CLEAR = "\r\u001b[2K";

/** A stream that keeps what is written to it: like a terminal if `columns` is given, else like a file. */
function streamOf(columns?: number) {
  const stream = new PassThrough();
  Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns });
  return Object.assign(stream as unknown as NodeJS.WriteStream, { text: () => String(stream.read() ?? "") });
}

describe("colours", () => {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  beforeEach(() => {
    delete process.env.FORCE_COLOR;
    delete process.env.NO_COLOR;
  });
  afterEach(() => {
    if (FORCE_COLOR !== undefined) process.env.FORCE_COLOR = FORCE_COLOR;
    if (NO_COLOR !== undefined) process.env.NO_COLOR = NO_COLOR;
  });

  test("are for terminals only", () => {
    assert.equal(paint("red", "no", streamOf(80)), `${RED}no${PLAIN}`);
    assert.equal(paint("red", "no", streamOf()), "no");
    assert.equal(openTerminal(streamOf(80)).paint("red", "no"), `${RED}no${PLAIN}`);
    assert.equal(openTerminal(streamOf()).paint("red", "no"), "no");
  });
});

describe("lines", () => {
  test("each end with a line feed; an empty list writes nothing", () => {
    const stream = streamOf();
    writeLines(stream, ["one", "two"]);
    assert.equal(stream.text(), "one\ntwo\n");
    writeLines(stream, []);
    assert.equal(stream.text(), "");
  });

  test("keep our colours, and show all other control characters as text", () => {
    const stream = streamOf();
    writeLines(stream, [`${RED}bad${PLAIN}\u001b[2Jworse\nworst ${RED}`, "\r"]);
    assert.equal(stream.text(), `${RED}bad${PLAIN}\\u{1b}[2Jworse\\u{a}worst ${RED}\n\\u{d}\n`);
  });
});

/** Replaces stderr until the test ends: like a terminal if `columns` is given. `err` returns what was written there since its last call. */
function openFor(t: TestContext, columns?: number) {
  const stream = streamOf(columns);
  const { isTTY, columns: width } = process.stderr;
  const written: string[] = [];
  const write = t.mock.method(process.stderr, "write", (text: string) => {
    written.push(text);
    return true;
  });
  Object.assign(process.stderr, { isTTY: columns !== undefined, columns });
  t.after(() => {
    write.mock.restore();
    Object.assign(process.stderr, { isTTY, columns: width });
  });
  return { ...openTerminal(stream), out: stream.text, err: () => written.splice(0).join("") };
}

describe("the line at the bottom", () => {
  test("is replaced by the next one, moves below permanent lines, and is removed by done", (t) => {
    const { status, say, done, out, err } = openFor(t, 80);
    status("half");
    assert.equal(err(), `${CLEAR}half`);
    status("whole");
    assert.equal(err(), `${CLEAR}whole`);
    say("a line", "another");
    assert.deepEqual([out(), err()], ["a line\nanother\n", `${CLEAR}whole`]);
    done();
    assert.equal(err(), CLEAR);
    done();
    say("the last");
    assert.deepEqual([out(), err()], ["the last\n", ""]);
  });

  test("is cut to fit into one line, unless it has colours", (t) => {
    const { status, err } = openFor(t, 10);
    status("123456789");
    assert.equal(err(), `${CLEAR}123456789`);
    status("1234567890");
    assert.equal(err(), `${CLEAR}123456789`);
    status(`${RED}1234567890${PLAIN}`);
    assert.equal(err(), `${CLEAR}${RED}1234567890${PLAIN}`);
  });

  test("is printed once for each milestone if there is no terminal", (t) => {
    const { status, say, done, out, err } = openFor(t);
    status("begins");
    assert.equal(err(), "");
    status("1 of 4", "first");
    assert.equal(err(), "1 of 4\n");
    status("2 of 4", "first");
    assert.equal(err(), "");
    status("3 of 4", "second");
    assert.equal(err(), "3 of 4\n");
    say("a line");
    done();
    assert.deepEqual([out(), err()], ["a line\n", ""]);
  });
});

test("the width is that of the terminal, or 100 characters without one", () => {
  assert.equal(openTerminal(streamOf(42)).columns, 42);
  assert.equal(openTerminal(streamOf()).columns, 100);
});

test("fields have their values in one column", () => {
  const lines = fields(openTerminal(streamOf()), [
    ["a", "1"],
    ["name", "2"],
  ]);
  assert.deepEqual(lines, ["  a      1", "  name   2"]);
});

describe("a table", () => {
  const header = ["unit", "steps", "gas"];
  const rows = [
    ["first", "7", "10"],
    ["2", "1,000,000", "9"],
  ];

  test("has its first column flush left and the others flush right", () => {
    assert.deepEqual(table(header, rows), [
      "unit        steps   gas",
      "───────────────────────",
      "first           7    10",
      "2       1,000,000     9",
    ]);
  });

  test("can have more columns flush left, and has no spaces at the end of a line", () => {
    assert.deepEqual(table(header, rows, 3), [
      "unit    steps       gas",
      "───────────────────────",
      "first   7           10",
      "2       1,000,000   9",
    ]);
  });

  test("does not count colours as width", () => {
    assert.deepEqual(table(["a", "b"], [[`${RED}x${PLAIN}`, `${RED}yy${PLAIN}`]]), [
      "a    b",
      "──────",
      `${RED}x${PLAIN}   ${RED}yy${PLAIN}`,
    ]);
  });

  test("shows missing cells as empty", () => {
    assert.deepEqual(table(["a", "b"], [["xx"]]), ["a    b", "──────", "xx"]);
  });
});

test("a bar shows the rounded share; it is full if there is nothing to do, or more is done than there was", () => {
  assert.equal(bar(0, 4, 4), "░░░░");
  assert.equal(bar(1, 4, 4), "█░░░");
  assert.equal(bar(3, 8, 4), "██░░");
  assert.equal(bar(4, 4, 4), "████");
  assert.equal(bar(9, 4, 4), "████");
  assert.equal(bar(0, 0, 4), "████");
  assert.equal(bar(0, 1, 4), "░░░░");
});

test("bytes are written in hexadecimal, and large numbers with commas", () => {
  assert.equal(hexOf(Uint8Array.of(0, 10, 255)), "0x000aff");
  assert.deepEqual(
    [grouped(999), grouped(1_234_567), grouped(10n ** 18n)],
    ["999", "1,234,567", "1,000,000,000,000,000,000"],
  );
});

test("JSON has amounts as decimal strings, and no control characters", () => {
  const data = { wei: 10n ** 30n, count: 7, name: "a\u001b[2J\u202eb" };
  const json = toJson(data);
  assert.deepEqual(JSON.parse(json), { ...data, wei: "1000000000000000000000000000000" });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  assert.doesNotMatch(json, /[\u0000-\u001f\u202e]/);
});
