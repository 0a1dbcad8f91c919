// The services in docs/deploy use only verbs and options that exist, and contain no secret.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Command } from "commander";
import { createProgram } from "../../../offchain/cli/program.ts";

const folder = join(import.meta.dirname, "../../../docs/deploy");
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const services = ["store", "hub", "miner", "verifier", "buyer"] as const;

/** The command line of a unit. */
function ofUnit(name: string): string[] {
  const [, line = ""] = /^ExecStart=\S+\/sonm (.*)$/m.exec(read(`sonm-${name}.service`)) ?? [];
  return line.split(" ");
}

/** The command line of a service of the compose file. */
function ofCompose(name: string): string[] {
  const service = new RegExp(`^ {2}${name}:\n(?: {4}.*\n)*? {4}command: (\\[.*\\])$`, "m").exec(read("compose.yaml"));
  return JSON.parse(service?.[1] ?? "[]");
}

/** Why a command line cannot be run; undefined if all of its words are known and all required options are there. */
function mistakeIn(words: readonly string[]): string | undefined {
  const [noun, verb, ...rest] = words;
  const command = createProgram()
    .commands.find((one) => one.name() === noun)
    ?.commands.find((one) => one.name() === verb);
  if (!command) return `there is no ${noun} ${verb}`;
  return rest
    .filter((word) => word.startsWith("--"))
    .map((word) => (hasOption(command, word) ? undefined : `${noun} ${verb} has no ${word}`))
    .find((mistake) => mistake !== undefined);
}

function hasOption(command: Command, word: string): boolean {
  return command.options.some(({ long }) => long === word);
}

describe("the services of docs/deploy", () => {
  for (const name of services) {
    it(`start the ${name} by a command line that it understands`, () => {
      for (const words of [ofUnit(name), ofCompose(name)]) {
        assert.deepEqual(words.slice(0, 2), [name, "start"]);
        assert.equal(mistakeIn(words), undefined);
      }
    });
  }

  it("hand over keys and passwords as files, never in a command line or an environment", () => {
    for (const name of services.filter((one) => one !== "store")) {
      for (const words of [ofUnit(name), ofCompose(name)]) {
        const after = (option: string) => words[words.indexOf(option) + 1] ?? "";
        assert.match(after("--keystore"), /^(%d|\/run\/secrets)\/keystore$/);
        assert.match(after("--password-file"), /^(%d|\/run\/secrets)\/password$/);
      }
      assert.match(read(`sonm-${name}.service`), /^LoadCredential=password:/m);
    }
    for (const file of ["compose.yaml", "network.env", ...services.map((name) => `sonm-${name}.service`)]) {
      assert.doesNotMatch(read(file), /SONM_PASSWORD\b/);
    }
  });

  it("are told once to end: told twice, they would not end in order", () => {
    for (const name of services) assert.match(read(`sonm-${name}.service`), /^KillMode=mixed$/m, name);
  });

  it("may write nowhere but to the folder of their own", () => {
    for (const name of services) {
      const unit = read(`sonm-${name}.service`);
      for (const line of ["DynamicUser=yes", "ProtectSystem=strict", `StateDirectory=sonm/${name}`]) {
        assert.ok(unit.split("\n").includes(line), `${name}: ${line}`);
      }
      const words = ofUnit(name);
      assert.equal(words[words.indexOf("--data") + 1], `%S/sonm/${name}`);
    }
  });
});

describe("the checker of command lines", () => {
  it("finds verbs and options that do not exist", () => {
    assert.equal(mistakeIn(["miner", "begin"]), "there is no miner begin");
    assert.equal(mistakeIn(["miner", "start", "--steak", "5"]), "miner start has no --steak");
  });
});
