// Edge cases of loads and stores: across leaves, across the end of memory, at the ends of regions, over code.
import { word } from "../../unit/protocol/machine/assemble.ts";
import { A, B, type Edge, illegal, ONES, RD, START, u64 } from "./edges.ts";

/** Edge cases of memory. */
export const memoryEdges: Edge[] = [];
const edges = memoryEdges;

// --- Memory: across leaves, across the end, at the ends of regions ---
for (const [name, result] of [
  ["ld", 0x8866_5544_3322_11ffn],
  ["lw", 0x3322_11ffn],
  ["lwu", 0x3322_11ffn],
  ["lh", 0x11ffn],
  ["lhu", 0x11ffn],
] as const) {
  for (const address of [0x401f, 0x3fff_ffff, 0x7fff_ffff, 0xbfff_ffff, 0xffff_ffff]) {
    edges.push({
      name: `${name} from 0x${address.toString(16)} crosses after a byte`,
      instruction: word(name, { rd: RD, rs1: A, imm: -1 }),
      words: { [A]: BigInt(address) + 1n + (7n << 40n) },
      memory: { [address]: "ff11223344556688" },
      after: { [RD]: result },
    });
  }
}
for (const address of [0x3fff_ffff, 0x7fff_ffff, 0xbfff_ffff, 0xffff_ffff]) {
  edges.push(
    {
      name: `lb from 0x${address.toString(16)}, the last byte of a region`,
      instruction: word("lb", { rd: RD, rs1: A }),
      words: { [A]: BigInt(address) },
      memory: { [address]: "80" },
      after: { [RD]: u64(-128n) },
    },
    {
      name: `lbu from 0x${address.toString(16)}`,
      instruction: word("lbu", { rd: RD, rs1: A }),
      words: { [A]: BigInt(address) },
      memory: { [address]: "80" },
      after: { [RD]: 128n },
    },
  );
}
for (const [name, size] of [
  ["sd", 8],
  ["sw", 4],
  ["sh", 2],
] as const) {
  for (const address of [0x401f, 0x3fff_ffff, 0x7fff_ffff, 0xbfff_ffff, 0xffff_ffff]) {
    edges.push({
      name: `${name} to 0x${address.toString(16)} crosses after a byte`,
      instruction: word(name, { rs1: A, rs2: B, imm: 1 }),
      words: { [A]: BigInt(address) - 1n, [B]: 0x8877665544332211n },
      memory: { [address]: "aaaaaaaaaaaaaaaaaa" },
      memoryAfter: { [address]: "1122334455667788".slice(0, 2 * size).padEnd(18, "a") },
    });
  }
}
for (const offset of [24, 25, 28, 31, 32]) {
  edges.push({
    name: `sd at byte ${offset} of a leaf`,
    instruction: word("sd", { rs1: A, rs2: B }),
    words: { [A]: BigInt(0x4000 + offset), [B]: ONES },
    memory: { [0x4000 + offset - 1]: "01000000000000000002" },
    memoryAfter: { [0x4000 + offset - 1]: "01ffffffffffffffff02" },
  });
}
edges.push(
  {
    name: "sb stores one byte",
    instruction: word("sb", { rs1: A, rs2: B }),
    words: { [A]: 0xffff_ffffn, [B]: 0x1234n },
    memoryAfter: { 4294967295: "34" },
  },
  {
    name: "a store over itself",
    instruction: word("sw", { rs1: A, rs2: B }),
    words: { [A]: BigInt(START), [B]: 0x73n },
    memoryAfter: { [START]: "73000000" },
  },
  {
    name: "a store that crosses into its own leaf",
    instruction: word("sd", { rs1: A, rs2: B, imm: -6 }),
    words: { [A]: BigInt(START), [B]: ONES },
    memoryAfter: { [START - 6]: "ffffffffffffffff" },
  },
  {
    name: "a store that crosses out of its own leaf",
    at: START + 28,
    instruction: word("sd", { rs1: A, rs2: B, imm: -2 }),
    words: { [A]: BigInt(START + 32), [B]: ONES },
    memoryAfter: { [START + 30]: "ffffffffffffffff" },
  },
  {
    name: "a load of its own instruction",
    instruction: word("lwu", { rd: RD, rs1: A }),
    words: { [A]: BigInt(START) },
    after: { [RD]: BigInt(word("lwu", { rd: RD, rs1: A })) },
  },
);
edges.push(...illegal("a load of funct3 7", 0x0000_7003));
for (const funct3 of [4, 5, 6, 7]) edges.push(...illegal(`a store of funct3 ${funct3}`, 0x0000_0023 | (funct3 << 12)));
