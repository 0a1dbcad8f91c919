// The whole path with real processes: a job is computed, a lie is caught, and whoever is killed on the way goes on from its journal
// and the chain and loses nothing.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { formatEther } from "viem";
import { outputName } from "../../offchain/agents/buyer/act.ts";
import { balanceOf, createObserver, stakeOf } from "../../offchain/core/chain/read.ts";
import type { RoleEvent } from "../../offchain/core/events.ts";
import { chunksOf, mergeWordCounts, readWordCount } from "../../offchain/runtime/programs/wordcount.ts";
import { type RoleProcess, startNetwork } from "./network.ts";

const TEXT = new TextEncoder().encode(
  "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer the slings and arrows of outrageous " +
    "fortune, or to take arms against a sea of troubles and by opposing end them.",
);
const WORDCOUNT = new URL("../../guest/bin/wordcount", import.meta.url).pathname;
/** Bytes a unit, and units a batch. */
const CHUNK = 36;
const BATCH = 3;
const STAKE = "1000";
/** A watchdog, not a measure: a network that hangs is to say so. */
const TIMEOUT = 400_000;

type Network = Awaited<ReturnType<typeof startNetwork>>;

/** A test with a network of its own; one that hangs says what happened last and what every role waits for. */
function story(name: string, tell: (network: Network) => Promise<void>): void {
  test(name, { timeout: TIMEOUT }, async ({ signal }) => {
    const network = await startNetwork();
    const hung = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("the network hangs")));
    });
    try {
      await Promise.race([tell(network), hung]);
    } catch (error) {
      console.error(network.standings(), network.events.slice(-20));
      throw error;
    } finally {
      await network.stop();
    }
  });
}

/** One hub, a liar, an honest miner, a verifier and a buyer with a small job; nobody has been started. */
async function cast(network: Network, liar: object) {
  const hub = await network.add("hub", "hub", { funds: "10 SNM" }, "100");
  const wallet = await network.hubWallet(hub.address);
  const stake = `${STAKE} SNM`;
  const inputs = chunksOf(TEXT, CHUNK).map((chunk, i) => network.write(`chunk-${i}`, chunk));
  return {
    wallet,
    units: inputs.length,
    hub,
    liar: await network.add("miner", "liar", { hub: wallet, stake, ...liar }, STAKE),
    honest: await network.add("miner", "honest", { hub: wallet, stake, slots: 3 }, STAKE),
    verifier: await network.add("verifier", "verifier", { stake }, STAKE),
    buyer: await network.add(
      "buyer",
      "buyer",
      { hub: wallet, image: WORDCOUNT, inputs, out: "out", price: "1 SNM", batchSize: BATCH, exponent: 6 },
      "100",
    ),
  };
}
type Cast = Awaited<ReturnType<typeof cast>>;

/** What must be true at the end of every story with one liar. */
async function checkEnd(network: Network, roles: Cast): Promise<void> {
  const { reader, deployment } = network;
  const stake = async ({ address }: RoleProcess) => {
    const { free, locked } = await stakeOf(reader, deployment, address);
    return [formatEther(free), formatEther(locked)];
  };
  const sight = await createObserver(reader, deployment).look();
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
  assert.equal(sight.commitments.size, 1, "the verifier has announced one challenge");

  const deposit = [...sight.jobs.values()][0]?.job.deposit ?? 0n;
  const half = deposit / 2n;
  assert.deepEqual(await stake(roles.liar), [formatEther(1000n * 10n ** 18n - deposit), "0"]);
  assert.deepEqual(await stake(roles.honest), [STAKE, "0"], "no deposit is lost or left locked");
  assert.deepEqual(await stake(roles.verifier), [formatEther(1000n * 10n ** 18n + half), "0"], "no bond is lost");
  const earned = formatEther(await balanceOf(reader, deployment, roles.honest.address));
  assert.equal(earned, formatEther(7n * 10n ** 17n * BigInt(roles.units)), "70 % of the price of all units");

  const outputs = Array.from({ length: roles.units }, (_, unit) =>
    network.read(join("buyer", "out", outputName(unit))),
  );
  const counted = mergeWordCounts(outputs.map(readWordCount));
  assert.equal(counted.words, new TextDecoder().decode(TEXT).match(/[a-z]+/gi)?.length);
  assert.equal(counted.bytes, TEXT.length);
}

/** Starts everybody and waits for the end: the buyer is done, the reward paid, the pay pulled. */
async function play(network: Network, roles: Cast): Promise<void> {
  for (const role of [roles.hub, roles.liar, roles.honest, roles.verifier]) role.start();
  // Both miners are there when the job comes, so each gets a batch.
  for (const { address } of [roles.liar, roles.honest]) {
    await network.until((event) => event.kind === "announced" && event.miner === address);
  }
  roles.buyer.start();
  await network.until((event) => event.kind === "done");
  await network.until((event) => event.kind === "awarded");
  const { reader, deployment } = network;
  // The last pay is pulled after the last settlement, some looks later.
  const all = 7n * 10n ** 17n * BigInt(roles.units);
  while ((await balanceOf(reader, deployment, roles.honest.address)) < all) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

story("a verifier killed in mid-game and a miner killed while it claims go on and lose nothing", async (network) => {
  const roles = await cast(network, { lie: "output" });
  const restart = async (role: RoleProcess) => {
    await role.kill();
    role.start();
  };
  const after = (role: RoleProcess, kind: RoleEvent["kind"]) =>
    network.until((event) => event.kind === kind && event.name === role.name).then(() => restart(role));
  const kills = [
    after(roles.honest, "unit-computed"),
    after(roles.honest, "claimed"),
    after(roles.verifier, "committed"),
    after(roles.verifier, "opened"),
    after(roles.verifier, "moved"),
  ];
  await play(network, roles);
  await Promise.all(kills);
  const proved = network.events.find((event) => event.kind === "proved");
  assert.ok(proved?.kind === "proved");
  assert.equal(proved.instruction, "ecall", "a lie about the output is one about the instruction that ends the run");
  await checkEnd(network, roles);
});

story("a liar that hides its results and falls silent is convicted by its silence", async (network) => {
  const roles = await cast(network, { lie: "step:100", lieUnit: "last", withhold: true, silentFrom: 2 });
  await play(network, roles);
  const kinds = (event: RoleEvent) => event.kind === "opened" || event.kind === "timed-out";
  const told = network.events.filter(kinds).map((event) => (event.kind === "opened" ? event.unit : event.kind));
  assert.deepEqual(told, [null, "timed-out"]);
  await checkEnd(network, roles);
});

story("everybody is killed at every step, and the job is done all the same", async (network) => {
  const roles = await cast(network, { lie: "memory:0x40000000" });
  const steps: [RoleProcess, RoleEvent["kind"]][] = [
    [roles.hub, "announced"],
    [roles.hub, "quote-signed"],
    [roles.hub, "assigned"],
    [roles.liar, "staked"],
    [roles.liar, "claimed"],
    [roles.liar, "delivered"],
    [roles.liar, "moved"],
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
  const kills = steps.map(async ([role, kind]) => {
    await network.until((event) => event.kind === kind && event.name === role.name);
    await role.kill();
    role.start();
  });
  await play(network, roles);
  await Promise.all(kills);
  await checkEnd(network, roles);
});

story("of two verifiers the first to announce earns; a third that lies pays the miner it accuses", async (network) => {
  const roles = await cast(network, { lie: "register:5", silentFrom: undefined });
  const stake = `${STAKE} SNM`;
  const second = await network.add("verifier", "second", { stake }, STAKE);
  const slanderer = await network.add("verifier", "slanderer", { stake, lie: "step:50" }, STAKE);
  second.start();
  slanderer.start();
  await play(network, roles);

  const { reader, deployment } = network;
  const sight = await createObserver(reader, deployment).look();
  const bond = [...sight.jobs.values()][0]?.job.bond ?? 0n;
  const gainOf = async ({ address }: RoleProcess) => {
    const { free, locked } = await stakeOf(reader, deployment, address);
    return free + locked - 1000n * 10n ** 18n;
  };
  const games = [...sight.games.values()];
  const byName = (role: RoleProcess) => games.filter(({ game }) => game.about.challenger === role.address);
  for (const { game, shown } of byName(slanderer)) {
    if (game.about.miner === roles.honest.address) assert.equal(shown.outcome, "challengerTimedOut");
  }
  const slanders = byName(slanderer).filter(({ game }) => game.about.miner === roles.honest.address).length;
  assert.ok(slanders > 0, "the slanderer has accused the honest miner");
  assert.equal(await gainOf(roles.honest), BigInt(slanders) * (bond / 2n), "half of each lost bond is the miner's");
  for (const honest of [roles.verifier, second])
    assert.ok((await gainOf(honest)) >= 0n, "honest verifiers lose nothing");
  assert.ok(byName(second).length + byName(roles.verifier).length > 0);
});
