// The verbs that start roles: what their help says, and what they answer before anything is started.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import { buyerRole } from "../../../offchain/agents/buyer/role.ts";
import { hubRole } from "../../../offchain/agents/hub/role.ts";
import { minerRole } from "../../../offchain/agents/miner/role.ts";
import { createProgram } from "../../../offchain/cli/program.ts";
import { commonOptions } from "../../../offchain/host/role/config.ts";
import { flagOf, type RoleOption } from "../../../offchain/host/role/options.ts";
import { verifierRole } from "../../../verifier/role.ts";
import { sonm } from "./sonm.ts";

const roles = [hubRole, minerRole, verifierRole, buyerRole];

function startOf(kind: string): Command {
  const noun = createProgram().commands.find((one) => one.name() === kind);
  const verb = noun?.commands.find((one) => one.name() === "start");
  assert.ok(verb, `there is no sonm ${kind} start`);
  return verb;
}

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (part) => (help += part), getOutHelpWidth: () => 1000 }).outputHelp();
  return stripVTControlCharacters(help);
}

describe("help of a role", () => {
  for (const { kind, options } of roles) {
    test(`sonm ${kind} start lists every option with its default and unit`, () => {
      const help = helpOf(startOf(kind));
      const all: [string, RoleOption<unknown>][] = [...Object.entries(options), ...Object.entries(commonOptions)];
      for (const [key, { about, needed, otherwise, unit, value }] of all) {
        const line = help.split("\n").find((one) => one.trim().startsWith(`${flagOf(key)} `)) ?? "";
        assert.ok(line.includes(about), `${flagOf(key)} is not explained`);
        if (value) assert.ok(line.includes(`${flagOf(key)} ${value}`), line);
        if (needed) assert.match(line, /\(needed\)/);
        if (otherwise !== undefined && otherwise !== "") {
          assert.ok(line.includes(`(default: ${[otherwise, unit].join(" ").trim()})`), line);
        }
      }
      assert.match(help, /^ {2}--config <file>/m);
      assert.match(help, /^ {2}--json/m);
    });
  }

  test("names units", () => {
    assert.match(helpOf(startOf("hub")), /--quote-seconds <seconds> +how long a quote holds \(default: 3600 seconds\)/);
    assert.match(helpOf(startOf("miner")), /--pull-from <amount> .*\(default: 10 SNM\)/);
    assert.match(helpOf(startOf("miner")), /--net <url> .*\(default: http:\/\/127\.0\.0\.1:7666\) \(env: SONM_NET\)/);
  });
});

describe("a role that cannot start says why", () => {
  const env = { SONM_DEPLOYMENT: "/nowhere.json", SONM_KEYSTORE: "/nowhere" };
  const cases: [name: string, args: string[], why: RegExp, todo: RegExp, env?: Record<string, string>][] = [
    ["no hub", ["miner", "start", "--stake", "5"], /--hub is missing: wallet/, /--hub <address>/, env],
    ["no network", ["miner", "start"], /--deployment is missing/, /--deployment <file>/],
    ["a wrong amount", ["verifier", "start", "--stake", "1,5"], /--stake must be an amount/, /./, env],
    ["no such file", ["hub", "start", "--config", "/nowhere"], /no such file/, /correct it/],
    ["no deployment", ["verifier", "start", "--stake", "5"], /no such file/, /`deploy` wrote/, env],
  ];
  for (const [name, args, why, todo, environment] of cases) {
    test(name, () => {
      const { code, err, out } = sonm(args, environment);
      assert.equal(code, 1, err);
      assert.match(err, why);
      assert.match(err.split("→ ")[1] ?? "", todo);
      assert.equal(out, "");
    });
  }
});
