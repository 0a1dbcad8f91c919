// The verifier as it is launched: the bounds and defaults of its options, and the effect of each option.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { parameterNames } from "@sonm/chain/enums/parameter";
import { bisectionIn } from "@sonm/chain/market/bisection";
import { commitmentOf } from "@sonm/protocol/dispute/opening";
import { claimId } from "@sonm/protocol/result/claim";
import { contentIdOf, encodeDelivery } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import type { Address, ContentId, Hex, JobId } from "@sonm/protocol/values/ids";
import { formatEther, parseEther } from "viem";
import { makeOrder } from "../../../offchain/agents/buyer/order.ts";
import type { Engine } from "../../../offchain/host/engines/engine.ts";
import { createMachineEngine } from "../../../offchain/host/engines/machine/machine-engine.ts";
import { readConfig } from "../../../offchain/host/role/config.ts";
import { unitKey } from "../../../offchain/host/role/units.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { verifierRole } from "../../../verifier/role.ts";
import { hashOf, kinds as kindsOf, MINER, OTHER, sightOf, job as terms } from "../agents/fixtures.ts";
import { accounts, receive, stubTools } from "../agents/stub-tools.ts";
import { folderForTest } from "../cli/sonm.ts";

const image = new Uint8Array(readFileSync(new URL("../../../guest/bin/wordcount", import.meta.url)));
const inputs = ["to be", "or not to be"].map((text) => new Uint8Array(Buffer.from(text)));
const { machine, bisection } = stubTools(openVerifierJournal).tools.access.deployment.addresses;

/** A job of two units, a true claim about them, and all content that is published for both. */
async function honestWork() {
  const published = new Map<ContentId, Uint8Array>(
    [image, ...inputs].map((content) => [contentIdOf(content), content]),
  );
  const fetch = async (id: ContentId) => published.get(id) ?? assert.fail(`nobody has published ${id}`);
  const publish = (content: Uint8Array) => published.set(contentIdOf(content), content);
  const engine = createMachineEngine({ machine, fetch });
  try {
    const about = { ...terms, referee: bisection, batchSize: 2 };
    const { id, job, manifest } = await makeOrder(image, inputs, about, engine);
    publish(manifest);
    const into = join(folderForTest(), "output");
    const computed = (unit: number) => engine.compute(job, unit, false, undefined, into);
    const results = [await computed(0), await computed(1)];
    const hashes = results.map(({ resultHash }) => resultHash);
    const batch = { job: id, batch: 0, attempt: 0, miner: MINER, pay: 1n };
    const claim = { ...batch, root: resultTreeOf(job, batch, hashes).root };
    const delivery = encodeDelivery(
      results.map((unit) => ({ ...unit, output: unit.output ?? assert.fail("it was not kept") })),
    );
    publish(delivery);
    return { job, claim, hashes, delivery: contentIdOf(delivery), published };
  } finally {
    await engine.stop();
  }
}
const { job, claim, hashes, delivery, published } = await honestWork();
const claimed = claimId(claim);

type Flags = Readonly<Record<string, string>>;

/** The configuration of a verifier with these flags, and the flags that every role needs. */
const told = (flags: Flags = {}) =>
  readConfig("verifier", verifierRole.options, { flags: { deployment: "d", keystore: "k", stake: "5 SNM", ...flags } });

test("by default, it checks every claim, computes one unit at a time, waits ten minutes and is honest", () => {
  assert.deepEqual(told().options, {
    stake: parseEther("5"),
    share: 1,
    threads: 1,
    memory: undefined,
    speed: 10_000_000,
    leastPrice: 0n,
    busyHours: undefined,
    cpuShare: 100,
    niceness: 0,
    patienceSeconds: 600,
    lie: undefined,
  });
});

const longest = 2 ** 32 - 1;
const flags = {
  share: "--share",
  threads: "--threads",
  memory: "--memory",
  speed: "--speed",
  patienceSeconds: "--patience-seconds",
  lie: "--lie",
};
const bounds: [option: keyof typeof flags, taken: string[], refused: string[]][] = [
  ["share", ["0", "1"], ["1.1"]],
  ["threads", ["1", "256"], ["0", "257"]],
  ["memory", ["64", "16777216"], ["63", "16777217"]],
  ["speed", ["1000", "1000000000000"], ["999", "1000000000001"]],
  ["patienceSeconds", ["0", `${longest}`], [`${longest + 1}`]],
  ["lie", ["x".repeat(100)], ["x".repeat(101)]],
];
for (const [option, taken, refused] of bounds) {
  test(`${flags[option]} accepts its smallest and its largest value, and nothing outside`, () => {
    for (const value of taken) told({ [option]: value });
    for (const value of refused) assert.throws(() => told({ [option]: value }), new RegExp(`${flags[option]} must be`));
  });
}

test("it follows only the disputes that it has opened, and keeps the claims that it has challenged", async () => {
  const journal = openVerifierJournal(":memory:");
  const { follows, keeps } = await verifierRole.observing({ me: accounts.me.address, journal } as never);
  const seen = { id: claimed } as never;
  assert.deepEqual([keeps?.(job, undefined), keeps?.(job, seen)], [false, false]);
  journal.salts.add(claimed, "0x00");
  assert.deepEqual([keeps?.(job, undefined), keeps?.(job, seen)], [false, true]);
  const parties = { claim: claimed, job: hashOf(2) as JobId, miner: MINER };
  assert.equal(follows?.({ ...parties, challenger: accounts.me.address.toLowerCase() as Address }, job), true);
  assert.equal(follows?.({ ...parties, challenger: OTHER }, job), false);
});

const COMMIT_STAKE = 7n;

/** A launched verifier that has staked, and sees this one claim. */
async function verifierWith(t: TestContext, flags: Flags = {}) {
  const { tools, set, done, store } = stubTools(openVerifierJournal);
  for (const [id, content] of published) store.set(id, content);
  tools.journal.marks.put("staked", true);
  const stake = parameterNames.indexOf("CommitStakeWei");
  set.reads = {
    freeOf: () => 1000n,
    lockedOf: () => 0n,
    withdrawalOf: () => [0n, 0n],
    nonces: () => 0n,
    get: ([parameter]) => (parameter === stake ? COMMIT_STAKE : 1n),
  };
  const posted = { id: claim.job, job, postedAt: 1, block: 1 };
  set.sight = { ...sightOf({ claim }), jobs: new Map([[posted.id, posted]]) };
  const { engine, observe, decide, act, prepare } = await verifierRole.start(told(flags), tools);
  t.after(() => engine.stop());
  const next = async () => decide(await observe(set.sight));
  return {
    engine,
    prepare,
    set,
    done,
    journal: tools.journal,
    next,
    look: () => observe(set.sight),
    kinds: async () => kindsOf(await next()),
    async doAll() {
      const view = await observe(set.sight);
      for (const action of decide(view).actions) await act(action, view);
    },
  };
}

test("an honest verifier finds a true claim true, and then has nothing to do", async (t) => {
  const { kinds, doAll, journal } = await verifierWith(t);
  assert.deepEqual(await kinds(), ["check"]);
  await doAll();
  assert.equal(journal.checks.get(claimed), "true");
  assert.deepEqual(await kinds(), []);
  // S4: what opens a game is there before there is one.
  const { opening } = journal.units.get(unitKey(claim.job, 1)) ?? {};
  assert.deepEqual((opening as Hex[]).at(-1), hashes[1]);
});

test("a verifier with --lie accuses a true claim", async (t) => {
  const { kinds, doAll, journal } = await verifierWith(t, { lie: "first" });
  await doAll();
  assert.equal(journal.checks.get(claimed), "false");
  assert.deepEqual(await kinds(), ["commit"]);
});

test("it does not start with an unknown lie", async (t) => {
  await assert.rejects(verifierWith(t, { lie: "nonsense" }), /There is no lie "nonsense"/);
});

test("first it adds to its stake what is missing from --stake", async (t) => {
  const { next, doAll, journal, done } = await verifierWith(t, { stake: "1 SNM" });
  journal.marks.delete("staked");
  assert.deepEqual((await next()).actions, [{ kind: "stake", amount: parseEther("1") }]);
  await doAll();
  assert.deepEqual(done.happenings, [{ kind: "staked", amount: String(parseEther("1")) }]);
  assert.deepEqual(
    done.calls.map(({ args }) => args[0]),
    [parseEther("1") - 1000n],
  );
  assert.equal(journal.marks.get("staked"), true);
});

test("with --share 0 it sees claims but checks none", async (t) => {
  const { kinds, look } = await verifierWith(t, { share: "0" });
  assert.deepEqual(await kinds(), []);
  assert.equal((await look()).claims.length, 1);
});

test("S4: --speed says what it could not play in time, which it does not check", async (t) => {
  // 8^9/7 steps, and half of the allowance for them.
  const enough = Math.ceil((2 * 8 ** (job.exponent + 1)) / 7 / job.allowance);
  const { kinds, look } = await verifierWith(t, { speed: "1000" });
  assert.deepEqual(await kinds(), enough > 1000 ? [] : ["check"]);
  assert.equal((await look()).policy.stepsPerSecond, 1000);
});

test("S5: with --least-price it checks only what offers that much for 10^9 steps", async (t) => {
  const steps = BigInt(2 * 8 ** job.exponent);
  // In wei; it must be found on the command line as SNM.
  const offered = ((job.deposit / 2n) * 10n ** 9n) / steps;
  assert.deepEqual(await (await verifierWith(t, { leastPrice: formatEther(offered) })).kinds(), ["check"]);
  assert.deepEqual(await (await verifierWith(t, { leastPrice: formatEther(offered + 1n) })).kinds(), []);
});

test("--threads is the number of units that it computes at the same time", async (t) => {
  const { engine } = await verifierWith(t, { threads: "3" });
  assert.equal((engine as Engine).parallel, 3);
});

test("an accusation costs the chain's stake for a commitment and the job's bond", async (t) => {
  const [seen] = (await (await verifierWith(t)).look()).claims;
  assert.ok(seen && !seen.accusation.announced);
  assert.equal(seen.accusation.cost, COMMIT_STAKE + job.bond);
});

test("--patience-seconds is how long it waits for the miner's results", async (t) => {
  const { journal, set, next } = await verifierWith(t, { patienceSeconds: "60" });
  const me = accounts.me.address;
  const salt = hashOf(6);
  journal.checks.put(claimed, "false");
  journal.salts.add(claimed, salt);
  const committedAt = set.sight.now - 5;
  const hash = commitmentOf(me, claimed, salt);
  const commitment = { challenger: me, hash, rank: 1n, stake: 1n, committedAt, fate: "waiting" } as const;
  const none = bisectionIn(set.sight, bisection);
  const disputes = { ...none, commitments: new Map([[1n, commitment]]) };
  set.sight = { ...set.sight, disputes: new Map([[bisection, disputes]]) };
  const { actions, wakeAt } = await next();
  assert.deepEqual(kindsOf({ actions }), ["ask"]);
  assert.equal(wakeAt, committedAt + 60);
});

test("it takes the results of a claim that it accuses from its mail", async (t) => {
  const { journal, prepare } = await verifierWith(t);
  journal.salts.add(claimed, hashOf(6));
  await receive(prepare, MINER, { kind: "results", claim: claimed, content: delivery });
  assert.deepEqual(journal.leaves.get(claimed), hashes);
});
