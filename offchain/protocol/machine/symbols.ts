// Names of places in a program, from the symbol table of its ELF file. They are for people only: nothing depends on them.
// (System V ABI, 'Section Header' and 'Symbol Table'.)

const SHT_SYMTAB = 2;
const SECTION_HEADER_SIZE = 64;
const SYMBOL_SIZE = 24;
const STT_NOTYPE = 0;
const STT_FUNC = 2;
const LONGEST_NAME = 100;

type Section = { readonly type: number; readonly link: number; readonly offset: number; readonly size: number };

function sectionsOf(view: DataView): Section[] {
  const start = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * SECTION_HEADER_SIZE;
    return {
      type: view.getUint32(at + 4, true),
      offset: Number(view.getBigUint64(at + 24, true)),
      size: Number(view.getBigUint64(at + 32, true)),
      link: view.getUint32(at + 40, true),
    };
  });
}

function nameAt(elf: Uint8Array, { offset, size }: Section, index: number): string {
  const bytes = elf.subarray(offset + index, Math.min(offset + size, offset + index + LONGEST_NAME));
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function symbolIn(elf: Uint8Array, view: DataView, address: number): string | undefined {
  const sections = sectionsOf(view);
  const table = sections.find(({ type }) => type === SHT_SYMTAB);
  const names = table && sections[table.link];
  if (!names) return undefined;
  let found: { readonly name: string; readonly start: number } | undefined;
  const last = Math.min(table.offset + table.size, elf.length) - SYMBOL_SIZE;
  for (let at = table.offset; at <= last; at += SYMBOL_SIZE) {
    const type = view.getUint8(at + 4) & 15;
    const start = Number(view.getBigUint64(at + 8, true));
    const size = Number(view.getBigUint64(at + 16, true));
    const isPlace = (type === STT_FUNC || type === STT_NOTYPE) && view.getUint16(at + 6, true) !== 0;
    // A symbol without a size, such as a label in assembly, reaches to the next one.
    const reaches = start <= address && (size === 0 || address < start + size);
    if (!isPlace || !reaches || (found && start < found.start)) continue;
    const name = nameAt(elf, names, view.getUint32(at, true));
    // `$x` and the like tell code from data.
    if (name !== "" && !name.startsWith("$")) found = { name, start };
  }
  return found && (found.start === address ? found.name : `${found.name}+0x${(address - found.start).toString(16)}`);
}

/**
 * What an ELF file calls an address: `_start+0x8`. Undefined if it has no name, or if the table is damaged. The text is the file's own:
 * make it plain before it goes to a terminal.
 */
export function symbolAt(elf: Uint8Array, address: number): string | undefined {
  try {
    return symbolIn(elf, new DataView(elf.buffer, elf.byteOffset, elf.byteLength), address);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
