// The status file: what it says while a role works, when it has ended, and when it was killed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lifeLines } from "../../../../offchain/cli/role/status.ts";
import type { Happening, RoleEvent } from "../../../../offchain/host/role/happenings.ts";
import { isRunning, openStatus, type RoleStatus, readStatus } from "../../../../offchain/host/role/status.ts";

const folder = mkdtempSync(join(tmpdir(), "sonm-status-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "status.json");

const event = (happening: Happening, at = 50): RoleEvent => ({ role: "miner", name: "miner 1", at, ...happening });
const failure = (action: string, why = "it is down") =>
  event({ kind: "failed", action, what: "No answer", why, todo: "start it", retryIn: 1 });

function read(): RoleStatus {
  return readStatus(file) ?? assert.fail("there is no status");
}

test("says what the role does, and when it has ended", () => {
  let now = 1000;
  const status = openStatus(file, () => now);
  assert.deepEqual(read(), { pid: process.pid, startedAt: 1000, endedAt: null, at: 0, doing: null, failures: [] });
  assert.ok(isRunning(read()));
  status.hear(event({ kind: "busy", with: ["compute"] }));
  assert.deepEqual(read().doing, { kind: "busy", with: ["compute"] });
  status.hear(event({ kind: "idle", block: 3, mail: 4, wakeAt: 99 }, 60));
  assert.deepEqual([read().doing, read().at], [{ kind: "idle", block: 3, mail: 4, wakeAt: 99 }, 60]);
  now = 2000;
  status.end();
  assert.equal(read().endedAt, 2000);
  assert.ok(!isRunning(read()));
  assert.deepEqual(readdirSync(folder), ["status.json"], "nothing half written is left");
});

test("keeps the last failures, one for each action", () => {
  const status = openStatus(file);
  for (const action of ["a", "b", "c", "d", "e", "f", "b"]) status.hear(failure(action, `of ${action}`));
  status.hear(failure("f", "newest"));
  assert.deepEqual(
    read().failures.map(({ action, why }) => `${action} ${why}`),
    ["c of c", "d of d", "e of e", "b of b", "f newest"],
  );
});

test("a killed process is told from one that runs", () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  openStatus(file, () => 1000).hear(failure("a"));
  const dead = { ...read(), pid };
  assert.ok(!isRunning(dead));
  assert.deepEqual(lifeLines("miner", dead, 2000), [
    ["runs", `no: process ${pid} of 1970-01-01 00:16:40 UTC was killed, or has failed`],
    ["did last", "has not looked at the chain yet"],
    ["failed", "1970-01-01 00:00:50 UTC: No answer: it is down → start it"],
  ]);
  assert.match(lifeLines("miner", { ...dead, endedAt: 1500 }, 2000)[0]?.[1] ?? "", /^no: it was ended .* ago\)$/);
  assert.match(lifeLines("miner", read(), 2000)[0]?.[1] ?? "", /^yes, since .* UTC \(16 min 40 s\), as process \d+$/);
  assert.deepEqual(lifeLines("miner", undefined, 0), [["runs", "no, and never has here: `sonm miner start`"]]);
});

test("no file is no status; a damaged one says so", () => {
  assert.equal(readStatus(join(folder, "nowhere")), undefined);
  writeFileSync(file, "{");
  assert.throws(() => readStatus(file), /it is damaged/);
});
