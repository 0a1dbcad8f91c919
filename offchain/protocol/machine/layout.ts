// Where things are in memory and among the words of the state (PROTOCOL.md, sections 3.1 and 3.2).

/** Bytes of memory. */
export const MEMORY_SIZE = 2 ** 32;
/** Bytes of each of the four regions. */
export const REGION_SIZE = 2 ** 30;
/** First address of the program region. */
export const PROGRAM_START = 0x0000_0000;
/** First address of the ram region. */
export const RAM_START = 0x4000_0000;
/** First address of the input region. */
export const INPUT_START = 0x8000_0000;
/** First address of the output region. */
export const OUTPUT_START = 0xc000_0000;
/** Input and output begin with their length: 8 bytes, little-endian. */
export const LENGTH_SIZE = 8;
/** The longest input or output, in bytes. */
export const CONTENT_LIMIT = REGION_SIZE - LENGTH_SIZE;

/** Bytes of a leaf. */
export const LEAF_SIZE = 32;
/** Height of the tree over memory: it has 2^27 leaves. */
export const MEMORY_HEIGHT = 27;
/** Height of the tree over one region: it has 2^25 leaves. */
export const REGION_HEIGHT = 25;

/** Number of words of the state, 64 bits each. The place of register x1 … x31 is its number. */
export const WORD_COUNT = 80;
/** Place of the program counter. */
export const PC = 0;
/** Place of register x10, which holds the exit code at the end. */
export const A0 = 10;
/** Place of the step counter. */
export const STEP = 32;
/** Place of the word that says why the machine has halted: cause + 1, or 0 while it runs. */
export const HALT = 33;
/** Place of `mtvec`, the trap vector. */
export const MTVEC = 34;
/** Place of `mscratch`. */
export const MSCRATCH = 35;
/** Place of `mepc`, the address of the instruction that trapped. */
export const MEPC = 36;
/** Place of `mcause`, the cause of the last trap. */
export const MCAUSE = 37;
/** Place of `mtval`, the value of the last trap. */
export const MTVAL = 38;

/** Cause of a trap (the manual's table of `mcause`): a jump to an address that is no multiple of 4. */
export const CAUSE_MISALIGNED_JUMP = 0;
/** Cause of a trap: a word that is no instruction. */
export const CAUSE_ILLEGAL_INSTRUCTION = 2;
/** Cause of a trap: `ebreak`. */
export const CAUSE_BREAKPOINT = 3;
/** Cause of a trap: `ecall`. Without a trap vector, the program ends with it. */
export const CAUSE_ECALL = 11;
