// A role takes part only in jobs that it can compute and argue about.
import assert from "node:assert/strict";
import { test } from "node:test";
import { strangeIn } from "../../../../offchain/host/referees/strange.ts";
import { addressOf, job, OTHER } from "../../agents/fixtures.ts";

const engine = { machine: job.machine, runs: ({ machine }: typeof job) => machine === job.machine };
const referees = [{ address: job.referee }, { address: addressOf(9) }];

test("nothing is strange in a job of a known referee and a known machine", () =>
  assert.equal(strangeIn(job, engine, referees), undefined));

test("another referee is strange", () =>
  assert.equal(
    strangeIn({ ...job, referee: OTHER }, engine, referees),
    `knows the referee ${job.referee} and ${addressOf(9)} only`,
  ));

test("another machine is strange", () =>
  assert.equal(strangeIn({ ...job, machine: OTHER }, engine, referees), `knows the machine ${job.machine} only`));
