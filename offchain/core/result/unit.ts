// What computing one unit yields, as the miner delivers it and the buyer checks it.
import type { ContentId, Hex, StateHash } from "../types.ts";

/** The result of one unit on the provable machine. Everything but `unit` and `output` opens from `resultHash`. */
export type UnitResult = {
  /** number within the job */
  readonly unit: number;
  /** s(8^m): what the leaf of the result tree commits to */
  readonly resultHash: StateHash;
  /** executed until the halt, or 8^m */
  readonly steps: number;
  /** 0: did not halt within 8^m steps, else cause + 1 */
  readonly halt: number;
  /** `a0` at an `ecall` halt (halt = 12), as signed 64 bits */
  readonly exitCode: bigint;
  /** keccak-256 of the output's bytes: where they are fetched by */
  readonly output: ContentId;
  /** opens the output region's root from `resultHash` */
  readonly outputProof: Hex;
};
