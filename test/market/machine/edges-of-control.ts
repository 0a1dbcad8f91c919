// Edge cases of jumps, branches and traps, and of state that a step must not change.
import { HALT, MCAUSE, MEPC, MTVAL, MTVEC, PC, STEP, WORD_COUNT } from "@sonm/protocol/machine/layout";
import { word } from "../../unit/protocol/machine/assemble.ts";
import { A, B, type Edge, illegal, ONES, RD, START, traps, VECTOR } from "./edges.ts";

/** Edge cases of the pc. */
export const controlEdges: Edge[] = [];
const edges = controlEdges;

// --- Control flow ---
for (const region of [0x3fff_fffc, 0x7fff_fffc, 0xbfff_fffc, 0xffff_fffc]) {
  edges.push({
    name: `the last word of a region, 0x${region.toString(16)}, is followed by the next region`,
    at: region,
    instruction: word("jalr", { rd: RD, rs1: A, imm: 4 }),
    words: { [A]: BigInt(region) },
    after: { [RD]: BigInt((region + 4) >>> 0), [PC]: BigInt((region + 4) >>> 0) },
  });
}
edges.push(
  { name: "nop at the end of memory", at: 0xffff_fffc, instruction: 0x13, after: { [PC]: 0n } },
  {
    name: "jal backwards over 0",
    instruction: word("jal", { rd: RD, imm: -0x2000 }),
    after: { [RD]: 0x1004n, [PC]: 0xffff_f000n },
  },
  {
    name: "jalr clears bit 0 and reads rs1 before it writes rd",
    instruction: word("jalr", { rd: RD, rs1: RD, imm: 1 }),
    words: { [RD]: 0x4000n },
    after: { [RD]: 0x1004n, [PC]: 0x4000n },
  },
  {
    name: "a branch not taken may have any target",
    instruction: word("bne", { rs1: A, rs2: B, imm: 2 }),
  },
  { name: "bltu is unsigned", instruction: word("bltu", { rs1: A, rs2: B, imm: 64 }), words: { [A]: ONES, [B]: 1n } },
  {
    name: "blt is signed",
    instruction: word("blt", { rs1: A, rs2: B, imm: -4096 }),
    words: { [A]: ONES, [B]: 1n },
    after: { [PC]: 0n },
  },
  {
    name: "bgeu of equals",
    instruction: word("bgeu", { rs1: A, rs2: B, imm: 4092 }),
    after: { [PC]: BigInt(START + 4092) },
  },
);
edges.push(...traps("a taken branch to 2 mod 4", { instruction: word("beq", { imm: 2 }) }, 0n, 0x1002n));
edges.push(...traps("jal to 2 mod 4", { instruction: word("jal", { rd: RD, imm: -2 }) }, 0n, 0xffen));
edges.push(
  ...traps(
    "jalr to 2 mod 4",
    { instruction: word("jalr", { rd: RD, rs1: A, imm: 3 }), words: { [A]: 0x7_0000_0000n } },
    0n,
    2n,
  ),
);
edges.push(...traps("a pc of 2 mod 4", { at: START + 2, instruction: 0x13 }, 0n, 0x1002n));
for (const funct3 of [2, 3]) edges.push(...illegal(`a branch of funct3 ${funct3}`, 0x0000_0063 | (funct3 << 12)));
edges.push(...illegal("jalr of funct3 1", 0x0000_1067));

// --- Traps, system instructions ---
edges.push(...traps("ecall", { instruction: word("ecall"), words: { 10: 3n } }, 11n, 0n));
edges.push(...traps("ebreak", { instruction: word("ebreak") }, 3n, BigInt(START)));
edges.push(...illegal("zero", 0));
edges.push(...illegal("all ones", 0xffff_ffff));
edges.push(...illegal("a compressed instruction", 0x0000_4501));
edges.push(...illegal("sret", 0x1020_0073));
edges.push(...illegal("ecall with rd", 0x0000_00f3));
edges.push(...illegal("funct3 4 of system", 0x0000_4073));
edges.push(...illegal("fence of funct3 2", 0x0000_200f));
edges.push(
  { name: "fence with any fields", instruction: 0xffff_8f8f & ~0x7000 },
  { name: "fence.i with any fields", instruction: (0xffff_8f8f & ~0x7000) | 0x1000 },
  { name: "wfi waits for nothing", instruction: word("wfi") },
  { name: "mret", instruction: word("mret"), words: { [MEPC]: 0x3000n }, after: { [PC]: 0x3000n } },
  { name: "mret to an odd place", instruction: word("mret"), words: { [MEPC]: 0x5_0000_0001n }, after: { [PC]: 1n } },
  {
    name: "an odd vector",
    instruction: 0,
    words: { [MTVEC]: 0x9_0000_0003n },
    after: { [PC]: 3n, [MEPC]: 0x1000n, [MCAUSE]: 2n },
  },
  { name: "a pc with high bits", instruction: 0x13, words: { [PC]: 0x1_0000_1000n }, after: { [PC]: 0x1004n } },
  {
    name: "a pc with high bits stays when the machine halts",
    instruction: 0,
    words: { [PC]: 0x1_0000_1000n },
    after: { [HALT]: 3n, [PC]: 0x1_0000_1000n },
  },
  {
    name: "a pc with high bits is cut when a trap is taken",
    instruction: 0,
    words: { [PC]: 0x1_0000_1000n, [MTVEC]: VECTOR },
    after: { [MEPC]: 0x1000n, [MCAUSE]: 2n, [PC]: VECTOR },
  },
);

// --- What a step never changes, and counters that wrap ---
edges.push({ name: "the step counter wraps", instruction: 0x13, words: { [STEP]: ONES } });
const reserved = Object.fromEntries(
  Array.from({ length: WORD_COUNT - MTVAL - 1 }, (_, i) => [MTVAL + 1 + i, BigInt(i + 1) << 50n]),
);
edges.push({ name: "reserved words stay", instruction: 0x13, words: reserved });
