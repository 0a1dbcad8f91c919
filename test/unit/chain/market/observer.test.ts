// The observer shows the same as the contracts, also after blocks have been replaced.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { bisectionAbi } from "@sonm/chain/abi/bisection";
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { resultsAbi } from "@sonm/chain/abi/results";
import { bisectionIn, winningGame } from "@sonm/chain/market/bisection";
import { awardPool, forfeitChallenge, retractChallenge } from "@sonm/chain/market/challenges";
import { settleClaim } from "@sonm/chain/market/claims";
import { batchIn, type Market } from "@sonm/chain/market/events";
import { refundBatches } from "@sonm/chain/market/jobs";
import { createObserver } from "@sonm/chain/market/observer";
import { commitmentOf } from "@sonm/protocol/dispute/opening";
import { jobId } from "@sonm/protocol/job/job";
import { SUM } from "../../protocol/machine/programs.ts";
import { createWorld, type World } from "../world.ts";
import { announce, openOn, playOut } from "./games.ts";

const inputs = [1, 2, 3, 4].map((length) => new Uint8Array(length).fill(length));
const lie = new Map([[0, { step: 9, change: { register: 20 }, xor: 1n }]]);
const batchStatuses = ["open", "taken", "paid", "refunded"];
const claimStatuses = ["none", "live", "settled", "convicted", "awarded"];

describe("the observer", () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.anvil.stop());

  const disputes = (market: Market) => bisectionIn(market, world.addresses.bisection);

  /** Compares everything that was observed with the contracts. */
  async function assertTrue(market: Market): Promise<void> {
    const { client } = world.reader;
    const { jobBoard, results, bisection } = world.addresses;
    for (const { id, job } of market.jobs.values()) {
      const batches = Math.ceil(job.units / job.batchSize);
      for (let batch = 0; batch < batches; batch++) {
        const at = { address: jobBoard, abi: jobBoardAbi, functionName: "batchOf" } as const;
        const [status, attempt] = await client.readContract({ ...at, args: [id, batch] });
        const seen = batchIn(market, id, batch);
        assert.deepEqual([seen.status, seen.attempt], [batchStatuses[status], attempt]);
      }
    }
    for (const { id, status, games, claimedAt, endedAt, winner } of market.claims.values()) {
      const at = { address: results, abi: resultsAbi, args: [id] } as const;
      const state = await client.readContract({ ...at, functionName: "stateOf" });
      const rank = winner?.rank ?? 0n;
      const seen = { status: claimStatuses.indexOf(status), games, claimedAt, endedAt: endedAt ?? 0, winner: rank };
      assert.deepEqual({ ...state }, seen);
    }
    for (const { challenger, hash, rank, stake, committedAt, fate } of bisectionIn(
      market,
      bisection,
    ).commitments.values()) {
      const at = { address: bisection, abi: bisectionAbi, functionName: "commitmentOf" } as const;
      const kept = await client.readContract({ ...at, args: [challenger, hash] });
      if (fate === "waiting") assert.deepEqual({ ...kept }, { announced: true, committedAt, rank, stake });
      else assert.equal(kept.announced, false);
    }
    for (const { id, shown } of bisectionIn(market, bisection).games.values()) {
      const at = { address: bisection, abi: bisectionAbi, functionName: "stateOf" } as const;
      const { phase } = await client.readContract({ ...at, args: [id] });
      assert.equal(phase === 4, shown.outcome !== undefined);
    }
  }

  it("sees what happens as it happens, and the same when it comes later", async () => {
    const { observer, deployment, miner, verifier, second, buyer, wait } = world;
    const posted = await world.post(SUM, inputs, { batchSize: 1, deadline: BigInt((await world.now()) + 50_000) });
    const id = jobId(posted.job);
    assert.equal((await observer.look()).jobs.get(id)?.job.salt, posted.job.salt);

    const honest = world.compute(posted, 0, miner.address);
    const good = await world.claim(miner, honest);
    const bad = await world.claim(miner, world.compute(posted, 1, miner.address, lie));
    await assertTrue(await observer.look());

    const salt = await announce(world, verifier, bad);
    const late = await announce(world, second, bad);
    const idle = await announce(world, second, good);
    await assertTrue(await observer.look());

    const own = world.compute(posted, 1, miner.address);
    const game = await openOn(world, verifier, bad, own, 0, salt);
    const players = { miner: { signer: miner, work: bad.work }, challenger: { signer: verifier, work: own } };
    await playOut(world, game, players);
    await retractChallenge(second, deployment, posted.job, bad.claim, late);
    await assertTrue(await observer.look());

    await wait(posted.job.window + posted.job.opening + 1);
    await settleClaim(miner, deployment, posted.job, good.claim);
    const sight = await observer.look();
    const { winner } = sight.claims.get(bad.id) ?? {};
    const won = winner && winningGame(disputes(sight), winner);
    assert(won);
    await awardPool(verifier, deployment, posted.job, bad.claim, won);
    await wait(2 * 86_400);
    await forfeitChallenge(buyer, deployment, second.address, commitmentOf(second.address, good.id, idle));
    await refundBatches(buyer, deployment, posted.job, [1, 3]);
    const seen = await observer.look();
    await assertTrue(seen);
    assert.deepEqual(
      [0, 1, 2, 3].map((batch) => batchIn(seen, id, batch).status),
      ["paid", "refunded", "open", "refunded"],
    );
    const fates = [...disputes(seen).commitments.values()].map(({ fate }) => fate);
    assert.deepEqual(fates, ["opened", "retracted", "forfeited"]);

    // A new observer, which reads pages of a few blocks, sees the same market.
    const anew = createObserver(world.reader, world.deployment, { page: 3 });
    for (let i = 0; i < 3; i++) assert.deepEqual(await anew.look(), seen);

    // One that takes nearly all blocks as final no longer shows what has ended, unless it is asked to.
    const brief = await createObserver(world.reader, world.deployment, { depth: 0 }).look();
    assert.deepEqual([...brief.claims.keys()], []);
    assert.equal(brief.jobs.has(id), true, "a batch of it is open");
    const { commitments, games } = disputes(brief);
    assert.deepEqual([commitments.size, games.size], [0, 0]);
    const keeping = await createObserver(world.reader, world.deployment, { depth: 0, keeps: () => true }).look();
    assert.deepEqual(keeping.claims, seen.claims);
  });

  for (const [kind, depth] of [
    ["shallow", 64],
    ["deeper than it takes for possible", 1],
  ] as const) {
    it(`follows a reorganisation, ${kind}`, async () => {
      const { node, miner, verifier } = world;
      const posted = await world.post(SUM, inputs, { batchSize: 1 });
      const observer = createObserver(world.reader, world.deployment, { depth });
      const before = await observer.look();
      const snapshot = await node.snapshot();
      const time = await world.now();

      const bad = await world.claim(miner, world.compute(posted, 0, miner.address, lie));
      const own = world.compute(posted, 0, miner.address);
      const game = await openOn(world, verifier, bad, own, 0, await announce(world, verifier, bad));
      await node.mine({ blocks: 3 });
      const lost = await observer.look();
      assert.ok(lost.claims.has(bad.id) && disputes(lost).games.has(game));

      await node.revert({ id: snapshot });
      miner.forget();
      verifier.forget();
      await node.setNextBlockTimestamp({ timestamp: BigInt(time + 77) });
      const good = await world.claim(miner, world.compute(posted, 0, miner.address));
      await node.mine({ blocks: 9 });
      const seen = await observer.look();
      assert.ok(!seen.claims.has(bad.id) && !disputes(seen).games.has(game), "what never happened is gone");
      assert.equal(seen.claims.get(good.id)?.claimedAt, time + 77);
      assert.equal(disputes(seen).commitments.size, disputes(before).commitments.size);
      await assertTrue(seen);
    });
  }

  it("never shows a block from before it was asked, though it was looking already", async () => {
    const { client } = world.reader;
    const answered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const getBlock = async (of?: Parameters<typeof client.getBlock>[0]) => {
      const block = await client.getBlock(of);
      answered.resolve();
      await gate.promise;
      return block;
    };
    const slow = { ...client, getBlock } as typeof client;
    const observer = createObserver({ ...world.reader, client: slow }, world.deployment);
    const before = observer.look();
    await answered.promise;
    await world.node.mine({ blocks: 1 });
    const looks = [observer.look(), observer.look()];
    gate.resolve();
    const { block } = await before;
    for (const look of looks) assert.equal((await look).block, block + 1);
  });
});
