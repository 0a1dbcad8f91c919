// `sonm run`: how its end is told, and what it refuses before anything is opened.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lackOf } from "../../../../offchain/cli/buyer/run.ts";
import { estimateLines, trialLine } from "../../../../offchain/cli/role/print.ts";
import type { Happening, RoleEvent } from "../../../../offchain/host/role/happenings.ts";
import { openTerminal } from "../../../../offchain/host/terminal/terminal.ts";
import { id } from "../../agents/fixtures.ts";
import { sonm, wordcount } from "../sonm.ts";

const event = <H extends Happening>(happening: H) =>
  ({ role: "buyer", name: "buyer", at: 1_000_000, ...happening }) as const;
const why = (happening: Happening) => lackOf(event(happening) as RoleEvent)?.why;

test("U13: a job is done when all units' outputs are there, and nothing else is", () => {
  assert.equal(why({ kind: "done", job: id, settledUnits: 8, refundedUnits: 0 }), undefined);
  assert.match(
    why({ kind: "done", job: id, settledUnits: 7, refundedUnits: 1 }) ?? "",
    /^1 of 8 units were not computed/,
  );
  assert.equal(why({ kind: "refused", job: id, reason: "too cheap" }), "the hub refuses it: too cheap");
  const cancelled = { kind: "cancelled", job: id, posted: false, open: 0, back: "0", refundFrom: 0 } as const;
  assert.equal(why(cancelled), "it was cancelled before it was posted");
});

test("U13: nothing to compute, and a word too many, are refused before anything is opened", () => {
  const common = ["--hub", `0x${"1".repeat(40)}`, "--price", "1", "--out", "/tmp", "--deployment", "/nowhere"];
  const none = sonm(["run", ...common, wordcount]);
  assert.equal(none.code, 1);
  assert.match(none.err, /no --input names a file/);
  const more = sonm(["run", ...common, "--input", wordcount, wordcount, "echo"]);
  assert.equal(more.code, 2);
});

test("U4: how far a trial has come is one line", () => {
  const trial = event({ kind: "trial", unit: 3, steps: 33_554_432, seconds: 63.7 });
  assert.equal(trialLine(trial), "  trying unit 3: 33,554,432 steps in 1 min 3 s …");
});

test("U13: what a job will need and cost is a table", () => {
  const estimate = {
    kind: "estimated",
    job: id,
    ...{ units: 40, batches: 3, exponent: 8, allowed: 8 ** 8, price: "100000000000000000" },
    ...{ total: "4000000000000000000", deposit: "100000000000000000000", bond: "20000000000000000000" },
    ...{ settles: 88_201, deadline: 1_000_000 + 30 * 86_400 },
  } as const;
  const rows = (trial: object | null) =>
    estimateLines(openTerminal(process.stderr), event({ ...estimate, trial } as never) as never).map((line) =>
      line.trim().replace(/^(at stake|\w+) +/, "$1: "),
    );
  assert.deepEqual(rows({ units: 2, steps: 1_205_016, enough: 8, seconds: 3 }), [
    "",
    `job: ${id}`,
    "work: 40 units in 3 batches",
    "steps: 1,205,016 in the longest of 2 tried, 16,777,216 allowed (8^8)",
    "time: about 3 s a unit here, about 2 min for all in one thread",
    "price: 0.1 SNM a unit, 4 SNM in all: goes into escrow when the job is posted",
    "at stake: 100 SNM for each claim of a miner, 20 SNM for each challenge",
    "results: 1 d after each claim, later if it is challenged",
    "refunds: of what nobody has claimed, from 1970-02-11 13:46:40 UTC (in 30 d) on",
    "",
  ]);
  assert.ok(
    rows({ units: 2, steps: 900, enough: 4, seconds: 0.1 }).includes(
      "steps: 900 in the longest of 2 tried, 16,777,216 allowed (8^8); --exponent 4 would do",
    ),
  );
  assert.ok(rows(null).includes("steps: not tried; 16,777,216 allowed (8^8)"));
});
