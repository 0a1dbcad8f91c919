// Everything that can be seen on the chain, by the names that commands use.

import type { GameState } from "@sonm/protocol/dispute/game";
import { type Address, zeroHash } from "viem";
import { BATCH_STATUS, CLAIM_STATUS, HUB_STATUS, jobIdOf } from "../../support/market/terms.ts";
import type { Script } from "./commands.ts";
import { HUBS, type Hub, PAYEES, type Payee, type World } from "./world.ts";

type Names<Numbers> = keyof Numbers & string;
const nameIn = <Numbers extends Record<string, number>>(numbers: Numbers, number: number) =>
  Object.keys(numbers).find((name) => numbers[name] === number) as Names<Numbers>;

export type Status = Names<typeof HUB_STATUS>;
export type Registration = {
  registeredAt: number;
  closedAt: number;
  suspectedAt: number;
  endedAt: number;
  /** number of `RegistrationOutcome` */
  outcome: number;
  reserve: bigint;
  terms: Readonly<Record<"lockShareBps" | "taxShareBps" | "payPeriod" | "closedPeriod", number>> &
    Readonly<Record<"suspicion" | "rehabAfter" | "seizureFreeze" | "ratingMaturity" | "ratingRiskBps", number>>;
  seized: bigint;
};
export type HubSight = {
  status: Status;
  locked: bigint;
  free: bigint;
  available: bigint;
  /** what waits for it in the escrow after the miners were paid, and the full prices behind it */
  waiting: bigint;
  waitingPrices: bigint;
  registrations: Registration[];
  allowances: Record<Payee, bigint>;
};
export type Stake = { free: bigint; locked: bigint; withdrawing: bigint; availableAt: number };
export type ClaimSight = {
  status: Names<typeof CLAIM_STATUS>;
  games: number;
  claimedAt: number;
  endedAt: number;
  winner: bigint;
};
export type CommitmentSight = { announced: boolean; committedAt: number; rank: bigint; stake: bigint };
export type Position = {
  rater: string;
  stake: bigint;
  hub: Hub;
  registration: number;
  age: number;
  inFavour: boolean;
  /** nothing, the stake, all of it */
  claimed: number;
};
export type Sight = {
  balances: Record<string, bigint>;
  stakes: Record<string, Stake>;
  hubs: Record<Hub, HubSight>;
  /** by job and number: `j1/0` */
  batches: Record<string, { status: Names<typeof BATCH_STATUS>; attempt: number }>;
  claims: Record<string, ClaimSight>;
  commitments: Record<string, CommitmentSight>;
  games: GameState[];
  frozen: bigint;
  seizures: { hub: Hub; amount: bigint; releaseAt: number; released: boolean }[];
  positions: Position[];
};

/** Makes the function that reads all of this from the chain in one call. */
export async function createLook({ connection, addressOf, nameOf, holders }: World) {
  const { viem } = connection;
  const at = (...names: string[]) => names.map(addressOf);
  const [snm, deposits, board, results, bisection, treasury, ratings] = at(
    ...["snm", "deposits", "board", "results", "bisection", "treasury", "ratings"],
  ) as [Address, Address, Address, Address, Address, Address, Address];
  const market = await viem.deployContract("MarketObserver", [snm, deposits, board, results, bisection]);
  const hubs = await viem.deployContract("HubsLens", [snm, board, treasury, ratings]);
  const accounts = at(...holders);

  return async (script: Script): Promise<Sight> => {
    const batches = batchesOf(script);
    const claims = [...script.works];
    const commitments = [...script.commitments];
    const [seen, [hubSights, frozen, seizures, positions]] = await Promise.all([
      market.read.look([
        {
          accounts,
          hub: addressOf("h0"),
          batches: batches.map(({ id, number }) => ({ job: id, number })),
          claims: claims.map(([, { id }]) => id),
          commitments: commitments.map(([, { by, hash }]) => ({ challenger: addressOf(by), hash })),
          games: script.tables.map(({ id }) => id),
        },
      ]),
      hubs.read.look([at(...HUBS), at(...PAYEES)]),
    ]);
    const byName = <Thing, Seen>(names: readonly string[], things: readonly Thing[], read: (thing: Thing) => Seen) =>
      Object.fromEntries(names.map((name, i) => [name, read(things[i] as Thing)]));
    return {
      balances: byName(holders, seen.accounts, ({ balance }) => balance),
      stakes: byName(holders, seen.accounts, ({ balance: _, availableAt, ...stake }) => ({
        ...stake,
        availableAt: Number(availableAt),
      })),
      hubs: byName(HUBS, hubSights, ({ status, registrations, allowances, ...rest }) => ({
        ...rest,
        status: nameIn(HUB_STATUS, status),
        registrations: registrations.map((registration) => ({ ...registration })),
        allowances: byName(PAYEES, allowances, (amount) => amount) as Record<Payee, bigint>,
      })) as Sight["hubs"],
      batches: byName(
        batches.map(({ key }) => key),
        seen.batches,
        ({ status, attempt }) => ({ status: nameIn(BATCH_STATUS, status), attempt }),
      ),
      claims: byName(
        claims.map(([name]) => name),
        seen.claims,
        (claim) => ({ ...claim, status: nameIn(CLAIM_STATUS, claim.status) }),
      ),
      commitments: byName(
        commitments.map(([name]) => name),
        seen.commitments,
        (commitment) => ({ ...commitment }),
      ),
      games: seen.games.map((game) => ({ ...game })),
      frozen,
      seizures: seizures.map(({ hub, releaseAt, ...seizure }) => ({
        ...seizure,
        hub: nameOf(hub) as Hub,
        releaseAt: Number(releaseAt),
      })),
      positions: positions.map(({ rater, hub, ...position }) => ({
        ...position,
        rater: nameOf(rater),
        hub: nameOf(hub) as Hub,
      })),
    };
  };
}

/** The batches of all jobs that have been posted. */
export function batchesOf({ jobs }: Script) {
  return [...jobs].flatMap(([name, { job, posted }]) =>
    posted
      ? Array.from({ length: Math.ceil(job.units / job.batchSize) }, (_, number) => ({
          ...{ key: `${name}/${number}`, job, number, id: jobIdOf(job) },
          units: BigInt(Math.min(job.batchSize, job.units - number * job.batchSize)),
        }))
      : [],
  );
}

export const NO_CLAIM: ClaimSight = { status: "None", games: 0, claimedAt: 0, endedAt: 0, winner: 0n };
export const NO_COMMITMENT: CommitmentSight = { announced: false, committedAt: 0, rank: 0n, stake: 0n };
export const NO_GAME: GameState = {
  ...{ content: zeroHash, phase: 0, level: 0, position: 0 },
  ...{ deadline: 0, minerRest: 0, challengerRest: 0 },
};

/** When a closed registration may be paid out; undefined while it is open. */
export function payDayOf({ closedAt, registeredAt, terms }: Registration): number | undefined {
  return closedAt === 0 ? undefined : Math.max(closedAt + terms.closedPeriod, registeredAt + terms.payPeriod);
}
