// A buyer from its flags: what it orders if nobody says more, and that it orders once.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hubStatuses } from "@sonm/chain/enums/hub-status";
import { text } from "@sonm/protocol/values/shape";
import { type Hex, parseEther } from "viem";
import { openBuyerJournal } from "../../../../offchain/agents/buyer/journal.ts";
import { buyerRole, errandRole } from "../../../../offchain/agents/buyer/role.ts";
import { readConfig } from "../../../../offchain/host/role/config.ts";
import { folderForTest, wordcount } from "../../cli/sonm.ts";
import { elfFile } from "../../protocol/machine/elf-file.ts";
import { PAGE_FILLER } from "../../protocol/machine/programs.ts";
import { HUB, job as template } from "../fixtures.ts";
import { accounts, stubTools } from "../stub-tools.ts";

const folder = folderForTest();
const inputs = ["one", "two two"].map((input) => {
  const file = join(folder, input);
  writeFileSync(file, input);
  return file;
});
const needed = { deployment: "d", keystore: "k", hub: template.hub, image: wordcount, inputs, out: folder, price: "2" };
const configOf = (flags: object) => readConfig("buyer", buyerRole.options, { flags: { ...needed, ...flags } });

/** A buyer of a chain whose least bond and deposit are these, started with these flags. */
async function start(
  flags: object = {},
  [bond, deposit] = [5n, 9n],
  journal = openBuyerJournal(":memory:"),
  role = buyerRole,
  code: Hex = "0x00",
) {
  const { tools, set, done } = stubTools(() => journal);
  const asked: unknown[] = [];
  set.code = code;
  set.reads = {
    minimumStakes(args) {
      asked.push(...args);
      return [bond, deposit];
    },
    get: () => 100n,
    status: () => hubStatuses.indexOf("registered"),
    suspectedAt: () => 0n,
    owner: () => HUB,
    free: () => 0n,
  };
  const { engine, observe, decide } = await role.start(configOf(flags), tools);
  await engine.stop();
  const order = journal.orders.all().at(-1);
  assert.ok(order);
  return {
    ...order,
    journal,
    asked,
    said: done.happenings,
    addresses: tools.access.deployment.addresses,
    look: () => observe(set.sight),
    decide,
  };
}

test("what need not be said has values that are known", () => {
  const { image: _, inputs: __, out: ___, ...options } = configOf({}).options;
  const day = 86_400;
  assert.deepEqual(options, {
    hub: template.hub,
    price: parseEther("2"),
    batchSize: 16,
    exponent: 8,
    deposit: undefined,
    bond: undefined,
    windowSeconds: day,
    openingSeconds: 1800,
    allowanceSeconds: day,
    graceSeconds: 3600,
    deadlineSeconds: 30 * day,
    maxTotal: undefined,
    trial: 1,
    memory: undefined,
    askAgainSeconds: 3600,
  });
});

test("U12: a place that takes no outputs is refused before anything is ordered", async () => {
  const journal = openBuyerJournal(":memory:");
  for (const out of [inputs[0], "/proc/out"]) {
    await assert.rejects(start({ out }, undefined, journal), { what: `Cannot write to the folder ${out}` });
  }
  assert.deepEqual(journal.orders.all(), []);
});

test("numbers have limits", () => {
  for (const [flag, good, bad] of [
    ["batchSize", [1, 32_768], [0, 32_769]],
    ["exponent", [2, 16], [1, 17]],
  ] as const) {
    for (const value of good) assert.equal(configOf({ [flag]: String(value) }).options[flag], value);
    for (const value of bad) assert.throws(() => configOf({ [flag]: String(value) }), /must be an integer/);
  }
  const units = (count: number) => buyerRole.options.inputs.shape(text())(Array(count).fill("a"), "inputs").length;
  assert.equal(units(2 ** 22), 2 ** 22);
  assert.throws(() => units(2 ** 22 + 1), /inputs must be/);
});

test("a buyer orders its program and inputs, for its price, by terms that the chain accepts", async () => {
  const { job, asked, addresses } = await start();
  const { image, programRoot, entry, inputsRoot, salt, ...terms } = job;
  assert.deepEqual(asked, [parseEther("2"), 16]);
  assert.deepEqual(terms, {
    buyer: accounts.me.address,
    hub: template.hub,
    referee: addresses.bisection,
    machine: addresses.machine,
    units: 2,
    batchSize: 16,
    exponent: 8,
    price: parseEther("2"),
    bond: 5n,
    deposit: 9n,
    window: 86_400,
    opening: 1800,
    allowance: 86_400,
    grace: 3600,
    deadline: BigInt(1_000_000 + 30 * 86_400),
  });
});

test("the deposit that nobody has said is the least for the bond, too", async () => {
  const stakes = async (flags: object, least: [bigint, bigint]) => {
    const { job } = await start(flags, least);
    return [job.bond, job.deposit];
  };
  const snm = parseEther;
  assert.deepEqual(await stakes({}, [9n, 5n]), [9n, 9n]);
  assert.deepEqual(await stakes({ bond: "20" }, [5n, 9n]), [snm("20"), snm("20")]);
  assert.deepEqual(await stakes({ bond: "20", deposit: "30" }, [5n, 9n]), [snm("20"), snm("30")]);
  assert.deepEqual(await stakes({ deposit: "30" }, [5n, 9n]), [5n, snm("30")]);
});

test("G2: started again after its job is long over, a buyer makes no other, and an errand does", async () => {
  const { journal, id } = await start();
  journal.reported.put(id, true);
  journal.finished.put(id, 1);
  journal.orders.end([id]);
  await assert.rejects(start({}, undefined, journal), "there is no order to look at");
  assert.equal(journal.orders.count(), 0);
  const errand = await start({}, undefined, journal, errandRole);
  assert.notEqual(errand.id, id);
  assert.equal(journal.orders.count(), 1);
});

test("started again, a buyer goes on with its order and makes no other", async () => {
  const { journal, id, manifest } = await start();
  const again = await start({ price: "7" }, [5n, 9n], journal);
  assert.deepEqual([again.id, again.manifest, again.asked], [id, manifest, []]);
});

test("U4: a job whose longest unit does not end is refused before it is ordered, unless nothing is to be tried", async () => {
  const journal = openBuyerJournal(":memory:");
  const refused = { what: "Unit 1 would be paid for without a result", todo: /--exponent 4/ };
  await assert.rejects(start({ exponent: "2" }, undefined, journal), refused);
  assert.deepEqual(journal.orders.all(), []);
  const { job } = await start({ exponent: "2", trial: "none" }, undefined, journal);
  assert.equal(job.exponent, 2);
});

test("S2: a job whose longest unit needs more memory than a trial may have is refused before it is ordered", async () => {
  const journal = openBuyerJournal(":memory:");
  const image = join(folder, "pages");
  writeFileSync(image, elfFile(PAGE_FILLER));
  await assert.rejects(start({ image, memory: "64", exponent: "6" }, undefined, journal), {
    what: "Unit 1 cannot be tried here",
    why: /more than 64 MiB/,
  });
  assert.deepEqual(journal.orders.all(), []);
});

test("U13: before anything is asked the buyer says what the job will need and cost", async () => {
  const { said, id } = await start({ trial: "all" });
  const [first, second, estimate, ...more] = said;
  assert.deepEqual(
    [first, second].map((one) => one?.kind === "trying" && one.unit),
    [1, 0],
  );
  assert.ok(estimate?.kind === "estimated" && estimate.job === id && estimate.trial && more.length === 0);
  assert.deepEqual([estimate.total, estimate.trial.units], [String(parseEther("4")), 2]);
  assert.ok(estimate.trial.steps > 100 && estimate.trial.steps <= 8 ** estimate.trial.enough);
});

test("U13: a job above the limit is refused before anything is tried", async () => {
  const journal = openBuyerJournal(":memory:");
  await assert.rejects(start({ maxTotal: "3.9", exponent: "2" }, undefined, journal), {
    what: "The job costs too much",
  });
  assert.deepEqual(journal.orders.all(), []);
  await start({ maxTotal: "4" }, undefined, journal);
});

test("a trial is of some units, all or none", () => {
  for (const [flag, value] of [
    ["1", 1],
    ["7", 7],
    ["all", "all"],
    ["none", "none"],
  ])
    assert.equal(configOf({ trial: flag }).options.trial, value);
  for (const trial of ["0", "some", "-1"]) assert.throws(() => configOf({ trial }), /--trial must be/);
});

test("U13: an errand goes on with its own job, refuses to take up another one meanwhile, and orders anew when it is over", async () => {
  const errand = (flags: object = {}) => start(flags, undefined, journal, errandRole);
  const journal = openBuyerJournal(":memory:");
  const { id } = await errand();
  assert.equal((await errand()).id, id);
  assert.equal(journal.orders.all().length, 1);
  const [one = "", two = ""] = inputs;
  for (const other of [[one], [two, one], [one, two, one]])
    await assert.rejects(errand({ inputs: other }), { what: "Another job is not finished" });
  await assert.rejects(errand({ image: one }), { what: "Another job is not finished" });
  journal.reported.put(id, true);
  assert.notEqual((await errand({ inputs: [two] })).id, id);
  assert.equal(journal.orders.all().length, 2);
});

test("U13: an errand to a hub that is not there is refused before anything is ordered; a service waits for it", async () => {
  const journal = openBuyerJournal(":memory:");
  await assert.rejects(start({}, undefined, journal, errandRole, "0x"), { what: "There is nobody to ask" });
  assert.deepEqual(journal.orders.all(), []);
  await start({}, undefined, journal, buyerRole, "0x");
});

test("a buyer that is started again after its job's end orders nothing", async () => {
  const { id, journal } = await start();
  journal.reported.put(id, true);
  assert.equal((await start({}, undefined, journal)).id, id);
});

test("a buyer begins with publishing, and asks its hub as often as it is told", async () => {
  const { look, decide, id, journal } = await start({ askAgainSeconds: "60" });
  const kinds = async () => decide(await look()).actions.map(({ kind }) => kind);
  assert.deepEqual(await kinds(), ["publish"]);
  journal.published.put(id, true);
  assert.deepEqual(await kinds(), ["ask"]);
  journal.askedAt.put(id, 1_000_000);
  assert.equal(decide(await look()).wakeAt, 1_000_060);
});

test("a buyer follows the games about its own jobs, and keeps what has ended of these", async () => {
  const { follows, keeps } = await buyerRole.observing({ me: accounts.me.address } as never);
  const own = { ...template, buyer: accounts.me.address };
  assert.deepEqual([keeps?.(own, undefined), keeps?.(template, undefined)], [true, false]);
  assert.deepEqual([follows?.({} as never, own), follows?.({} as never, template)], [true, false]);
});
