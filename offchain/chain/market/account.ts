// What the market has of one account, for somebody who asks once. Only events that name the account, its claims or their jobs are read, so it
// does not matter how much all others have done.
import { type Game, phaseNames } from "@sonm/protocol/dispute/game";
import type { ClaimStatus } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, GameId, JobId } from "@sonm/protocol/values/ids";
import { type AbiEvent, getAbiItem } from "viem";
import { bisectionAbi } from "../abi/bisection.ts";
import { jobBoardAbi } from "../abi/job-board.ts";
import { resultsAbi } from "../abi/results.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { createLogReader, type LogFilter, type MinedLog } from "../logs.ts";
import { createDecoder } from "./decode.ts";
import { emptyMarket, type Market, type ObservedClaim, type ObservedJob, withLogs } from "./events.ts";

/** What is asked for at once: values of a filter, or states. */
const AT_ONCE = 200;

/** In the order of the contract's `ClaimStatus`. */
const statuses: readonly (ClaimStatus | undefined)[] = [undefined, "live", "settled", "convicted", "awarded"];

const claimPosted: AbiEvent = getAbiItem({ abi: resultsAbi, name: "ClaimPosted" });
const jobPosted: AbiEvent = getAbiItem({ abi: jobBoardAbi, name: "JobPosted" });
const gameOpened: AbiEvent = getAbiItem({ abi: bisectionAbi, name: "GameOpened" });
const decodeGame = createDecoder(bisectionAbi);

/** The part of a market that is of one account. */
export type AccountMarket = Pick<Market, "claims" | "jobs">;

/** The claims of a miner as they are now, and the jobs of those that have not ended. */
export async function claimsOf(reader: Reader, deployment: Deployment, miner: Address): Promise<AccountMarket> {
  const { jobBoard, results } = deployment.addresses;
  const read = await createSearch(reader, deployment);
  const marketOf = async (address: Address, filter: LogFilter) =>
    withLogs(
      emptyMarket,
      (await read(address, filter)).map((log) => ({ log, time: Number(log.blockTimestamp ?? 0) })),
      [],
    );

  const posted = [...(await marketOf(results, { event: claimPosted, args: { miner } })).claims.values()];
  const claims = new Map<ClaimId, ObservedClaim>();
  await inParts(posted, async (claim) => {
    const at = { address: results, abi: resultsAbi, functionName: "stateOf" } as const;
    const { status, games, claimedAt, endedAt } = await reader.client.readContract({ ...at, args: [claim.id] });
    const state = { games, claimedAt, endedAt: endedAt === 0 ? undefined : endedAt };
    const known = statuses[status];
    if (known) claims.set(claim.id, { ...claim, ...state, status: known });
  });

  const live = [...claims.values()].filter(({ status }) => status === "live");
  const wanted = [...new Set(live.map(({ claim }) => claim.job))];
  const jobs = new Map<JobId, ObservedJob>();
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const args = { id: wanted.slice(from, from + AT_ONCE) };
    for (const [id, job] of (await marketOf(jobBoard, { event: jobPosted, args })).jobs) jobs.set(id, job);
  }
  return { claims, jobs };
}

/**
 * The open games that an account plays.
 * @param claims its own, by `claimsOf`
 */
export async function openGamesOf(
  reader: Reader,
  deployment: Deployment,
  account: Address,
  claims: AccountMarket["claims"],
): Promise<{ readonly id: GameId; readonly game: Game }[]> {
  const address = deployment.addresses.bisection;
  const read = await createSearch(reader, deployment);
  const logs = await read(address, { event: gameOpened, args: { challenger: account } });
  const disputed = [...claims.values()].filter(({ games }) => games > 0).map(({ id }) => id);
  for (let from = 0; from < disputed.length; from += AT_ONCE) {
    const args = { claim: disputed.slice(from, from + AT_ONCE) };
    logs.push(...(await read(address, { event: gameOpened, args })));
  }
  const games = new Map<GameId, Game>();
  for (const log of logs) {
    const event = decodeGame(log);
    if (event?.eventName === "GameOpened") games.set(event.args.id as GameId, event.args.game as Game);
  }
  const open: { id: GameId; game: Game }[] = [];
  await inParts([...games], async ([id, game]) => {
    const at = { address, abi: bisectionAbi, functionName: "stateOf" } as const;
    const { phase } = await reader.client.readContract({ ...at, args: [id] });
    if (phaseNames[phase] !== "over") open.push({ id, game });
  });
  return open;
}

/** Makes a function that reads all logs of a filter. */
async function createSearch(
  reader: Reader,
  { block }: Deployment,
): Promise<(address: Address, filter: LogFilter) => Promise<MinedLog[]>> {
  const head = Number((await reader.client.getBlock({ blockTag: "latest" })).number);
  const read = createLogReader(reader);
  return async (address, filter) => {
    const found: MinedLog[] = [];
    for await (const logs of read([address], block, head, filter)) found.push(...logs);
    return found;
  };
}

/** Does something about all, so many at once that the node can answer them together. */
async function inParts<T>(all: readonly T[], about: (one: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < all.length; from += AT_ONCE) {
    await Promise.all(all.slice(from, from + AT_ONCE).map(about));
  }
}
