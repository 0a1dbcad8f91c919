// ELF files for tests: they need no compiler, and every field can be wrong.

export type ElfSegment = {
  type?: number;
  address: number;
  /** `p_paddr`, if it is not the address */
  loadAddress?: number;
  /** `p_offset`, if it is not where the data are */
  offset?: number;
  data: Uint8Array;
  memorySize?: number;
  flags?: number;
};

export type ElfFields = {
  entry: number;
  segments: readonly ElfSegment[];
  type?: number;
  machine?: number;
  flags?: number;
};

const PAGE = 4096;

/** A 64-bit little-endian ELF file. Within a page, a segment has the same offset in the file as in memory, as loaders require. */
export function elfFile({ entry, segments, type = 2, machine = 243, flags = 0 }: ElfFields): Uint8Array {
  let end = 64 + 56 * segments.length;
  const offsets = segments.map(({ address, data }) => {
    const offset = end + ((((address - end) % PAGE) + PAGE) % PAGE);
    end = offset + data.length;
    return offset;
  });
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, type, true);
  view.setUint16(18, machine, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(entry), true);
  view.setBigUint64(32, 64n, true);
  view.setUint32(48, flags, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, segments.length, true);
  for (const [i, segment] of segments.entries()) {
    const at = 64 + 56 * i;
    const offset = offsets[i] as number;
    view.setUint32(at, segment.type ?? 1, true);
    view.setUint32(at + 4, segment.flags ?? 7, true);
    view.setBigUint64(at + 8, BigInt(segment.offset ?? offset), true);
    view.setBigUint64(at + 16, BigInt(segment.address), true);
    view.setBigUint64(at + 24, BigInt(segment.loadAddress ?? segment.address), true);
    view.setBigUint64(at + 32, BigInt(segment.data.length), true);
    view.setBigUint64(at + 40, BigInt(segment.memorySize ?? segment.data.length), true);
    view.setBigUint64(at + 48, BigInt(PAGE), true);
    bytes.set(segment.data, offset);
  }
  return bytes;
}
