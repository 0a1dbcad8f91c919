// The life of a hub by its owner's command line: what is possible and when, and what a verb says if it is not.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { thresholdOf } from "@sonm/chain/government/lanes";
import { parametersOf } from "@sonm/chain/government/parameters";
import { showShare, showSnm } from "@sonm/protocol/values/amounts";
import { showSpan } from "@sonm/protocol/values/dates";
import type { Command } from "commander";
import { isAddressEqual, parseEther } from "viem";
import { createProgram } from "../../../offchain/cli/program.ts";
import { runVerb } from "../../support/verb.ts";
import { DAY, type Network, type Person, refusedWith, startNetwork } from "./network.ts";
import { folderForTest, sonm } from "./sonm.ts";

const SNM = parseEther("1");
let network: Network;
let owner: Person;
let miner: Person;

before(async () => {
  network = await startNetwork();
  owner = await network.person("owner", 1_000n);
  miner = await network.person("miner", 0n);
});
after(() => network?.devnet.stop());

// One test, because each step needs the one before: its hubs are paid, pay, and reach their pay-day with what earlier steps have left.
test("sonm hub, sonm hubs: the life of a hub", async (t) => {
  let wallet = "";

  await t.test("create makes a wallet, funds it, and does not make it twice", async () => {
    const { code, data } = await owner.sonm(
      "hub",
      "create",
      "Aurora",
      "--endpoint",
      "/dns4/aurora/tcp/1",
      "--fund",
      "101 SNM",
    );
    assert.equal(code, 0);
    wallet = data.hub.wallet;
    assert.ok(isAddressEqual(data.hub.owner, owner.address));
    assert.deepEqual([data.hub.name, data.hub.status, data.hub.free], ["Aurora", "created", String(101n * SNM)]);
    const again = await owner.sonm("hub", "create", "Aurora");
    assert.equal(again.code, 1);
    assert.match(again.data.error.why, new RegExp(wallet));
    assert.match(again.data.error.todo, /--salt/);
  });

  await t.test("create with another salt makes another; it needs money to be registered", async () => {
    const { data } = await owner.sonm("hub", "create", "Borealis", "--salt", "1", "--fund", "1");
    assert.notEqual(data.hub.wallet, wallet);
    const poor = await owner.sonm("hub", "register", "--salt", "1");
    assert.equal(poor.code, 1);
    assert.match(poor.data.error.why, /there are 1 SNM\b/);
    assert.match(poor.data.error.todo, /--fund/);
    const rich = await owner.sonm("hub", "register", "--salt", "1", "--fund", "0.000000000000000001");
    assert.equal(rich.data.hub.status, "registered");
  });

  await t.test("verbs that need a registered hub say so before", async () => {
    const paid = await owner.sonm("hub", "pay", miner.address, "1");
    assert.match(paid.data.error.why, /never been registered/);
    assert.match(paid.data.error.todo, /sonm hub register/);
    for (const verb of ["close", "payday"]) assert.equal((await owner.sonm("hub", verb)).code, 1, verb);
  });

  await t.test("register begins a period; pay locks its share; the rest can be pulled", async () => {
    const { data } = await owner.sonm("hub", "register");
    assert.equal(data.hub.status, "registered");
    assert.equal(data.hub.payDayFrom, data.hub.registration.registeredAt + 30 * DAY);
    const paid = await owner.sonm("hub", "pay", miner.address, "10");
    assert.deepEqual([paid.data.approved, paid.data.lock], [String(7n * SNM), String(3n * SNM)]);
    const { hub } = paid.data;
    assert.deepEqual(
      [hub.locked, hub.approved, hub.available],
      [3n, 7n, 90n].map((n) => String(n * SNM)),
    );
  });

  await t.test("pay refuses what is not there, nothing, and itself", async () => {
    const refused = async (payee: string, amount: string) => (await owner.sonm("hub", "pay", payee, amount)).data.error;
    assert.match((await refused(miner.address, "91")).why, /there are 90 SNM, it takes 91 SNM/);
    assert.match((await refused(miner.address, "0")).why, /nothing would be paid/);
    assert.match((await refused(wallet, "1")).why, /cannot pay itself/);
    assert.match((await refused("0x12", "1")).what, /no address/);
    assert.match((await refused(miner.address, "1 EUR")).what, /not an amount of SNM/);
  });

  await t.test("fund puts SNM in, also into another's hub; collect brings in what another hub owes", async () => {
    const funded = await owner.sonm("hub", "fund", "10", "--salt", "1");
    assert.equal(funded.data.hub.balance, String(11n * SNM + 1n));
    refusedWith(await owner.sonm("hub", "fund", "100000"), /you have \d+.* SNM, it takes 100,000 SNM/, /use less/);
    refusedWith(await miner.sonm("hub", "collect", "--hub", wallet), /no hub owes it anything/, /do nothing/);
    refusedWith(await miner.sonm("treasury", "collect"), /no hub owes the Treasury/, /do nothing/);
    await owner.sonm("hub", "pay", wallet, "5", "--salt", "1");
    await owner.sonm("hub", "pay", network.devnet.deployment.addresses.treasury, "1", "--salt", "1");
    const { data } = await miner.sonm("hub", "collect", "--hub", wallet);
    assert.deepEqual([data.amount, data.hub.available], [(7n * SNM) / 2n, 90n * SNM + (7n * SNM) / 2n].map(String));
    assert.equal((await miner.sonm("treasury", "collect")).data.collected[0].amount, String((7n * SNM) / 10n));
  });

  await t.test("a payee sees what it is owed, and takes it home once", async () => {
    const { data } = await network.look("earnings", miner.address);
    assert.deepEqual([data.total, data.owed[0].name, data.coming], [String(7n * SNM), "Aurora", []]);
    refusedWith(await owner.sonm("earnings", "pull"), /no hub owes you anything/, /at the settlement of a claim/);
    refusedWith(await miner.sonm("earnings", "pull", owner.address), /owes you nothing/, /sonm earnings/);
    const pulled = await miner.sonm("earnings", "pull");
    assert.deepEqual([pulled.data.total, pulled.data.pulled[0].hub], [String(7n * SNM), wallet]);
    assert.equal((await miner.sonm("earnings")).data.total, "0");
    refusedWith(await network.look("earnings"), /no key either/, /name the account/);
  });

  await t.test("only its owner commands it", async () => {
    for (const args of [
      ["pay", miner.address, "1"],
      ["withdraw", "all"],
    ]) {
      const { code, data } = await miner.sonm("hub", ...args, "--hub", wallet);
      assert.equal(code, 1, args[0]);
      assert.match(data.error.why, /belongs to/, args[0]);
    }
    assert.match((await miner.sonm("hub", "pay", owner.address, "1")).data.error.what, /You have no hub/);
  });

  await t.test("close, payday and withdraw say when they can succeed", async () => {
    const { registration } = (await network.look("hub", "status", wallet)).data;
    const closable = registration.registeredAt + 26 * DAY;
    const payDay = registration.registeredAt + 30 * DAY;
    const close = (await owner.sonm("hub", "close")).data.error;
    assert.equal(close.possibleFrom, closable);
    assert.match(close.todo, /possible from \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(in 25 d 23 h\)/);
    assert.equal((await owner.sonm("hub", "payday")).data.error.possibleFrom, payDay);
    assert.equal((await owner.sonm("hub", "withdraw", "1")).data.error.possibleFrom, payDay);
    // Anyone may close it too, but later.
    assert.equal((await miner.sonm("hub", "close", "--hub", wallet)).data.error.possibleFrom, payDay + 4 * DAY);
  });

  await t.test("what was said comes true: closed, paid out, taxed, withdrawn", async () => {
    const { closableFrom, payDayFrom } = (await network.look("hub", "status", wallet)).data;
    await network.devnet.jumpTo(closableFrom);
    const closed = (await owner.sonm("hub", "close")).data;
    assert.equal(closed.hub.status, "registered");
    assert.ok(closed.hub.payDayFrom >= payDayFrom);
    const late = (await owner.sonm("hub", "pay", miner.address, "1")).data.error;
    assert.match(late.why, /closed/);
    assert.equal(late.possibleFrom, closed.hub.payDayFrom);
    assert.equal((await owner.sonm("hub", "payday")).data.error.possibleFrom, closed.hub.payDayFrom);

    await network.devnet.jumpTo(closed.hub.payDayFrom);
    const paid = (await owner.sonm("hub", "payday")).data;
    // 0.5 % of the reserve of 1 SNM and the 3 SNM locked
    assert.match(paid.done, /\bPaid 0\.02 SNM of tax; 97\.48 SNM are free$/);
    assert.equal(paid.hub.status, "idle");
    const home = (await owner.sonm("hub", "withdraw", "all")).data;
    assert.equal(home.amount, String(94n * SNM + (7n * SNM) / 2n - SNM / 50n));
    assert.equal(home.hub.free, "0");
    assert.match((await owner.sonm("hub", "withdraw", "1")).data.error.why, /there are 0 SNM/);
    assert.equal((await network.look("treasury")).data.available, String(SNM / 50n + (7n * SNM) / 10n));
  });

  await t.test("set changes name and endpoint, each alone too", async () => {
    assert.equal((await owner.sonm("hub", "set", "--name", "Aurora II")).data.hub.endpoint, "/dns4/aurora/tcp/1");
    assert.equal((await owner.sonm("hub", "set", "--endpoint", "/dns4/new/tcp/1")).data.hub.name, "Aurora II");
    assert.match((await owner.sonm("hub", "set")).data.error.why, /neither/);
    const long = ["--name", "ü".repeat(33)];
    refusedWith(await owner.sonm("hub", "set", ...long), /its name has 66 bytes, and at most 64/, /shorter/);
    refusedWith(await owner.sonm("hub", "create", "x".repeat(65)), /its name has 65 bytes, and at most 64/, /shorter/);
  });

  await t.test("rehab and sweep say why they have nothing to do", async () => {
    assert.match((await owner.sonm("hub", "rehab")).data.error.why, /is idle/);
    assert.match((await owner.sonm("hub", "sweep")).data.error.why, /is idle/);
  });

  await t.test("status is for people too, with units, dates and time left", async () => {
    const { code, out } = await network.see(
      "hub",
      "status",
      (await owner.sonm("hub", "status", "--salt", "1")).data.wallet,
    );
    assert.equal(code, 0);
    assert.match(out, /Borealis/);
    assert.match(out, /^ *balance +6\.800000000000000001 SNM$/m);
    assert.match(out, /close +from \d{4}-\d\d-\d\d .* UTC \(/);
  });

  await t.test("hubs lists all hubs, by pages", async () => {
    const { data } = await network.look("hubs");
    assert.equal(data.count, 2);
    assert.deepEqual(
      data.hubs.map((hub: { name: string; status: string; score: number | null; trusted: boolean }) => [
        hub.name,
        hub.status,
        hub.score,
        hub.trusted,
      ]),
      [
        ["Aurora II", "idle", null, false],
        ["Borealis", "registered", null, false],
      ],
    );
    const page = (await network.look("hubs", "--from", "1", "--limit", "1")).data;
    assert.deepEqual([page.hubs.length, page.hubs[0].name], [1, "Borealis"]);
    assert.equal((await network.look("hubs", "--from", "9")).data.hubs.length, 0);
  });

  await t.test("hubs is a table for people", async () => {
    const { out } = await network.see("hubs", "--limit", "1");
    assert.match(out, /hub +status +score +SNM for +against +free +age +times +trusted/);
    assert.match(out, new RegExp(`Aurora II +idle +not rated +0 +0 +0 +30 d +1 +no\\n +${wallet}\\n`));
    assert.match(out, /1 to 1 of 2 hubs; the next: sonm hubs --from 1 --limit 1/);
  });
});

describe("help", () => {
  test("names the numbers that hold at first", async () => {
    const { reader, deployment } = network.devnet;
    const numbers = await parametersOf(reader, deployment);
    const span = (name: "PayPeriodSeconds" | "ClosedPeriodSeconds") => showSpan(Number(numbers[name]));
    const share = (name: "LockShareBps" | "TaxShareBps") => showShare(Number(numbers[name]));
    const named: [path: string[], ...numbers: string[]][] = [
      [["hub", "register"], `(${showSnm(numbers.ReserveWei)} at first)`],
      [["hub", "pay"], `(${share("LockShareBps")} at first)`],
      [["hub", "payday"], `(${share("TaxShareBps")} at first)`],
      [["hub", "close"], `has ${span("PayPeriodSeconds")} at first`, `from ${span("ClosedPeriodSeconds")} before`],
      [["dao", "propose"], `(${showSnm(await thresholdOf(reader, deployment, "slow"))} at first)`],
    ];
    for (const [path, ...texts] of named) {
      let command: Command | undefined = createProgram();
      for (const word of path) command = command?.commands.find((one) => one.name() === word);
      for (const text of texts) assert.ok(command?.description().includes(text), `${path.join(" ")}: ${text}`);
    }
  });
});

describe("a network that is not there", () => {
  const cases: Record<string, { args: string[]; env?: Record<string, string>; what: RegExp; todo: RegExp }> = {
    "no deployment": { args: ["hubs"], what: /No network is named/, todo: /--deployment FILE/ },
    "no key": { args: ["hub", "payday"], what: /No key is named/, todo: /sonm key new/ },
    "no node": { args: ["hubs", "--rpc", "http://127.0.0.1:1"], what: /No chain at/, todo: /check the URL/ },
    "no hub": {
      args: ["hub", "status", "0x90F79bf6EB2c4f870365E785982E1f101E93b906"],
      what: /is no hub/,
      todo: /sonm hubs/,
    },
    "nobody's hub": { args: ["hub", "status"], what: /No hub is named/, todo: /name the hub/ },
  };
  for (const [name, { args, what, todo }] of Object.entries(cases)) {
    test(name, async () => {
      const deployment = join(network.folder, "deployment.json");
      const env = name === "no deployment" ? {} : { SONM_RPC: network.devnet.url, SONM_DEPLOYMENT: deployment };
      const { code, out } = await runVerb([...args, "--json"], env);
      assert.equal(code, 1);
      const { error } = JSON.parse(out);
      assert.match(error.what, what);
      assert.match(error.todo, todo);
    });
  }
});

describe("sonm key", () => {
  const folder = folderForTest();
  const file = join(folder, "me.json");
  const password = join(folder, "password");
  writeFileSync(password, "secret\n");

  test("new makes a keystore, show opens it, nothing is overwritten, and the key is never shown", () => {
    const made = sonm(["key", "new", file, "--password-file", password, "--json"]);
    assert.equal(made.code, 0);
    const { address } = JSON.parse(made.out);
    const shown = sonm(["key", "show", file, "--json"], { SONM_PASSWORD: "secret" });
    assert.equal(JSON.parse(shown.out).address, address);
    assert.doesNotMatch(made.out + made.err + shown.out + shown.err, /0x[0-9a-fA-F]{64}/);
    assert.equal(sonm(["key", "new", file, "--password-file", password]).code, 1);
    assert.match(sonm(["key", "show", file], { SONM_PASSWORD: "wrong" }).err, /password does not fit/);
  });
});
