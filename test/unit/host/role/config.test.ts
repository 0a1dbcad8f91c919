import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Failure } from "@sonm/protocol/values/failure";
import { parseEther } from "viem";
import { readConfig } from "../../../../offchain/host/role/config.ts";
import {
  needed,
  pathsTo,
  pathTo,
  perhaps,
  share,
  snm,
  usually,
  whole,
  words,
  yes,
} from "../../../../offchain/host/role/options.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-config-"));
after(() => rmSync(directory, { recursive: true }));
const file = join(directory, "config.json");

const complete = {
  name: "miner 1",
  rpc: "http://127.0.0.1:8545",
  deployment: "deployment.json",
  keystore: "/keys/miner.json",
  data: "data",
  net: "http://127.0.0.1:4000",
  options: { stake: "12.5 SNM", out: "results" },
};
const table = {
  stake: needed(snm, "what is staked"),
  out: needed(pathTo("<folder>"), "where it goes"),
  slots: usually(whole(1), 1, "at a time"),
  lie: perhaps(words(100, "<lie>"), "how it lies"),
  inputs: perhaps(pathsTo("<files...>", 3), "what it reads"),
  withhold: yes("shows nothing"),
};

function read(config: object, flags: Readonly<Record<string, unknown>> = {}, environment = {}) {
  writeFileSync(file, JSON.stringify(config));
  return readConfig("miner", table, { file, flags, environment });
}

test("a complete configuration is read: amounts in wei, paths from the file's place, defaults filled in", () => {
  const config = read(complete);
  assert.equal(config.options.stake, parseEther("12.5"));
  assert.equal(config.options.out, join(directory, "results"));
  assert.equal(config.data, join(directory, "data"));
  assert.equal(config.keystore, "/keys/miner.json");
  assert.equal(config.passwordFile, undefined);
  assert.deepEqual([config.options.slots, config.options.withhold, config.pollMs], [1, false, 150]);
  assert.equal(config.idleMs, 2000);
});

test("flags override the file, the file overrides the environment, and that the defaults", () => {
  const given = { ...complete, options: { ...complete.options, lie: "first" } };
  const flags = { lie: "output", slots: "3", withhold: true, stake: "7", net: "http://127.0.0.1:5" };
  const { options, net, rpc } = read(given, flags, { rpc: "http://127.0.0.1:6", net: "http://127.0.0.1:6" });
  assert.deepEqual(
    [options.lie, options.slots, options.withhold, options.stake, net, rpc],
    ["output", 3, true, parseEther("7"), "http://127.0.0.1:5", [complete.rpc]],
  );
  const { net: _, rpc: __, name: ___, ...rest } = given;
  const config = read(rest, {}, { rpc: "http://127.0.0.1:6" });
  assert.deepEqual([config.rpc, config.net, config.name], [["http://127.0.0.1:6"], "http://127.0.0.1:7666", "miner"]);
});

test("S8: several nodes are named in a list, with commas, or by a flag that is given again", () => {
  const nodes = ["http://a", "http://b"];
  assert.deepEqual(read({ ...complete, rpc: nodes }).rpc, nodes);
  assert.deepEqual(read({ ...complete, rpc: "http://a, http://b" }).rpc, nodes);
  assert.deepEqual(read(complete, { rpc: nodes }).rpc, nodes);
  const { rpc: _, ...rest } = complete;
  assert.deepEqual(read(rest, {}, { rpc: nodes }).rpc, nodes);
  assert.throws(() => read({ ...complete, rpc: Array(9).fill("http://a") }), /config\.json\.rpc .*8/);
});

test("without a file, flags and environment are enough; their paths are relative to the working folder", () => {
  const flags = { stake: "1,000 SNM", out: "results", inputs: ["a", "/b"], deployment: "d.json" };
  const config = readConfig("miner", table, { flags, environment: { keystore: "key.json" } });
  assert.deepEqual(
    [config.options.stake, config.options.out, config.options.inputs],
    [parseEther("1000"), join(process.cwd(), "results"), [join(process.cwd(), "a"), "/b"]],
  );
  assert.deepEqual(
    [config.deployment, config.keystore, config.data],
    [join(process.cwd(), "d.json"), join(process.cwd(), "key.json"), undefined],
  );
});

test("what is missing or wrong is named by its place", () => {
  assert.throws(() => read({ ...complete, rpc: 5 }), /config\.json\.rpc must be text/);
  assert.throws(() => read({ ...complete, keystore: undefined }), /config\.json\.keystore is missing: your key/);
  assert.throws(() => read({ ...complete, options: { out: "x" } }), /config\.json\.options\.stake is missing/);
  assert.throws(() => read({ ...complete, options: { out: "x", stake: 5 } }), /config\.json\.options\.stake must be/);
  assert.throws(() => read(complete, { slots: "many" }), /--slots must be an integer/);
  assert.throws(
    () => readConfig("miner", table, { flags: { deployment: "d", keystore: "k" } }),
    (error: Failure) => {
      assert.equal(error.what, "The miner was not started");
      assert.equal(error.why, "--stake is missing: what is staked");
      assert.equal(error.todo, "add --stake <amount>, or `stake` to a --config file");
      return true;
    },
  );
  assert.throws(
    () => read({ ...complete, options: { ...complete.options, slots: 0 } }),
    /options\.slots must be an integer/,
  );
});

test("numbers and texts that every role knows have limits", () => {
  for (const [key, longest] of [
    ["net", 1000],
    ["name", 100],
  ] as const) {
    assert.equal(read({ ...complete, [key]: "x".repeat(longest) })[key].length, longest);
    assert.throws(() => read({ ...complete, [key]: "x".repeat(longest + 1) }), /text of at most/);
  }
  assert.deepEqual(read({ ...complete, rpc: "x".repeat(1000) }).rpc, ["x".repeat(1000)]);
  assert.throws(() => read({ ...complete, rpc: "x".repeat(1001) }), /text of at most/);
  for (const pollMs of [1, 60_000]) assert.equal(read({ ...complete, pollMs }).pollMs, pollMs);
  for (const pollMs of [0, 60_001]) assert.throws(() => read({ ...complete, pollMs }), /pollMs must be an integer/);
});

test("null in a file is as if it were not there", () => {
  assert.equal(read({ ...complete, net: null }, {}, { net: "http://127.0.0.1:6" }).net, "http://127.0.0.1:6");
  assert.equal(read({ ...complete, pollMs: null }).pollMs, 150);
});

test("an amount without its unit is refused", () => {
  for (const stake of ["12", 12, "12 ETH", "1e3 SNM", "-1 SNM", "1.0000000000000000001 SNM"]) {
    assert.throws(() => read({ ...complete, options: { ...complete.options, stake } }), /stake must be/);
  }
});

test("a file without options has none", () => {
  const { options: _, ...rest } = complete;
  assert.throws(() => read(rest), /config\.json\.options\.stake is missing/);
  assert.equal(read(rest, { stake: "1", out: "x" }).options.stake, parseEther("1"));
});

test("a file that is no object, or whose options are none, is refused", () => {
  for (const config of [[], [complete], null, 5, "x"]) {
    assert.throws(() => read(config as object), /cannot be read.*it is no object/);
  }
  for (const options of [[], "x", 5, true]) {
    assert.throws(() => read({ ...complete, options }), /cannot be read.*`options` is no object/);
  }
});

test("an unknown option, or a file that is no JSON are refused", () => {
  assert.throws(() => read({ ...complete, pasword: "x" }), /it has `pasword`, but there are only name, options, rpc/);
  assert.throws(
    () => read({ ...complete, options: { stak: "1 SNM" } }),
    /it has `options\.stak`, but there are only stake/,
  );
  writeFileSync(file, "{");
  assert.throws(() => readConfig("miner", table, { file, flags: {} }), /cannot be read/);
  assert.throws(() => readConfig("miner", table, { file: join(directory, "nowhere"), flags: {} }), /no such file/);
});

test("U3: an unknown option is refused with the right one, also if it stands in the wrong place", () => {
  const refused = (change: object, todo: string) => assert.throws(() => read({ ...complete, ...change }), { todo });
  const option = (key: string) => ({ options: { ...complete.options, [key]: 1 } });
  refused({ pasword: "x" }, "write `passwordFile`");
  refused({ deploymnet: "x" }, "write `deployment`");
  refused({ poll_ms: 5 }, "write `pollMs`");
  refused({ optoins: {} }, "write `options`");
  refused({ stake: "1 SNM" }, "write `options.stake`");
  refused(option("pollMs"), "write `pollMs`");
  refused(option("slot"), "write `options.slots`");
  refused(option("with-hold"), "write `options.withhold`");
  refused(option("colour"), "correct it");
  refused({ ["x".repeat(1000)]: 1 }, "correct it");
});

test("U10: a byte order mark is no part of a configuration", () => {
  for (const encoding of ["utf8", "utf16le"] as const) {
    writeFileSync(file, Buffer.from(`\ufeff${JSON.stringify(complete)}`, encoding));
    assert.equal(readConfig("miner", table, { file, flags: {} }).name, "miner 1");
  }
});

test("a share is a number of 0 to 1", () => {
  const isShare = share.shape((value) => String(value));
  for (const value of [0, 0.5, 1]) assert.equal(isShare(value, "it"), value);
  for (const value of [-0.1, 1.1, "1", Number.NaN, undefined]) assert.throws(() => isShare(value, "it"));
});
