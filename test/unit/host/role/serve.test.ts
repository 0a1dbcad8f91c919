// The life of a role, from its configuration to its end, with a node that the test answers for: what it opens, what it says, and that it
// leaves nothing open.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { contractKeys } from "@sonm/chain/deployment";
import type { ClaimId } from "@sonm/protocol/values/ids";
import { type Hex, keccak256, numberToHex, type TransactionReceipt } from "viem";
import { writeDeployment } from "../../../../offchain/host/access/deployment-file.ts";
import { createKeystore } from "../../../../offchain/host/access/keystore.ts";
import { NetUnreachable } from "../../../../offchain/host/net/errors.ts";
import type { Peer, Received } from "../../../../offchain/host/net/peer.ts";
import type { RoleConfig } from "../../../../offchain/host/role/config.ts";
import type { RoleDefinition } from "../../../../offchain/host/role/definition.ts";
import type { RoleEvent } from "../../../../offchain/host/role/happenings.ts";
import { JOURNAL_FILE, openJournal, type RoleJournal } from "../../../../offchain/host/role/journal.ts";
import { launchRole } from "../../../../offchain/host/role/launcher.ts";
import { QUARANTINE_FILE } from "../../../../offchain/host/role/quarantine.ts";
import { readStatus, STATUS_FILE } from "../../../../offchain/host/role/status.ts";
import { startFakeNode } from "../../../support/fake-node.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-serve-"));
process.env.XDG_DATA_HOME = join(directory, "home");
const passwordFile = join(directory, "password");
writeFileSync(passwordFile, "secret\n");
const keystore = join(directory, "key.json");
const { address } = await createKeystore(keystore, "secret", undefined, 1024);
const deployment = join(directory, "deployment.json");
const addresses = Object.fromEntries(contractKeys.map((key, i) => [key, numberToHex(i + 1, { size: 20 })])) as never;
writeDeployment(deployment, { chainId: 7, block: 1, addresses });

/** The chain: its latest block. Its first one is another block than any later one. */
const head = { number: 5, now: 1_000_000 };
const blockHash = (number: number): Hex => keccak256(numberToHex(number));
const node = await startFakeNode({
  eth_chainId: () => "0x7",
  eth_getTransactionCount: () => "0x0",
  eth_getLogs: () => [],
  eth_getBlockByNumber: ([asked]) => {
    const number = asked === "latest" ? head.number : Number(asked);
    return {
      number: numberToHex(number),
      hash: blockHash(number),
      parentHash: blockHash(Math.max(0, number - 1)),
      timestamp: numberToHex(head.now),
      transactions: [],
    };
  },
});
after(() => {
  node.stop();
  rmSync(directory, { recursive: true });
});
beforeEach(() => Object.assign(head, { number: 5, now: 1_000_000 }));

const peer: Peer = {
  address,
  publish: () => assert.fail("nothing is published"),
  publishFile: () => assert.fail("nothing is published"),
  fetch: () => assert.fail("nothing is fetched"),
  fetchFile: () => assert.fail("nothing is fetched"),
  send: () => assert.fail("nothing is sent"),
  messages: async () => ({ messages: [], next: 0 }),
};
const configWith = (change: Partial<RoleConfig<object>>): RoleConfig<object> => ({
  rpc: [node.url],
  deployment,
  keystore,
  passwordFile,
  net: "http://store",
  maxFee: 200,
  data: mkdtempSync(join(directory, "data-")),
  confirmations: 0,
  pollMs: 1,
  idleMs: 1,
  name: "miner 1",
  options: {},
  ...change,
});
const fileOf = ({ data }: RoleConfig<object>, name: string) => join(data ?? assert.fail("it has no folder"), name);
const journalOf = (config: RoleConfig<object>) => fileOf(config, JOURNAL_FILE);
const statusOf = (config: RoleConfig<object>) => readStatus(fileOf(config, STATUS_FILE)) ?? assert.fail("no status");

/** A role that has one thing to do from `head.now` 1,000,050 on. It takes until `finish`, and sends a transaction. */
function worker() {
  const gate = Promise.withResolvers<void>();
  const log: string[] = [];
  const paths: string[] = [];
  const receipt = { transactionHash: blockHash(9), gasUsed: 21_000n, blockNumber: 6n } as TransactionReceipt;
  let done = false;
  const definition: RoleDefinition<object, RoleJournal, number, "work"> = {
    kind: "miner",
    summary: "",
    description: "",
    options: {},
    openJournal(path) {
      paths.push(path);
      const journal = openJournal(path);
      return { mail: journal.mail(), checkpoint: journal.checkpoint(), close: journal.close };
    },
    observing: () => ({}),
    start: async (_, { sent }) => ({
      prepare: () => () => {},
      observe: async ({ now }) => now,
      inHand: (now) => [{ what: "work", state: `at ${now}` }],
      decide: (now) => ({ actions: now >= 1_000_050 && !done ? ["work"] : [], wakeAt: null }),
      async act() {
        log.push("begun");
        await gate.promise;
        assert.equal(await sent("work", Promise.resolve(receipt)), receipt);
        done = true;
        log.push("finished");
      },
      keyOf: (action) => action,
      engine: { stop: async () => void log.push("engine stopped") },
    }),
  };
  const events: RoleEvent[] = [];
  const heard: (() => void)[] = [];
  /** The first event of this kind, when it has come. */
  async function event(kind: RoleEvent["kind"]): Promise<RoleEvent> {
    for (;;) {
      const found = events.find((one) => one.kind === kind);
      if (found) return found;
      await new Promise<void>((resolve) => heard.push(resolve));
    }
  }
  const hear = (one: RoleEvent) => {
    events.push(one);
    for (const told of heard.splice(0)) told();
  };
  const launch = (config: RoleConfig<object>, of = definition, at = peer) => launchRole(of, config, () => at, hear);
  return { definition, launch, event, events, log, paths, finish: gate.resolve };
}
const by = { role: "miner", name: "miner 1" } as const;
const limit = { timeout: 30_000 };

test("a role says that it is ready, as whom, and by the chain's clock", limit, async () => {
  const { launch, event } = worker();
  const running = await launch(configWith({}));
  assert.deepEqual(await event("ready"), { ...by, at: 1_000_000, kind: "ready", address });
  await running.stop();
});

test("what it says later bears the time of its latest look", limit, async () => {
  const { launch, event, finish, paths } = worker();
  const config = configWith({});
  const running = await launch(config);
  await event("idle");
  Object.assign(head, { number: 6, now: 1_000_050 });
  assert.deepEqual(await event("busy"), { ...by, at: 1_000_050, kind: "busy", with: ["work"] });
  const { at, doing, inHand } = statusOf(config);
  assert.deepEqual({ at, doing }, { at: 1_000_050, doing: { kind: "busy", with: ["work"] } });
  assert.deepEqual(inHand, [{ what: "work", state: "at 1000050" }]);
  finish();
  const transaction = { kind: "transaction", call: "work", hash: blockHash(9), gas: 21_000, block: 6 };
  assert.deepEqual(await event("transaction"), { ...by, at: 1_000_050, ...transaction });
  await running.stop();
  assert.deepEqual(paths, [journalOf(config)]);
});

test("S1: what cannot be shown keeps no role from its work, and its status says so", limit, async () => {
  const { definition, launch, event, finish } = worker();
  const config = configWith({});
  const inHand = () => {
    throw new Error("it is odd");
  };
  const running = await launch(config, {
    ...definition,
    start: async (given, tools) => ({ ...(await definition.start(given, tools)), inHand }),
  });
  head.now = 1_000_050;
  head.number = 6;
  await event("busy");
  const [aside] = statusOf(config).aside.latest;
  assert.deepEqual([aside?.what, aside?.why], ["what is in hand", "it is odd"]);
  finish();
  await running.stop();
});

test("told to end it ends its engine, finishes what is running, and closes journal and status", limit, async () => {
  const { launch, event, finish, log } = worker();
  const config = configWith({});
  head.now = 1_000_050;
  const running = await launch(config);
  await event("busy");
  let ended = false;
  const stopped = running.stop().then(() => {
    ended = true;
  });
  assert.throws(() => openJournal(journalOf(config)), /locked/);
  assert.equal(ended, false);
  assert.equal(statusOf(config).endedAt, null);
  finish();
  await stopped;
  assert.deepEqual(log, ["begun", "engine stopped", "finished"]);
  openJournal(journalOf(config)).close();
  assert.notEqual(statusOf(config).endedAt, null);
});

test(
  "U6: while the store is down a role acts on the chain as before, and says why it reads no mail",
  limit,
  async () => {
    const { launch, event, finish } = worker();
    const down: Peer = { ...peer, messages: () => Promise.reject(new NetUnreachable("http://store", "it is down")) };
    head.now = 1_000_050;
    const running = await launch(configWith({}), undefined, down);
    await event("busy");
    finish();
    assert.equal((await event("transaction")).kind, "transaction");
    const failed = await event("failed");
    assert.ok(failed.kind === "failed" && failed.action === "read mail" && failed.why === "it is down");
    await event("idle");
    await running.stop();
  },
);

test("S1: a role sees what it was told of one lane, also while the other one cannot be read", limit, async () => {
  const { definition, launch, event } = worker();
  const half: Peer = {
    ...peer,
    messages: async (lane, since) => {
      if (lane === "newcomers") throw new NetUnreachable("http://store", "it is down");
      return { messages: came && since < 7 ? [hello] : [], next: came ? 7 : 0 };
    },
  };
  const hello: Received = {
    id: "0x1",
    from: address,
    message: { kind: "ask-results", claim: `0x${"11".repeat(32)}` as ClaimId },
  };
  let [came, told] = [false, false];
  const observed = Promise.withResolvers<void>();
  const start: typeof definition.start = async (config, tools) => ({
    ...(await definition.start(config, tools)),
    prepare: () => () => {
      told = true;
    },
    async observe({ now }) {
      if (told) observed.resolve();
      return now;
    },
  });
  const running = await launch(configWith({}), { ...definition, start }, half);
  await event("idle");
  came = true;
  await observed.promise;
  assert.equal((await event("failed")).kind, "failed");
  await running.stop();
});

test("S8: what a role has done is done when it is as deep as what it believes, or the role ends", limit, async () => {
  const { launch, event, finish, log } = worker();
  head.now = 1_000_050;
  // By default six blocks must follow on a chain that is not one's own. The transaction is in block 6.
  const running = await launch(configWith({ confirmations: undefined }));
  await event("busy");
  finish();
  await event("transaction");
  head.number = 11;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(log, ["begun"], "it neither ends nor begins again");
  head.number = 12;
  await event("idle");
  assert.deepEqual(log, ["begun", "finished"]);
  await running.stop();

  head.number = 5;
  const second = worker();
  const ending = await second.launch(configWith({ confirmations: 1000 }));
  await second.event("busy");
  second.finish();
  await second.event("transaction");
  await ending.stop();
  assert.deepEqual(second.log, ["begun", "engine stopped", "finished"]);
});

test(
  "S2: what a role stops reading because it ends is no suspect, and what it reads when it is killed is one",
  limit,
  async () => {
    const { definition, launch } = worker();
    const config = configWith({});
    const file = fileOf(config, QUARANTINE_FILE);
    const suspects = () => JSON.parse(readFileSync(file, "utf8"));
    const names = () => readFileSync(`${file}.reading`, "utf8").trim();
    const stopped = Promise.withResolvers<never>();
    const reads: typeof definition = {
      ...definition,
      async start(given, tools) {
        const reading = tools.quarantine.read(
          "image 1",
          async () => {},
          () => stopped.promise,
        );
        reading.catch(() => {});
        await new Promise(setImmediate);
        const stop = async () => stopped.reject(new Error("the engine was stopped"));
        return { ...(await definition.start(given, tools)), engine: { stop } };
      },
    };
    const running = await launch(config, reads);
    const killed = readFileSync(`${file}.reading`);
    assert.equal(names(), "image 1");
    await running.stop();
    assert.equal(names(), "");
    assert.equal(existsSync(file), false, "there is no suspect");
    writeFileSync(`${file}.reading`, killed);
    await (await launch(config)).stop();
    assert.deepEqual(suspects().suspects, [
      { name: "image 1", failures: 1, ends: 1, why: "the process ended while it was read", until: 0 },
    ]);
  },
);

test("a role that cannot start closes journal and status", limit, async () => {
  const { definition, launch, events } = worker();
  const config = configWith({});
  const broken = { ...definition, start: () => Promise.reject(new Error("no machine")) };
  await assert.rejects(launch(config, broken), /no machine/);
  openJournal(journalOf(config)).close();
  assert.notEqual(statusOf(config).endedAt, null);
  assert.deepEqual(events, []);
});

test("data that nobody gives a place is kept apart by network, role and key", limit, async () => {
  const { launch, paths } = worker();
  const before = process.env.XDG_DATA_HOME;
  process.env.XDG_DATA_HOME = directory;
  try {
    const running = await launch(configWith({ data: undefined }));
    await running.stop();
  } finally {
    if (before === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = before;
  }
  const jobBoard = (addresses as Record<string, string>).jobBoard;
  const network = `7-${blockHash(0).slice(2, 10)}-${jobBoard}`;
  assert.deepEqual(paths, [join(directory, "sonm", network, "miner", address.toLowerCase(), "journal.sqlite")]);
});
