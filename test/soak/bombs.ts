// What a stranger's images and programs are made of.
import { buildImage } from "../../offchain/host/image/build.ts";
import { tarOf } from "../unit/host/image/image-parts.ts";
import { code, START, word } from "../unit/protocol/machine/assemble.ts";
import { elfFile } from "../unit/protocol/machine/elf-file.ts";

const [T0, S0] = [5, 8];

/** Programs that end neither soon nor modestly. */
const programs = {
  /** stores to page after page, of which ram, input and output have 786,432 */
  pages: [
    word("lui", { rd: S0, imm: 0x4000_0000 }),
    word("lui", { rd: T0, imm: 0x1000 }),
    word("sd", { rs1: S0, rs2: S0 }),
    word("add", { rd: S0, rs1: S0, rs2: T0 }),
    word("jal", { imm: -8 }),
  ],
  /** jumps to itself */
  "no-end": [word("jal", { imm: 0 })],
} as const;

export type BombProgram = keyof typeof programs;

/** An image of a program. */
export function imageOfProgram(name: BombProgram): Promise<Uint8Array> {
  return buildImage(elfFile({ entry: START, segments: [{ address: START, data: code(programs[name]) }] }));
}

/** An image whose configuration is lists within lists. */
export function imageOfDepth(): Promise<Uint8Array> {
  const levels = 20_000;
  return tarOf([
    { name: "manifest.json", data: JSON.stringify([{ Config: "c", Layers: [] }]) },
    { name: "c", data: `{"config":{"Entrypoint":${"[".repeat(levels)}${"]".repeat(levels)}}}` },
  ]);
}
