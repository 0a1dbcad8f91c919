// The lines that people read, for every kind of happening.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClaimId, ContentId, GameId, Hex, JobId } from "@sonm/protocol/values/ids";
import { parseEther } from "viem";
import type { Happening } from "../../../../offchain/host/role/happenings.ts";
import { textOf } from "../../../../offchain/host/role/log.ts";

const hash = (digit: number): Hex => `0x${String(digit).repeat(64)}`;
const [job, claim, game] = [hash(1) as JobId, hash(2) as ClaimId, hash(3) as GameId];
const miner = `0x${"4".repeat(40)}` as const;
const hub = `0x${"5".repeat(40)}` as const;
const wei = (snm: string) => String(parseEther(snm));
const NOW = 1_767_614_400;
const later = NOW + 3600;

const estimated = {
  kind: "estimated",
  job,
  ...{ units: 40, batches: 3, exponent: 8, allowed: 8 ** 8 },
  ...{ price: wei("0.1"), total: wei("4"), deposit: wei("100"), bond: wei("20") },
  ...{ settles: 86_400, deadline: later },
} as const;

type Kinds = { readonly [Kind in Happening["kind"]]: readonly [Extract<Happening, { kind: Kind }>, string][] };

/** Happenings of every kind: a kind without one does not compile. */
const kinds: Kinds = {
  ready: [[{ kind: "ready", address: miner }, `at work as ${miner}`]],
  idle: [
    [{ kind: "idle", block: 1, mail: 2, wakeAt: null }, "nothing to do"],
    [{ kind: "idle", block: 1, mail: 2, wakeAt: later }, "nothing to do until 2026-01-05 13:00:00 UTC (in 1 h)"],
  ],
  busy: [[{ kind: "busy", with: ["announce", `compute ${job}`] }, "busy: announce, compute 0x11111111…"]],
  "put-aside": [
    [
      { kind: "put-aside", what: `letter ${job} (assign) from ${miner}`, why: "the node has failed" },
      "puts aside letter 0x11111111… (assign) from 0x44444444…: the node has failed",
    ],
  ],
  nodes: [
    [
      {
        kind: "nodes",
        nodes: [
          { name: "https://a.example", state: "failing", head: 7, why: "HTTP status 502" },
          { name: "https://b.example", state: "in use", head: 8, why: null },
        ],
      },
      "node https://a.example is failing: HTTP status 502; node https://b.example is in use",
    ],
  ],
  quarantined: [
    [
      {
        kind: "quarantined",
        what: `image ${hash(7)}`,
        why: `its layer ${hash(8)} is damaged`,
        failures: 3,
        seconds: 120,
      },
      "does not read the image 0x77777777… for 2 min: it has failed 3 times, at last because: its layer 0x88888888… is damaged",
    ],
  ],
  failed: [
    [
      { kind: "failed", action: "look", what: "No answer", why: "it is down", todo: "start it", retryIn: 0.5 },
      "No answer: it is down → start it; tried again in 1 s",
    ],
  ],
  transaction: [
    [
      { kind: "transaction", call: "claim", hash: hash(6), gas: 92_740, block: 7 },
      "sent claim, mined in block 7 for 92,740 gas (0x66666666…)",
    ],
  ],
  raised: [
    [
      { kind: "raised", call: "claim", nonce: 12, hash: hash(6), price: "12500000000" },
      "offers 12.5 gwei a gas for claim (transaction 12), which is in no block yet (0x66666666…)",
    ],
  ],
  staked: [[{ kind: "staked", amount: wei("1000") }, "has staked 1,000 SNM"]],
  trying: [
    [
      { kind: "trying", unit: 3, bytes: 16_384, allowed: 8 ** 8 },
      "tries unit 3 (16,384 bytes) here first, for at most 16,777,216 steps",
    ],
  ],
  trial: [[{ kind: "trial", unit: 3, steps: 33_554_432, seconds: 4.2 }, "has done 33,554,432 steps of unit 3 in 4 s"]],
  estimated: [
    [
      { ...estimated, trial: { units: 1, steps: 123_456, enough: 6, seconds: 0.25 } },
      "40 units in 3 batches will cost 4 SNM; the longest tried run took 123,456 steps of 8^8; a claim settles 1 d after it was made",
    ],
    [
      { ...estimated, trial: null },
      "40 units in 3 batches will cost 4 SNM; no unit has been tried; a claim settles 1 d after it was made",
    ],
  ],
  resting: [
    [
      { kind: "resting", why: "busy hours", until: later },
      "rests (busy hours) until 2026-01-05 13:00:00 UTC: takes and computes nothing, but plays its games and settles",
    ],
    [
      { kind: "resting", why: "paused", until: null },
      "rests (paused) until it is told to go on: takes and computes nothing, but plays its games and settles",
    ],
  ],
  resumed: [[{ kind: "resumed" }, "is at work again"]],
  published: [
    [
      { kind: "published", job, image: hash(7) as ContentId, inputs: 2 },
      "published job 0x11111111…: its program and 2 inputs",
    ],
  ],
  quoted: [
    [
      { kind: "quoted", job, expiry: later },
      "got a quote for job 0x11111111…, good until 2026-01-05 13:00:00 UTC (in 1 h)",
    ],
  ],
  refused: [[{ kind: "refused", job, reason: "too cheap" }, "the hub refuses job 0x11111111…: too cheap"]],
  posted: [
    [
      { kind: "posted", job, units: 64, batches: 8, escrow: wei("6.4") },
      "posted job 0x11111111…: 64 units in 8 batches, 6.4 SNM in escrow",
    ],
  ],
  progress: [
    [
      {
        ...{ kind: "progress", job, batches: 8, claimed: 3, settled: 2, collected: 1 },
        ...{ refunded: 1, settlesAt: later },
      } as const,
      "job 0x11111111…: of 8 batches 3 claimed, 2 settled, 1 collected, 1 refunded; the next can be settled 2026-01-05 13:00:00 UTC (in 1 h)",
    ],
    [
      {
        ...{ kind: "progress", job, batches: 8, claimed: 0, settled: 8, collected: 8 },
        ...{ refunded: 0, settlesAt: null },
      } as const,
      "job 0x11111111…: of 8 batches 0 claimed, 8 settled, 8 collected",
    ],
  ],
  cancelled: [
    [
      { kind: "cancelled", job, posted: false, open: 0, back: "0", refundFrom: 0 },
      "cancelled job 0x11111111… before it was posted: nothing was paid",
    ],
    [
      { kind: "cancelled", job, posted: true, open: 2, back: wei("1.5"), refundFrom: later },
      "cancelled job 0x11111111…: 1.5 SNM for 2 batches come back from 2026-01-05 13:00:00 UTC (in 1 h) on, unless they are claimed before",
    ],
    [
      { kind: "cancelled", job, posted: true, open: 0, back: "0", refundFrom: later },
      "cancelled job 0x11111111…: all its batches are claimed, and are paid for when they settle",
    ],
  ],
  collected: [
    [
      { kind: "collected", job, batch: 3, units: 1, claim, miner },
      "collected 1 output of batch 3 of job 0x11111111…, computed by 0x44444444…",
    ],
  ],
  rejected: [
    [
      { kind: "rejected", job, batch: 3, claim, why: "another root" },
      "a delivery of batch 3 of job 0x11111111… is not proved by claim 0x22222222…: another root",
    ],
  ],
  refunded: [
    [{ kind: "refunded", job, batch: 3, amount: wei("0.8") }, "got 0.8 SNM back for batch 3 of job 0x11111111…"],
  ],
  done: [
    [
      { kind: "done", job, settledUnits: 60, refundedUnits: 4 },
      "job 0x11111111… is done: 60 units settled, 4 refunded",
    ],
  ],
  announced: [
    [
      { kind: "announced", miner, slots: 1, minPay: "0" },
      "miner 0x44444444… takes 1 batch at a time, for at least 0 SNM a unit",
    ],
  ],
  "quote-signed": [[{ kind: "quote-signed", job, units: 64 }, "signed a quote for job 0x11111111… of 64 units"]],
  "quote-refused": [[{ kind: "quote-refused", job, reason: "too long" }, "refused job 0x11111111…: too long"]],
  assigned: [
    [
      { kind: "assigned", job, batch: 3, attempt: 0, miner, pay: wei("0.07"), expiry: later },
      "gave batch 3 of job 0x11111111… to miner 0x44444444… for 0.07 SNM a unit, to be claimed by 2026-01-05 13:00:00 UTC (in 1 h)",
    ],
  ],
  declined: [[{ kind: "declined", job, batch: 3, reason: "busy" }, "declined batch 3 of job 0x11111111…: busy"]],
  "unit-computed": [
    [
      { kind: "unit-computed", job, batch: 3, unit: 5, steps: 1_234_567, halt: 1, exitCode: "0", lie: false },
      "computed unit 5 of batch 3 of job 0x11111111…: 1,234,567 steps",
    ],
    [
      { kind: "unit-computed", job, batch: 3, unit: 5, steps: 1, halt: 1, exitCode: "0", lie: true },
      "computed unit 5 of batch 3 of job 0x11111111…: 1 step, and lies about it",
    ],
    [
      { kind: "unit-computed", job, batch: 3, unit: 5, steps: 1, halt: 1, exitCode: "0", lie: false, vain: true },
      "computed unit 5 of batch 3 of job 0x11111111…: 1 step; its lie changes nothing, so the result is the true one",
    ],
    [
      {
        kind: "unit-computed",
        job,
        batch: 3,
        unit: 5,
        steps: 1,
        halt: 3,
        exitCode: "",
        fault: "illegal instruction at 0x00010000: 0x00000000 .word 0x00000000",
        lie: false,
      },
      "computed unit 5 of batch 3 of job 0x11111111…: 1 step, ended by illegal instruction at 0x00010000: 0x00000000 .word 0x00000000",
    ],
  ],
  claimed: [
    [
      { kind: "claimed", claim, job, batch: 3, attempt: 0, miner, units: 8, root: hash(8) },
      "claimed batch 3 of job 0x11111111…, 8 units, as 0x22222222…",
    ],
  ],
  delivered: [
    [{ kind: "delivered", claim, content: hash(9) as ContentId }, "delivered the results of claim 0x22222222…"],
  ],
  paid: [
    [{ kind: "paid", hub, hubName: "Aurora", amount: wei("0.56") }, "was paid 0.56 SNM by Aurora (0x55555555…)"],
    [{ kind: "paid", hub, hubName: null, amount: wei("0.56") }, "was paid 0.56 SNM by hub (0x55555555…)"],
  ],
  "unit-checked": [
    [{ kind: "unit-checked", claim, unit: 5, steps: 1000 }, "recomputed unit 5 of claim 0x22222222…: 1,000 steps"],
  ],
  checked: [
    [
      { kind: "checked", claim, batch: 3, miner, units: 8, ok: true },
      "claim 0x22222222… of miner 0x44444444…, 8 units, is right",
    ],
    [
      { kind: "checked", claim, batch: 3, miner, units: 8, ok: false },
      "claim 0x22222222… of miner 0x44444444…, 8 units, is false",
    ],
  ],
  committed: [[{ kind: "committed", claim, rank: 1 }, "committed a challenge of claim 0x22222222…, rank 1"]],
  opened: [
    [{ kind: "opened", game, claim, unit: 5 }, "opened game 0x33333333… about claim 0x22222222…, unit 5"],
    [
      { kind: "opened", game, claim, unit: null },
      "opened game 0x33333333… about claim 0x22222222…, whose results are hidden",
    ],
  ],
  retracted: [[{ kind: "retracted", claim }, "retracted its challenge of claim 0x22222222…"]],
  left: [[{ kind: "left", game, claim }, "left game 0x33333333…: claim 0x22222222… is decided"]],
  awarded: [[{ kind: "awarded", claim, amount: wei("50") }, "earned 50 SNM for the conviction of claim 0x22222222…"]],
  revealed: [[{ kind: "revealed", game, level: 1 }, "revealed level 1 of its results in game 0x33333333…"]],
  picked: [
    [{ kind: "picked", game, level: 1, unit: null }, "picked a part at level 1 of game 0x33333333…"],
    [{ kind: "picked", game, level: 0, unit: 5 }, "picked unit 5 at level 0 of game 0x33333333…"],
  ],
  split: [
    [
      { kind: "split", game, unit: 5, by: miner, depth: 2, from: 4096, to: 8192 },
      "move 2 of game 0x33333333…: unit 5, steps 4,096 to 8,192, by 0x44444444…",
    ],
  ],
  proved: [
    [
      {
        kind: "proved",
        game,
        claim,
        unit: 5,
        step: 20_000,
        pc: "0x1000",
        instruction: "addi a0, a0, 1",
        registers: [],
      },
      "the chain has executed step 20,000 of unit 5 in game 0x33333333…: addi a0, a0, 1",
    ],
  ],
  "timed-out": [
    [{ kind: "timed-out", game, claim, loser: miner }, "game 0x33333333… is over: 0x44444444… did not answer in time"],
  ],
  convicted: [
    [
      { kind: "convicted", claim, miner, slashed: wei("100") },
      "miner 0x44444444… is convicted of claim 0x22222222… and loses 100 SNM",
    ],
  ],
  settled: [[{ kind: "settled", claim, job, batch: 3, units: 8 }, "settled batch 3 of job 0x11111111…: 8 units"]],
};

const read = (happening: Happening, name = "miner 1") => textOf({ role: "miner", name, at: NOW, ...happening });

for (const [kind, cases] of Object.entries(kinds)) {
  test(`${kind}: one sentence, with the date and who`, () => {
    for (const [happening, sentence] of cases) {
      assert.equal(read(happening), `2026-01-05 12:00:00 UTC  miner 1: ${sentence}`);
    }
  });
}

test("what strangers wrote obeys nothing and breaks no line", () => {
  const line = read({ kind: "refused", job, reason: "no\n\u001b[2Jyes" });
  assert.equal(line, "2026-01-05 12:00:00 UTC  miner 1: the hub refuses job 0x11111111…: no\\u{a}\\u{1b}[2Jyes");
});
