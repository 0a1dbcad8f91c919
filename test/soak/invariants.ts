// What PROTOCOL.md (section 9) promises whatever happens, as far as a chain shows it from outside: by its events, and by what its contracts hold.
import { bisectionAbi } from "@sonm/chain/abi/bisection";
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { resultsAbi } from "@sonm/chain/abi/results";
import { hubStandingOf } from "@sonm/chain/hub/standing";
import { hubRecordOf } from "@sonm/chain/hub/wallet";
import { createDecoder, type EventOf } from "@sonm/chain/market/decode";
import { batchKey } from "@sonm/chain/market/events";
import { balanceOf } from "@sonm/chain/money/snm";
import { longestGame } from "@sonm/protocol/dispute/clock";
import { batchCount, batchRange, type Job } from "@sonm/protocol/job/job";
import { roundsOf } from "@sonm/protocol/result/tree";
import type { Address, Hex, JobId } from "@sonm/protocol/values/ids";
import type { Devnet } from "../../offchain/devnet/local-chain.ts";

const marketAbi = [...jobBoardAbi, ...resultsAbi, ...bisectionAbi] as const;

const decode = createDecoder(marketAbi);

type Event = EventOf<typeof marketAbi>;
type Short<E> = E extends Event ? Pick<E, "eventName" | "args"> : never;

/** An event of the market. `at` is unix seconds. */
export type Told = Short<Event> & { readonly at: number };

/** Seconds after its bound in which a game must have been ended: a hub waits an hour before it ends one that its winner has left. */
const TO_END = 3600 + 600;

/** What a history breaks, in words: INV-5, INV-6 and INV-14. Pure. */
export function brokenIn(events: readonly Told[]): string[] {
  const broken: string[] = [];
  const seen = new Set<string>();
  const once = (what: string) => {
    if (seen.has(what)) broken.push(`INV-14: ${what} twice`);
    seen.add(what);
  };
  const jobs = new Map<Hex, Job>();
  const ends = new Map<Hex, string>();
  const latest = new Map<Hex, number>();
  for (const event of events) {
    switch (event.eventName) {
      case "JobPosted":
        once(`job ${event.args.id} was posted`);
        jobs.set(event.args.id, event.args.job);
        break;
      case "ClaimPosted":
        once(`attempt ${event.args.attempt} of batch ${event.args.batch} of job ${event.args.job} was claimed`);
        break;
      case "ClaimSettled":
      case "ClaimConvicted": {
        const { id } = event.args;
        const before = ends.get(id);
        if (before !== undefined && before !== event.eventName)
          broken.push(`INV-6: claim ${id} was settled and convicted`);
        ends.set(id, event.eventName);
        break;
      }
      case "GameOpened": {
        const { id, game } = event.args;
        once(`game ${id} was opened`);
        const job = jobs.get(game.about.job);
        if (!job) break;
        const { allowance, grace, exponent } = job;
        latest.set(id, event.at + longestGame({ rounds: roundsOf(game.count), exponent, allowance, grace }) + TO_END);
        break;
      }
      case "GameOver": {
        const late = event.at - (latest.get(event.args.id) ?? 0);
        if (late > 0) broken.push(`INV-5: game ${event.args.id} ended ${late} s too late`);
        latest.delete(event.args.id);
        break;
      }
    }
  }
  for (const id of latest.keys()) broken.push(`INV-5: game ${id} has no end`);
  return broken;
}

/** Wei of SNM that the escrow must hold for the units that are neither paid nor refunded. Pure. */
export function openEscrow(events: readonly Told[]): bigint {
  const over = new Set<string>();
  for (const { eventName, args } of events) {
    if (eventName === "BatchPaid") over.add(batchKey(args.job as JobId, args.batch));
    if (eventName === "BatchesRefunded") for (const batch of args.batches) over.add(batchKey(args.job as JobId, batch));
  }
  let owed = 0n;
  for (const { eventName, args } of events) {
    if (eventName !== "JobPosted") continue;
    const { id, job } = args;
    for (let batch = 0; batch < batchCount(job); batch++)
      if (!over.has(batchKey(id as JobId, batch))) owed += job.price * BigInt(batchRange(job, batch).count);
  }
  return owed;
}

/** What a chain breaks, in words: what `brokenIn` finds, and INV-12 and INV-20. */
export async function brokenInvariants({ reader, deployment }: Devnet): Promise<string[]> {
  const { client } = reader;
  const { jobBoard, results, bisection } = deployment.addresses;
  const logs = await client.getLogs({
    address: [jobBoard, results, bisection],
    fromBlock: BigInt(deployment.block),
  });
  const events = logs.flatMap((log): Told[] => {
    const event = decode(log);
    return event ? [{ ...event, at: Number(log.blockTimestamp) }] : [];
  });
  const hubs = new Set<Address>(
    events.flatMap(({ eventName, args }) => (eventName === "JobPosted" ? [args.job.hub] : [])),
  );
  const broken = brokenIn(events);

  let owed = openEscrow(events);
  for (const hub of hubs) {
    const { waiting, locked, registration } = await hubRecordOf(reader, deployment, hub);
    owed += waiting;
    const standing = await hubStandingOf(reader, hub);
    if (standing?.status !== "registered" && standing?.status !== "suspected") continue;
    const needed = locked + (registration?.reserve ?? 0n);
    if (standing.free < needed) broken.push(`INV-20: hub ${hub} has ${standing.free} wei free, and needs ${needed}`);
  }
  const held = await balanceOf(reader, deployment, jobBoard);
  if (held !== owed) broken.push(`INV-12: the escrow holds ${held} wei, and owes ${owed}`);
  return broken;
}
