// S8, G3: whatever happens to the chain, and whenever it is looked at, the sight is what its blocks come to, and no log arrives twice.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bisectionIn } from "@sonm/chain/market/bisection";
import type { Market } from "@sonm/chain/market/events";
import { createObserver, type ObserverOptions, type Sight } from "@sonm/chain/market/observer";
import fc from "fast-check";
import { deployment } from "../stub-chain.ts";
import { claimNamed, createModelChain, happen, type ModelChain, timeOf } from "./model-chain.ts";

const referee = deployment.addresses.bisection;
type ChainLog = ReturnType<typeof happen.settle>;

/** What may become of a job of one batch, step by step; a step's events are in one block. */
function storyOf(number: number): (readonly ChainLog[])[] {
  const name = `job ${number}`;
  const rank = BigInt(number + 1);
  const start = [[happen.post(name)], [happen.commit(rank)], [happen.claim(name)]];
  const settled = [happen.settle(name), happen.pay(name)];
  const convicted = [happen.convict(name), happen.win(name, rank), happen.end(name, rank)];
  const ends = [
    [settled, [happen.retract(rank)]],
    [[happen.retract(rank)], settled],
    [[happen.open(name, rank)], convicted, [happen.award(name)], [happen.refund(name, 0)]],
    [[happen.open(name, rank)], [happen.end(name, rank, 2)], settled],
  ];
  return [...start, ...(ends[number % ends.length] ?? [])];
}

const STORIES = Array.from({ length: 8 }, (_, number) => storyOf(number));

/** A chain on which the stories go on, also after blocks have been replaced. */
function storyChain() {
  const chain = createModelChain();
  /** by block: how far each story was */
  const progress: number[][] = [STORIES.map(() => 0), STORIES.map(() => 0)];
  return {
    chain,
    mine(stories: readonly number[]) {
      const next = [...(progress.at(-1) ?? [])];
      const logs = stories.flatMap((story) => {
        const step = STORIES[story]?.[next[story] ?? 0] ?? [];
        next[story] = (next[story] ?? 0) + 1;
        return step;
      });
      chain.mine(logs);
      progress.push(next);
    },
    cut(count: number) {
      chain.cut(count);
      progress.length = chain.head() + 1;
    },
  };
}

/** What a market shows, for comparison. Nothing here depends on what has left it. */
function contentOf(market: Market) {
  const { commitments, games } = bisectionIn(market, referee);
  const { jobs, batches, claims } = market;
  return { jobs, batches, claims, commitments, games } as const;
}

/** What must not leave the market yet, as it was `depth` blocks ago. */
function openIn(market: Market) {
  const claims = [...market.claims.values()].filter(({ status }) => status === "live" || status === "convicted");
  const open = new Set(claims.map(({ id }) => id));
  const jobs = [...market.jobs.keys()].filter((id) => {
    const batches = [...market.batches.values()].filter(({ job }) => job === id);
    const isOver = batches.length > 0 && batches.every(({ status }) => status === "paid" || status === "refunded");
    return !isOver || claims.some(({ claim }) => claim.job === id);
  });
  const { commitments, games } = bisectionIn(market, referee);
  const openGames = [...games.values()].filter(({ game }) => open.has(game.about.claim));
  const waiting = [...commitments.values()].filter(({ fate }) => fate === "waiting").map(({ rank }) => rank);
  return {
    jobs,
    batches: [...market.batches.keys()].filter((key) => jobs.some((id) => key.startsWith(id))),
    claims: [...open],
    commitments: [...waiting, ...openGames.map(({ game }) => game.about.rank)],
    games: openGames.map(({ id }) => id),
  } as const;
}

/**
 * Compares a look with the chain.
 * @param stays block up to which ends were believed to be final, at this look or before
 */
function assertSame(
  sight: Sight,
  chain: ModelChain,
  stays: number,
  { confirmations = 0, keeps }: ObserverOptions,
): void {
  const block = Math.max(0, chain.head() - confirmations);
  assert.deepEqual([sight.block, sight.now], [block, timeOf(chain.head())]);
  const [seen, all, past] = [sight, chain.market(block), chain.market(stays)].map(contentOf);
  const open = openIn(chain.market(stays));
  for (const kind of ["jobs", "batches", "claims", "commitments", "games"] as const) {
    const [own, whole, before] = [seen, all, past].map((content) => content?.[kind] as ReadonlyMap<string, unknown>);
    assert.ok(own && whole && before);
    for (const [key, value] of own) assert.deepEqual(value, whole.get(key), `${kind}: what is shown is true`);
    // What was there is there, unless it had ended; and so is whatever is new.
    for (const key of whole.keys()) {
      const isNeeded = (keeps && kind !== "commitments") || !before.has(key) || open[kind].includes(key as never);
      assert.ok(!isNeeded || own.has(key), `${kind}: ${key} is missing`);
    }
  }
}

/** What is done with the chain, or with the observer. */
type Step =
  | { readonly kind: "mine"; readonly stories: readonly number[] }
  | { readonly kind: "cut"; readonly count: number }
  | { readonly kind: "look" }
  | { readonly kind: "restart" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ kind: fc.constant("mine" as const), stories: fc.subarray(STORIES.map((_, i) => i)) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("cut" as const), count: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 6, arbitrary: fc.constant({ kind: "look" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
  ),
  { minLength: 10, maxLength: 60 },
);
const settings = fc.record({
  depth: fc.integer({ min: 0, max: 5 }),
  confirmations: fc.integer({ min: 0, max: 2 }),
  page: fc.integer({ min: 1, max: 6 }),
  keepsAll: fc.boolean(),
});

test(
  "S8: after any blocks, reorganisations, looks and starts, the sight is that of the chain",
  { timeout: 120_000 },
  () =>
    fc.assert(
      fc.asyncProperty(steps, settings, async (plan, { keepsAll, ...rest }) => {
        const { chain, mine, cut } = storyChain();
        let kept: Uint8Array | undefined;
        const checkpoint = {
          get: () => kept,
          put: (bytes: Uint8Array) => {
            kept = bytes;
          },
        };
        const options: ObserverOptions = {
          ...rest,
          follows: () => false,
          ...(keepsAll ? { keeps: () => true } : {}),
          checkpoint,
          checkpointBlocks: 2,
        };
        const start = () => createObserver(chain.reader, deployment, options);
        let observer = start();
        let stays = 0;
        for (const step of [...plan, { kind: "look" } as const]) {
          if (step.kind === "mine") mine(step.stories);
          else if (step.kind === "cut") cut(step.count);
          else if (step.kind === "restart") observer = start();
          else {
            const sight = await observer.look().catch((error: Error) => {
              assert.match(error.message, /The node is behind/);
              assert.ok(chain.head() - rest.confirmations < stays, "it is shorter than what was final");
            });
            if (!sight) continue;
            stays = Math.max(stays, sight.block - rest.depth);
            assertSame(sight, chain, stays, options);
          }
        }
      }),
      { numRuns: 150 },
    ),
);

describe("S8: a reorganisation", () => {
  for (const depth of [1, 2, 31, 63, 64, 65, 100]) {
    test(`of ${depth} blocks is followed, and only what it has replaced is read again`, async () => {
      const chain = createModelChain();
      const observer = createObserver(chain.reader, deployment, { follows: () => false });
      for (let i = 0; i < 130; i++) {
        chain.mine([happen.post(`old ${i}`), happen.claim(`old ${i}`)]);
        await observer.look();
      }
      chain.cut(depth);
      for (let i = 0; i < depth + 1; i++) chain.mine([happen.post(`new ${i}`), happen.claim(`new ${i}`)]);
      chain.asked.logs.length = 0;
      chain.asked.blocks = 0;
      const sight = await observer.look();
      assert.deepEqual(contentOf(sight), contentOf(chain.market()));
      assert.ok(!sight.claims.has(claimNamed("old 129")) && sight.claims.has(claimNamed("new 0")));
      const isKept = depth <= 64;
      assert.equal(chain.asked.logs.length, 2 * (isKept ? depth + 1 : 131), "logs that arrive again");
      if (isKept) assert.ok(chain.asked.blocks <= 10, `${chain.asked.blocks} blocks are asked for`);
    });
  }

  test("while it is read is noticed, and nothing is shown that is partly of one chain and partly of another", async () => {
    const chain = createModelChain();
    const observer = createObserver(chain.reader, deployment, { page: 2, follows: () => false });
    chain.mine(...Array.from({ length: 6 }, (_, i) => [happen.post(`old ${i}`)]));
    let left = 1;
    chain.set.onLogs = () => {
      if (chain.asked.ranges.length !== 1 || left-- <= 0) return;
      chain.cut(6);
      chain.mine(...Array.from({ length: 7 }, (_, i) => [happen.post(`new ${i}`)]));
    };
    assert.deepEqual(contentOf(await observer.look()), contentOf(chain.market()));
  });

  test("to a chain that is much shorter is none: the node is behind, and nothing is read again", async () => {
    const chain = createModelChain();
    const observer = createObserver(chain.reader, deployment, { follows: () => false });
    chain.mine([happen.post("a")], ...Array.from({ length: 70 }, () => []));
    await observer.look();
    chain.mine(...Array.from({ length: 70 }, () => []));
    const sight = await observer.look();
    chain.cut(80);
    chain.asked.ranges.length = 0;
    await assert.rejects(observer.look(), /The node is behind: its latest block is 62, and blocks up to 142/);
    assert.deepEqual(chain.asked.ranges, []);
    chain.mine(...Array.from({ length: 100 }, () => []));
    assert.deepEqual((await observer.look()).jobs, sight.jobs);
  });

  test("to a shorter chain is followed", async () => {
    const chain = createModelChain();
    const observer = createObserver(chain.reader, deployment, { follows: () => false });
    chain.mine([happen.post("a")], [happen.claim("a")], [happen.settle("a")]);
    assert.equal((await observer.look()).claims.get(claimNamed("a"))?.status, "settled");
    chain.cut(1);
    assert.equal((await observer.look()).claims.get(claimNamed("a"))?.status, "live");
    chain.cut(2);
    assert.equal((await observer.look()).jobs.size, 0);
  });
});
