// The whole path with real processes: a job is computed, and a lie is caught. A process that is killed on the way continues from its
// journal and the chain, and loses nothing.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { hubWalletOf } from "@sonm/chain/hub/factory";
import { bisectionIn } from "@sonm/chain/market/bisection";
import { createObserver } from "@sonm/chain/market/observer";
import { balanceOf } from "@sonm/chain/money/snm";
import { stakeOf } from "@sonm/chain/money/stake";
import { formatEther, parseEther } from "viem";
import { outputName } from "../../../offchain/agents/buyer/act.ts";
import { FIRST_WALLET } from "../../../offchain/devnet/local-chain.ts";
import { type Network, type Player, startNetwork } from "../../../offchain/devnet/network.ts";
import { chunksOf, mergeWordCounts, readWordCount } from "../../../offchain/devnet/programs/wordcount.ts";
import type { RoleEvent, RoleName } from "../../../offchain/host/role/happenings.ts";
import { sonmCommand } from "../cli/sonm.ts";

const TEXT = new TextEncoder().encode(
  "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer the slings and arrows of outrageous " +
    "fortune, or to take arms against a sea of troubles and by opposing end them.",
);
const WORDCOUNT = new URL("../../../guest/bin/wordcount", import.meta.url).pathname;
/** Bytes a unit, and units a batch. */
const CHUNK = 36;
const BATCH = 3;
const STAKE = "1000";
/** A limit for hanging networks, which then say what they wait for. It is long, so that a slow computer does not reach it. */
const TIMEOUT = 240_000;

/** A role that is enrolled in the network. */
type Part = Player & {
  start(): Promise<void>;
  /** Kills it and starts it again. */
  restart(): Promise<void>;
};

type NetworkStage = Network & {
  /** in the order of arrival */
  readonly events: readonly RoleEvent[];
  /** Enrolls a role with an amount of SNM. It is not started yet. */
  add(role: RoleName, name: string, options: object, snm: string): Promise<Part>;
};

async function openStage(directory: string): Promise<NetworkStage> {
  const events: RoleEvent[] = [];
  const network = await startNetwork(directory, sonmCommand, (event) => void events.push(event));
  return {
    ...network,
    events,
    async add(role, name, options, snm) {
      const player = await network.enroll(role, name, parseEther(snm));
      const start = () => network.launch(player, options);
      let tail = Promise.resolve();
      const restart = () => {
        tail = tail.then(() => network.kill(player)).then(start);
        return tail;
      };
      return { ...player, start, restart };
    },
  };
}

/** A test with a network of its own. If it hangs, it says what happened last and what every role waits for. */
function story(name: string, tell: (stage: NetworkStage) => Promise<void>): void {
  test(name, { timeout: TIMEOUT }, async ({ signal }) => {
    const directory = mkdtempSync(join(tmpdir(), "sonm-network-"));
    const stage = await openStage(directory);
    const hung = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("the network hangs")));
    });
    try {
      await Promise.race([tell(stage), hung]);
    } catch (error) {
      console.error(stage.standings(), stage.events.slice(-20));
      throw error;
    } finally {
      await stage.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

/** One hub, a liar, an honest miner, a verifier and a buyer with a small job. None of them is started. */
async function cast(stage: NetworkStage, liar: object) {
  const { directory, devnet } = stage;
  const hub = await stage.add("hub", "hub", { funds: "10 SNM" }, "100");
  const wallet = await hubWalletOf(devnet.reader, devnet.deployment, hub.address, FIRST_WALLET);
  const stake = `${STAKE} SNM`;
  const inputs = chunksOf(TEXT, CHUNK).map((chunk, i) => {
    const file = join(directory, `chunk-${i}`);
    writeFileSync(file, chunk);
    return file;
  });
  return {
    wallet,
    units: inputs.length,
    hub,
    liar: await stage.add("miner", "liar", { hub: wallet, stake, ...liar }, STAKE),
    honest: await stage.add("miner", "honest", { hub: wallet, stake, slots: 3 }, STAKE),
    verifier: await stage.add("verifier", "verifier", { stake }, STAKE),
    buyer: await stage.add(
      "buyer",
      "buyer",
      { hub: wallet, image: WORDCOUNT, inputs, out: "out", price: "1 SNM", batchSize: BATCH, exponent: 6 },
      "100",
    ),
  };
}
type Cast = Awaited<ReturnType<typeof cast>>;

/** What must be true at the end of every story with one liar. */
async function checkEnd({ devnet, directory }: NetworkStage, roles: Cast): Promise<void> {
  const { reader, deployment } = devnet;
  const stake = async ({ address }: Part) => {
    const { free, locked } = await stakeOf(reader, deployment, address);
    return [formatEther(free), formatEther(locked)];
  };
  const sight = await createObserver(reader, deployment, { keeps: () => true }).look();
  const claims = [...sight.claims.values()];
  const byLiar = claims.filter(({ claim }) => claim.miner === roles.liar.address);
  assert.deepEqual(
    byLiar.map(({ status }) => status),
    ["awarded"],
    "the liar has lied once, was convicted, and got no more work",
  );
  const byHonest = claims.filter(({ claim }) => claim.miner === roles.honest.address);
  assert.deepEqual(
    byHonest.map(({ claim, status }) => `${claim.batch} ${status}`).sort(),
    Array.from({ length: Math.ceil(roles.units / BATCH) }, (_, batch) => `${batch} settled`),
    "the honest miner has claimed each batch once",
  );
  assert.equal(
    bisectionIn(sight, deployment.addresses.bisection).commitments.size,
    1,
    "the verifier has announced one challenge",
  );

  const deposit = [...sight.jobs.values()][0]?.job.deposit ?? 0n;
  const half = deposit / 2n;
  assert.deepEqual(await stake(roles.liar), [formatEther(1000n * 10n ** 18n - deposit), "0"]);
  assert.deepEqual(await stake(roles.honest), [STAKE, "0"], "no deposit is lost or left locked");
  assert.deepEqual(await stake(roles.verifier), [formatEther(1000n * 10n ** 18n + half), "0"], "no bond is lost");
  const earned = formatEther(await balanceOf(reader, deployment, roles.honest.address));
  assert.equal(earned, formatEther(7n * 10n ** 17n * BigInt(roles.units)), "70 % of the price of all units");

  const outputs = Array.from({ length: roles.units }, (_, unit) =>
    readFileSync(join(directory, "buyer", "out", outputName(unit))),
  );
  const counted = mergeWordCounts(outputs.map(readWordCount));
  assert.equal(counted.words, new TextDecoder().decode(TEXT).match(/[a-z]+/gi)?.length);
  assert.equal(counted.bytes, TEXT.length);
}

/** Starts everybody and waits for the end: the buyer is done, the reward paid, the pay pulled. */
async function play(stage: NetworkStage, roles: Cast): Promise<void> {
  for (const role of [roles.hub, roles.liar, roles.honest, roles.verifier]) await role.start();
  // Both miners are ready before the job is posted, so each gets a batch.
  for (const { address } of [roles.liar, roles.honest]) {
    await stage.until((event) => event.kind === "announced" && event.miner === address);
  }
  await roles.buyer.start();
  await stage.until((event) => event.kind === "done");
  await stage.until((event) => event.kind === "awarded");
  await stage.quiet();
}

/** Kills a role as soon as it has reported an event of this kind, and starts it again. */
async function restartAfter(stage: NetworkStage, role: Part, kind: RoleEvent["kind"]): Promise<void> {
  await stage.until((event) => event.kind === kind && event.name === role.name);
  await role.restart();
}

story("a verifier killed in mid-game and a miner killed while it claims go on and lose nothing", async (stage) => {
  const roles = await cast(stage, { lie: "output" });
  const after = (role: Part, kind: RoleEvent["kind"]) => restartAfter(stage, role, kind);
  const kills = [
    after(roles.honest, "unit-computed"),
    after(roles.honest, "claimed"),
    after(roles.verifier, "committed"),
    after(roles.verifier, "opened"),
    after(roles.verifier, "split"),
  ];
  await play(stage, roles);
  await Promise.all(kills);
  const proved = stage.events.find((event) => event.kind === "proved");
  assert.ok(proved?.kind === "proved");
  assert.equal(proved.instruction, "ecall", "a lie about the output is one about the instruction that ends the run");
  await checkEnd(stage, roles);
});

story("a liar that hides its results and falls silent is convicted by its silence", async (stage) => {
  const roles = await cast(stage, { lie: "step:100", lieUnit: "last", withhold: true, silentFrom: 2 });
  await play(stage, roles);
  const kinds = (event: RoleEvent) => event.kind === "opened" || event.kind === "timed-out";
  const told = stage.events.filter(kinds).map((event) => (event.kind === "opened" ? event.unit : event.kind));
  assert.deepEqual(told, [null, "timed-out"]);
  await checkEnd(stage, roles);
});

story("everybody is killed at every step, and the job is done all the same", async (stage) => {
  const roles = await cast(stage, { lie: "memory:0x40000000" });
  const steps: [Part, RoleEvent["kind"]][] = [
    [roles.hub, "announced"],
    [roles.hub, "quote-signed"],
    [roles.hub, "assigned"],
    [roles.liar, "staked"],
    [roles.liar, "claimed"],
    [roles.liar, "delivered"],
    [roles.liar, "split"],
    [roles.honest, "staked"],
    [roles.honest, "delivered"],
    [roles.honest, "settled"],
    [roles.verifier, "staked"],
    [roles.verifier, "unit-checked"],
    [roles.verifier, "checked"],
    [roles.verifier, "proved"],
    [roles.verifier, "awarded"],
    [roles.buyer, "published"],
    [roles.buyer, "quoted"],
    [roles.buyer, "posted"],
    [roles.buyer, "collected"],
  ];
  const kills = steps.map(([role, kind]) => restartAfter(stage, role, kind));
  await play(stage, roles);
  await Promise.all(kills);
  await checkEnd(stage, roles);
});

story("of two verifiers the first to announce earns; a third that lies pays the miner it accuses", async (stage) => {
  const roles = await cast(stage, { lie: "register:5" });
  const stake = `${STAKE} SNM`;
  const second = await stage.add("verifier", "second", { stake }, STAKE);
  const slanderer = await stage.add("verifier", "slanderer", { stake, lie: "step:50" }, STAKE);
  await second.start();
  await slanderer.start();
  await play(stage, roles);

  const { reader, deployment } = stage.devnet;
  const sight = await createObserver(reader, deployment, { keeps: () => true }).look();
  const [posted] = sight.jobs.values();
  assert.ok(posted);
  const { bond, deposit } = posted.job;
  const gainOf = async ({ address }: Part) => {
    const { free, locked } = await stakeOf(reader, deployment, address);
    return free + locked - parseEther(STAKE);
  };
  const gamesOf = (challenger: Part, miner: Part) =>
    [...bisectionIn(sight, deployment.addresses.bisection).games.values()].filter(
      ({ game: { about } }) => about.challenger === challenger.address && about.miner === miner.address,
    );
  const slanders = gamesOf(slanderer, roles.honest);
  assert.ok(slanders.length > 0, "the slanderer has accused the honest miner");
  for (const { shown } of slanders) assert.equal(shown.outcome, "challengerTimedOut");
  assert.equal(await gainOf(roles.honest), BigInt(slanders.length) * (bond / 2n), "half of each lost bond is its");

  const verifiers = [roles.verifier, second];
  const winners = [...sight.claims.values()].flatMap(({ winner }) => winner ?? []);
  assert.equal(winners.length, 1, "one claim is convicted");
  const ranks = verifiers.flatMap((one) => gamesOf(one, roles.liar).map(({ game }) => game.about.rank));
  assert.equal(
    winners[0]?.rank,
    ranks.reduce((least, rank) => (rank < least ? rank : least)),
  );
  for (const one of verifiers) {
    const earned: bigint = one.address === winners[0]?.challenger ? deposit / 2n : 0n;
    assert.equal(await gainOf(one), earned, "the first has half the deposit, the other its bond");
  }
});
