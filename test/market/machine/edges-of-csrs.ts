// Edge cases of control and status registers: what reading and writing each one does.
import { MCAUSE, MEPC, MSCRATCH, MTVAL, MTVEC, PC } from "@sonm/protocol/machine/layout";
import { word } from "../../unit/protocol/machine/assemble.ts";
import { A, B, type Edge, illegal, ONES, RD, STEP_BEFORE, type Words } from "./edges.ts";

/** Edge cases of CSRs. */
export const csrEdges: Edge[] = [];
const edges = csrEdges;

// --- CSRs ---
const csrReads: [number, bigint][] = [
  [0x300, 0x1800n],
  [0x301, 0x8000_0000_0000_1100n],
  [0x304, 0n],
  [0x305, 0x2001n],
  [0x340, 0x11n],
  [0x341, 0x12n],
  [0x342, 0x13n],
  [0x343, 0x14n],
  [0x344, 0n],
  [0xb00, STEP_BEFORE],
  [0xb02, STEP_BEFORE],
  [0xc00, STEP_BEFORE],
  [0xc01, STEP_BEFORE],
  [0xc02, STEP_BEFORE],
  [0xf11, 0n],
  [0xf12, 0n],
  [0xf13, 0n],
  [0xf14, 0n],
  [0xf15, 0n],
];
const csrWords: Words = { [MTVEC]: 0x2001n, [MSCRATCH]: 0x11n, [MEPC]: 0x12n, [MCAUSE]: 0x13n, [MTVAL]: 0x14n };
const places = new Map([
  [0x305, MTVEC],
  [0x340, MSCRATCH],
  [0x341, MEPC],
  [0x342, MCAUSE],
  [0x343, MTVAL],
]);
const illegalCsr = (csr: number, instruction: number, words: Words): void => {
  edges.push({
    name: `write to read-only CSR 0x${csr.toString(16)} by ${instruction.toString(16)}`,
    instruction,
    words,
    after: { [MEPC]: 0x1000n, [MCAUSE]: 2n, [MTVAL]: BigInt(instruction), [PC]: 0x2001n },
  });
};
for (const [csr, value] of csrReads) {
  const name = `0x${csr.toString(16)}`;
  const words = { ...csrWords, [A]: ONES, [B]: 0n, [RD]: 0x77n };
  const place = places.get(csr);
  const masked = (written: bigint): Words =>
    place === undefined ? {} : { [place]: place === MTVEC || place === MEPC ? written & 0xffff_fffcn : written };
  for (const reading of ["csrrs", "csrrc", "csrrsi", "csrrci"]) {
    edges.push({
      name: `${reading} reads ${name}`,
      instruction: word(reading, { rd: RD, csr }),
      words,
      after: { [RD]: value },
    });
  }
  const writes: [string, number, bigint][] = [
    ["csrrw", word("csrrw", { rd: RD, rs1: A, csr }), ONES],
    ["csrrw of x0", word("csrrw", { rd: RD, csr }), 0n],
    ["csrrs", word("csrrs", { rd: RD, rs1: A, csr }), ONES],
    ["csrrs of a register that is 0", word("csrrs", { rd: RD, rs1: B, csr }), value],
    ["csrrc", word("csrrc", { rd: RD, rs1: A, csr }), 0n],
    ["csrrwi", word("csrrwi", { rd: RD, imm: 31, csr }), 31n],
    ["csrrwi of 0", word("csrrwi", { rd: RD, imm: 0, csr }), 0n],
    ["csrrsi", word("csrrsi", { rd: RD, imm: 6, csr }), value | 6n],
    ["csrrci", word("csrrci", { rd: RD, imm: 1, csr }), value & ~1n],
  ];
  for (const [writing, instruction, written] of writes) {
    if (csr >= 0xc00) illegalCsr(csr, instruction, words);
    else {
      edges.push({ name: `${writing} writes ${name}`, instruction, words, after: { [RD]: value, ...masked(written) } });
    }
  }
}
edges.push({
  name: "csrrw swaps rd with itself",
  instruction: word("csrrw", { rd: A, rs1: A, csr: 0x340 }),
  words: { [A]: 1n, [MSCRATCH]: 2n },
  after: { [A]: 2n, [MSCRATCH]: 1n },
});
for (const csr of [0x000, 0x001, 0x180, 0x302, 0x306, 0x33f, 0x345, 0xb01, 0xb03, 0xc03, 0xf10, 0xf16, 0xfff]) {
  edges.push(...illegal(`CSR 0x${csr.toString(16)}`, word("csrrs", { rd: RD, csr }), { [RD]: 5n }));
}
