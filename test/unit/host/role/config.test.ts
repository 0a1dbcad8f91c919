import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { integer, object, optional, type Shape, text } from "@sonm/protocol/values/shape";
import { parseEther } from "viem";
import { flag, readConfig, share, snm, withDefault } from "../../../../offchain/host/role/config.ts";

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
const optionsOf = (path: Shape<string>) =>
  object({ stake: snm, out: path, slots: withDefault(integer(1), 1), lie: optional(text()), withhold: flag });
const flags = {
  lie: { type: "string", option: "lie" },
  slots: { type: "string", option: "slots" },
  withhold: { type: "boolean", option: "withhold" },
} as const;

function read(config: object, ...args: string[]) {
  writeFileSync(file, JSON.stringify(config));
  return readConfig(["--config", file, ...args], optionsOf, flags);
}

test("a complete configuration is read: amounts in wei, paths from the file's place, defaults filled in", () => {
  const config = read(complete);
  assert.equal(config.options.stake, parseEther("12.5"));
  assert.equal(config.options.out, join(directory, "results"));
  assert.equal(config.data, join(directory, "data"));
  assert.equal(config.keystore, "/keys/miner.json");
  assert.equal(config.passwordFile, undefined);
  assert.deepEqual([config.options.slots, config.pollMs, config.events], [1, 150, false]);
});

test("flags of the command line override options", () => {
  const config = read(
    { ...complete, options: { ...complete.options, lie: "first" } },
    "--lie",
    "output",
    "--slots",
    "3",
    "--withhold",
    "--events",
  );
  assert.deepEqual(
    [config.options.lie, config.options.slots, config.options.withhold, config.events],
    ["output", 3, true, true],
  );
});

test("what is missing or wrong is named by its place", () => {
  assert.throws(() => read({ ...complete, rpc: undefined }), /config\.json\.rpc must be text/);
  assert.throws(() => read({ ...complete, options: { out: "x" } }), /config\.json\.options\.stake must be text/);
  assert.throws(
    () => read({ ...complete, options: { ...complete.options, slots: 0 } }),
    /options\.slots must be an integer/,
  );
});

test("an amount without its unit is refused", () => {
  for (const stake of ["12", 12, "12 ETH", "1e3 SNM", "-1 SNM", "1.0000000000000000001 SNM"]) {
    assert.throws(() => read({ ...complete, options: { ...complete.options, stake } }), /stake must be/);
  }
});

test("no configuration, an unknown flag, or a file that is no JSON are refused", () => {
  assert.throws(() => readConfig([], optionsOf), /--config is missing/);
  assert.throws(() => read(complete, "--password", "x"), /Unknown option '--password'/);
  writeFileSync(file, "{");
  assert.throws(() => readConfig(["--config", file], optionsOf), /cannot be read/);
});

test("a share is a number of 0 to 1", () => {
  for (const value of [0, 0.5, 1]) assert.equal(share(value, "it"), value);
  for (const value of [-0.1, 1.1, "1", Number.NaN, undefined]) assert.throws(() => share(value, "it"));
});
