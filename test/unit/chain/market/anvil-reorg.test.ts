// S8: a real chain replaces claims, commitments, moves and settlements by nothing, and the observer follows.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bisectionIn } from "@sonm/chain/market/bisection";
import { settleClaim } from "@sonm/chain/market/claims";
import { batchIn } from "@sonm/chain/market/events";
import { createObserver, type Sight } from "@sonm/chain/market/observer";
import { jobId } from "@sonm/protocol/job/job";
import { SUM } from "../../protocol/machine/programs.ts";
import { createWorld, type World } from "../world.ts";
import { announce, openOn } from "./games.ts";

const inputs = [1, 2].map((length) => new Uint8Array(length).fill(length));
const lie = new Map([[0, { step: 9, change: { register: 20 }, xor: 1n }]]);

let world: World;
before(async () => {
  world = await createWorld();
});
after(() => world?.anvil.stop());

/** Replaces the last blocks by as many empty ones. */
async function reorganise(depth: number): Promise<void> {
  await world.node.request({ method: "anvil_reorg", params: [depth, []] } as never);
  for (const one of [world.miner, world.verifier, world.buyer]) one.forget();
}

test("S8: claims, commitments, moves and settlements that a reorganisation removes are no longer shown", async () => {
  const { reader, deployment, miner, verifier, wait } = world;
  const posted = await world.post(SUM, inputs, { batchSize: 1 });
  const id = jobId(posted.job);
  const observers = [
    createObserver(reader, deployment),
    createObserver(reader, deployment, { depth: 1, page: 2 }),
    createObserver(reader, deployment, { confirmations: 2 }),
  ];
  const head = async () => Number(await reader.client.getBlockNumber({ cacheTime: 0 }));
  const looks = () => Promise.all(observers.map((observer) => observer.look()));
  const claims = ({ claims }: Sight) => [...claims.values()].map(({ status, games }) => [status, games]);
  const fates = (sight: Sight) =>
    [...bisectionIn(sight, deployment.addresses.bisection).commitments.values()].map(({ fate }) => fate);
  const games = (sight: Sight) => bisectionIn(sight, deployment.addresses.bisection).games.size;

  // A claim.
  let before = await head();
  const bad = world.compute(posted, 0, miner.address, lie);
  await world.claim(miner, bad);
  const shown = await looks();
  assert.deepEqual(shown.map(claims), [[["live", 0]], [["live", 0]], []], "one of them waits for two blocks more");
  await reorganise((await head()) - before);
  for (const sight of await looks()) {
    assert.deepEqual([claims(sight), batchIn(sight, id, 0).status], [[], "open"]);
  }

  // A commitment, and the first move of its game.
  const claimed = await world.claim(miner, bad);
  before = await head();
  const salt = await announce(world, verifier, claimed);
  const own = world.compute(posted, 0, miner.address);
  await openOn(world, verifier, claimed, own, 0, salt);
  const [playing] = await looks();
  assert.deepEqual(playing && [fates(playing), games(playing), claims(playing)], [["opened"], 1, [["live", 1]]]);
  await reorganise((await head()) - before);
  for (const sight of (await looks()).slice(0, 2)) {
    assert.deepEqual([fates(sight), games(sight), claims(sight)], [[], 0, [["live", 0]]]);
  }

  // A settlement.
  await wait(posted.job.window + posted.job.opening + 1);
  before = await head();
  await settleClaim(miner, deployment, posted.job, claimed.claim);
  const [settled] = await looks();
  assert.deepEqual(settled && [claims(settled), batchIn(settled, id, 0).status], [[["settled", 0]], "paid"]);
  await reorganise((await head()) - before);
  await world.node.mine({ blocks: 3 });
  for (const sight of await looks()) {
    assert.deepEqual([claims(sight), batchIn(sight, id, 0).status], [[["live", 0]], "taken"]);
  }
});
