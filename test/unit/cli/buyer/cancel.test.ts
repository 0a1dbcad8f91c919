// `sonm job cancel` without a role that runs, and beside one.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openBuyerJournal } from "../../../../offchain/agents/buyer/journal.ts";
import { JOURNAL_FILE } from "../../../../offchain/host/role/journal.ts";
import { cancelTaken, isCancelWished } from "../../../../offchain/host/role/wishes.ts";
import { id, job } from "../../agents/fixtures.ts";
import { type Network, type Person, startNetwork } from "../network.ts";

let network: Network;
let buyer: Person;
before(async () => {
  network = await startNetwork();
  buyer = await network.person("buyer", 10n);
});
after(() => network?.devnet.stop());

const limit = { timeout: 120_000 };

describe("U13: sonm job cancel", limit, () => {
  test("says when there is no job", async () => {
    const { code, data } = await buyer.sonm("job", "cancel", "--data", join(network.folder, "nowhere"));
    assert.equal(code, 1);
    assert.equal(data.error.what, "There is no job to cancel");
  });

  test("cancels what is not posted, once and for nothing", async () => {
    const folder = join(network.folder, "resting");
    mkdirSync(folder);
    const journal = openBuyerJournal(join(folder, JOURNAL_FILE));
    journal.orders.put(id, { id, job, manifest: new Uint8Array() });
    journal.close();
    const { code, data } = await buyer.sonm("job", "cancel", "--data", folder);
    assert.equal(code, 0);
    assert.deepEqual(
      data.jobs.map(({ job, posted, open, back }: Record<string, unknown>) => [job, posted, open, back]),
      [[id, false, 0, "0"]],
    );
    const again = await buyer.sonm("job", "cancel", "--data", folder);
    assert.deepEqual(again.data.jobs, []);
    const kept = openBuyerJournal(join(folder, JOURNAL_FILE));
    assert.deepEqual([kept.cancelled.get(id), kept.reported.get(id)], [true, true]);
    kept.close();
  });

  test("tells a buyer that runs, and waits until it has heard", async () => {
    const folder = join(network.folder, "running");
    mkdirSync(folder);
    const journal = openBuyerJournal(join(folder, JOURNAL_FILE));
    const role = setInterval(() => isCancelWished(folder) && cancelTaken(folder), 10);
    try {
      const { code, data } = await buyer.sonm("job", "cancel", "--data", folder);
      assert.deepEqual([code, data.running, data.taken], [0, true, true]);
    } finally {
      clearInterval(role);
      journal.close();
    }
  });
});
