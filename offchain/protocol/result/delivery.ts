// What a miner delivers, as content: the results behind a claim, each with the proof of its output.
import { bytesToHex, hexToBytes } from "viem";
import { batchRange, type Job, jobId } from "../job/job.ts";
import { openOutput } from "../machine/output.ts";
import { createHasher } from "../merkle/keccak.ts";
import { type ByteSource, sourceOf } from "../values/byte-source.ts";
import { decode, encode } from "../values/codec.ts";
import { Failure } from "../values/failure.ts";
import type { ContentId, Hex } from "../values/ids.ts";
import { bytes, contentId, hash32, list, literal, object, type Shaped } from "../values/shape.ts";
import type { Claim } from "./claim.ts";
import { resultTreeOf } from "./tree.ts";

/** The largest batch (PROTOCOL.md, section 4). */
const MOST_UNITS = 32_768;

/** The results behind a claim, in the order of the batch's units. Everything else is shown by `proof`, from `resultHash`. */
const delivery = object({
  kind: literal("SONM delivery 1"),
  units: list(object({ resultHash: hash32, output: contentId, proof: bytes(4096) }), MOST_UNITS),
});
/** Values of the encoding: a unit is a map of three fields, and all of them stand in a map of two. */
const MOST_VALUES = 7 * MOST_UNITS + 5;

/** No delivery of so many units has more bytes: each has a proof of at most 4,096, two hashes of 66 characters, and names. */
export function mostDeliveryBytes(units: number): number {
  return 1024 + 4_300 * units;
}
/** The results behind a claim, as the miner delivers them. `output` is the content id of a unit's output. */
export type Delivery = Shaped<typeof delivery>;

/** Bytes of a delivery, to be published. */
export function encodeDelivery(units: Delivery["units"]): Uint8Array {
  return encode({ kind: "SONM delivery 1", units });
}

/**
 * Reads a delivery and checks that its result hashes are the ones that the claim's root commits to. Outputs are checked by `checkOutput`.
 * @throws Failure if the bytes are no delivery, or one of another claim
 */
export function decodeDelivery(encoded: Uint8Array, job: Job, claim: Claim): Delivery {
  const read = delivery(decode(encoded, MOST_VALUES), "delivery");
  const { count } = batchRange(job, claim.batch);
  const resultHashes = read.units.map(({ resultHash }) => resultHash);
  const fits = resultHashes.length === count && jobId(job) === claim.job;
  const root = fits && resultTreeOf(job, claim, resultHashes).root;
  if (!root || root.toLowerCase() !== claim.root.toLowerCase()) {
    const why = fits
      ? `its results have the root ${root}, the claim ${claim.root}`
      : `it is not for these ${count} units`;
    throw new Failure("The delivery does not fit the claim", why, "ask the miner for the right one");
  }
  return read;
}

/** How a unit ended, read from its proven final state. */
export type UnitOutcome = ReturnType<typeof openOutput>;

/**
 * Checks that a unit's proven final state contains `output`.
 * @throws Failure if these are not the bytes that the delivery names
 * @throws OutputProofWrong if the proof does not show them
 */
export function checkOutput(unit: Delivery["units"][number], output: Uint8Array | ByteSource): UnitOutcome {
  if (contentIdOf(output) !== unit.output.toLowerCase()) {
    throw new Failure("The output is not the one delivered", "its hash differs", "fetch it again");
  }
  return openOutput(hexToBytes(unit.resultHash), output, unit.proof);
}

/** The id of content: keccak-256 of its bytes. */
export function contentIdOf(content: Uint8Array | ByteSource): ContentId {
  const hasher = createHasher();
  for (const part of sourceOf(content).parts()) hasher.update(part);
  return bytesToHex(hasher.digest()) as Hex as ContentId;
}
