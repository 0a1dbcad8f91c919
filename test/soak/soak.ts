// A network under trouble: jobs follow each other while roles are killed and stopped, their ways to chain and store fail, the chain
// reorganises, and a stranger throws at them all it has. In the end everything is compared with what it must be.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { hubWalletOf } from "@sonm/chain/hub/factory";
import { bisectionIn, viewIn } from "@sonm/chain/market/bisection";
import { batchKey } from "@sonm/chain/market/events";
import { createObserver, type Sight } from "@sonm/chain/market/observer";
import { turnOf } from "@sonm/protocol/dispute/view";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual, parseEther } from "viem";
import { outputName } from "../../offchain/agents/buyer/act.ts";
import { FIRST_WALLET } from "../../offchain/devnet/local-chain.ts";
import { takeStock } from "../../offchain/devnet/market/report.ts";
import { checkOutputs, EXPONENT, layOut, wordWork } from "../../offchain/devnet/market/work.ts";
import { type Command, startNetwork } from "../../offchain/devnet/network.ts";
import { chances } from "../../offchain/devnet/programs/gallery.ts";
import type { RoleEvent } from "../../offchain/host/role/happenings.ts";
import { createHavoc, type Havoc } from "./havoc.ts";
import { brokenInvariants } from "./invariants.ts";
import { createMembers, type Member } from "./members.ts";
import { judge, type Purse, type SoakReport } from "./report.ts";
import { DEEPEST, type Trouble, told, troubles } from "./trouble.ts";
import { growthOf } from "./vitals.ts";

const PRICE = parseEther("0.1");
const FUNDS = { hub: parseEther("100"), miner: parseEther("2000"), verifier: parseEther("1000") };
const BUYERS_FUNDS = parseEther("10");
/** The least deposit that the chain accepts for a claim: all that a liar has. */
const DEPOSIT = parseEther("100");
/** What a false accuser can lose. */
const BONDS = parseEther("400");
/** More batches than honest miners: some are left for a liar. */
const BATCH_SIZE = 1;
/** MiB that a role gives to runs: a stranger's program that wants all of the machine's memory does not get it. */
const MEMORY = 512;
/** There is a new liar in every third job, and a new false accuser in every fourth. */
const LIAR_EVERY = 3;
const ACCUSER_EVERY = 4;
const LIES = ["output", "first", "last", "after-halt", "step:1000", "register:5", "memory:0xc0000008"];
/** Seconds after which a job that is not done is left in peace until it is. */
const CALM_SECONDS = 45;
/** Seconds between two looks at memory and files. */
const LOOK_SECONDS = 2;
/** Seconds without an event after which something is stuck: a watchdog, not a measure. */
const STUCK_SECONDS = 240;

export type SoakOptions = {
  readonly minutes: number;
  readonly seed: number;
  /** kinds of trouble */
  readonly only: readonly Trouble["kind"][];
  /** for all that is on disk */
  readonly folder: string;
  readonly command: Command;
  /** told what happens, for people */
  readonly say: (line: string) => void;
};

/** One after the other, whoever asks. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** A text of some hundred words, another one for each job. */
function textOf(chance: () => number): string {
  const word = () => String.fromCharCode(...Array.from({ length: 1 + chance() * 6 }, () => 97 + chance() * 26));
  return Array.from({ length: 300 }, word).join(" ");
}

/**
 * Runs the network for `minutes`, and then to the end of what was begun.
 * @throws if a role ends by itself, or nothing happens any more
 */
export async function soak({ minutes, seed, only, folder, command, say }: SoakOptions): Promise<SoakReport> {
  const begun = performance.now();
  const elapsed = () => (performance.now() - begun) / 1000;
  const chance = chances(seed);
  const events: RoleEvent[] = [];
  let latest = 0;
  const network = await startNetwork(join(folder, "network"), command, (event) => {
    events.push(event);
    if (event.kind !== "failed") latest = elapsed();
  });
  const { reader, deployment } = network.devnet;
  const rpc = (method: string, params: readonly unknown[]) =>
    (reader.client.request as (call: object) => Promise<unknown>)({ method, params });
  const turns = createTurns();
  const members = createMembers(network, (work) =>
    turns(async () => {
      const done = await work();
      // No reorganisation reaches as deep.
      for (let block = 0; block <= DEEPEST; block++) await rpc("evm_mine", []);
      return done;
    }),
  );
  const observer = createObserver(reader, deployment, { keeps: () => true });
  const parties: { name: string; address: Address; before: bigint; least: bigint; most?: bigint }[] = [];
  const liars: Member[] = [];
  const counts: Record<string, number> = {};
  const wrong: string[] = [];
  let jobs = 0;
  let units = 0;
  let ending = false;
  /** when the present job was ordered */
  let ordered = 0;

  async function enter(...[role, name, funds, options]: Parameters<typeof members.join>): Promise<Member> {
    const member = await members.join(role, name, funds, options);
    const honest = options !== undefined && !("lie" in options);
    parties.push({ name, address: member.player.address, before: funds, least: honest ? funds : 0n });
    return member;
  }

  async function play(): Promise<SoakReport> {
    const hub = await enter("hub", "hub", FUNDS.hub, { name: "Hub", endpoint: "/ip4/127.0.0.1", funds: "50 SNM" });
    const wallet = await hubWalletOf(reader, deployment, hub.player.address, FIRST_WALLET);
    await network.until(({ kind, name }) => kind === "ready" && name === "hub");
    for (const n of [1, 2, 3])
      await enter("miner", `miner-${n}`, FUNDS.miner, { hub: wallet, stake: "2000 SNM", memory: MEMORY });
    for (const n of [1, 2])
      await enter("verifier", `verifier-${n}`, FUNDS.verifier, { stake: "1000 SNM", memory: MEMORY });
    const look = () => observer.look();
    const havoc = createHavoc({ network, members, folder, wallet, look, rpc, alone: turns });
    const disturbed = disturb(havoc);
    const works = async () => {
      while (elapsed() < 60 * minutes) await job(wallet);
      ending = true;
    };
    await Promise.all([works(), disturbed]);
    await allSettled();
    return conclude(wallet, havoc);
  }

  /** Resolves when no claim is open any more, also of a stranger's job: the clock goes on until then. */
  async function allSettled(): Promise<void> {
    for (;;) {
      await network.quiet();
      const { claims } = await observer.look();
      if (![...claims.values()].some(({ status }) => status === "live")) return;
      await setTimeout(1000);
    }
  }

  /** One job, from the order to the outputs. */
  async function job(wallet: Address): Promise<void> {
    const number = ++jobs;
    ordered = elapsed();
    const home = join(folder, `job-${number}`);
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "text"), textOf(chance));
    const work = await wordWork(join(home, "text"));
    const files = await layOut(home, work, BATCH_SIZE);
    if (number % LIAR_EVERY === 1) {
      const lie = LIES[Math.floor(chance() * LIES.length)];
      const options = { hub: wallet, stake: "100 SNM", lie, lieUnit: "last", memory: MEMORY };
      liars.push(await enter("miner", `liar-${liars.length + 1}`, DEPOSIT, options));
    }
    if (number % ACCUSER_EVERY === 2) {
      await enter("verifier", `accuser-${number}`, BONDS, { stake: "400 SNM", lie: "output", memory: MEMORY });
    }
    const name = `buyer-${number}`;
    const buyer = await enter("buyer", name, BUYERS_FUNDS, {
      hub: wallet,
      price: "0.1 SNM",
      exponent: EXPONENT,
      ...files,
    });
    const ends = (event: RoleEvent) => event.name === name && (event.kind === "done" || event.kind === "refused");
    await network.until(ends);
    const end = events.find(ends);
    const settled = end?.kind === "done" ? end.settledUnits : 0;
    units += settled;
    const paid = PRICE * BigInt(settled);
    const party = parties.find((one) => one.name === name);
    if (party) Object.assign(party, { least: BUYERS_FUNDS - paid, most: BUYERS_FUNDS - paid });
    const outputs = () => Promise.all(work.inputs.map((_, unit) => readFile(join(files.out, outputName(unit)))));
    if (settled !== work.inputs.length || !checkOutputs(work, await outputs(), () => {})) wrong.push(name);
    say(`${name}: ${settled} units, ${wrong.includes(name) ? "WRONG" : "right"}`);
    await members.retire(buyer);
    await retireSpent();
  }

  /** Those who have nothing more to do: liars after their conviction, accusers without bonds, strangers after their jobs. */
  async function retireSpent(): Promise<void> {
    for (const member of members.all()) {
      const { name, address } = member.player;
      const done = events.some(
        (event) =>
          (event.kind === "convicted" && isAddressEqual(event.miner, address)) ||
          (event.name === name && (event.kind === "done" || event.kind === "refused")),
      );
      if (done && member.state === "up") await members.retire(member);
    }
  }

  function nameOf(address: Address): string {
    return parties.find((one) => isAddressEqual(one.address, address))?.name ?? address;
  }

  /** Troubles one after the other; some last while the next ones begin. */
  async function disturb({ suffer }: Havoc): Promise<void> {
    const mortal = ["hub", "miner-2", "miner-3", "verifier-2", "buyer"];
    const lasting: Promise<void>[] = [];
    for (const { after, trouble } of troubles(seed, only, mortal, ["miner-1", "verifier-1", ...mortal])) {
      await setTimeout(1000 * after);
      // The clock jumps only while nothing happens: no job would ever be settled under trouble without end.
      while (!ending && elapsed() - ordered > CALM_SECONDS) await setTimeout(1000);
      if (ending) break;
      say(told(trouble));
      counts[trouble.kind] = (counts[trouble.kind] ?? 0) + 1;
      lasting.push(suffer(trouble));
      // What fails in the meantime is told now.
      await Promise.race([Promise.all(lasting), setTimeout(0)]);
    }
    await Promise.all(lasting);
  }

  async function conclude(wallet: Address, { strangers }: Havoc): Promise<SoakReport> {
    const sight = await observer.look();
    const everybody = [
      ...parties.map(({ name, address }) => ({ role: name, address })),
      ...strangers.map((address, i) => ({ role: `stranger-${i + 1}`, address })),
      { role: "hub's wallet", address: wallet },
    ];
    const { holdings, conserved } = await takeStock(network.devnet, everybody);
    const has = (address: Address) => holdings.find((one) => isAddressEqual(one.address, address))?.amount ?? 0n;
    const purses = parties.map(({ name, address, ...rest }): Purse => {
      const after = has(address) + (name === "hub" ? has(wallet) : 0n);
      return { name, after, ...rest };
    });
    const claims = [...sight.claims.values()];
    const told = new Set(
      events.flatMap((one) => (one.kind === "unit-computed" && one.lie ? [batchKey(one.job, one.batch)] : [])),
    );
    const isLie = ({ claim }: (typeof claims)[number]) =>
      nameOf(claim.miner).startsWith("liar") && told.has(batchKey(claim.job, claim.batch));
    const growth = members.all().flatMap(({ player, vitals }) => growthOf(player.name, vitals) ?? []);
    return judge({
      seed,
      seconds: Math.round(elapsed()),
      jobs,
      units,
      wrong,
      convicted: claims
        .filter(({ status }) => status === "convicted" || status === "awarded")
        .map(({ claim }) => nameOf(claim.miner)),
      liars: liars.map(({ player }) => player.name),
      paidLies: claims.filter((one) => one.status === "settled" && isLie(one)).map(({ id }) => id),
      open: claims.filter(({ status }) => status === "live").map(({ id }) => id),
      troubles: counts,
      conserved,
      broken: await brokenInvariants(network.devnet),
      purses,
      growth,
    });
  }

  /** What is not over, and why. */
  function openIn(sight: Sight): string[] {
    const games = [...bisectionIn(sight, deployment.addresses.bisection).games.values()];
    return [...sight.claims.values()]
      .filter(({ status }) => status === "live" || status === "convicted")
      .flatMap(({ id, claim, status, games: open, claimedAt, block }) => [
        `claim ${id} by ${nameOf(claim.miner)}: ${status}, ${open} games, of block ${block}, ${sight.now - claimedAt} s old`,
        ...games
          .filter(({ game, shown }) => game.about.claim === id && shown.outcome === undefined)
          .map((one) => {
            const view = viewIn(one);
            const side = view && turnOf(view.phase);
            const who = `game ${one.id} of ${nameOf(one.game.about.challenger)}`;
            if (!view || !side) return `  ${who}: what was read of it does not fit together`;
            return `  ${who}: the turn of ${nameOf(one.game.about[side])} for ${view.clock.deadline - sight.now} s`;
          }),
      ]);
  }

  /** Rejects when nothing has happened for a long time. */
  async function watch(): Promise<never> {
    for (;;) {
      await setTimeout(1000 * LOOK_SECONDS);
      members.look();
      if (elapsed() - latest > STUCK_SECONDS) {
        const lines = Object.entries(network.standings()).map(([name, one]) => `${name}: ${JSON.stringify(one)}`);
        const words = [`nothing has happened for ${STUCK_SECONDS} s`, ...lines, ...openIn(await observer.look())];
        throw new Error(words.join("\n  "));
      }
    }
  }

  try {
    return await Promise.race([play(), watch()]);
  } finally {
    ending = true;
    await network.stop();
    await members.end();
  }
}
