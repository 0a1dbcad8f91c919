// What a look costs (observe and decide) when nothing new has happened: with much behind a role that is over, and with as much that is open.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hubStatuses } from "@sonm/chain/enums/hub-status";
import {
  batchKey,
  emptyMarket,
  type ObservedBatch,
  type ObservedClaim,
  type ObservedJob,
} from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, ContentId, Hex, JobId } from "@sonm/protocol/values/ids";
import { numberToHex } from "viem";
import { decide as decideBuyer } from "../../offchain/agents/buyer/decide.ts";
import { openBuyerJournal } from "../../offchain/agents/buyer/journal.ts";
import { createObserve as observeBuyer } from "../../offchain/agents/buyer/observe.ts";
import { decide as decideHub } from "../../offchain/agents/hub/decide.ts";
import { openHubJournal } from "../../offchain/agents/hub/journal.ts";
import { createObserve as observeHub } from "../../offchain/agents/hub/observe.ts";
import { decide as decideMiner } from "../../offchain/agents/miner/decide.ts";
import { openMinerJournal } from "../../offchain/agents/miner/journal.ts";
import { createObserve as observeMiner } from "../../offchain/agents/miner/observe.ts";
import { refereesOfMiner, refereesOfOnlooker, refereesOfVerifier } from "../../offchain/host/referees/referees.ts";
import { minerPolicy, job as template, verifierPolicy } from "../../test/unit/agents/fixtures.ts";
import { accounts, idleEngine, stubTools } from "../../test/unit/agents/stub-tools.ts";
import { decide as decideVerifier } from "../../verifier/decide.ts";
import { openVerifierJournal } from "../../verifier/journal.ts";
import { createObserve as observeVerifier } from "../../verifier/observe.ts";
import { type Bench, type Figure, figure } from "./figure.ts";

const COUNTS = [256, 4096, 16_384];
/** What there is much of: entries that are over, or that are open, or open ones of which one has changed since the last look. */
const STATES = ["over", "open", "open, news of one"] as const;
type State = (typeof STATES)[number];
const ROLES = ["hub", "miner", "verifier", "buyer"] as const;
type RoleName = (typeof ROLES)[number];

/** Times as slow with 64 times as much that is over. */
const FLAT = 1.2;
/** ms for 1,000 entries that are open. Before, 1,000 of all that was ever done took 10 ms in the hub and 127 in the miner. */
const SLOPE = 3;
const BEFORE: Partial<Record<RoleName, string>> = {
  hub: "4 ms at 256, 40 at 4,096 before",
  miner: "27 ms at 256, 521 at 4,096 before",
};

const ME = accounts.me.address;
const NOW = 1_000_000;
const BATCHES_OF_JOB = 64;
/** Milliseconds of CPU of a round, more or less. The first one warms up, and the cheapest of the others counts. */
const ENOUGH_MS = 150;
const MOST_LOOKS = 5000;
const ROUNDS = 3;

const hashOf = (number: number): Hex => numberToHex(number, { size: 32 });

/** A claim of this account for each batch. */
type World = {
  readonly sight: Sight;
  /** what is left of it once all that has ended has left */
  readonly later: Sight;
  readonly jobs: readonly ObservedJob[];
  readonly claims: readonly ObservedClaim[];
};

/** So many batches, one claim each, long settled or all still in their window. */
function worldOf(count: number, state: State, batchesOfJob: number, change: Partial<Job>): World {
  const jobs = new Map<JobId, ObservedJob>();
  const batches = new Map<string, ObservedBatch>();
  const claims = new Map<ClaimId, ObservedClaim>();
  const isOver = state === "over";
  for (let first = 0; first < count; first += batchesOfJob) {
    const job = { ...template, ...change, units: batchesOfJob, batchSize: 1, salt: hashOf(first) };
    const id = jobId(job);
    jobs.set(id, { id, job, postedAt: 1, block: 1 });
    for (let batch = 0; batch < batchesOfJob; batch++) {
      const claim: Claim = { job: id, batch, attempt: 0, miner: ME, pay: 700n, root: hashOf(1) };
      const named = claimId(claim);
      batches.set(batchKey(id, batch), { job: id, batch, status: isOver ? "paid" : "taken", attempt: 0, claim: named });
      claims.set(named, {
        ...{ id: named, claim, games: 0, winner: undefined, block: 1 },
        status: isOver ? "settled" : "live",
        claimedAt: isOver ? NOW - 500_000 : NOW - 10,
        endedAt: isOver ? NOW - 400_000 : undefined,
      });
    }
  }
  const sight = { ...emptyMarket, block: 1, now: NOW, jobs, batches, claims };
  return { sight, later: sight, jobs: [...jobs.values()], claims: [...claims.values()] };
}

/** The world of a role that needs nothing of what has ended. */
function dropping(world: World, state: State): World {
  return state !== "over" ? world : { ...world, later: { ...emptyMarket, block: 1, now: NOW } };
}

/** What contracts answer: a hub that is registered, and an account with enough stake. */
const READS: Record<string, () => unknown> = {
  status: () => hubStatuses.indexOf("registered"),
  suspectedAt: () => 0n,
  owner: () => accounts.hub.address,
  free: () => 30n,
  get: () => 10n,
  freeOf: () => 10n ** 9n,
  lockedOf: () => 0n,
  withdrawalOf: () => [0n, 0n],
  waiting: () => ({ remainder: 0n, prices: 0n }),
  allowance: () => 0n,
};

/** One look at a sight. */
type Looker = { look(sight: Sight): Promise<void>; close(): void };
type Opened = { readonly world: World; readonly role: Looker };

/** Writes a journal, closes it, and opens it again as a role that starts. */
function tools<J extends { mail: { together(note: () => void): void }; close(): void }>(
  open: (path: string) => J,
  path: string,
  fill: (journal: J) => void,
) {
  const journal = open(path);
  // All at once: each alone would be a write to the disk of its own.
  journal.mail.together(() => fill(journal));
  journal.close();
  const stub = stubTools(() => open(path));
  stub.set.reads = READS;
  return stub.tools;
}

const addresses = stubTools(() => ({})).tools.access.deployment.addresses;
const known = { referee: addresses.bisection, machine: idleEngine.machine } as const;
const expiryOf = (state: State) => (state === "over" ? NOW - 450_000 : NOW + 3600);

const opens: Record<RoleName, (path: string, count: number, state: State) => Promise<Opened>> = {
  async hub(path, count, state) {
    const world = dropping(worldOf(count, state, BATCHES_OF_JOB, known), state);
    const of = tools(openHubJournal, path, (journal) => {
      journal.miners.put(ME, { address: ME, slots: 16, minPay: 1n });
      for (const { id, claim } of world.claims) {
        const terms = {
          job: claim.job,
          batch: claim.batch,
          attempt: 0,
          deposit: template.deposit,
          miner: ME,
          pay: 700n,
        };
        const times = { assignedAt: NOW - 600_000, expiry: expiryOf(state) };
        journal.assignments.put(id, { id, ...terms, ...times, signature: "0x12", sent: true, answer: "accepted" });
      }
    });
    const policy = { funds: 50n, workSeconds: 3600, answerSeconds: 60, payBps: 7000n, settleAfterSeconds: 600 };
    const observe = await observeHub(
      { ...of, referees: refereesOfOnlooker({ ...of, patienceSeconds: 600 }) },
      policy,
      template.hub,
    );
    const look = async (sight: Sight) => void decideHub(await observe(sight), of.guard);
    return { world, role: { look, close: of.journal.close } };
  },
  async miner(path, count, state) {
    const world = worldOf(count, state, BATCHES_OF_JOB, known);
    const of = tools(openMinerJournal, path, (journal) => {
      journal.marks.put("staked", true);
      for (const { id, claim } of world.claims) {
        const job = world.sight.jobs.get(claim.job)?.job ?? template;
        const { batch, attempt, miner, pay, root } = claim;
        const expiry = BigInt(expiryOf(state));
        const assignment = { wallet: job.hub, job: claim.job, batch, attempt, miner, pay, expiry };
        const assigned = { id, job, assignment, signature: "0x12", from: accounts.hub.address } as const;
        journal.assignments.add(id, assigned);
        journal.answers.put(id, "accepted");
        journal.putRoot(assigned, root);
        journal.deliveries.put(id, hashOf(2) as ContentId);
        journal.delivered.put(id, true);
      }
    });
    const referees = refereesOfMiner({ ...of, engine: idleEngine });
    const observe = observeMiner({ ...of, engine: idleEngine, referees }, minerPolicy, template.hub, () => true);
    const look = async (sight: Sight) => void decideMiner(await observe(sight), of.guard);
    return { world, role: { look, close: of.journal.close } };
  },
  async verifier(path, count, state) {
    const world = dropping(worldOf(count, state, BATCHES_OF_JOB, known), state);
    const of = tools(openVerifierJournal, path, (journal) => {
      journal.marks.put("staked", true);
      for (const { id } of world.claims) journal.checks.put(id, "true");
    });
    const referees = refereesOfVerifier({ ...of, engine: idleEngine, patienceSeconds: 600, commitStake: 1n });
    const queue = { keep() {} };
    const observe = observeVerifier({ ...of, engine: idleEngine, referees, queue }, verifierPolicy, 1);
    const look = async (sight: Sight) => void decideVerifier(await observe(sight));
    return { world, role: { look, close: of.journal.close } };
  },
  async buyer(path, count, state) {
    // One job, all of it collected, or none of it settled yet.
    const world = worldOf(count, state, count, { ...known, buyer: ME as Address });
    const of = tools(openBuyerJournal, path, (journal) => {
      for (const { id, job } of world.jobs) {
        journal.orders.put(id, { id, job, manifest: new Uint8Array() });
        journal.published.put(id, true);
        if (state === "over") {
          journal.reported.put(id, true);
          journal.finished.put(id, NOW - 400_000);
        }
      }
      for (const { id, claim } of state === "over" ? world.claims : [])
        journal.collected.put(batchKey(claim.job, claim.batch), { claim: id, miner: ME });
    });
    const referees = refereesOfOnlooker({ ...of, patienceSeconds: 600 });
    const observe = await observeBuyer({ ...of, referees }, { askAgainSeconds: 60 }, template.hub);
    const look = async (sight: Sight) => void decideBuyer(await observe(sight));
    return { world, role: { look, close: of.journal.close } };
  },
};

/** Does something again and again. CPU ms of each time. */
async function spend(action: () => Promise<void>): Promise<number> {
  const begin = process.cpuUsage();
  for (let times = 1; ; times++) {
    await action();
    const { user, system } = process.cpuUsage(begin);
    const spent = (user + system) / 1000;
    if (spent >= ENOUGH_MS || times === MOST_LOOKS) return spent / times;
  }
}

/** The same world, but for its first claim, about which a game has begun. */
function withNews({ later }: World): Sight {
  const [first] = later.claims.values();
  return first ? { ...later, claims: new Map([...later.claims, [first.id, { ...first, games: 1 }]]) } : later;
}

/** CPU ms of a look at a new block, in which nothing has happened or little. */
async function measureLook(name: RoleName, count: number, state: State): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "sonm-looks-"));
  const { world, role } = await opens[name](join(folder, "journal.sqlite"), count, state);
  try {
    let block = 1;
    const look = (sight: Sight) => role.look({ ...sight, block: ++block, now: NOW + block });
    const other = state === "open, news of one" ? withNews(world) : world.later;
    const next = () => look(block % 2 === 0 ? world.later : other);
    await look(world.sight);
    await spend(next);
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) least = Math.min(least, await spend(next));
    return least;
  } finally {
    role.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const nameOf = (role: RoleName, count: number, state: State) =>
  `CPU a look, ${count.toLocaleString("en-US")} ${state}: ${role}`;

async function measureLooks(wanted: (name: string) => boolean): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const role of ROLES) {
    for (const state of STATES) {
      const spent: (readonly [count: number, ms: number])[] = [];
      for (const count of COUNTS.filter((count) => wanted(nameOf(role, count, state)))) {
        const ms = await measureLook(role, count, state);
        spent.push([count, ms]);
        const reference = BEFORE[role];
        figures.push(
          figure(nameOf(role, count, state), 1000 * ms, {
            unit: "µs",
            better: "lower",
            ...(reference && { reference }),
          }),
        );
      }
      const [first, last] = [spent[0], spent.at(-1)];
      if (!first || !last || first === last) continue;
      const from = `${first[0].toLocaleString("en-US")} to ${last[0].toLocaleString("en-US")}`;
      const goal =
        state === "over"
          ? ([`growth of a look, ${from} over: ${role}`, last[1] / first[1], "×", FLAT] as const)
          : ([
              `slope of a look, ${from} ${state}: ${role}`,
              (1000 * (last[1] - first[1])) / (last[0] - first[0]),
              "ms/1,000",
              SLOPE,
            ] as const);
      const [name, value, unit, target] = goal;
      figures.push(figure(name, value, { unit, better: "lower", target }));
    }
  }
  return figures;
}

export const lookBench: Bench = {
  name: "growth",
  about: "What a look costs when nothing new has happened, with much that is over and with much that is open",
  measure: measureLooks,
};
