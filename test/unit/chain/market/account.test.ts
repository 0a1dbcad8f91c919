// U5: who asks about one account gets what an observer of everybody sees of it, from the account's own events.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { claimsOf, openGamesOf } from "@sonm/chain/market/account";
import { bisectionIn } from "@sonm/chain/market/bisection";
import { settleClaim } from "@sonm/chain/market/claims";
import { SUM } from "../../protocol/machine/programs.ts";
import { createWorld, type World } from "../world.ts";
import { announce, openOn } from "./games.ts";

const inputs = [1, 2, 3].map((length) => new Uint8Array(length).fill(length));
const lie = new Map([[0, { step: 9, change: { register: 20 }, xor: 1n }]]);

let world: World;
before(async () => {
  world = await createWorld();
});
after(() => world?.anvil.stop());

test("U5: an account's claims, their jobs and its games are read from its own events", async () => {
  const { reader, deployment, miner, second, verifier, observer, wait } = world;
  const posted = await world.post(SUM, inputs, { batchSize: 1 });
  const settled = await world.claim(miner, world.compute(posted, 0, miner.address));
  await wait(posted.job.window + posted.job.opening + 1);
  await settleClaim(miner, deployment, posted.job, settled.claim);
  const bad = await world.claim(miner, world.compute(posted, 1, miner.address, lie));
  const foreign = await world.claim(second, world.compute(posted, 2, second.address));
  const own = world.compute(posted, 1, miner.address);
  const game = await openOn(world, verifier, bad, own, 0, await announce(world, verifier, bad));

  const asked: unknown[] = [];
  const counting = {
    ...reader.client,
    getLogs: async (filter: Parameters<typeof reader.client.getLogs>[0]) => {
      const logs = await reader.client.getLogs(filter);
      asked.push(...logs);
      return logs;
    },
  } as typeof reader.client;
  const sight = await observer.look();
  const mine = await claimsOf({ ...reader, client: counting }, deployment, miner.address);
  assert.equal(asked.length, 3, "two claims, and the job of the one that is open");
  for (const { id } of [settled, bad]) assert.deepEqual(mine.claims.get(id), sight.claims.get(id));
  assert.equal(mine.claims.size, 2);
  assert.deepEqual(mine.jobs, sight.jobs);
  const others = await claimsOf(reader, deployment, second.address);
  assert.deepEqual([...others.claims.keys()], [foreign.id]);
  assert.deepEqual(await claimsOf(reader, deployment, verifier.address), { claims: new Map(), jobs: new Map() });

  const observed = bisectionIn(sight, world.addresses.bisection).games.get(game);
  const expected = [{ id: game, game: observed?.game }];
  assert.deepEqual(await openGamesOf(reader, deployment, miner.address, mine.claims), expected);
  assert.deepEqual(await openGamesOf(reader, deployment, verifier.address, new Map()), expected);
  assert.deepEqual(await openGamesOf(reader, deployment, second.address, others.claims), []);
});
