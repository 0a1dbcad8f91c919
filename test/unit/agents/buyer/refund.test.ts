// The contract refuses a whole list of batches if one of them is no longer open, and anybody may refund any batch. So a buyer that was
// overtaken looks again, and takes back the rest.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { latest } from "@sonm/chain/clients";
import { batchIn } from "@sonm/chain/market/events";
import { refundBatches } from "@sonm/chain/market/jobs";
import { balanceOf } from "@sonm/chain/money/snm";
import { jobId } from "@sonm/protocol/job/job";
import { type BuyerTools, createActor } from "../../../../offchain/agents/buyer/act.ts";
import { type BuyerAction, type BuyerView, decide, keyOf } from "../../../../offchain/agents/buyer/decide.ts";
import { openBuyerJournal } from "../../../../offchain/agents/buyer/journal.ts";
import { viewOf } from "../../../../offchain/agents/buyer/view.ts";
import type { Happening } from "../../../../offchain/host/role/happenings.ts";
import { startLoop } from "../../../../offchain/host/role/loop.ts";
import { createWorld, SNM, type World } from "../../chain/world.ts";
import { folderForTest } from "../../cli/sonm.ts";
import { SUM } from "../../protocol/machine/programs.ts";
import { NO_DISPUTES } from "../fixtures.ts";

let world: World;
before(async () => {
  world = await createWorld();
});
after(() => world?.anvil.stop());

test("a buyer whose list of refunds was overtaken takes back the rest", async () => {
  const { buyer, stranger, deployment, reader, hub, observer } = world;
  const { job } = await world.post(
    SUM,
    [0, 1, 2].map((unit) => Uint8Array.of(unit)),
    { batchSize: 1 },
  );
  const id = jobId(job);
  await world.wait(Number(job.deadline) - (await world.now()));
  const had = await balanceOf(reader, deployment, buyer.address);

  const journal = openBuyerJournal(join(folderForTest(), "journal.sqlite"));
  journal.orders.put(id, { id, job, manifest: new Uint8Array() });
  journal.published.put(id, true);
  const happened: Happening[] = [];
  const emit = (happening: Happening) => void happened.push(happening);
  // Only the tools that a refund and the report need. They send no letters.
  const tools = {
    access: { signer: buyer, deployment, observer },
    journal,
    emit,
    sent: (_call: string, transaction: Promise<unknown>) => transaction,
    now: () => 7,
  } as unknown as BuyerTools;

  let looks = 0;
  const ended = Promise.withResolvers<void>();
  const act = createActor(tools);
  const loop = startLoop<BuyerView, BuyerAction>(
    {
      glance: async () => ({ ...(await latest(reader)), mail: 0 }),
      async observe() {
        const sight = await observer.look();
        // Somebody else refunds a batch after the buyer's first look and before its transaction.
        if (looks++ === 0) await refundBatches(stranger, deployment, job, [1]);
        const policy = { askAgainSeconds: 3600 };
        return viewOf(sight, journal, {
          hub,
          refundFrom: ({ deadline }) => Number(deadline),
          policy,
          disputes: NO_DISPUTES,
        });
      },
      decide,
      keyOf,
      async act(action, view) {
        await act(action);
        if (action.kind === "report") ended.resolve();
        else assert.equal(view.orders.length, 1);
      },
    },
    { emit, pollMs: 20 },
  );
  await ended.promise;
  await loop.stop();
  assert.equal(journal.finished.get(id), 7);
  journal.close();

  const failures = happened.flatMap((one) => (one.kind === "failed" ? [`${one.action}: ${one.why}`] : []));
  assert.equal(failures.length, 1);
  assert.match(failures[0] ?? "", /^refund .*batch not/);
  const refunded = happened.flatMap((one) => (one.kind === "refunded" ? [one.batch] : []));
  assert.deepEqual(refunded, [0, 2]);
  const sight = await observer.look();
  for (const batch of [0, 1, 2]) assert.equal(batchIn(sight, id, batch).status, "refunded");
  assert.equal((await balanceOf(reader, deployment, buyer.address)) - had, 3n * SNM);
});
