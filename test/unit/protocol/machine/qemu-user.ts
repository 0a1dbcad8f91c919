// qemu-riscv64 as an oracle: it shows the registers before every instruction.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The pc and x0 … x31 before an instruction. */
export type Registers = { readonly pc: bigint; readonly x: readonly bigint[] };

export type QemuRun = {
  readonly before: readonly Registers[];
  readonly exitCode: number | null;
  readonly stderr: string;
};

function helpText(): string | undefined {
  const { error, stdout } = spawnSync("qemu-riscv64", ["-help"], { encoding: "utf8" });
  return error === undefined ? stdout : undefined;
}

const help = helpText();

/** Whether qemu-riscv64 is installed (Debian: apt-get install qemu-user). */
export const hasQemu: boolean = help !== undefined;

/** One instruction per block, so that the log shows each one. Newer versions have another name for this option. */
const onePerBlock = help?.includes("one-insn-per-tb") ? "-one-insn-per-tb" : "-singlestep";

/** Runs an ELF file in qemu, instruction by instruction. */
export function runInQemu(elf: Uint8Array): QemuRun {
  const folder = mkdtempSync(join(tmpdir(), "sonm-qemu-"));
  try {
    const program = join(folder, "program");
    const log = join(folder, "log");
    writeFileSync(program, elf, { mode: 0o755 });
    const { status, stderr } = spawnSync("qemu-riscv64", [onePerBlock, "-d", "nochain,cpu", "-D", log, program], {
      encoding: "utf8",
    });
    return { before: parse(readFileSync(log, "latin1")), exitCode: status, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each record starts with ` pc  …` and goes on with ` x0/zero …` to `x31/t6 …`, four in a line. */
function parse(log: string): Registers[] {
  return log
    .split(/^ pc +/m)
    .slice(1)
    .map((record) => ({
      pc: BigInt(`0x${record.slice(0, 16)}`),
      x: Array.from(record.matchAll(/ x\d+\/\w+ +([0-9a-f]{16})/g), (match) => BigInt(`0x${match[1]}`)),
    }));
}
