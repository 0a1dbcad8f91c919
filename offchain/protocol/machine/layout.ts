// Where things are in memory and among the words of the state (PROTOCOL.md, sections 3.1 and 3.2).

/** Bytes of memory. */
export const MEMORY_SIZE = 2 ** 32;
/** Bytes of each of the four regions. */
export const REGION_SIZE = 2 ** 30;
/** First address of each region. */
export const PROGRAM_START = 0x0000_0000;
export const RAM_START = 0x4000_0000;
export const INPUT_START = 0x8000_0000;
export const OUTPUT_START = 0xc000_0000;
/** Input and output begin with their length: 8 bytes, little-endian. */
export const LENGTH_SIZE = 8;
/** The longest input or output, in bytes. */
export const CONTENT_LIMIT = REGION_SIZE - LENGTH_SIZE;

/** Bytes of a leaf, and the heights of the trees over memory and over one region. */
export const LEAF_SIZE = 32;
export const MEMORY_HEIGHT = 27;
export const REGION_HEIGHT = 25;

/** Words of the state, and the place of each; the place of register x1 … x31 is its number. */
export const WORD_COUNT = 80;
export const PC = 0;
export const A0 = 10;
export const STEP = 32;
export const HALT = 33;
export const MTVEC = 34;
export const MSCRATCH = 35;
export const MEPC = 36;
export const MCAUSE = 37;
export const MTVAL = 38;

/** Causes of traps (the manual's table of `mcause`). A machine halted by one has `halt` = cause + 1. */
export const CAUSE_MISALIGNED_JUMP = 0;
export const CAUSE_ILLEGAL_INSTRUCTION = 2;
export const CAUSE_BREAKPOINT = 3;
export const CAUSE_ECALL = 11;
