// INV-13: a step reverts only if its witness does not match, always with the same error. A damaged witness never gives another result.
import assert from "node:assert/strict";
import { before, suite, test } from "node:test";
import { joinBytes } from "@sonm/protocol/machine/codec";
import { PC } from "@sonm/protocol/machine/layout";
import { emptyMachine } from "@sonm/protocol/machine/machine";
import { witnessOf } from "@sonm/protocol/machine/witness";
import * as fc from "fast-check";
import { bytesToHex } from "viem";
import { fuzz } from "../../support/fuzz.ts";
import { word } from "../../unit/protocol/machine/assemble.ts";
import { type Call, type ChainMachine, GAS_LIMIT, isMismatch, openChainMachine } from "./chain.ts";
import { instructionBytes, machineIn } from "./states.ts";

const [RD, A, B] = [1, 2, 3];

/** A step of that kind, from a state with data everywhere around it. */
function call(instruction: number, address: bigint, pc = 0x1_0000n): Call {
  const machine = machineIn({
    words: new Map([
      [PC, pc],
      [A, address],
      [B, 0x8877665544332211n],
      [32, 77n],
      [5, 2n ** 64n - 9n],
      [60, 1n << 63n],
    ]),
    memory: [
      { address: Number(pc), bytes: instructionBytes(instruction) },
      { address: 0x1_0040, bytes: Uint8Array.of(1) },
      { address: 0x4000_0010, bytes: new Uint8Array(100).fill(7) },
      { address: 0xc000_0000, bytes: Uint8Array.of(8) },
    ],
  });
  return { state: machine.stateHash(), witness: witnessOf(machine) };
}

const calls: Record<string, Call> = {
  "a register instruction": call(word("mul", { rd: RD, rs1: A, rs2: B }), 3n),
  "a load over a leaf": call(word("ld", { rd: RD, rs1: A }), 0x4000_003dn),
  "a store": call(word("sw", { rs1: A, rs2: B }), 0x4000_0044n),
  "a store over the end of memory": call(word("sd", { rs1: A, rs2: B }), 0xffff_fffdn),
  "a halting trap": call(0, 0n),
};

suite("Witnesses", () => {
  let chain: ChainMachine;
  before(async () => {
    chain = await openChainMachine();
  });

  /** Each of these witnesses must be refused or give the true result. Returns how many were refused. */
  async function assertHarmless(truth: Call, witnesses: readonly Uint8Array[]): Promise<number> {
    const [expected, ...outcomes] = await chain.steps([truth, ...witnesses.map((witness) => ({ ...truth, witness }))]);
    assert.ok(expected?.ok);
    let refused = 0;
    for (const [i, outcome] of outcomes.entries()) {
      const about = (): string => `${JSON.stringify(outcome)} for ${bytesToHex(witnesses[i] as Uint8Array)}`;
      assert.ok(outcome.gas < GAS_LIMIT, about());
      if (isMismatch(outcome, truth.state)) refused++;
      else assert.ok(outcome.ok && outcome.next === expected.next, about());
    }
    return refused;
  }

  for (const [name, truth] of Object.entries(calls)) {
    test(`INV-13: any bit of ${name} flipped`, async () => {
      const flipped = Array.from({ length: 8 * truth.witness.length }, (_, i) => {
        const witness = truth.witness.slice();
        witness[i >>> 3] = (witness[i >>> 3] as number) ^ (1 << (i & 7));
        return witness;
      });
      const refused = await assertHarmless(truth, flipped);
      // Bits that may be flipped: five unused bits of each mask, and nibbles that encode the same word differently.
      assert.ok(refused > 0.97 * flipped.length, `${refused} of ${flipped.length}`);
    });

    test(`INV-13: ${name} cut short or gone on with`, async () => {
      const { witness } = truth;
      const cut = Array.from({ length: witness.length }, (_, length) => witness.slice(0, length));
      assert.equal(await assertHarmless(truth, cut), cut.length);
      const longer = [1, 31, 32, 5000].map((n) => joinBytes([witness, new Uint8Array(n).fill(0xff)]));
      assert.equal(await assertHarmless(truth, longer), 0);
    });
  }

  test("INV-13: a witness that ends in zeros, cut short, though nothing reads as zeros too", async () => {
    const machine = emptyMachine();
    const truth = { state: machine.stateHash(), witness: witnessOf(machine) };
    assert.deepEqual(truth.witness, new Uint8Array(40 + 36));
    assert.equal(await assertHarmless(truth, [truth.witness.slice(0, -1), new Uint8Array()]), 2);
  });

  test("the five bits of a mask that stand for no level mean nothing", async () => {
    for (const truth of Object.values(calls)) {
      const witness = truth.witness.slice();
      // The words: one byte for two nibbles, then as many bytes as the nibbles say.
      const sizes = [...witness.subarray(0, 40)].flatMap((byte) => [byte >>> 4, byte & 15]);
      let at = 40 + sizes.reduce((sum, n) => sum + (n > 8 ? n - 8 : n), 0);
      while (at < witness.length) {
        const mask = new DataView(witness.buffer, at + 32).getUint32(0);
        witness[at + 32] = 0xf8 | (mask >>> 24);
        at += 36 + 32 * mask.toString(2).replaceAll("0", "").length;
      }
      assert.equal(await assertHarmless(truth, [witness]), 0);
    }
  });

  test("INV-13: a witness of another state", async () => {
    for (const truth of Object.values(calls)) {
      const others = Object.values(calls).filter((other) => other !== truth);
      assert.equal(
        await assertHarmless(
          truth,
          others.map(({ witness }) => witness),
        ),
        others.length,
      );
    }
  });

  const bytes = fc.uint8Array({ maxLength: 1500, size: "max" });
  const fullWords = fc.uint8Array({ minLength: 640, maxLength: 640 });
  const anyAccess = fc
    .tuple(fc.uint8Array({ minLength: 36, maxLength: 36 }), fc.uint8Array({ maxLength: 900, size: "max" }))
    .map(joinBytes);

  test("INV-13: random bytes", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            state: fc.uint8Array({ minLength: 32, maxLength: 32 }),
            witness: fc.oneof(
              bytes,
              bytes.map((all) => all.map((byte, i) => (i < 40 ? byte % 2 : byte))),
              fc.tuple(fullWords, anyAccess).map(([w, a]) => joinBytes([new Uint8Array(40).fill(0x88), w, a])),
              anyAccess.map((a) => joinBytes([new Uint8Array(40), a])),
            ),
          }),
          { minLength: 100, maxLength: 100 },
        ),
        async (cases) => {
          for (const [i, outcome] of (await chain.steps(cases)).entries()) {
            assert.ok(isMismatch(outcome, (cases[i] as Call).state), JSON.stringify(outcome));
            assert.ok(outcome.gas < GAS_LIMIT, JSON.stringify(outcome));
          }
        },
      ),
      { ...fuzz(5), endOnFailure: true },
    ));

  test("INV-13: random damage to the second half, where the words are true", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(calls)),
        fc.array(fc.tuple(fc.nat({ max: 2000 }), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 }),
        anyAccess,
        async (truth, damage, access) => {
          const witness = truth.witness.slice();
          for (const [at, xor] of damage) witness[at % witness.length] = (witness[at % witness.length] as number) ^ xor;
          const half = truth.witness.slice(0, truth.witness.length >>> 1);
          await assertHarmless(truth, [witness, joinBytes([half, access])]);
        },
      ),
      fuzz(60),
    ));
});
