// Every verb about a hub takes it the same way: as its last argument or by --hub, but not both.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgram } from "../../../../offchain/cli/program.ts";
import { sonm } from "../sonm.ts";

const HUB = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

test("the last argument of every verb about a hub is the hub, and may be left out", () => {
  const verbs = createProgram().commands.find((one) => one.name() === "hub")?.commands ?? [];
  const about = verbs.filter((verb) => !["create", "start"].includes(verb.name()));
  assert.ok(about.length >= 11);
  for (const verb of about) {
    const last = verb.registeredArguments.at(-1);
    assert.deepEqual([last?.name(), last?.required], ["hub", false], verb.name());
    assert.ok(
      verb.options.some(({ long }) => long === "--hub"),
      verb.name(),
    );
  }
});

test("a hub is read from either place, and two are refused", () => {
  // The error is about the network, which comes next: so the command line was right.
  for (const args of [
    ["register", HUB],
    ["register", "--hub", HUB],
    ["withdraw", "all", HUB],
  ]) {
    assert.match(sonm(["hub", ...args]).err, /No network is named/);
  }
  const { code, err } = sonm(["hub", "fund", "5", HUB, "--hub", HUB]);
  assert.equal(code, 1);
  assert.match(err, /Two hubs are named/);
});
