// G5: what a machine is made of and what it leaves, a part at a time, is the same as all at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMachine, InputTooLong, inputRoot, outputOf, outputSource } from "@sonm/protocol/machine/machine";
import { store64, writeBytes } from "@sonm/protocol/machine/memory";
import { regionRoots } from "@sonm/protocol/machine/memory-root";
import { OutputProofWrong, openOutput, proveOutput } from "@sonm/protocol/machine/output";
import type { ByteSource } from "@sonm/protocol/values/byte-source";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { SUM } from "./programs.ts";

const OUTPUT = 0xc000_0000;

/** Bytes that come in parts of so many, each in the same memory. */
function inParts(bytes: Uint8Array, size: number, length = bytes.length): ByteSource {
  return {
    length,
    *parts() {
      const part = new Uint8Array(size);
      for (let at = 0; at < bytes.length; at += size) {
        const next = bytes.subarray(at, at + size);
        part.set(next);
        yield part.subarray(0, next.length);
      }
    },
  };
}

/** Sizes around those at which content and its length fill leaves, pages and parts. */
const contents = fc.tuple(
  fc.constantFrom(0, 8, 24, 32, 4088, 4096, 8184, 65_528, 65_536, 262_136, 300_000),
  fc.integer({ min: -9, max: 9 }),
  fc.nat(255),
);
const bytesOf = ([size, change, first]: readonly [number, number, number]) =>
  Uint8Array.from({ length: Math.max(0, size + change) }, (_, i) => first + 5 * i);
const partSizes = fc.constantFrom(1000, 4096, 65_536, 65_537);

test("G5: an input in parts makes the machine of the whole, and its root without one", () => {
  fc.assert(
    fc.property(contents, partSizes, (content, size) => {
      const input = bytesOf(content);
      const whole = createMachine(SUM, input);
      assert.deepEqual(createMachine(SUM, inParts(input, size)).stateHash(), whole.stateHash());
      const root = regionRoots(whole.memory)[2];
      assert.deepEqual(inputRoot(input), root);
      assert.deepEqual(inputRoot(inParts(input, size)), root);
    }),
    fuzz(30),
  );
});

test("G5: an output is proved in parts, and comes in parts", () => {
  fc.assert(
    fc.property(contents, partSizes, fc.nat(), (content, size, where) => {
      const output = bytesOf(content);
      const machine = createMachine(SUM, Uint8Array.of(1));
      store64(machine.memory, OUTPUT, BigInt(output.length));
      // Something is beyond it, too.
      writeBytes(machine.memory, OUTPUT + 8, output);
      writeBytes(machine.memory, OUTPUT + 8 + output.length + (where % 9000), Uint8Array.of(7));
      const [hash, proof] = [machine.stateHash(), proveOutput(machine)];
      const { length, parts } = outputSource(machine);
      assert.equal(length, output.length);
      assert.deepEqual(Buffer.concat([...parts()]), Buffer.from(output));
      assert.deepEqual(outputOf(machine), output);
      assert.deepEqual(openOutput(hash, inParts(output, size), proof), openOutput(hash, output, proof));
      if (output.length === 0) return;
      const wrong = output.slice();
      wrong[where % wrong.length] = (wrong[where % wrong.length] ?? 0) ^ 1;
      for (const other of [
        inParts(wrong, size),
        // Shorter or longer than it says.
        inParts(output.subarray(1), size, output.length),
        inParts(Buffer.concat([output, Uint8Array.of(9)]), size, output.length),
      ])
        assert.throws(() => openOutput(hash, other, proof), OutputProofWrong);
    }),
    fuzz(30),
  );
});

test("G5: an input that is too long is refused before any of it is read", () => {
  const endless: ByteSource = { length: 2 ** 30 - 7, parts: () => assert.fail("it is read") };
  assert.throws(() => inputRoot(endless), InputTooLong);
  assert.throws(() => createMachine(SUM, endless), InputTooLong);
});
