// The tree over the results of one batch (PROTOCOL.md, sections 2 and 6.2): what a claim's root commits to.
import { bytesToHex, hexToBytes } from "viem";
import { batchRange, type Job, jobId } from "../job/job.ts";
import { hashPair } from "../merkle/keccak.ts";
import { zeroRoot } from "../merkle/tree.ts";
import type { Address, Hex, JobId } from "../values/ids.ts";
import type { Claim } from "./claim.ts";
import { leafOf } from "./leaf.ts";

/** r: how many times eight children are revealed between the root and the leaves; `max(1, ⌈log8 n⌉)`. */
export function roundsOf(count: number): number {
  let rounds = 1;
  for (let reach = 8; reach < count; reach *= 8) rounds++;
  return rounds;
}

/** A batch's results as a tree of height `3r`. Positions count from the batch's first unit. */
export type ResultTree = {
  /** r */
  readonly rounds: number;
  /** what the miner claims */
  readonly root: Hex;
  /** the unit numbers are `first … first + resultHashes.length − 1` */
  readonly first: number;
  readonly resultHashes: readonly Hex[];
  /** siblings of the leaf at `position`, lowest first, `3r` of them */
  path(position: number): Hex[];
  /**
   * What lies three levels below node `index` of height `3·level`: result hashes at level 1, else nodes. Only those that
   * cover at least one unit; the rest, up to eight, are zero subtrees.
   */
  children(level: number, index: number): Hex[];
};

/**
 * The tree of a claim about a batch of `job`.
 * @param claim gives the miner that the leaves name, and their batch: the claim itself or, before there is one, only these two
 * @param resultHashes of the batch's units, in order
 */
export function resultTreeOf(
  job: Job,
  { miner, batch }: Pick<Claim, "miner" | "batch">,
  resultHashes: readonly Hex[],
): ResultTree {
  return createResultTree({ miner, job: jobId(job), first: batchRange(job, batch).first, resultHashes });
}

/**
 * Builds the tree. Hashes every leaf and node once: `2n` hashes for `n` units.
 * @example
 * ```ts
 * import { foldPath } from "@sonm/protocol/merkle";
 * import { createResultTree } from "@sonm/protocol/result";
 * import { claimId, settleableFrom } from "@sonm/protocol/result/claim";
 * import { leafOf } from "@sonm/protocol/result/leaf";
 * import type { Address, Hex, JobId } from "@sonm/protocol/values/ids";
 * import { hexToBytes, toHex } from "viem";
 *
 * // A miner claims a batch of three units by one root. Anybody can check one result with its path.
 * const miner: Address = "0x1111111111111111111111111111111111111111";
 * const job = `0x${"22".repeat(32)}` as JobId;
 * const first = 16; // the second batch of a job with batches of 16 units
 * const resultHashes: Hex[] = [`0x${"aa".repeat(32)}`, `0x${"bb".repeat(32)}`, `0x${"cc".repeat(32)}`];
 * const tree = createResultTree({ miner, job, first, resultHashes });
 *
 * // The claim, with the miner's pay for each unit in wei of SNM, and the time from which it can be settled.
 * const claim = { job, batch: 1, attempt: 0, miner, pay: 10n ** 18n, root: tree.root };
 * const claimedAt = 1_800_000_000; // unix seconds
 * console.log(claimId(claim), settleableFrom({ window: 3600, opening: 600 }, claimedAt)); // … 1800004201
 *
 * // The result of unit 17 is under the claim's root; the same hash for unit 16 is not.
 * const path = tree.path(1).map((sibling) => hexToBytes(sibling));
 * for (const unit of [17, 16]) {
 *   const leaf = hexToBytes(leafOf(miner, job, unit, `0x${"bb".repeat(32)}`));
 *   console.log(unit, toHex(foldPath(leaf, 1, path)) === claim.root); // 17 true, 16 false
 * }
 * ```
 */
export function createResultTree(claim: {
  readonly miner: Address;
  readonly job: JobId;
  /** number of the batch's first unit */
  readonly first: number;
  readonly resultHashes: readonly Hex[];
}): ResultTree {
  const { miner, job, first, resultHashes } = claim;
  const rounds = roundsOf(resultHashes.length);
  const levels = [resultHashes.map((hash, i) => hexToBytes(leafOf(miner, job, first + i, hash)))];
  for (let height = 0; height < 3 * rounds; height++) {
    const below = levels[height] ?? [];
    const level: Uint8Array[] = [];
    for (let i = 0; i < below.length; i += 2) {
      const left = below[i];
      if (left) level.push(hashPair(left, below[i + 1] ?? zeroRoot(height)));
    }
    levels.push(level);
  }
  const node = (height: number, index: number) => bytesToHex(levels[height]?.[index] ?? zeroRoot(height));

  return {
    rounds,
    root: node(3 * rounds, 0),
    first,
    resultHashes,
    path: (position) =>
      Array.from({ length: 3 * rounds }, (_, height) => node(height, Math.floor(position / 2 ** height) ^ 1)),
    children: (level, index) => {
      if (level === 1) return resultHashes.slice(8 * index, 8 * index + 8);
      const height = 3 * (level - 1);
      const present = (levels[height]?.length ?? 0) - 8 * index;
      return Array.from({ length: Math.max(0, Math.min(8, present)) }, (_, i) => node(height, 8 * index + i));
    },
  };
}
