// What a hub signs, and that it remembers what it has signed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { quoteTypedData } from "@sonm/protocol/job/quote";
import { assignmentTypedData } from "@sonm/protocol/result/claim";
import { Failure } from "@sonm/protocol/values/failure";
import type { Hex } from "@sonm/protocol/values/ids";
import { verifyTypedData } from "viem/utils";
import { createActor, type HubTools } from "../../../../offchain/agents/hub/act.ts";
import { decide, type HubAction } from "../../../../offchain/agents/hub/decide.ts";
import { openHubJournal } from "../../../../offchain/agents/hub/journal.ts";
import { createPrepare } from "../../../../offchain/agents/hub/prepare.ts";
import { ownSight, seen, viewOf, withStakes } from "../../../../offchain/agents/hub/view.ts";
import type { Engine } from "../../../../offchain/host/engines/engine.ts";
import { readProgram } from "../../../../offchain/host/image/program.ts";
import { NetUnreachable } from "../../../../offchain/host/net/errors.ts";
import { refereesOfOnlooker } from "../../../../offchain/host/referees/referees.ts";
import { BUYER, claim, id, kinds, MINER, NO_DISPUTES, OTHER, sightOf, job as template } from "../fixtures.ts";
import { accounts, idleEngine, receive, stubTools } from "../stub-tools.ts";

const down = new Error("the store is down");

/** A registered hub, and a job that it accepts. */
function hub(terms: Partial<HubTools["terms"]> = {}) {
  const { tools, set, done } = stubTools(openHubJournal);
  const { journal } = tools;
  const { signer, deployment } = tools.access;
  const wallet = template.hub;
  const job: Job = {
    ...template,
    referee: deployment.addresses.bisection,
    machine: deployment.addresses.machine,
  };
  const content = { failure: undefined as Error | undefined, badUnit: undefined as number | undefined };
  const engine: Engine = {
    ...idleEngine,
    async check() {
      if (content.failure) throw content.failure;
      if (content.badUnit !== undefined) {
        throw new Failure(`The input of unit ${content.badUnit} does not fit the job`, "root", "do not");
      }
    },
  };
  set.sight = sightOf();
  const act = createActor({
    ...tools,
    engine,
    referees: refereesOfOnlooker({ ...tools, patienceSeconds: 600 }),
    wallet,
    identity: { salt: `0x${"0".repeat(64)}`, name: "hub", endpoint: "" },
    terms: { minPrice: 1000n, maxExponent: 8, quoteSeconds: 60, ...terms },
  });
  const next = () => {
    const sight = ownSight(set.sight, wallet);
    journal.note([...sight.claims.values()].map(seen));
    return decide(
      withStakes(
        viewOf(sight, journal, {
          standing: { status: "registered", free: 100n, reserve: 10n },
          waiting: 0n,
          disputes: NO_DISPUTES,
          policy: { funds: 50n, workSeconds: 3600, answerSeconds: 60, payBps: 7000n, settleAfterSeconds: 600 },
        }),
        new Map(journal.miners.all().map(({ address }) => [address, 10_000n])),
      ),
    );
  };
  const does = async (kind: HubAction["kind"]) =>
    act(next().actions.find((action) => action.kind === kind) ?? assert.fail(`it does not want to ${kind}`));
  return {
    journal,
    set,
    done,
    job,
    content,
    does,
    next: () => kinds(next()),
    announced: (address = MINER) => journal.miners.put(address, { address, slots: 1, minPay: 1n }),
    /** Asks the hub for a quote of the job with these changes. Returns the hub's answer. */
    async answers(change: Partial<Job> = {}) {
      await receive(createPrepare(tools), BUYER, { kind: "ask-quote", job: { ...job, ...change } });
      await does("quote");
      const { to, message } = done.letters.at(-1) ?? assert.fail("there is no answer");
      assert.equal(to, BUYER);
      return message;
    },
    isGenuine: (data: ReturnType<typeof quoteTypedData> | ReturnType<typeof assignmentTypedData>, signature: Hex) =>
      verifyTypedData({ ...data, address: accounts.me.address, signature } as Parameters<typeof verifyTypedData>[0]),
    chainId: signer.chainId,
    addresses: deployment.addresses,
  };
}

test("a hub quotes a job whose terms and roots are right, for as long as it says", async () => {
  const { answers, job, isGenuine, chainId, addresses, done, next } = hub();
  const message = await answers();
  if (message.kind !== "quote") return assert.fail(JSON.stringify(message));
  assert.deepEqual([message.job, message.expiry], [jobId(job), 1_000_060n]);
  const data = quoteTypedData({ job: jobId(job), expiry: message.expiry }, chainId, addresses.jobBoard);
  assert.ok(await isGenuine(data, message.signature));
  assert.deepEqual(done.happenings, [{ kind: "quote-signed", job: jobId(job), units: job.units }]);
  assert.deepEqual(next(), []);
});

const unwelcome: [string, Partial<Job>, RegExp][] = [
  ["another hub", { hub: OTHER }, /^the job is for another hub/],
  ["another referee", { referee: OTHER }, /^this hub knows the referee 0x\w{40} only$/],
  ["another machine", { machine: OTHER }, /^this hub knows the machine 0x\w{40} only$/],
  ["less than its least price", { price: 999n }, /^the price is below 1000 wei a unit$/],
  ["longer units than it takes", { exponent: 10 }, /^units of more than 8\^8 steps are not welcome$/],
  ["a deadline that is over", { deadline: 1_000_000n }, /^the deadline is over$/],
];
for (const [name, change, reason] of unwelcome) {
  test(`a hub does not quote a job with ${name}`, async () => {
    const { answers, done, job } = hub();
    const message = await answers(change);
    if (message.kind !== "refuse-quote") return assert.fail("it has quoted");
    assert.match(message.reason, reason);
    const refused = jobId({ ...job, ...change });
    assert.deepEqual(done.happenings, [{ kind: "quote-refused", job: refused, reason: message.reason }]);
  });
}

for (const badUnit of [0, template.units - 1]) {
  test(`a hub does not quote a job with one bad input, unit ${badUnit}`, async () => {
    const { answers, content } = hub();
    content.badUnit = badUnit;
    const message = await answers();
    if (message.kind !== "refuse-quote") return assert.fail("it has quoted");
    assert.match(message.reason, new RegExp(`^The input of unit ${badUnit} does not fit`));
  });
}

test("a hub quotes what is just welcome", async () => {
  const { answers } = hub();
  assert.equal((await answers({ price: 1000n, exponent: 8, deadline: 1_000_001n })).kind, "quote");
});

test("a hub does not quote a job with a bad program", async () => {
  const { answers, content } = hub();
  content.failure = new Failure("The program's root does not fit the job", "it is another", "do not take this job");
  assert.equal((await answers()).kind, "refuse-quote");
});

for (const name of ["config-null", "manifest-null", "layers-null", "fifo-over"]) {
  test(`U3: a hub that is asked for a quote of the image ${name} answers why not`, async () => {
    const image = readFileSync(new URL(`../../host/image/cases/${name}.tar`, import.meta.url));
    const { answers, content, next } = hub();
    content.failure = await readProgram(image).then(
      () => assert.fail("it is read"),
      (error: Error) => error,
    );
    const message = await answers();
    if (message.kind !== "refuse-quote") return assert.fail("it has quoted");
    assert.equal(message.reason, content.failure.message);
    assert.deepEqual(next(), []);
  });
}

test("a store that is down is no answer: the wish stays", async () => {
  const { answers, content, done, next } = hub();
  content.failure = new NetUnreachable("http://store", "it is down");
  await assert.rejects(answers(), NetUnreachable);
  assert.deepEqual([done.letters, next()], [[], ["quote"]]);
});

test("a quote that could not be sent is sent later", async () => {
  const { answers, set, next, does, done } = hub();
  set.broken = down;
  await assert.rejects(answers(), down);
  assert.deepEqual(next(), ["quote"]);
  set.broken = undefined;
  await does("quote");
  assert.deepEqual(
    done.letters.map(({ message }) => message.kind),
    ["quote"],
  );
  assert.deepEqual(next(), []);
});

test("an assignment is on disk before the miner has it, and the same one is sent until it has been", async () => {
  const { journal, set, done, next, does, announced, isGenuine, chainId, addresses } = hub();
  announced();
  assert.deepEqual(next(), ["assign"]);
  set.broken = down;
  await assert.rejects(does("assign"), down);
  await assert.rejects(does("send"), down);
  assert.deepEqual(done.happenings, []);
  const [signed, ...more] = journal.assignments.all();
  assert.ok(signed && more.length === 0);
  assert.equal(signed.sent, false);
  const { miner, pay, signature, expiry } = signed;
  assert.deepEqual([miner, pay, expiry], [MINER, 700n, 1_003_600]);
  const about = { job: id, batch: 0, attempt: 0 };
  const assignment = { wallet: template.hub, ...about, miner, pay, expiry: BigInt(expiry) };
  assert.ok(await isGenuine(assignmentTypedData(assignment, chainId, addresses.results), signature));

  // Until then no other miner gets the batch, and this miner gets no second assignment.
  announced(OTHER);
  set.broken = undefined;
  assert.deepEqual(next().slice(0, 1), ["send"]);
  await does("send");
  assert.equal(journal.assignments.get(signed.id)?.sent, true);
  const letter = { kind: "assign", job: template, batch: 0, attempt: 0, pay, expiry: BigInt(expiry), signature };
  assert.deepEqual(done.letters, [{ to: MINER, message: letter }]);
  assert.deepEqual(done.happenings, [
    { kind: "assigned", job: id, batch: 0, attempt: 0, miner: MINER, pay: "700", expiry },
  ]);
  assert.ok(!next().includes("send"));
});

test("an answer that comes while the assignment is sent is kept", async () => {
  const { journal, does, announced, done } = hub();
  announced();
  const put = journal.assignments.put;
  journal.assignments.put = (key, value) => {
    put(key, value.sent ? value : { ...value, answer: "accepted" });
  };
  await does("assign");
  assert.equal(done.letters.length, 1);
  const [signed] = journal.assignments.all();
  assert.deepEqual([signed?.sent, signed?.answer], [true, "accepted"]);
});

for (const status of ["convicted", "awarded"] as const) {
  test(`a miner whose claim was ${status} gets no more work, others do`, async () => {
    const { set, next, announced, does, done } = hub();
    announced();
    set.sight = sightOf({ claim, status });
    assert.deepEqual(next(), []);
    announced(OTHER);
    await does("assign");
    assert.equal(done.letters.at(-1)?.to, OTHER);
  });
}

test("a conviction for another hub's job says nothing to this one", () => {
  const { set, next, announced } = hub();
  announced();
  const others = { ...template, hub: OTHER };
  const about = { ...claim, job: jobId(others) };
  const seen = sightOf({ claim: about, status: "convicted" });
  set.sight = {
    ...seen,
    jobs: new Map([...seen.jobs, [jobId(others), { id: jobId(others), job: others, postedAt: 1, block: 1 }]]),
  };
  assert.deepEqual(next().slice(0, 1), ["assign"]);
});
