// Instructions that RISC-V has and the machine has not, so that a trap can name what it met, and the extension that it belongs to.
// (The RISC-V Instruction Set Manual, volume I: A, F, D, and Zba, Zbb, Zbc, Zbs of B.)

/** A row of the table: words with these bits are this instruction. */
export type ForeignRow = {
  readonly name: string;
  /** as in `-march` */
  readonly extension: string;
  readonly mask: number;
  readonly match: number;
  /** d, s, t: registers rd, rs1, rs2; D, S, T, R: floating-point registers rd, rs1, rs2, rs3; i, j: immediates of loads and stores; h: shift */
  readonly operands: string;
};

const FUNCT3 = 0x0000_707f;
const FUNCT7 = 0xfe00_707f;
const SHIFT6 = 0xfc00_707f;
const WITH_RS2 = 0x01f0_0000;

function row(extension: string, name: string, mask: number, match: number, operands: string): ForeignRow {
  return { name, extension, mask: mask >>> 0, match: match >>> 0, operands };
}

/** Floating point of one width; `format` is its number in an instruction. */
function floats(extension: "f" | "fd", format: 0 | 1): ForeignRow[] {
  const width = format === 0 ? "s" : "d";
  const bitsOf = format === 0 ? "w" : "d";
  const operation = (name: string, funct5: number, operands: string, funct3?: number, rs2?: number) => {
    const mask = 0xfe00_007f | (funct3 === undefined ? 0 : 0x7000) | (rs2 === undefined ? 0 : WITH_RS2);
    const match = 0x53 | (format << 25) | (funct5 << 27) | ((funct3 ?? 0) << 12) | ((rs2 ?? 0) << 20);
    return row(extension, name, mask, match, operands);
  };
  const named = (names: string, make: (name: string, index: number) => ForeignRow) =>
    names.split(" ").map((name, index) => make(`${name}.${width}`, index));
  return [
    row(extension, format === 0 ? "flw" : "fld", FUNCT3, 0x2007 + (format << 12), "D, i(s)"),
    row(extension, format === 0 ? "fsw" : "fsd", FUNCT3, 0x2027 + (format << 12), "T, j(s)"),
    ...named("fmadd fmsub fnmsub fnmadd", (name, index) =>
      row(extension, name, 0x0600_007f, 0x43 + 4 * index + (format << 25), "D, S, T, R"),
    ),
    ...named("fadd fsub fmul fdiv", (name, index) => operation(name, index, "D, S, T")),
    ...named("fsgnj fsgnjn fsgnjx", (name, index) => operation(name, 4, "D, S, T", index)),
    ...named("fmin fmax", (name, index) => operation(name, 5, "D, S, T", index)),
    operation(`fsqrt.${width}`, 11, "D, S", undefined, 0),
    ...named("fle flt feq", (name, index) => operation(name, 20, "d, S, T", index)),
    ...["w", "wu", "l", "lu"].flatMap((integer, index) => [
      operation(`fcvt.${integer}.${width}`, 24, "d, S", undefined, index),
      operation(`fcvt.${width}.${integer}`, 26, "D, s", undefined, index),
    ]),
    operation(`fmv.x.${bitsOf}`, 28, "d, S", 0, 0),
    operation(`fclass.${width}`, 28, "d, S", 1, 0),
    operation(`fmv.${bitsOf}.x`, 30, "D, s", 0, 0),
  ];
}

/** Atomic memory operations, by the field that tells them apart. The two bits below it order them. */
const ATOMICS: Readonly<Record<number, string>> = {
  0: "amoadd",
  1: "amoswap",
  2: "lr",
  3: "sc",
  4: "amoxor",
  8: "amoor",
  12: "amoand",
  16: "amomin",
  20: "amomax",
  24: "amominu",
  28: "amomaxu",
};

function atomics(): ForeignRow[] {
  return Object.entries(ATOMICS).flatMap(([funct5, name]) =>
    [2, 3].flatMap((width) =>
      ["", ".rl", ".aq", ".aqrl"].map((order, bits) => {
        const match = 0x2f | (width << 12) | (Number(funct5) << 27) | (bits << 25);
        const isLoad = name === "lr";
        const mask = isLoad ? FUNCT7 | WITH_RS2 : FUNCT7;
        return row("a", `${name}.${width === 2 ? "w" : "d"}${order}`, mask, match, isLoad ? "d, (s)" : "d, t, (s)");
      }),
    ),
  );
}

/** Rows of one extension with the same layout: name → fixed bits. */
function bits(extension: string, mask: number, operands: string, rows: Readonly<Record<string, number>>): ForeignRow[] {
  return Object.entries(rows).map(([name, match]) => row(extension, name, mask, match, operands));
}

const FOREIGN: readonly ForeignRow[] = [
  ...floats("f", 0),
  ...floats("fd", 1),
  row("fd", "fcvt.s.d", 0xfff0_007f, 0x4010_0053, "D, S"),
  row("fd", "fcvt.d.s", 0xfff0_007f, 0x4200_0053, "D, S"),
  ...atomics(),
  ...bits("_zba", FUNCT7, "d, s, t", {
    sh1add: 0x2000_2033,
    sh2add: 0x2000_4033,
    sh3add: 0x2000_6033,
    "add.uw": 0x0800_003b,
    "sh1add.uw": 0x2000_203b,
    "sh2add.uw": 0x2000_403b,
    "sh3add.uw": 0x2000_603b,
  }),
  ...bits("_zba", SHIFT6, "d, s, h", { "slli.uw": 0x0800_101b }),
  ...bits("_zbb", FUNCT7 | WITH_RS2, "d, s", {
    clz: 0x6000_1013,
    ctz: 0x6010_1013,
    cpop: 0x6020_1013,
    "sext.b": 0x6040_1013,
    "sext.h": 0x6050_1013,
    clzw: 0x6000_101b,
    ctzw: 0x6010_101b,
    cpopw: 0x6020_101b,
    "zext.h": 0x0800_403b,
    "orc.b": 0x2870_5013,
    rev8: 0x6b80_5013,
  }),
  ...bits("_zbb", FUNCT7, "d, s, t", {
    andn: 0x4000_7033,
    orn: 0x4000_6033,
    xnor: 0x4000_4033,
    min: 0x0a00_4033,
    minu: 0x0a00_5033,
    max: 0x0a00_6033,
    maxu: 0x0a00_7033,
    rol: 0x6000_1033,
    ror: 0x6000_5033,
    rolw: 0x6000_103b,
    rorw: 0x6000_503b,
  }),
  ...bits("_zbb", FUNCT7, "d, s, h", { roriw: 0x6000_501b }),
  ...bits("_zbb", SHIFT6, "d, s, h", { rori: 0x6000_5013 }),
  ...bits("_zbc", FUNCT7, "d, s, t", { clmul: 0x0a00_1033, clmulr: 0x0a00_2033, clmulh: 0x0a00_3033 }),
  ...bits("_zbs", FUNCT7, "d, s, t", {
    bclr: 0x4800_1033,
    bext: 0x4800_5033,
    binv: 0x6800_1033,
    bset: 0x2800_1033,
  }),
  ...bits("_zbs", SHIFT6, "d, s, h", {
    bclri: 0x4800_1013,
    bexti: 0x4800_5013,
    binvi: 0x6800_1013,
    bseti: 0x2800_1013,
  }),
];

/** The row of a word that is an instruction of another RISC-V; undefined if it is none of those in the table. */
export function foreignRow(word: number): ForeignRow | undefined {
  return FOREIGN.find(({ mask, match }) => (word & mask) >>> 0 === match);
}

/** Opcodes of the vector extension; loads and stores share theirs with floating point. */
const VECTOR: readonly number[] = [0x57, 0x07, 0x27];
/** `csrr…`, and the CSRs of floating point: fflags, frm, fcsr. */
const SYSTEM = 0x73;
const FLOAT_CSRS: readonly number[] = [1, 2, 3];

/** What `-march` calls the RISC-V of which a word is an instruction, if that is not the machine's. Undefined: none that is known here. */
export function marchOf(word: number): string | undefined {
  const known = foreignRow(word);
  if (known) return `rv64im${known.extension}`;
  // The manual defines sixteen zeros to be no instruction, and their place in memory is most likely empty.
  if ((word & 3) !== 3) return (word & 0xffff) === 0 ? undefined : "rv64imc";
  const opcode = word & 0x7f;
  if (opcode === SYSTEM) return (word & 0x3000) !== 0 && FLOAT_CSRS.includes(word >>> 20) ? "rv64imf" : undefined;
  return VECTOR.includes(opcode) ? "rv64imv" : undefined;
}
