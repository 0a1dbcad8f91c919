import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { ElfRefused, loadElf } from "@sonm/protocol/machine/elf";
import { createMachine } from "@sonm/protocol/machine/machine";
import { load8 } from "@sonm/protocol/machine/memory";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { code, START, word } from "./assemble.ts";
import { type ElfFields, elfFile } from "./elf-file.ts";

const text = code([word("addi", { rd: 10, imm: 7 }), word("ecall")]);
const good: ElfFields = { entry: START, segments: [{ address: START, data: text }] };

test("a static executable is loaded: entry, contents, and zeros beyond them", () => {
  const data = Uint8Array.of(1, 2, 3);
  const program = loadElf(
    elfFile({
      ...good,
      segments: [
        { address: START, data: text },
        { address: 0x2_0ffe, data, memorySize: 5000 },
        { address: 0x4000_0000, data: new Uint8Array(), memorySize: 2 ** 30 },
      ],
    }),
  );
  const machine = createMachine(program, new Uint8Array());
  const at = (address: number, length: number) => Array.from({ length }, (_, i) => load8(machine.memory, address + i));
  assert.equal(program.entry, START);
  assert.deepEqual(at(START, text.length), [...text]);
  assert.deepEqual(at(0x2_0ffe, 5), [1, 2, 3, 0, 0]);
  machine.run(2);
  assert.equal(machine.words[10], 7n);
});

test("a file that does not start at the beginning of its buffer is loaded the same", () => {
  const file = elfFile(good);
  const shifted = new Uint8Array(file.length + 5);
  shifted.set(file, 5);
  assert.deepEqual(loadElf(shifted.subarray(5)), loadElf(file));
});

/** The mistake, the file, and the text that the refusal must contain. */
const refused: readonly [string, Uint8Array, RegExp][] = [
  ["no ELF", new TextEncoder().encode("#!/bin/sh\n".padEnd(100)), /not an ELF/],
  ["empty", new Uint8Array(), /not an ELF/],
  ["a header cut off", elfFile(good).subarray(0, 63), /not an ELF/],
  ["32 bits", patched(4, 1), /64-bit/],
  ["big-endian", patched(5, 2), /little-endian/],
  ["x86-64", elfFile({ ...good, machine: 62 }), /another processor.*62/],
  ["an object file", elfFile({ ...good, type: 1 }), /no executable/],
  ["position-independent", elfFile({ ...good, type: 3 }), /position-independent/],
  ["compressed", elfFile({ ...good, flags: 1 }), /compressed/],
  ["single float", elfFile({ ...good, flags: 2 }), /floating-point/],
  ["double float", elfFile({ ...good, flags: 4 }), /floating-point/],
  ["16 registers", elfFile({ ...good, flags: 8 }), /RVE/],
  ["an interpreter", withSegment({ type: 3, address: 0x3_0000, data: text }), /dynamically linked/],
  ["a dynamic section", withSegment({ type: 2, address: 0x3_0000, data: text }), /dynamically linked/],
  ["nothing to load", elfFile({ ...good, segments: [] }), /PT_LOAD/],
  ["contents in ram", withSegment({ address: 0x4000_0000, data: text }), /0x40000000 has contents outside/],
  [
    "contents that leave the region",
    withSegment({ address: 0x3fff_fffc, data: text }),
    /outside of the program region/,
  ],
  [
    "more than memory",
    withSegment({ address: 0xffff_f000, data: new Uint8Array(), memorySize: 4097 }),
    /beyond memory/,
  ],
  ["overlapping contents", withSegment({ address: START + 4, data: text }), /0x10000 and 0x10004 overlap/],
  ["contents within bss", withBss(), /overlap/],
  ["shorter in memory", withSegment({ address: 0x3_0000, data: text, memorySize: 4 }), /longer than the file/],
  ["contents cut off", elfFile(good).subarray(0, -1), /longer than the file/],
  ["an odd entry", elfFile({ ...good, entry: START + 2 }), /0x10002.*multiple of 4/],
  ["an entry outside", elfFile({ ...good, entry: START + 8 }), /nothing is loaded/],
  ["headers outside", patched(32, 0xff, 0xff), /headers/],
];

function withSegment(segment: ElfFields["segments"][number]): Uint8Array {
  return elfFile({ ...good, segments: [...good.segments, segment] });
}

function withBss(): Uint8Array {
  const segments = [
    { address: START, data: text, memorySize: 0x2000 },
    { address: START + 0x1000, data: text },
  ];
  return elfFile({ ...good, segments });
}

function patched(at: number, ...values: number[]): Uint8Array {
  const file = elfFile(good);
  file.set(values, at);
  return file;
}

for (const [name, file, says] of refused) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => loadElf(file),
      (error) => {
        assert.ok(error instanceof ElfRefused);
        assert.match(error.message, says);
        assert.notEqual(error.todo, "");
        return true;
      },
    );
  });
}

const data = { address: 0x3_0000, data: Uint8Array.of(42) };

test("U8: contents that are to be loaded elsewhere than they run are refused in words", () => {
  const refusal = { name: "ElfRefused", message: /0x30000 is to be loaded elsewhere, at 0x10060 \(p_paddr\)/ };
  assert.throws(() => loadElf(withSegment({ ...data, loadAddress: 0x1_0060 })), refusal);
  // 0 says nothing only where all are 0.
  assert.throws(() => loadElf(withSegment({ ...data, loadAddress: 0 })), { message: /elsewhere, at 0x0 / });
});

test("U8: what its own start code would move is refused in a file of a linker too", () => {
  const file = readFileSync(new URL("cases/lma.elf", import.meta.url));
  assert.throws(() => loadElf(file), { name: "ElfRefused", message: /0x20000000 is to be loaded elsewhere/ });
});

test("U8: a file without load addresses is loaded where it runs", () => {
  const segments = [...good.segments, data].map((segment) => ({ ...segment, loadAddress: 0 }));
  assert.deepEqual(loadElf(elfFile({ ...good, segments })), loadElf(withSegment(data)));
});

test("U8: a segment without contents may have any offset and any load address", () => {
  const empty = { address: 0x3_0000, data: new Uint8Array(), memorySize: 100 };
  assert.deepEqual(loadElf(withSegment({ ...empty, offset: 2 ** 40, loadAddress: 0x1_0060 })), loadElf(elfFile(good)));
});

test("damaged files are refused or loaded, nothing else", () => {
  const file = withSegment({ address: 0x3_0000, data: text, memorySize: 100 });
  fc.assert(
    fc.property(fc.nat(175), fc.nat(255), fc.nat(file.length), (at, value, length) => {
      const damaged = file.slice();
      damaged[at] = value;
      for (const candidate of [damaged, file.subarray(0, length)]) {
        try {
          loadElf(candidate);
        } catch (error) {
          assert.ok(error instanceof ElfRefused, String(error));
        }
      }
    }),
    fuzz(300),
  );
});
