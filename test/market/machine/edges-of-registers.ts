// Edge cases of instructions that work on registers.
import { MSCRATCH, PC } from "@sonm/protocol/machine/layout";
import { word } from "../../unit/protocol/machine/assemble.ts";
import { A, B, type Edge, illegal, ONES, RD, u64 } from "./edges.ts";

const MIN = 2n ** 63n;

/** Edge cases of registers. */
export const registerEdges: Edge[] = [];
const edges = registerEdges;

/** Adds an instruction with two source registers, whose result goes to rd. */
function binary(name: string, a: bigint, b: bigint, result: bigint): void {
  edges.push({
    name: `${name} of ${a}, ${b} is ${result}`,
    instruction: word(name, { rd: RD, rs1: A, rs2: B }),
    words: { [A]: u64(a), [B]: u64(b), [RD]: 0x5555n },
    after: { [RD]: u64(result) },
  });
}

function immediate(name: string, a: bigint, imm: number, result: bigint): void {
  edges.push({
    name: `${name} of ${a}, ${imm} is ${result}`,
    instruction: word(name, { rd: RD, rs1: A, imm }),
    words: { [A]: u64(a), [RD]: 0x5555n },
    after: { [RD]: u64(result) },
  });
}

// --- x0 ---
edges.push(
  { name: "x0 drops what is written", instruction: word("addi", { rd: 0, rs1: A, imm: 5 }), words: { [A]: 7n } },
  { name: "x0 reads 0, not the pc", instruction: word("add", { rd: RD }), words: { [RD]: 9n }, after: { [RD]: 0n } },
  { name: "x0 as operand b", instruction: word("sub", { rd: RD, rs1: A }), words: { [A]: 4n }, after: { [RD]: 4n } },
  {
    name: "x0 stored is 0",
    instruction: word("sd", { rs1: A, rs2: 0 }),
    words: { [A]: 0x4000n },
    memory: { 16384: "1122334455667788" },
    memoryAfter: { 16384: "0000000000000000" },
  },
  { name: "x0 drops what is loaded", instruction: word("ld", { rd: 0, rs1: A }), words: { [A]: 0x1000n } },
  { name: "jal x0 links nowhere", instruction: word("jal", { rd: 0, imm: 8 }), after: { [PC]: 0x1008n } },
  {
    name: "csrrw x0 only writes",
    instruction: word("csrrw", { rs1: A, csr: 0x340 }),
    words: { [A]: 3n },
    after: { [MSCRATCH]: 3n },
  },
);

// --- Shifts: only the low 6 bits of the amount count, for words 5 ---
binary("sll", 3n, 64n, 3n);
binary("sll", 3n, 65n, 6n);
binary("sll", 1n, -1n, MIN);
binary("srl", -1n, 63n, 1n);
binary("srl", -1n, 128n, -1n);
binary("sra", -(2n ** 63n), 63n, -1n);
binary("sra", -8n, 2n ** 32n, -8n);
binary("sllw", 1n, 31n, -(2n ** 31n));
binary("sllw", 1n, 32n, 1n);
binary("srlw", -1n, 1n, 2n ** 31n - 1n);
binary("srlw", 2n ** 31n, 32n, -(2n ** 31n));
binary("sraw", 2n ** 31n, 31n, -1n);
binary("sraw", 2n ** 31n, 33n, -(2n ** 30n));
binary("sraw", 2n ** 63n + 4n, 1n, 2n);
immediate("slli", 1n, 63, MIN);
immediate("srli", -1n, 63, 1n);
immediate("srai", -1n, 63, -1n);
immediate("slliw", 3n, 31, -(2n ** 31n));
immediate("srliw", -1n, 31, 1n);
immediate("sraiw", 2n ** 31n, 31, -1n);
edges.push(...illegal("slliw by 32", (word("slliw", { rd: RD, rs1: A }) | (1 << 25)) >>> 0));
edges.push(...illegal("sraiw by 32", (word("sraiw", { rd: RD, rs1: A }) | (1 << 25)) >>> 0));
edges.push(...illegal("slli with a bit of funct6", (word("slli", { rd: RD, rs1: A }) | (1 << 26)) >>> 0));

// --- Division ---
binary("div", -(2n ** 63n), -1n, -(2n ** 63n));
binary("rem", -(2n ** 63n), -1n, 0n);
binary("div", -7n, 2n, -3n);
binary("rem", -7n, 2n, -1n);
binary("rem", 7n, -2n, 1n);
binary("div", 7n, 0n, -1n);
binary("rem", -7n, 0n, -7n);
binary("divu", 7n, 0n, -1n);
binary("remu", -7n, 0n, -7n);
binary("divu", -1n, 2n, 2n ** 63n - 1n);
binary("divw", -(2n ** 31n), -1n, -(2n ** 31n));
binary("remw", -(2n ** 31n), -1n, 0n);
binary("divw", 7n, 2n ** 32n, -1n);
binary("remw", 2n ** 31n + 5n, 0n, 5n - 2n ** 31n);
binary("divuw", 7n, 0n, -1n);
binary("divuw", -1n, 1n, -1n);
binary("remuw", -7n, 0n, -7n);
binary("remuw", 2n ** 32n + 7n, 4n, 3n);

// --- Products ---
binary("mul", MIN + 1n, 2n, 2n);
binary("mulh", -1n, -1n, 0n);
binary("mulh", -(2n ** 63n), -(2n ** 63n), 2n ** 62n);
binary("mulhsu", -1n, -1n, -1n);
binary("mulhsu", 1n, -1n, 0n);
binary("mulhsu", -(2n ** 63n), 2n, -1n);
binary("mulhu", -1n, -1n, -2n);
binary("mulw", 2n ** 31n, 3n, -(2n ** 31n));

// --- Sums and comparisons ---
immediate("addi", ONES, 1, 0n);
immediate("addiw", 2n ** 31n - 1n, 1, -(2n ** 31n));
binary("subw", -(2n ** 31n), 1n, 2n ** 31n - 1n);
immediate("sltiu", 5n, -1, 1n);
immediate("slti", 5n, -1, 0n);
binary("slt", -1n, 0n, 1n);
binary("sltu", -1n, 0n, 0n);
edges.push(
  {
    name: "lui extends its sign",
    instruction: word("lui", { rd: RD, imm: -(2 ** 31) }),
    after: { [RD]: u64(-(2n ** 31n)) },
  },
  {
    name: "auipc counts in 64 bits",
    at: 0x8000_0000,
    instruction: word("auipc", { rd: RD, imm: 0x7fff_f000 }),
    after: { [RD]: 0xffff_f000n },
  },
  {
    name: "auipc goes below 0",
    instruction: word("auipc", { rd: RD, imm: -0x2000 }),
    after: { [RD]: u64(-0x1000n) },
  },
);
