// Jumps, branches, traps and control registers (PROTOCOL.md, section 3.3).
import assert from "node:assert/strict";
import test from "node:test";
import { INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";
import { createMachine, type Machine } from "@sonm/protocol/machine/machine";
import { store32 } from "@sonm/protocol/machine/memory";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { programOf, START, word } from "./assemble.ts";

const ONES = 2n ** 64n - 1n;
const VECTOR = 0x2_0000n;
const [STEP, HALT, MTVEC, MSCRATCH, MEPC, MCAUSE, MTVAL] = [32, 33, 34, 35, 36, 37, 38];

/** A machine at START (or elsewhere) whose next instruction is this word. */
function before(instruction: number, words: Record<number, bigint> = {}, pc: number = START): Machine {
  const machine = createMachine(programOf([]), new Uint8Array());
  store32(machine.memory, pc & ~3, instruction | 0);
  machine.words[0] = BigInt(pc);
  for (const [i, value] of Object.entries(words)) machine.words[Number(i)] = value;
  return machine;
}

/** Executes one step and checks that only these words and the step counter have changed. */
function changes(machine: Machine, expected: Record<number, bigint>): void {
  const words = machine.words.slice();
  words[STEP] = (words[STEP] as bigint) + 1n;
  for (const [i, value] of Object.entries(expected)) words[Number(i)] = value;
  const hash = machine.stateHash();
  assert.equal(machine.advance(1), 1);
  assert.deepEqual(machine.words, words);
  assert.notDeepEqual(machine.stateHash(), hash);
}

/** Checks a trap in both ways: without a vector the machine halts, with a vector it jumps there. */
function traps(make: (words: Record<number, bigint>) => Machine, cause: number, value: bigint): void {
  const halting = make({});
  const pc = halting.words[0] as bigint;
  changes(halting, { [HALT]: BigInt(cause) + 1n });
  assert.equal(halting.advance(5), 0);
  changes(make({ [MTVEC]: VECTOR, [MEPC]: 4n, [MCAUSE]: 5n, [MTVAL]: 6n }), {
    0: VECTOR,
    [MEPC]: pc % 2n ** 32n,
    [MCAUSE]: BigInt(cause),
    [MTVAL]: value,
  });
}

const branches: Record<string, readonly (readonly [bigint, bigint, boolean])[]> = {
  beq: [
    [5n, 5n, true],
    [5n, 6n, false],
    [5n, 5n + 2n ** 32n, false],
  ],
  bne: [
    [5n, 5n, false],
    [5n, 6n, true],
    [5n, 5n + 2n ** 32n, true],
  ],
  blt: [
    [1n, 2n, true],
    [2n, 2n, false],
    [ONES, 0n, true],
    [0n, ONES, false],
    [2n ** 63n, 2n ** 63n - 1n, true],
  ],
  bge: [
    [1n, 2n, false],
    [2n, 2n, true],
    [ONES, 0n, false],
    [0n, ONES, true],
    [2n ** 63n, 2n ** 63n - 1n, false],
  ],
  bltu: [
    [2n ** 31n, 1n, false],
    [1n, 2n ** 31n, true],
    [1n, 2n, true],
    [2n, 2n, false],
    [ONES, 0n, false],
    [0n, ONES, true],
  ],
  bgeu: [
    [1n, 2n, false],
    [2n, 2n, true],
    [ONES, 0n, true],
    [0n, ONES, false],
  ],
};

for (const [name, cases] of Object.entries(branches)) {
  test(name, () => {
    for (const [a, b, taken] of cases) {
      for (const imm of [8, -4096, 4092]) {
        const machine = before(word(name, { rs1: 1, rs2: 2, imm }), { 1: a, 2: b });
        changes(machine, { 0: BigInt(START + (taken ? imm : 4)) });
      }
      // The target cannot hold an instruction. The branch traps only if it is taken.
      const misaligned = (words: object) => before(word(name, { rs1: 1, rs2: 2, imm: 6 }), { 1: a, 2: b, ...words });
      if (taken) traps(misaligned, 0, BigInt(START + 6));
      else changes(misaligned({}), { 0: BigInt(START + 4) });
    }
  });
}

test("branches and jumps wrap at the ends of memory", () => {
  changes(before(word("beq", { imm: -8 }), {}, 4), { 0: 0xffff_fffcn });
  changes(before(word("jal", { rd: 1, imm: 8 }), {}, 0xffff_fffc), { 0: 4n, 1: 0n });
  changes(before(word("addi", { rd: 1, imm: 1 }), {}, 0xffff_fffc), { 0: 0n, 1: 1n });
  changes(before(word("jalr", { rd: 2, rs1: 1, imm: 4 }), { 1: 2n ** 40n + 0xffff_fffcn }), {
    0: 0n,
    2: BigInt(START + 4),
  });
});

test("jal", () => {
  for (const imm of [4, 0, -4, 2 ** 20 - 4, -(2 ** 20)]) {
    // −2^20 leads below address 0, which is near the end of memory.
    const target = BigInt.asUintN(32, BigInt(START + imm));
    changes(before(word("jal", { rd: 1, imm })), { 0: target, 1: BigInt(START + 4) });
    changes(before(word("jal", { rd: 0, imm })), { 0: target });
  }
  traps((words) => before(word("jal", { rd: 1, imm: 2 }), words), 0, BigInt(START + 2));
});

test("jalr", () => {
  changes(before(word("jalr", { rd: 5, rs1: 1, imm: -4 }), { 1: 0x104n }), { 0: 0x100n, 5: BigInt(START + 4) });
  changes(before(word("jalr", { rd: 1, rs1: 1 }), { 1: 0x105n }), { 0: 0x104n, 1: BigInt(START + 4) });
  changes(before(word("jalr", { rs1: 0, imm: 8 }), {}), { 0: 8n });
  for (const target of [0x102n, 0x103n]) {
    traps((words) => before(word("jalr", { rd: 1, rs1: 1 }), { 1: target, ...words }), 0, 0x102n);
  }
});

test("an instruction at a misaligned pc traps with the pc, whatever stands there", () => {
  for (const pc of [START + 1, START + 2, START + 3]) traps((words) => before(word("addi"), words, pc), 0, BigInt(pc));
});

test("the pc is word 0 mod 2^32; a machine that halts keeps the word as it is", () => {
  const high = 7n << 32n;
  const machine = before(word("addi", { rd: 1, imm: 1 }));
  machine.words[0] = high | BigInt(START);
  changes(machine, { 0: BigInt(START + 4), 1: 1n });
  traps(
    (words) => {
      const halting = before(word("ecall"), words);
      halting.words[0] = high | BigInt(START);
      return halting;
    },
    11,
    0n,
  );
});

test("ecall, ebreak and words that are no instruction trap", () => {
  traps((words) => before(word("ecall"), words), 11, 0n);
  traps((words) => before(word("ebreak"), words), 3, BigInt(START));
  for (const illegal of [0, 0xffff_ffff, 0x0000_0001, 0x8000_0073, 0x3020_0074, 0x0000_707f]) {
    traps((words) => before(illegal, words), 2, BigInt(illegal));
  }
});

test("words that are almost an instruction are none", () => {
  const almost = [
    word("slli", { imm: 1 }) | (1 << 26), // seven bits of shift amount
    word("slliw", { imm: 1 }) | (1 << 25), // six
    word("srai", { imm: 1 }) | (1 << 31),
    word("add") | (1 << 26),
    word("sub") | (1 << 25),
    word("addw") | (1 << 27),
    word("jalr") | (1 << 12),
    word("beq") | (2 << 12),
    word("lwu") | (1 << 12), // ldu
    word("sd") | (4 << 12),
    word("ecall") | (1 << 7),
    word("mret") | (1 << 15),
    word("wfi") | (1 << 7),
    0x4073, // funct3 = 4, between the two kinds of csr instruction
    word("mulw") | (1 << 12),
    word("fence") | (2 << 12),
  ];
  for (const illegal of almost.map((value) => value >>> 0)) {
    traps((words) => before(illegal, words), 2, BigInt(illegal));
  }
});

test("a trap enters the vector mod 2^32, be it misaligned", () => {
  const high = 2n ** 40n + 0x102n;
  const machine = before(word("ecall"), { [MTVEC]: high });
  changes(machine, { 0: 0x102n, [MEPC]: BigInt(START), [MCAUSE]: 11n, [MTVAL]: 0n });
  // No instruction can be at this address, so the next step is a trap too.
  changes(machine, { 0: 0x102n, [MEPC]: 0x102n, [MCAUSE]: 0n, [MTVAL]: 0x102n });
  // All 64 bits of the word decide whether there is a vector.
  changes(before(word("ecall"), { [MTVEC]: 2n ** 40n }), { 0: 0n, [MEPC]: BigInt(START), [MCAUSE]: 11n, [MTVAL]: 0n });
});

test("fence, fence.i and wfi do nothing", () => {
  for (const instruction of [
    word("fence"),
    word("fence.i"),
    word("fence") | 0xfff0_0f80,
    word("fence.i") | 0x123f_8f80,
    word("wfi"),
  ]) {
    changes(before(instruction), { 0: BigInt(START + 4) });
  }
});

test("mret goes back", () => {
  changes(before(word("mret"), { [MEPC]: 0x100n }), { 0: 0x100n });
  changes(before(word("mret"), { [MEPC]: 2n ** 40n + 0x102n }), { 0: 0x102n });
});

test("a trap's handler sees its cause and goes back behind it", () => {
  const program = programOf([
    word("auipc", { rd: 1 }),
    word("addi", { rd: 1, rs1: 1, imm: 24 }),
    word("csrrw", { rs1: 1, csr: 0x305 }),
    word("ecall"),
    word("addi", { rd: 4, imm: 9 }),
    word("jal", { imm: 0 }),
    // handler:
    word("csrrs", { rd: 2, csr: 0x342 }),
    word("csrrs", { rd: 3, csr: 0x341 }),
    word("addi", { rd: 3, rs1: 3, imm: 4 }),
    word("csrrw", { rs1: 3, csr: 0x341 }),
    word("mret"),
  ]);
  const machine = createMachine(program, new Uint8Array());
  machine.run(20);
  assert.deepEqual([machine.words[2], machine.words[4], machine.words[HALT]], [11n, 9n, 0n]);
});

/** Number, value read, and the word behind it with the bits that a write can set, if there is one. */
const csrs: readonly (readonly [number, bigint, { word: number; mask: bigint } | undefined])[] = [
  [0x300, 0x1800n, undefined],
  [0x301, 0x8000_0000_0000_1100n, undefined],
  [0x304, 0n, undefined],
  [0x305, 0x50n, { word: MTVEC, mask: 0xffff_fffcn }],
  [0x340, 0x51n, { word: MSCRATCH, mask: ONES }],
  [0x341, 0x54n, { word: MEPC, mask: 0xffff_fffcn }],
  [0x342, 0x53n, { word: MCAUSE, mask: ONES }],
  [0x343, 0x55n, { word: MTVAL, mask: ONES }],
  [0x344, 0n, undefined],
  [0xb00, 99n, undefined],
  [0xb02, 99n, undefined],
];
const readOnly: readonly (readonly [number, bigint])[] = [
  ...[0xc00, 0xc01, 0xc02].map((csr) => [csr, 99n] as const),
  ...[0xf11, 0xf12, 0xf13, 0xf14, 0xf15].map((csr) => [csr, 0n] as const),
];
const initial = { [STEP]: 99n, [MTVEC]: 0x50n, [MSCRATCH]: 0x51n, [MEPC]: 0x54n, [MCAUSE]: 0x53n, [MTVAL]: 0x55n };
const NEXT = { 0: BigInt(START + 4) };

test("CSRs are read, written, and have bits set and cleared", () => {
  const operand = 0x1234_5678_9abc_def7n;
  for (const [csr, value, behind] of csrs) {
    const written = (result: bigint) => (behind === undefined ? {} : { [behind.word]: result & behind.mask });
    const run = (name: string, fields: object, expected: object) =>
      changes(before(word(name, { csr, ...fields }), { ...initial, 1: operand }), { ...NEXT, ...expected });
    run("csrrw", { rd: 3, rs1: 1 }, { 3: value, ...written(operand) });
    run("csrrw", { rd: 1, rs1: 1 }, { ...written(operand), 1: value });
    run("csrrw", { rd: 0, rs1: 1 }, written(operand));
    run("csrrw", { rd: 3, rs1: 0 }, { 3: value, ...written(0n) });
    run("csrrs", { rd: 3, rs1: 1 }, { 3: value, ...written(value | operand) });
    run("csrrc", { rd: 3, rs1: 1 }, { 3: value, ...written(value & ~operand) });
    run("csrrs", { rd: 3, rs1: 0 }, { 3: value });
    run("csrrc", { rd: 3, rs1: 0 }, { 3: value });
    run("csrrwi", { rd: 3, imm: 31 }, { 3: value, ...written(31n) });
    run("csrrwi", { rd: 3, imm: 0 }, { 3: value, ...written(0n) });
    run("csrrsi", { rd: 3, imm: 6 }, { 3: value, ...written(value | 6n) });
    run("csrrci", { rd: 3, imm: 20 }, { 3: value, ...written(value & ~20n) });
    run("csrrsi", { rd: 3, imm: 0 }, { 3: value });
    run("csrrci", { rd: 3, imm: 0 }, { 3: value });
  }
});

test("read-only CSRs are read, and trap when written", () => {
  for (const [csr, value] of readOnly) {
    const reads = [word("csrrs", { rd: 3, csr }), word("csrrc", { rd: 3, csr }), word("csrrsi", { rd: 3, csr })];
    for (const read of reads) changes(before(read, initial), { ...NEXT, 3: value });
    const writes = ["csrrw", "csrrs", "csrrc"].map((name) => word(name, { rd: 3, rs1: 1, csr }));
    for (const write of [...writes, word("csrrw", { csr }), word("csrrwi", { csr }), word("csrrci", { csr, imm: 1 })]) {
      traps((words) => before(write, { ...words, 1: 0n }), 2, BigInt(write));
    }
  }
});

test("every other CSR traps, also when only read", () => {
  const known = new Set([...csrs, ...readOnly].map(([csr]) => csr));
  for (let csr = 0; csr < 4096; csr++) {
    if (known.has(csr)) continue;
    const read = word("csrrs", { rd: 3, csr });
    changes(before(read), { [HALT]: 3n });
  }
  const write = word("csrrw", { rd: 3, rs1: 1, csr: 0x3ff });
  traps((words) => before(write, words), 2, BigInt(write));
});

test("a halted machine stays as it is, with whatever cause", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: ONES }), (halt) => {
      const machine = before(word("addi", { rd: 1, imm: 1 }), { [HALT]: halt });
      const hash = machine.stateHash();
      assert.equal(machine.advance(10), 0);
      assert.deepEqual(machine.stateHash(), hash);
    }),
    fuzz(10),
  );
});

test("the step counter wraps", () => {
  changes(before(word("addi"), { [STEP]: ONES }), { ...NEXT, [STEP]: 0n });
});

test("every state has a successor: no word and no state makes a step fail", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer(),
        fc.constantFrom(...INSTRUCTIONS).chain(({ match }) => fc.integer().map((bits) => match | (bits & 0x01ff_8f80))),
      ),
      fc.array(fc.bigInt({ min: 0n, max: ONES }), { minLength: 80, maxLength: 80 }),
      fc.boolean(),
      (instruction, words, running) => {
        const machine = before(instruction, Object.fromEntries(words.entries()));
        if (running) machine.words[HALT] = 0n;
        store32(machine.memory, Number((words[0] as bigint) & 0xffff_fffcn), instruction);
        const counted = BigInt.asUintN(64, (words[STEP] as bigint) + (machine.words[HALT] === 0n ? 1n : 0n));
        machine.advance(1);
        assert.equal(machine.words[STEP], counted);
      },
    ),
    fuzz(500),
  );
});
