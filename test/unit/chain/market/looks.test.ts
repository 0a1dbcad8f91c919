// What the observer asks a node for: the head if nothing has happened, each log once, and times only where the node does not tell them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bisectionIn } from "@sonm/chain/market/bisection";
import { batchIn } from "@sonm/chain/market/events";
import { createObserver, type ObserverOptions, usualConfirmations } from "@sonm/chain/market/observer";
import type { JobId } from "@sonm/protocol/values/ids";
import { addressOf, deployment } from "../stub-chain.ts";
import { type ChainLog, claimNamed, createModelChain, happen, MINER, named, timeOf } from "./model-chain.ts";

/** An observer of a chain with a claim in each of these blocks, counted from 2; several in a block that is named several times. */
function observing(blocks: readonly number[] = [], options: ObserverOptions = {}) {
  const chain = createModelChain();
  const observer = createObserver(chain.reader, deployment, { follows: () => false, ...options });
  const claimsOf = (block: number) => blocks.flatMap((one, i) => (one === block ? [happen.claim(`claim ${i}`)] : []));
  return {
    chain,
    observer,
    /** looks when the chain is as long as that: which blocks were asked for, and when the claims were made */
    async look(head: number) {
      while (chain.head() < head) chain.mine(claimsOf(chain.head() + 1));
      Object.assign(chain.asked, { heads: 0, blocks: 0, ranges: [], states: 0 });
      const sight = await observer.look();
      assert.deepEqual([sight.block, sight.now], [head, timeOf(head)]);
      const { ranges, heads, blocks } = chain.asked;
      return {
        asked: ranges,
        calls: heads + blocks + ranges.length,
        claimedAt: [...sight.claims.values()].map((one) => one.claimedAt),
      };
    },
  };
}

describe("a first look", () => {
  test("asks for every block since the deployment, few at first, what may still be replaced at the end", async () => {
    const ranges = async (head: number) => (await observing().look(head)).asked;
    assert.deepEqual(await ranges(1), [[1, 1]]);
    assert.deepEqual(await ranges(20), [[1, 20]]);
    const first = [
      [1, 20],
      [21, 60],
      [61, 140],
    ];
    assert.deepEqual(await ranges(264), [...first, [141, 200], [201, 264]]);
    assert.deepEqual(await ranges(265), [...first, [141, 201], [202, 265]]);
  });

  test("finds what is at the edges of its pages", async () => {
    const { look } = observing([2, 3, 4, 6, 7], { page: 3 });
    const { asked, claimedAt } = await look(7);
    assert.deepEqual(asked, [
      [1, 3],
      [4, 6],
      [7, 7],
    ]);
    assert.deepEqual(claimedAt, [2, 3, 4, 6, 7].map(timeOf));
  });
});

describe("G3: a later look", () => {
  test("costs one call if there is no new block, and shows the same", async () => {
    const { look, observer } = observing([2]);
    await look(3);
    const sight = await observer.look();
    assert.equal((await look(3)).calls, 1);
    assert.equal(await observer.look(), sight);
  });

  test("asks for the head and the logs of the next block, by its hash", async () => {
    const { look } = observing([2]);
    await look(3);
    const { calls, asked } = await look(4);
    assert.deepEqual([calls, asked], [2, [[4, 4]]]);
  });

  test("asks for the blocks that it has not read, and no others", async () => {
    const { look, chain } = observing([2, 67, 68, 69, 70, 100, 101]);
    assert.deepEqual((await look(100)).claimedAt, [2, 67, 68, 69, 70, 100].map(timeOf));
    const { asked, claimedAt } = await look(103);
    assert.deepEqual(asked, [[101, 103]]);
    assert.deepEqual(claimedAt, [2, 67, 68, 69, 70, 100, 101].map(timeOf));
    assert.equal(new Set(chain.asked.logs).size, chain.asked.logs.length, "no log comes twice");
  });

  test("leaves what has not changed the same object, whether something else happens or nothing", async () => {
    const { chain, observer } = observing();
    const looked = async (...logs: readonly ChainLog[][]) => {
      chain.mine(...logs);
      return observer.look();
    };
    const [one, other] = [claimNamed("one"), claimNamed("other")];
    const first = await looked([happen.post("one"), happen.claim("one"), happen.post("other"), happen.claim("other")]);
    const second = await looked([]);
    for (const map of ["jobs", "batches", "claims", "left", "disputes"] as const) assert.equal(second[map], first[map]);
    const third = await looked([happen.settle("other"), happen.pay("other")]);
    assert.equal(third.jobs, first.jobs);
    assert.equal(third.claims.get(one), first.claims.get(one));
    assert.equal(batchIn(third, named("one") as JobId, 0), batchIn(first, named("one") as JobId, 0));
    assert.equal(first.claims.get(other)?.status, "live", "what was seen stays as it was seen");
    assert.equal(third.claims.get(other)?.status, "settled");
    // Also beyond the blocks that may be replaced.
    for (let i = 0; i < 70; i++) await looked([]);
    const late = await looked([happen.post("third")]);
    assert.equal(late.claims.get(one), first.claims.get(one));
    assert.equal(late.jobs.get(named("one") as JobId), first.jobs.get(named("one") as JobId));
  });

  test("leaves a game the same object while its state is", async () => {
    const { chain, observer } = observing([], { follows: () => true });
    chain.mine([happen.post("a"), happen.claim("a"), happen.commit(1n), happen.open("a", 1n)]);
    const gamesOf = async () => bisectionIn(await observer.look(), deployment.addresses.bisection).games;
    const first = await gamesOf();
    assert.equal([...first.values()][0]?.state?.deadline, 9);
    chain.mine([]);
    assert.equal(await gamesOf(), first);
    assert.equal(chain.asked.states, 2);
  });

  test("waits for the end of the one under way, and then sees what has come meanwhile", async () => {
    const { observer, chain } = observing();
    chain.mine([happen.claim("a")]);
    const gate = Promise.withResolvers<void>();
    chain.set.gate = gate.promise;
    const first = observer.look();
    while (chain.asked.ranges.length === 0) await new Promise((resolve) => setImmediate(resolve));
    chain.mine([happen.claim("b")]);
    const second = observer.look();
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      [chain.asked.heads, chain.asked.ranges],
      [1, [[1, 2]]],
      "both would write down where the next begins",
    );
    gate.resolve();
    assert.deepEqual([(await first).block, (await first).claims.size], [2, 1]);
    assert.deepEqual([(await second).block, (await second).claims.size], [3, 2]);
  });

  test("succeeds after one that failed", async () => {
    const { look, chain } = observing([2]);
    await look(1);
    chain.set.broken = true;
    await assert.rejects(look(2), /the node is down/);
    chain.set.broken = false;
    assert.deepEqual((await look(2)).claimedAt, [timeOf(2)]);
  });
});

describe("G3: what has ended", () => {
  /** A chain on which all this happens, then as many blocks more; and what is then shown. */
  async function after(blocks: number, options: ObserverOptions, ...logs: readonly (readonly ChainLog[])[]) {
    const { chain, observer } = observing([], options);
    for (const block of logs) {
      chain.mine(block);
      await observer.look();
    }
    for (let i = 0; i < blocks; i++) {
      chain.mine([]);
      await observer.look();
    }
    const sight = await observer.look();
    const { commitments, games } = bisectionIn(sight, deployment.addresses.bisection);
    const { jobs, batches, claims, left } = sight;
    return [jobs.size, batches.size, claims.size, left.size, commitments.size, games.size];
  }
  const settled = [
    [happen.post("a"), happen.claim("a")],
    [happen.settle("a"), happen.pay("a")],
  ];

  test("leaves the sight when its end can no longer be replaced, a job with its batches", async () => {
    assert.deepEqual(await after(63, {}, ...settled), [1, 1, 1, 1, 0, 0]);
    assert.deepEqual(await after(64, {}, ...settled), [0, 0, 0, 0, 0, 0]);
  });

  test("stays if somebody asks for it: a job by itself, a claim with its job", async () => {
    assert.deepEqual(await after(64, { keeps: (_, claim) => claim === undefined }, ...settled), [1, 1, 0, 1, 0, 0]);
    const isOwn = {
      keeps: (_: unknown, seen: { claim: { miner: string } } | undefined) => seen?.claim.miner === MINER,
    };
    assert.deepEqual(await after(64, isOwn, ...settled), [1, 1, 1, 1, 0, 0]);
    const foreign = [[happen.post("a"), happen.claim("a", "a", 0, addressOf(302))], settled[1] ?? []];
    assert.deepEqual(await after(64, isOwn, ...foreign), [0, 0, 0, 0, 0, 0]);
  });

  test("is not a job of which a batch is open, but all its batches are known until then", async () => {
    const start = [happen.post("a", 3), happen.claim("first", "a", 0), happen.claim("second", "a", 1)];
    const part = [start, [happen.settle("first"), happen.pay("a", 0), happen.settle("second"), happen.pay("a", 1)]];
    assert.deepEqual(await after(64, {}, ...part), [1, 2, 0, 1, 0, 0]);
    assert.deepEqual(await after(64, {}, ...part, [happen.refund("a", 2)]), [0, 0, 0, 0, 0, 0]);
  });

  test("is not a convicted claim before its pool is awarded, with its winner's game; then all of it leaves together", async () => {
    const played = [
      [happen.post("a"), happen.claim("a"), happen.commit(1n)],
      [happen.open("a", 1n)],
      [happen.convict("a"), happen.win("a", 1n), happen.end("a", 1n)],
      [happen.refund("a", 0)],
    ];
    assert.deepEqual(await after(64, {}, ...played), [1, 1, 1, 1, 1, 1]);
    assert.deepEqual(await after(64, {}, ...played, [happen.award("a")]), [0, 0, 0, 0, 0, 0]);
  });

  test("is an announcement that was taken back, and none that waits", async () => {
    assert.deepEqual(
      await after(64, {}, [happen.commit(1n), happen.commit(2n)], [happen.retract(1n)]),
      [0, 0, 0, 0, 1, 0],
    );
  });
});

describe("S8: with confirmations", () => {
  test("the market is that of so many blocks below the latest, and the time is the latest", async () => {
    const { chain, observer } = observing([], { confirmations: 2 });
    chain.mine([happen.claim("a")], []);
    const before = await observer.look();
    assert.deepEqual([before.block, before.now, before.claims.size], [1, timeOf(3), 0]);
    chain.mine([]);
    const sight = await observer.look();
    assert.deepEqual([sight.block, sight.now, sight.claims.size], [2, timeOf(4), 1]);
  });

  test("nothing is shown of what a reorganisation replaces in time", async () => {
    const { chain, observer } = observing([], { confirmations: 2 });
    chain.mine([], [happen.claim("a")], []);
    assert.equal((await observer.look()).claims.size, 0);
    chain.cut(2);
    chain.mine([], [], [], []);
    assert.equal((await observer.look()).claims.size, 0);
  });

  test("nothing is there before the chain is so long, and then everything is", async () => {
    const { chain, observer } = observing([], { confirmations: 5 });
    chain.mine([happen.claim("a")]);
    assert.deepEqual([(await observer.look()).block, (await observer.look()).claims.size], [0, 0]);
    chain.mine([], [], [], [], []);
    assert.deepEqual([(await observer.look()).block, (await observer.look()).claims.size], [2, 1]);
  });

  test("as many as are usual: none on a chain of one's own", () => {
    assert.deepEqual([31_337, 1337, 1, 10].map(usualConfirmations), [0, 0, 6, 6]);
  });
});

describe("U5: a checkpoint", () => {
  function keeping(checkpointBlocks = 10) {
    const chain = createModelChain();
    const kept = { bytes: undefined as Uint8Array | undefined, writes: 0 };
    const checkpoint = {
      get: () => kept.bytes,
      put(bytes: Uint8Array) {
        kept.bytes = bytes;
        kept.writes++;
      },
    };
    const start = (at = deployment) =>
      createObserver(chain.reader, at, { follows: () => false, depth: 4, checkpoint, checkpointBlocks });
    return { chain, kept, checkpoint, start };
  }
  const contents = [[happen.post("a"), happen.claim("a")], ...Array.from({ length: 30 }, () => [])];

  test("is written now and then, and the next start reads only what came later", async () => {
    const { chain, kept, start } = keeping();
    const observer = start();
    for (const content of contents) {
      chain.mine(content);
      await observer.look();
    }
    assert.equal(kept.writes, 2, "after 10 and 20 of the 28 blocks that stay");
    chain.asked.ranges.length = 0;
    const sight = await start().look();
    assert.deepEqual(chain.asked.ranges, [
      [21, 28],
      [29, 32],
    ]);
    assert.deepEqual(sight, await observer.look());
  });

  test("does not keep anybody from looking if it cannot be written", async () => {
    const { chain, start, checkpoint } = keeping();
    checkpoint.put = () => {
      throw new Error("the disk is full");
    };
    chain.mine(...contents);
    assert.equal((await start().look()).claims.size, 1);
  });

  for (const [name, spoil] of [
    ["is damaged", ({ kept }) => kept.bytes?.fill(9, 100, 101)],
    ["is cut off", ({ kept }) => Object.assign(kept, { bytes: kept.bytes?.slice(0, 50) })],
    ["is empty", ({ kept }) => Object.assign(kept, { bytes: new Uint8Array() })],
    [
      "is of another branch",
      ({ chain }) => {
        chain.cut(25);
        chain.mine(...Array.from({ length: 25 }, () => []));
      },
    ],
    ["is of a chain that is longer", ({ chain }) => chain.cut(25)],
  ] as const satisfies readonly (readonly [string, (set: ReturnType<typeof keeping>) => unknown])[]) {
    test(`that ${name} is not used`, async () => {
      const set = keeping();
      set.chain.mine(...contents);
      await set.start().look();
      assert.equal(set.kept.writes, 1);
      spoil(set);
      set.chain.asked.ranges.length = 0;
      const sight = await set.start().look();
      assert.equal(set.chain.asked.ranges[0]?.[0], 1);
      assert.deepEqual(sight.claims, set.chain.market().claims);
    });
  }

  test("of other contracts is not used", async () => {
    const { chain, start } = keeping();
    chain.mine(...contents);
    await start().look();
    chain.asked.ranges.length = 0;
    const addresses = { ...deployment.addresses, results: addressOf(999) };
    assert.equal((await start({ ...deployment, addresses }).look()).claims.size, 0);
    assert.equal(chain.asked.ranges[0]?.[0], 1);
  });
});

describe("the time of an event", () => {
  test("is not asked for where the node tells it", async () => {
    const { look, chain } = observing([3, 3, 4]);
    assert.deepEqual((await look(5)).claimedAt, [3, 3, 4].map(timeOf));
    assert.equal(chain.asked.blocks, 1, "the last block, once more");
  });

  test("is asked for once in a block where the node does not", async () => {
    const { look, chain } = observing([3, 3, 4]);
    chain.set.toldTimes = false;
    assert.deepEqual((await look(5)).claimedAt, [3, 3, 4].map(timeOf));
    assert.equal(chain.asked.blocks, 3);
  });
});
