// `sonm miner | verifier pause | resume`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lifeLines } from "../../../../offchain/cli/role/status.ts";
import type { Rest } from "../../../../offchain/host/role/limits.ts";
import { pauseIn } from "../../../../offchain/host/role/wishes.ts";
import { runVerb } from "../../../support/verb.ts";
import { folderForTest } from "../sonm.ts";

for (const role of ["miner", "verifier"]) {
  test(`U13: sonm ${role} pause lets it rest, until a time or until resume`, async () => {
    const folder = folderForTest();
    const before = Math.floor(Date.now() / 1000);
    const timed = await runVerb([role, "pause", "--data", folder, "--for", "2 h", "--json"]);
    assert.equal(timed.code, 0, timed.err);
    const { until } = JSON.parse(timed.out);
    assert.ok(until >= before + 7200 && until <= before + 7200 + 60);
    assert.deepEqual(pauseIn(folder), { until });
    const open = await runVerb([role, "pause", "--data", folder]);
    assert.match(open.out, new RegExp(`does not run now. When it does, it rests until \`sonm ${role} resume\``));
    assert.deepEqual(pauseIn(folder), { until: null });
    assert.match((await runVerb([role, "resume", "--data", folder])).out, /goes on\./);
    assert.equal(pauseIn(folder), undefined);
    assert.match((await runVerb([role, "resume", "--data", folder])).out, /was not paused\./);
  });
}

test("U13: a pause of no time, and of a folder that is not there, is refused", async () => {
  const folder = folderForTest();
  const wrong = await runVerb(["miner", "pause", "--data", folder, "--for", "soon"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /"soon" is no time/);
  assert.equal(pauseIn(folder), undefined);
  assert.equal((await runVerb(["miner", "pause", "--data", `${folder}/nowhere`])).code, 1);
});

test("U13: status shows that a role rests, and until when", () => {
  const life = {
    ...{ pid: 1, startedAt: 1000, endedAt: null, at: 0, doing: null, inHand: [], failures: [], running: true },
    aside: { count: 0, latest: [] },
    quarantine: [],
  };
  const row = (rests: Rest | undefined) =>
    lifeLines("miner", { ...life, rests }, 2000).find(([name]) => name === "rests")?.[1];
  assert.equal(row({ why: "paused", until: null }), "paused, until `sonm miner resume`");
  assert.equal(row({ why: "busy hours", until: 5600 }), "busy hours, until 1970-01-01 01:33:20 UTC (in 1 h)");
  assert.equal(row(undefined), undefined);
});
