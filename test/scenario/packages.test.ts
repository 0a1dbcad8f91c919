// The three packages as users have them: packed, installed into an empty folder outside of the clone, and used there. Install scripts are
// not run, so this also shows that nothing needs to be compiled at install.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { connect, walletFor } from "@sonm/chain/clients";
import { createHub } from "@sonm/chain/hub/factory";
import { localSigner } from "@sonm/chain/signer";
import { zeroHash } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { startAnvil } from "../../offchain/devnet/anvil.ts";
import { deploy } from "../../offchain/devnet/deploy.ts";
import { MNEMONIC } from "../unit/chain/world.ts";
import { ownEnvironment, root } from "../unit/cli/sonm.ts";

const MINUTE = 60_000;
const NAMES = ["sonm", "sonm-chain", "sonm-protocol"] as const;
const EXAMPLE = /@example\n \* ```ts\n(?<code>[\s\S]*?) \* ```/g;

type Ran = { readonly code: number; readonly out: string; readonly err: string };

describe("the packages", { timeout: 15 * MINUTE }, () => {
  const directory = mkdtempSync(join(tmpdir(), "sonm-packages-"));
  const home = join(directory, "consumer");
  after(() => rmSync(directory, { recursive: true, force: true }));

  /** Runs a command where the packages are installed, without access to anything in the clone. */
  function run(command: string, ...args: string[]): Promise<Ran> {
    const env = { ...ownEnvironment(), PATH: process.env.PATH?.replaceAll(join(root, "node_modules/.bin"), "") };
    return new Promise((resolve) =>
      execFile(command, args, { cwd: home, env, maxBuffer: Number.POSITIVE_INFINITY }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      ),
    );
  }

  async function runs(command: string, ...args: string[]): Promise<string> {
    const { code, out, err } = await run(command, ...args);
    assert.equal(code, 0, `${command} ${args.join(" ")}\n${out}${err}`);
    return out;
  }

  const put = (file: string, text: string) => writeFileSync(join(home, file), text);
  const tarball = (name: (typeof NAMES)[number]) => join(directory, `${name}-${version}.tgz`);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const filesOf = (name: (typeof NAMES)[number]) =>
    spawnSync("tar", ["-tzf", tarball(name)], { encoding: "utf8" })
      .stdout.trim()
      .split("\n")
      .map((file) => file.replace("package/", ""));

  before(async () => {
    mkdirSync(home);
    put("package.json", JSON.stringify({ private: true, type: "module" }));
    await runs(process.execPath, join(root, "scripts/pack/main.ts"), directory);
    const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    await runs("npm", "install", ...quiet, ...NAMES.map(tarball));
  });

  it("hold compiled JavaScript, a licence, and what belongs to it", () => {
    const kinds: Record<(typeof NAMES)[number], RegExp> = {
      sonm: /^(package\.json|LICENSE|README\.md|guest\/bin\/\w+|artifacts\/contracts\/.*\.json|(offchain|verifier)\/.*\.js)$/,
      "sonm-chain": /^(package\.json|LICENSE|.*\.js|.*\.d\.ts)$/,
      "sonm-protocol": /^(package\.json|LICENSE|.*\.js|.*\.d\.ts)$/,
    };
    for (const name of NAMES) {
      const files = filesOf(name);
      assert.deepEqual(
        files.filter((file) => !kinds[name].test(file) || /\.test\.|(^|\/)(test|node_modules|\.sonm)\//.test(file)),
        [],
        name,
      );
      assert.ok(files.includes("LICENSE"), `${name} has no licence`);
    }
    const has = (name: (typeof NAMES)[number], ...wanted: string[]) => {
      const files = new Set(filesOf(name));
      assert.deepEqual(
        wanted.filter((file) => !files.has(file)),
        [],
        name,
      );
    };
    const compiled = (pattern: string, from: string) =>
      globSync(pattern, { cwd: join(root, from), exclude: ["**/node_modules/**"] }).map((file) =>
        file.replace(/\.ts$/, ".js"),
      );
    has("sonm", ...compiled("offchain/{host,agents,devnet,cli}/**/*.ts", "."), ...compiled("verifier/*.ts", "."));
    has("sonm", "artifacts/contracts/token/SNM.sol/SNM.json", "guest/bin/render", "guest/bin/wordcount");
    for (const name of ["chain", "protocol"] as const) {
      const sources = compiled("**/*.ts", join("offchain", name));
      has(`sonm-${name}`, ...sources, ...sources.map((file) => file.replace(/\.js$/, ".d.ts")));
    }
  });

  it("bring no compiler and no framework for development", async () => {
    for (const name of ["hardhat", "solc", "typescript", "@openzeppelin/contracts"]) {
      const { out } = await run("npm", "ls", "--all", "--json", name);
      assert.equal(JSON.parse(out).dependencies, undefined, `${name} is installed:\n${out}`);
      assert.ok(!existsSync(join(home, "node_modules", name)), name);
    }
  });

  it("have the command, which finds its Node from any Node", async () => {
    assert.equal(await runs(join(home, "node_modules/.bin/sonm"), "--version"), `${version}\n`);
  });

  it("play the whole path", async () => {
    const { code, out, err } = await run(join(home, "node_modules/.bin/sonm"), "up", "--honest", "--json");
    assert.equal(code, 0, err);
    const { ok, convictions, units, settledUnits } = JSON.parse(out);
    assert.deepEqual({ ok, convictions, units }, { ok: true, convictions: [], units: settledUnits });
  });

  it("run a guest program in ten lines", async () => {
    put(
      "program.js",
      `import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createMachine, endingOf, loadElf, outputOf } from "@sonm/protocol/machine";

const elf = readFileSync(fileURLToPath(import.meta.resolve("sonm/guest/wordcount")));
const machine = createMachine(loadElf(elf), new TextEncoder().encode("to be or not to be"));
machine.run(1_000_000);
console.log(endingOf(machine.words).exitCode, outputOf(machine).length > 0, new TextDecoder().decode(outputOf(machine)));
`,
    );
    const out = await runs(process.execPath, "program.js");
    assert.match(out, /^0 true /);
    for (const word of ["to", "be", "or", "not"]) assert.ok(out.includes(word), out);
  });

  it("read the hubs of a chain in ten lines", async () => {
    const anvil = await startAnvil();
    try {
      const reader = await connect(anvil.url);
      const account = mnemonicToAccount(MNEMONIC);
      const deployment = await deploy({ publicClient: reader.client, walletClient: walletFor(reader, account) });
      await createHub(localSigner(reader, account), deployment, zeroHash, "Aurora", "/ip4/127.0.0.1/tcp/1");
      put("deployment.json", JSON.stringify(deployment));
      put(
        "hubs.js",
        `import { readFileSync } from "node:fs";
import { connect, deploymentOn, hubsPage } from "@sonm/chain";

const reader = await connect(process.argv[2]);
const deployment = deploymentOn(reader, JSON.parse(readFileSync("deployment.json", "utf8")));
const { count, hubs } = await hubsPage(reader, deployment, 0, 50);
console.log(count, ...hubs.map((hub) => hub.name + " is " + hub.status));
`,
      );
      assert.equal(await runs(process.execPath, "hubs.js", anvil.url), "1 Aurora is created\n");
    } finally {
      await anvil.stop();
    }
  });

  it("have types that a strict program and every example of theirs agrees with", async () => {
    const examples = globSync("offchain/{protocol,chain}/**/*.ts", {
      cwd: root,
      exclude: ["**/node_modules/**"],
    }).flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(EXAMPLE)].map((match) =>
        (match.groups?.code ?? "").replaceAll(/^ \* ?/gm, ""),
      ),
    );
    assert.ok(examples.length >= 10, `only ${examples.length} examples found`);
    mkdirSync(join(home, "typed"));
    for (const [i, code] of examples.entries()) put(`typed/example-${i}.ts`, code);
    put(
      "typed/wrong.ts",
      `import { createMachine, loadElf } from "@sonm/protocol/machine";
import { connect } from "@sonm/chain";
// @ts-expect-error an input is bytes
createMachine(loadElf(new Uint8Array()), "text");
// @ts-expect-error a node is named by its URL
await connect(8545);
`,
    );
    for (const [module, moduleResolution] of [
      ["nodenext", "nodenext"],
      ["esnext", "bundler"],
    ]) {
      const compilerOptions = {
        ...{ target: "es2024", lib: ["es2024", "dom"], module, moduleResolution, types: ["node"] },
        ...{ noEmit: true, strict: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
      };
      put("tsconfig.json", JSON.stringify({ compilerOptions, include: ["typed"] }));
      await runs(process.execPath, join(root, "node_modules/typescript/bin/tsc"), "-p", home);
    }
  });
});
