// A hub from its flags: what it demands and promises if nobody says more.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hubStatuses } from "@sonm/chain/enums/hub-status";
import { parameterNames } from "@sonm/chain/enums/parameter";
import { numberToHex, parseEther } from "viem";
import { openHubJournal } from "../../../../offchain/agents/hub/journal.ts";
import { hubRole } from "../../../../offchain/agents/hub/role.ts";
import { readConfig } from "../../../../offchain/host/role/config.ts";
import { BUYER, claim, HUB, hashOf, sightOf, job as template } from "../fixtures.ts";
import { accounts, receive, stubTools } from "../stub-tools.ts";

const needed = { deployment: "d", keystore: "k", funds: "50" };
const configOf = (flags: object) => readConfig("hub", hubRole.options, { flags: { ...needed, ...flags } });
const SALT = numberToHex(0, { size: 32 });

/** A registered hub, started with these flags. */
async function start(flags: object) {
  const { tools, set, done } = stubTools(openHubJournal);
  const asked: unknown[] = [];
  set.reads = {
    walletOf(args) {
      asked.push(...args);
      return template.hub;
    },
    status: () => hubStatuses.indexOf("registered"),
    suspectedAt: () => 0n,
    owner: () => HUB,
    free: () => 30n,
    get: ([index]) => (parameterNames[Number(index)] === "ReserveWei" ? 10n : 1n),
    waiting: () => ({ remainder: 0n, prices: 0n }),
  };
  const behaviour = await hubRole.start(configOf(flags), tools);
  return { ...behaviour, set, done, asked, addresses: tools.access.deployment.addresses };
}

test("what need not be said has values that are known", () => {
  assert.deepEqual(configOf({}).options, {
    funds: parseEther("50"),
    name: "hub",
    endpoint: "",
    salt: SALT,
    minPrice: 0n,
    maxExponent: 16,
    quoteSeconds: 3600,
    workSeconds: 21_600,
    answerSeconds: 600,
    payPercent: 70,
    settleAfterSeconds: 3600,
  });
});

test("numbers and texts have limits", () => {
  for (const [flag, good, bad] of [
    ["maxExponent", [2, 16], [1, 17]],
    ["payPercent", [1, 70], [0, 71]],
  ] as const) {
    for (const value of good) assert.equal(configOf({ [flag]: String(value) }).options[flag], value);
    for (const value of bad) assert.throws(() => configOf({ [flag]: String(value) }), /must be an integer/);
  }
  for (const [flag, most] of [
    ["name", 64],
    ["endpoint", 256],
  ] as const) {
    assert.equal(configOf({ [flag]: "x".repeat(most) }).options[flag].length, most);
    assert.throws(() => configOf({ [flag]: "x".repeat(most + 1) }), /text of at most/);
  }
});

test("a salt is a number, or 32 bytes in hexadecimal", () => {
  assert.equal(configOf({ salt: "7" }).options.salt, numberToHex(7, { size: 32 }));
  assert.equal(configOf({ salt: hashOf(7) }).options.salt, hashOf(7));
  for (const salt of ["0x7", "seven", "1.5", "-1"]) assert.throws(() => configOf({ salt }), /--salt must be/);
});

test("a hub works with the wallet of its owner and its salt", async () => {
  const { asked } = await start({ salt: hashOf(7) });
  assert.deepEqual(asked, [accounts.me.address, hashOf(7)]);
});

test("a hub's policy is what it is told", async () => {
  const { observe, set } = await start({
    payPercent: "65",
    workSeconds: "100",
    answerSeconds: "10",
    settleAfterSeconds: "1",
  });
  const { policy, wallet } = await observe(set.sight);
  const times = { workSeconds: 100, answerSeconds: 10, settleAfterSeconds: 1 };
  assert.deepEqual(policy, { ...times, funds: parseEther("50"), payBps: 6500n });
  assert.deepEqual(wallet, { status: "registered", free: 30n, reserve: 10n });
});

for (const [flags, change, reason] of [
  [{ minPrice: "1" }, { price: parseEther("1") - 1n }, /^the price is below 1000000000000000000 wei a unit$/],
  [{ maxExponent: "4" }, { exponent: 6 }, /^units of more than 8\^4 steps are not welcome$/],
] as const) {
  test(`a hub with ${JSON.stringify(flags)} refuses what does not fit`, async () => {
    const { act, decide, observe, prepare, set, done, addresses } = await start(flags);
    const job = { ...template, referee: addresses.bisection, machine: addresses.machine, price: parseEther("1") };
    await receive(prepare, BUYER, { kind: "ask-quote", job: { ...job, ...change } });
    const view = await observe(set.sight);
    const [quote] = decide(view).actions;
    await act(quote ?? assert.fail("it does not answer"), view);
    const message = done.letters.at(-1)?.message;
    assert.match(message?.kind === "refuse-quote" ? message.reason : "", reason);
  });
}

test("S8: a hub follows the games about its own jobs, and keeps of these what has ended until it has written it down", async () => {
  const { tools, set } = stubTools(openHubJournal);
  set.reads = { walletOf: () => template.hub };
  const { signer: reader, deployment } = tools.access;
  const beginning = { me: accounts.me.address, reader, deployment, journal: tools.journal };
  const { follows, keeps } = await hubRole.observing({
    ...beginning,
    options: { salt: numberToHex(0, { size: 32 }) } as never,
  });
  const strange = { ...template, hub: accounts.stranger.address };
  assert.deepEqual([follows?.({} as never, template), follows?.({} as never, strange)], [true, false]);
  const [ended] = sightOf({ claim, status: "settled" }).claims.values();
  assert(keeps && ended);
  assert.deepEqual([keeps(template, ended), keeps(strange, ended)], [true, false]);
  assert.equal(keeps(template, undefined), false, "a job stays as long as its claims");
  tools.journal.note([{ id: ended.id, claim, end: undefined }]);
  assert.equal(keeps(template, ended), true);
  tools.journal.note([{ id: ended.id, claim, end: "convicted" }]);
  assert.equal(keeps(template, ended), true, "a reorganisation has given it another end");
  tools.journal.note([{ id: ended.id, claim, end: "settled" }]);
  assert.equal(keeps(template, ended), false);
});
