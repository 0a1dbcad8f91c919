// Mistakes in the command line, and what the help says.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import { createProgram } from "../../../offchain/cli/program.ts";
import { runVerb } from "../../support/verb.ts";
import { folderForTest, root, sonm, wordcount } from "./sonm.ts";

const folder = folderForTest();
const text = join(folder, "text");
writeFileSync(text, "hello");
mkdirSync(join(folder, "folder"));

type Wrong = { args: string[]; code: number; says: RegExp; todo: RegExp };

const wrong: Record<string, Wrong> = {
  "an unknown noun": { args: ["machin"], code: 2, says: /unknown command 'machin'/, todo: /Did you mean machine/ },
  "an unknown verb": { args: ["machine", "walk"], code: 2, says: /unknown command 'walk'/, todo: /--help/ },
  "a mistyped verb": {
    args: ["hub", "regster"],
    code: 2,
    says: /unknown command 'regster'/,
    todo: /Did you mean register\?/,
  },
  "a mistyped --json": {
    args: ["hubs", "--jsn"],
    code: 2,
    says: /unknown option '--jsn'/,
    todo: /Did you mean --json\?/,
  },
  "a mistyped --rpc": { args: ["dao", "list", "--rpcc", "x"], code: 2, says: /'--rpcc'/, todo: /Did you mean --rpc\?/ },
  "a role's mistyped option": {
    args: ["miner", "start", "--stak", "5"],
    code: 2,
    says: /'--stak'/,
    todo: /Did you mean --stake\?/,
  },
  "an unknown option": { args: ["machine", "run", "x", "--max"], code: 2, says: /'--max'/, todo: /--max-steps|--help/ },
  "no program": {
    args: ["machine", "run"],
    code: 2,
    says: /missing required argument 'program'/,
    todo: /sonm machine run --help/,
  },
  "no step": { args: ["machine", "prove", "x"], code: 2, says: /--step/, todo: /sonm machine prove --help/ },
  "no such file": { args: ["machine", "run", "/nowhere"], code: 1, says: /no such file/, todo: /check the path/ },
  "a folder": { args: ["machine", "run", folder], code: 1, says: /it is a folder/, todo: /name a file/ },
  "a text": {
    args: ["machine", "run", text],
    code: 1,
    says: /neither an ELF file nor an image tar/,
    todo: /sonm image build/,
  },
  "a text to pack": {
    args: ["image", "build", text, "-o", join(folder, "x")],
    code: 1,
    says: /not an ELF file/,
    todo: /-march=rv64im/,
  },
  "a place that is not there": {
    args: ["image", "build", wordcount, "-o", "/nowhere/x"],
    code: 1,
    says: /its folder is not there/,
    todo: /make the folder, or check the path/,
  },
  "no number": {
    args: ["machine", "run", wordcount, "-n", "many"],
    code: 1,
    says: /--max-steps many is not/,
    todo: /8\^6/,
  },
  "too large a number": {
    args: ["machine", "run", wordcount, "-n", "8^99"],
    code: 1,
    says: /8\^99 is not/,
    todo: /8\^6/,
  },
  "a trace backwards": {
    args: ["machine", "trace", wordcount, "--from", "9", "--to", "3"],
    code: 1,
    says: /ends? before it begins/,
    todo: /closer/,
  },
  "a trace too long": {
    args: ["machine", "trace", wordcount, "--to", "8^8"],
    code: 1,
    says: /more than 1,000,000/,
    todo: /closer/,
  },
  "a step beyond all runs": {
    args: ["machine", "prove", wordcount, "-s", "8^16"],
    code: 1,
    says: /longest run/,
    todo: /below 281,474,976,710,656/,
  },
  "two on stdout": {
    args: ["machine", "run", wordcount, "-o", "-", "--json"],
    code: 1,
    says: /both want stdout/,
    todo: /FILE/,
  },
};

describe("a mistake is answered by what, why and what to do", () => {
  for (const [name, { args, code, says, todo }] of Object.entries(wrong))
    test(name, async () => {
      const ran = await runVerb(args);
      assert.equal(ran.code, code, ran.err);
      assert.match(ran.err, says);
      const [, advice = ""] = ran.err.split("→ ");
      assert.match(advice, todo);
      if (!args.includes("--json")) assert.equal(ran.out, "");
    });

  test("and with --json by an object on stdout", async () => {
    for (const args of [
      ["machine", "run", "/nowhere", "--json"],
      ["machine", "walk", "--json"],
    ]) {
      const { ok, error } = JSON.parse((await runVerb(args)).out);
      assert.equal(ok, false);
      for (const part of ["what", "why", "todo"]) assert.ok(error[part].length > 0, part);
    }
  });
});

function verbsBelow(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(verbsBelow);
}

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (part) => (help += part) }).outputHelp();
  // The help has colours if the environment of the tests asks for them.
  return stripVTControlCharacters(help);
}

describe("help", () => {
  const program = createProgram();

  test("every verb has a description, examples and --json", () => {
    for (const verb of verbsBelow(program)) {
      assert.ok(verb.description().length > 0, verb.name());
      assert.match(helpOf(verb), /Examples:\n {2}# /);
      assert.ok(
        verb.options.some(({ long }) => long === "--json"),
        `${verb.name()} has no --json`,
      );
    }
  });

  test("every example names verbs and options that there are", () => {
    const lines = [program, ...verbsBelow(program)].flatMap((command) => helpOf(command).match(/^ {2}sonm .*/gm) ?? []);
    assert.ok(lines.length >= 10);
    for (const line of lines) {
      const [, ...words] = line
        .replace(/ [|&].*/, "")
        .trim()
        .split(" ");
      let command = program;
      for (let child = program.commands.find((one) => one.name() === words[0]); child; ) {
        command = child;
        words.shift();
        child = command.commands.find((one) => one.name() === words[0]);
      }
      assert.ok(command !== program && command.commands.length === 0, line);
      for (const option of words.filter((part) => /^--?[a-z]/.test(part)))
        assert.ok(
          command.options.some(({ long, short }) => option === long || option === short),
          `${option} in ${line}`,
        );
    }
  });

  test("every noun says what to know before its verbs, and every word in the list has a line", () => {
    for (const command of program.commands) {
      assert.ok((command.summary() || command.description()).length > 0, command.name());
      if (command.commands.length > 0) assert.match(command.description(), /^[A-Z].{60,}\.$/, command.name());
      assert.match(helpOf(program), new RegExp(`^ {2}${command.name()} `, "m"));
    }
  });

  test("says which network is meant and who one is", () => {
    for (const name of ["SONM_RPC", "SONM_DEPLOYMENT", "SONM_KEYSTORE", "SONM_PASSWORD_FILE"]) {
      assert.match(helpOf(program), new RegExp(name));
    }
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    assert.equal(sonm(["--version"]).out, `${version}\n`);
  });

  test("is the answer to nothing and to --help, with exit code 0 for the latter", () => {
    assert.match(sonm(["--help"]).out, /Usage: sonm/);
    assert.equal(sonm(["machine", "run", "--help"]).code, 0);
  });
});

describe("the sonm on the path", () => {
  test("finds its Node, and passes arguments, streams and exit code on", () => {
    const bin = join(root, "scripts/sonm.js");
    const done = spawnSync(process.execPath, [bin, "machine", "run", wordcount, "-n", "5", "--json"], {
      encoding: "utf8",
    });
    assert.equal(done.status, 124, done.stderr);
    assert.equal(JSON.parse(done.stdout).steps, 5);
  });
});

describe("colours", () => {
  const colour = "\u001b[";
  const run = (env: Record<string, string>) => sonm(["machine", "run", wordcount], env).out;

  test("only where a terminal shows them, or they are asked for, and NO_COLOR is not set", () => {
    assert.ok(!run({}).includes(colour));
    assert.ok(run({ FORCE_COLOR: "1" }).includes(colour));
    assert.ok(!run({ NO_COLOR: "1" }).includes(colour));
  });
});
