// The status file: its content while a role works, after it has ended, and after it was killed.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, mock, test } from "node:test";
import { lifeLines } from "../../../../offchain/cli/role/status.ts";
import type { Happening, RoleEvent } from "../../../../offchain/host/role/happenings.ts";
import { JOURNAL_FILE, openJournal } from "../../../../offchain/host/role/journal.ts";
import { openQuarantine, QUARANTINE_FILE } from "../../../../offchain/host/role/quarantine.ts";
import { lifeIn, openStatus, type RoleLife, readStatus, STATUS_FILE } from "../../../../offchain/host/role/status.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sonm-status-"));
  file = join(folder, STATUS_FILE);
});
afterEach(() => rmSync(folder, { recursive: true }));

const event = (happening: Happening, at = 50): RoleEvent => ({ role: "miner", name: "miner 1", at, ...happening });
const failure = (action: string, why = "it is down") =>
  event({ kind: "failed", action, what: "No answer", why, todo: "start it", retryIn: 1 });

function read(): RoleLife {
  return lifeIn(folder) ?? assert.fail("there is no status");
}

/** Opens the journal beside the status, like a role at work. */
const openBeside = () => openJournal(join(folder, JOURNAL_FILE));

test("says what the role does, and when it has ended", () => {
  let now = 1000;
  const journal = openBeside();
  const status = openStatus(file, () => now);
  const begun = {
    pid: process.pid,
    startedAt: 1000,
    endedAt: null,
    at: 0,
    doing: null,
    inHand: [],
    failures: [],
    aside: { count: 0, latest: [] },
    quarantine: [],
    rests: undefined,
    nodes: undefined,
  };
  assert.deepEqual(read(), { ...begun, running: true });
  status.hear(event({ kind: "busy", with: ["compute"] }));
  assert.deepEqual(read().doing, { kind: "busy", with: ["compute"] });
  status.hear(event({ kind: "idle", block: 3, mail: 4, wakeAt: 99 }, 60));
  assert.deepEqual([read().doing, read().at], [{ kind: "idle", block: 3, mail: 4, wakeAt: 99 }, 60]);
  status.holds([{ what: "batch 3 of job 0x12", state: "is to be computed" }]);
  assert.deepEqual(read().inHand, [{ what: "batch 3 of job 0x12", state: "is to be computed" }]);
  now = 2000;
  status.end();
  assert.deepEqual([read().endedAt, read().running], [2000, false], "it may still close its journal");
  journal.close();
  assert.deepEqual(readdirSync(folder).sort(), [JOURNAL_FILE, STATUS_FILE], "nothing half written is left");
});

test("begins at the real time, in whole seconds", () => {
  const clock = mock.method(Date, "now", () => 1_700_000_000_999);
  try {
    openStatus(file);
  } finally {
    clock.mock.restore();
  }
  assert.equal(read().startedAt, 1_700_000_000);
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

test("a long list in hand is cut", () => {
  const works = Array.from({ length: 30 }, (_, i) => ({ what: `batch ${i}`, state: "is to be computed" }));
  const status = openStatus(file);
  status.holds(works.slice(0, 20));
  assert.deepEqual(read().inHand, works.slice(0, 20));
  status.holds(works);
  assert.deepEqual(read().inHand, [...works.slice(0, 19), { what: "…", state: "and 11 more" }]);
});

test("S1: what is put aside is shown with its reason, also in the next life", () => {
  const status = openStatus(file);
  for (let i = 0; i < 7; i++)
    status.hear(event({ kind: "put-aside", what: `letter 0x${"ab".repeat(32)}`, why: `${i}` }));
  const again = openStatus(file);
  again.hear(event({ kind: "put-aside", what: "letter 8", why: "8" }, 60));
  const { aside } = read();
  assert.equal(aside.count, 8);
  assert.deepEqual(
    aside.latest.map(({ why }) => why),
    ["3", "4", "5", "6", "8"],
  );
  const rows = lifeLines("miner", read(), 2000).filter(([, text]) => text.includes("letter"));
  assert.deepEqual(rows[0], ["aside (8)", "1970-01-01 00:00:50 UTC: letter 0xabababab…: 3"]);
  assert.deepEqual(rows.at(-1), ["", "1970-01-01 00:01:00 UTC: letter 8: 8"]);
  writeFileSync(file, "{");
  assert.deepEqual(
    openStatus(file) && read().aside,
    { count: 0, latest: [] },
    "a damaged file keeps nobody from starting",
  );
  rmSync(file);
});

test("S2: what is in quarantine is shown with its reason, the newest five of all", async () => {
  openStatus(file);
  const quarantine = openQuarantine(join(folder, QUARANTINE_FILE), () => {});
  for (let i = 0; i < 7; i++)
    for (let times = 0; times < 2; times++)
      await assert.rejects(
        quarantine.read(
          `image 0x${`${i}`.repeat(64)}`,
          async () => {},
          () => assert.fail("it is bad"),
        ),
      );
  const rows = lifeLines("miner", read(), 2000).filter(([, text]) => text.startsWith("image"));
  assert.equal(rows.length, 5);
  assert.equal(rows[0]?.[0], "quarantine (7)");
  assert.match(rows[4]?.join() ?? "", /^,image 0x66666666…: not read until \d{4}-\d\d-\d\d .* UTC: it is bad$/);
  assert.equal(read().quarantine.length, 7);
});

test("a killed process is told from one that runs, also by another process with its number", () => {
  const journal = openBeside();
  const status = openStatus(file, () => 1000);
  status.hear(failure("a"));
  status.holds([{ what: `job 0x${"12".repeat(32)}`, state: "is to be posted" }]);
  const living = read();
  assert.ok(living.running);
  journal.close();
  // A killed process leaves its journal unlocked, like a closed one. This process has the number that the status names.
  const dead = read();
  assert.ok(!dead.running);
  assert.deepEqual(lifeLines("miner", dead, 2000), [
    ["runs", `no: process ${process.pid} of 1970-01-01 00:16:40 UTC was killed, or has failed`],
    ["did last", "has not looked at the chain yet"],
    ["in hand", "job 0x12121212…: is to be posted"],
    ["failed", "1970-01-01 00:00:50 UTC: No answer: it is down → start it"],
  ]);
  assert.match(lifeLines("miner", { ...dead, endedAt: 1500 }, 2000)[0]?.[1] ?? "", /^no: it was ended .* ago\)$/);
  assert.match(lifeLines("miner", living, 2000)[0]?.[1] ?? "", /^yes, since .* UTC \(16 min 40 s\), as process \d+$/);
  assert.deepEqual(lifeLines("miner", undefined, 0), [["runs", "no, and never has here: `sonm miner start`"]]);
});

test("no file is no status; a damaged one says so", () => {
  assert.equal(readStatus(join(folder, "nowhere")), undefined);
  writeFileSync(file, "{");
  assert.throws(() => readStatus(file), /it is damaged/);
});

test("U12: a role works on while its status cannot be written, and the next event writes it", () => {
  const status = openStatus(file);
  // In the way of the new file, as a full disk would be, also for root.
  mkdirSync(`${file}.new`);
  status.hear(failure("claim"));
  status.holds([]);
  status.end();
  assert.deepEqual(readStatus(file)?.failures, []);
  rmSync(`${file}.new`, { recursive: true });
  status.hear(event({ kind: "idle", block: 3, mail: 4, wakeAt: null }));
  assert.equal(readStatus(file)?.failures.length, 1);
});

test("U12: a status that cannot be begun is told with its file", () => {
  mkdirSync(file);
  assert.throws(() => openStatus(file), {
    name: "Failure",
    message: new RegExp(`The status in ${file} cannot be written`),
  });
});

test("S8: says how the nodes are, and what is wrong with one", () => {
  const status = openStatus(file);
  const nodes = [
    { name: "https://a.example", state: "failing", head: 7, why: "HTTP status 502" },
    { name: "https://b.example", state: "in use", head: 8, why: null },
  ] as const;
  status.hear(event({ kind: "nodes", nodes }));
  assert.deepEqual(read().nodes, nodes);
  assert.deepEqual(
    lifeLines("miner", read(), 2000).filter(([what]) => what === "node"),
    [
      ["node", "https://a.example is failing: HTTP status 502"],
      ["node", "https://b.example is in use"],
    ],
  );
});

test("U13: says why the role rests, and that it does no longer", () => {
  const journal = openBeside();
  const status = openStatus(file, () => 1000);
  status.hear(event({ kind: "resting", why: "busy hours", until: 5600 }));
  assert.deepEqual(read().rests, { why: "busy hours", until: 5600 });
  status.hear(event({ kind: "resting", why: "paused", until: null }));
  assert.deepEqual(read().rests, { why: "paused", until: null });
  status.hear(event({ kind: "resumed" }));
  assert.equal(read().rests, undefined);
  status.end();
  journal.close();
});
