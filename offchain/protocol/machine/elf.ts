// Makes of an ELF file what the machine starts with. Accepts only files that need no loader of an operating system: static 64-bit RISC-V
// executables without compressed or floating-point code. (System V ABI, 'ELF Header' and 'Program Header'; RISC-V ELF psABI, 'e_flags'.)
import { Failure } from "../values/failure.ts";
import { MEMORY_SIZE, PROGRAM_START, REGION_SIZE } from "./layout.ts";

/** A program as the machine takes it: where to begin, and what is where in the program region at step 0. */
export type ProgramImage = {
  readonly entry: number;
  readonly segments: readonly { readonly address: number; readonly data: Uint8Array }[];
};

/** A file that is not a program for the machine. */
export class ElfRefused extends Failure {
  override readonly name = "ElfRefused";

  constructor(why: string, todo: string) {
    super("This file cannot be run in the machine", why, todo);
  }
}

const BUILD = "Build it with -march=rv64im -mabi=lp64 -static -no-pie.";
const LINK = "Link all that has contents between 0 and 0x3fffffff (see the linker script in guest/).";
const DAMAGED = "Build or copy the file again.";
const LOAD =
  "Take `AT>` and `AT(…)` out of the linker script. Everything is then loaded where it runs, and a copy by its start code changes nothing.";

const ET_EXEC = 2;
const ET_DYN = 3;
const EM_RISCV = 243;
const EF_RVC = 0x1;
const EF_FLOAT_ABI = 0x6;
const EF_RVE = 0x8;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;

type Segment = {
  type: number;
  offset: number;
  /** where the program finds it (`p_vaddr`) */
  address: number;
  /** where a loader without an operating system puts it (`p_paddr`) */
  loadAddress: number;
  fileSize: number;
  memorySize: number;
};

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function refuseUnless(condition: boolean, why: string, todo: string): void {
  if (!condition) throw new ElfRefused(why, todo);
}

function checkHeader(bytes: Uint8Array, view: DataView): void {
  const isElf = bytes.length >= HEADER_SIZE && view.getUint32(0) === 0x7f454c46;
  refuseUnless(isElf, "it is not an ELF file", `Give an ELF executable. ${BUILD}`);
  refuseUnless(bytes[4] === 2 && bytes[5] === 1, "it is not 64-bit little-endian", BUILD);
  const machine = view.getUint16(18, true);
  refuseUnless(
    machine === EM_RISCV,
    `it is for another processor (e_machine ${machine}, RISC-V is ${EM_RISCV})`,
    BUILD,
  );
  const type = view.getUint16(16, true);
  const kind =
    type === ET_DYN ? "it is position-independent or a shared library" : `it is no executable (e_type ${type})`;
  refuseUnless(type === ET_EXEC, kind, BUILD);
  const flags = view.getUint32(48, true);
  refuseUnless((flags & EF_RVC) === 0, "it has compressed instructions (RVC)", BUILD);
  refuseUnless((flags & EF_FLOAT_ABI) === 0, "it passes floating-point numbers in registers", BUILD);
  refuseUnless((flags & EF_RVE) === 0, "it is built for 16 registers (RVE)", BUILD);
}

function segmentsOf(bytes: Uint8Array, view: DataView): Segment[] {
  const start = Number(view.getBigUint64(32, true));
  const size = view.getUint16(54, true);
  const count = view.getUint16(56, true);
  const fits = size === PROGRAM_HEADER_SIZE && start + count * size <= bytes.length;
  refuseUnless(fits || count === 0, "its program headers are not where it says", DAMAGED);
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * size;
    const number = (offset: number) => Number(view.getBigUint64(at + offset, true));
    return {
      type: view.getUint32(at, true),
      offset: number(8),
      address: number(16),
      loadAddress: number(24),
      fileSize: number(32),
      memorySize: number(40),
    };
  });
}

function checkSegment({ offset, address, fileSize, memorySize }: Segment, length: number): void {
  const name = `its segment at ${hex(address)}`;
  // Without contents, the offset says nothing, and linkers leave anything there.
  const inFile = fileSize === 0 || offset + fileSize <= length;
  refuseUnless(fileSize <= memorySize && inFile, `${name} is longer than the file says`, DAMAGED);
  refuseUnless(
    address + memorySize <= MEMORY_SIZE,
    `${name} ends beyond memory, at ${hex(address + memorySize)}`,
    LINK,
  );
  const inRegion = fileSize === 0 || (address >= PROGRAM_START && address + fileSize <= PROGRAM_START + REGION_SIZE);
  refuseUnless(inRegion, `${name} has contents outside of the program region`, LINK);
}

/**
 * Loaders disagree about `p_paddr`: Linux ignores it, boot loaders obey it. Where it decides what a program finds, any choice would be
 * wrong for somebody, so there is none. A file in which all are 0 does not use them.
 */
function checkLoadAddresses(loaded: readonly Segment[]): void {
  if (loaded.every(({ loadAddress }) => loadAddress === 0)) return;
  for (const { address, loadAddress } of loaded) {
    const why = `its segment at ${hex(address)} is to be loaded elsewhere, at ${hex(loadAddress)} (p_paddr), and moved by its start code`;
    refuseUnless(address === loadAddress, why, LOAD);
  }
}

function checkOverlap(segments: readonly Segment[]): void {
  const sorted = segments.toSorted((a, b) => a.address - b.address);
  for (const [i, next] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before === undefined) continue;
    const apart = before.address + before.memorySize <= next.address;
    refuseUnless(apart, `its segments at ${hex(before.address)} and ${hex(next.address)} overlap`, LINK);
  }
}

/**
 * Reads a static executable. Segments may be longer in memory than in the file (bss), anywhere: memory is zero at the start.
 * @throws ElfRefused for anything else, saying what is wrong with it and how to build it
 * @example
 * ```ts
 * import { loadElf, programRoot } from "@sonm/protocol/machine";
 *
 * // Root of the program region of an ELF file, as a job names it.
 * export const rootOfFile = (elf: Uint8Array) => programRoot(loadElf(elf));
 * ```
 */
export function loadElf(bytes: Uint8Array): ProgramImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkHeader(bytes, view);
  const all = segmentsOf(bytes, view);
  const dynamic = all.some(({ type }) => type === PT_INTERP || type === PT_DYNAMIC);
  refuseUnless(!dynamic, "it is dynamically linked: it asks for a loader and shared libraries", BUILD);
  const segments = all.filter(({ type, memorySize }) => type === PT_LOAD && memorySize > 0);
  refuseUnless(segments.length > 0, "nothing of it is to be loaded (no PT_LOAD)", BUILD);
  for (const segment of segments) checkSegment(segment, bytes.length);
  checkOverlap(segments);
  const loaded = segments.filter(({ fileSize }) => fileSize > 0);
  checkLoadAddresses(loaded);

  const entry = Number(view.getBigUint64(24, true));
  const start = `its entry is ${hex(entry)}`;
  refuseUnless(entry % 4 === 0, `${start}, where no instruction can stand: that is no multiple of 4`, BUILD);
  const inCode = loaded.some(({ address, fileSize }) => address <= entry && entry < address + fileSize);
  refuseUnless(inCode, `${start}, where nothing is loaded`, "Define _start, or name the entry with -Wl,-e.");
  return {
    entry,
    segments: loaded.map(({ address, offset, fileSize }) => ({
      address,
      data: bytes.subarray(offset, offset + fileSize),
    })),
  };
}
