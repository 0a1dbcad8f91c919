// What an observer has read, as bytes: a process that starts again need not read the history of everybody again.
import { decode, encode, type Value } from "@sonm/protocol/values/codec";
import type { Address } from "@sonm/protocol/values/ids";
import { concat, hexToBytes, keccak256, stringToHex, toHex } from "viem";
import type { Deployment } from "../deployment.ts";
import { type DisputeLog, disputesIn } from "./dispute-log.ts";
import { batchKey, type Market, type ObservedBatch, type ObservedClaim, type ObservedJob } from "./events.ts";
import type { History, Mark } from "./history.ts";

/** Keeps the bytes of one checkpoint between two starts. Losing them costs the time to read everything again. */
export type Checkpoint = {
  get(): Uint8Array | undefined;
  put(bytes: Uint8Array): void;
};

/** Changes whenever what is written changes its meaning. */
const VERSION = 1;
/** Values within a checkpoint: a job has some thirty. They are the own process's, and their hash is checked. */
const MOST_VALUES = 2 ** 28;

type Saved = {
  readonly base: Mark;
  readonly jobs: readonly ObservedJob[];
  readonly left: readonly number[];
  readonly batches: readonly ObservedBatch[];
  readonly claims: readonly ObservedClaim[];
  readonly disputes: readonly { readonly referee: Address; readonly saved: Value }[];
};

/** What a checkpoint belongs to: the version, the chain and the contracts. */
function boundTo({ chainId, block, addresses }: Deployment): `0x${string}` {
  const contracts = Object.entries(addresses).sort(([one], [other]) => (one < other ? -1 : 1));
  return keccak256(stringToHex(JSON.stringify([VERSION, chainId, block, contracts])));
}

/** A history's market of the block that stays, as bytes; undefined while there is none. */
export function saveHistory(
  { base, final }: Pick<History, "base" | "final">,
  deployment: Deployment,
  referees: readonly DisputeLog[],
): Uint8Array | undefined {
  if (!base) return undefined;
  const jobs = [...final.jobs.values()];
  const saved: Saved = {
    base,
    jobs,
    left: jobs.map(({ id }) => final.left.get(id) ?? 0),
    batches: [...final.batches.values()],
    claims: [...final.claims.values()],
    disputes: referees
      .filter(({ address }) => final.disputes.has(address))
      .map((referee) => ({ referee: referee.address, saved: referee.save(disputesIn(final, referee)) })),
  };
  const body = encode(saved);
  return concat([hexToBytes(boundTo(deployment)), keccak256(body, "bytes"), body]);
}

/**
 * What `saveHistory` has made bytes of; undefined if they are damaged, or belong to another chain, deployment or version. Whether the block is
 * still one of the chain's is for the caller to check.
 */
export function restoreHistory(
  bytes: Uint8Array,
  deployment: Deployment,
  referees: readonly DisputeLog[],
): { readonly base: Mark; readonly final: Market } | undefined {
  const body = bytes.subarray(64);
  if (toHex(bytes.subarray(0, 32)) !== boundTo(deployment)) return undefined;
  if (toHex(bytes.subarray(32, 64)) !== keccak256(body)) return undefined;
  // Whole, and of this version: it is what was saved.
  const { base, jobs, left, batches, claims, disputes } = decode(body, MOST_VALUES) as Saved;
  const restored = disputes.flatMap(({ referee: address, saved }) => {
    const referee = referees.find((one) => one.address === address);
    return referee ? [[address, referee.restore(saved)] as const] : [];
  });
  return {
    base,
    final: {
      jobs: new Map(jobs.map((one) => [one.id, one])),
      left: new Map(jobs.map(({ id }, i) => [id, left[i] ?? 0])),
      // Fields that are undefined are not written.
      batches: new Map(batches.map((one) => [batchKey(one.job, one.batch), { ...one, claim: one.claim }])),
      claims: new Map(claims.map((one) => [one.id, { ...one, endedAt: one.endedAt, winner: one.winner }])),
      disputes: new Map(restored),
    },
  };
}
