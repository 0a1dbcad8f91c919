// The words of a file as work for the network: whatever is in the file, its units end within their steps, and the result is right.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { loadElf } from "@sonm/protocol/machine/elf";
import { endingOf } from "@sonm/protocol/machine/ending";
import { createMachine, outputOf } from "@sonm/protocol/machine/machine";
import { EXPONENT, wordWork } from "../../../../offchain/devnet/market/work.ts";
import { countWords } from "../../guest/wordcount-model.ts";

const folder = mkdtempSync(join(tmpdir(), "sonm-work-"));
after(() => rmSync(folder, { recursive: true }));

function fileWith(bytes: Uint8Array | string): string {
  const file = join(folder, "text");
  writeFileSync(file, bytes);
  return file;
}

/** Chinese letters, a few of which come again and again. */
const chinese = (letters: number) =>
  Array.from({ length: letters }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 9973))).join("");
/** Bytes of chance, the same ones each time. */
const bytes = Uint8Array.from({ length: 40_000 }, (_, i) => ((i * 2_654_435_761) >>> 7) & 0xff);

const texts: readonly (readonly [name: string, text: Uint8Array | string])[] = [
  ["150 KB of Chinese in one line, with its own punctuation", `${chinese(24)}，`.repeat(2000)],
  ["150 KB of Chinese without any punctuation", chinese(50_000)],
  ["one very long word", "a".repeat(100_000)],
  ["one very long word with apostrophes", "l'é’".repeat(10_000)],
  ["no words at all", "\n \0".repeat(10_000)],
  ["bytes of chance", bytes],
  ["bytes that are never UTF-8", new Uint8Array(30_000).fill(0x80)],
  ["one byte", "a"],
];

describe("U4: the words of a file", () => {
  for (const [name, text] of texts) {
    it(`are counted: ${name}`, async () => {
      const file = fileWith(text);
      const { elf, inputs, finish } = await wordWork(file);
      const program = loadElf(elf);
      const outputs = inputs.map((input) => {
        const machine = createMachine(program, input);
        machine.run(8 ** EXPONENT);
        assert.equal(endingOf(machine.words).exitCode, 0);
        return outputOf(machine);
      });
      const { lines, file: result } = await finish(outputs, folder);
      const expected = countWords(readFileSync(file));
      const grouped = (value: number) => value.toLocaleString("en-US");
      assert.equal(
        lines[0],
        `${grouped(expected.words)} words, ${grouped(expected.distinct.size)} of them distinct, in ${grouped(expected.lines)} lines, ${grouped(expected.bytes)} bytes`,
      );
      const found = new Map(
        readFileSync(result, "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => [line.slice(line.indexOf("\t") + 1), Number(line.slice(0, line.indexOf("\t")))]),
      );
      assert.deepEqual(found, expected.distinct);
      assert.ok(lines.join("").length < 500, "a long word is not shown whole");
    });
  }

  it("are refused where there is nothing, before anything starts", async () => {
    await assert.rejects(wordWork(fileWith("")), { what: "There is nothing to compute" });
  });
});
