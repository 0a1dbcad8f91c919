// Edge cases of steps, as data. The result of each is written by hand.
import { HALT, MCAUSE, MEPC, MTVAL, MTVEC, PC } from "@sonm/protocol/machine/layout";

export type Words = Readonly<Record<number, bigint>>;
export type Bytes = Readonly<Record<number, string>>;

/** `after` and `memoryAfter` hold only what changes: never the step counter, and the pc only if it is not the next instruction's. */
export type Edge = {
  name: string;
  at?: number;
  instruction: number;
  words?: Words;
  memory?: Bytes;
  after?: Words;
  memoryAfter?: Bytes;
};

/** Address of the instruction, unless an edge case has another one. */
export const START = 0x1000;
/** A trap vector. */
export const VECTOR = 0x2000n;
/** 64 ones. */
export const ONES = 2n ** 64n - 1n;
/** Modulo 2^64. */
export const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
/** Value of the step counter, unless an edge case has another one. */
export const STEP_BEFORE = 1234n;

/** Registers that edge cases use: the destination and two operands. */
export const [RD, A, B] = [1, 2, 3];

/** A trap, tried without and with a vector. */
export function traps(name: string, edge: Omit<Edge, "name" | "after">, cause: bigint, value: bigint): Edge[] {
  const at = BigInt(edge.at ?? START);
  return [
    { ...edge, name: `${name}: halts`, after: { [HALT]: cause + 1n, [PC]: at } },
    {
      ...edge,
      name: `${name}: enters the vector`,
      words: { ...edge.words, [MTVEC]: VECTOR },
      after: { [MEPC]: at, [MCAUSE]: cause, [MTVAL]: value, [PC]: VECTOR },
    },
  ];
}

/** A word that is no instruction: the value of its trap is the word itself. */
export function illegal(name: string, instruction: number, words: Words = {}): Edge[] {
  return traps(`${name} is illegal`, { instruction, words }, 2n, BigInt(instruction));
}
