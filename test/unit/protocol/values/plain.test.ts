import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plain, plainJson, plainly, quoted } from "@sonm/protocol/values/plain";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";

/** Characters that a terminal obeys, or does not show. */
const strange: Record<string, string> = {
  "a line feed": "\n",
  "a carriage return": "\r",
  "an escape sequence": "\u001b[2K",
  "a backspace": "\b",
  "a bell": "\u0007",
  DEL: "\u007f",
  "CSI in one character": "\u009b31m",
  "the next line of C1": "\u0085",
  "a line separator": "\u2028",
  "a paragraph separator": "\u2029",
  "writing from right to left": "\u202e",
  "an isolate": "\u2066",
  "a zero-width space": "\u200b",
  "a zero-width joiner": "\u200d",
  "a byte order mark": "\ufeff",
  "a soft hyphen": "\u00ad",
  "a variation selector": "\ufe0f",
  "a Hangul filler": "\u3164",
  "a tag": "\u{e0041}",
  "half a character": "\ud83d",
  "a space that does not break": "\u00a0",
};

describe("what strangers wrote", () => {
  for (const [name, text] of Object.entries(strange)) {
    test(`${name} is shown by its number, and in JSON comes back exactly`, () => {
      const number = `\\u{${(text.codePointAt(0) ?? 0).toString(16)}}`;
      assert.ok(plain(`a${text}b`).startsWith(`a${number}`), plain(text));
      const json = plainJson(JSON.stringify({ [text]: `a${text}b` }));
      assert.deepEqual(JSON.parse(json), { [text]: `a${text}b` });
      assert.match(json, /^[ -~]*$/, "nothing that a terminal obeys");
    });
  }

  test("stays as it is where nothing is strange in it", () => {
    for (const text of ["Aurora", "/dns4/aurora.example/tcp/4001", "Zürich – 東京 🚀", "", "a\\u{a}b"]) {
      assert.equal(plain(text), text);
    }
  });

  test("has no control and no line break left, whatever it was", () => {
    const any = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(any, (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
        assert.doesNotMatch(plain(text), /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
        assert.equal(JSON.parse(plainJson(JSON.stringify(text))), text);
      }),
      fuzz(300),
    );
  });

  test("is made plain wherever it is in a value", () => {
    const event = { name: "a\nb", units: 2, parts: [{ why: "\u001b[31m" }, null], amount: 1n };
    assert.deepEqual(plainly(event), {
      name: "a\\u{a}b",
      units: 2,
      parts: [{ why: "\\u{1b}[31m" }, null],
      amount: 1n,
    });
  });

  test("of several lines is marked, so that none passes for one of ours", () => {
    assert.deepEqual(quoted("it is so\n  status   executed\r\nx\u2028y"), [
      "it is so",
      "│   status   executed",
      "│ x\\u{2028}y",
    ]);
  });
});
