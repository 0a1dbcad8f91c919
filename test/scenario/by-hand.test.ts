// Runs the lines of README that start a market by hand, as they are written there: from a node to the outputs in a folder. Only the ports
// differ, so that the test meets no other process of this computer.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { outputName } from "../../offchain/agents/buyer/act.ts";
import { readWordCount } from "../../offchain/devnet/programs/wordcount.ts";
import { ownEnvironment, root } from "../unit/cli/sonm.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");
const [, section = ""] = /## A market by hand\n([\s\S]*?)\n## /.exec(readme) ?? [];
const [lines = [], looks = [], later = []] = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code = ""]) =>
  // Lines that a backslash or a quote joins are one line.
  code.trim().split(/(?<!\\)\n(?! )/),
);
const PATIENCE = 300_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A shell that runs one line, and its output so far. */
type Shell = { readonly child: ChildProcess; readonly line: string; said: string };

/** Runs the lines on one kind of node, until the outputs are in `folder` and everything has ended in order. */
async function play(folder: string, node: string): Promise<void> {
  const [chainPort, storePort] = [await freePort(), await freePort()];
  const env = {
    ...ownEnvironment(),
    XDG_DATA_HOME: join(folder, "data"),
    SONM_RPC: `http://127.0.0.1:${chainPort}`,
    SONM_NET: `http://127.0.0.1:${storePort}`,
    HARDHAT_DISABLE_TELEMETRY: "true",
  };
  const shells: Shell[] = [];
  const [environment = "", ...rest] = lines;

  function run(line: string): Shell {
    const elsewhere = line
      .replace("8545", String(chainPort))
      .replace("npx anvil", `${node} --port ${chainPort}`)
      .replace("store start", `store start --port ${storePort}`);
    const child = spawn("bash", ["-c", `${environment}\n${elsewhere}`], { cwd: folder, env, detached: true });
    const shell: Shell = { child, line, said: "" };
    const hear = (chunk: Buffer) => {
      shell.said += chunk;
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    shells.push(shell);
    return shell;
  }

  async function says(shell: Shell, what: RegExp): Promise<void> {
    for (const end = Date.now() + PATIENCE; !what.test(shell.said); ) {
      const ended = shell.child.exitCode !== null;
      if (ended || Date.now() > end) {
        const all = shells.map(({ line, said }) => `$ ${line}\n${said.slice(-3000)}`).join("\n");
        throw new Error(`"${shell.line}" ${ended ? "has ended" : "has not said"} ${what}\n${all}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function toItsEnd(line: string): Promise<string> {
    const shell = run(line);
    const [code] = await once(shell.child, "close");
    assert.equal(code, 0, `${line}\n${shell.said}`);
    return shell.said;
  }

  try {
    const terminals = new Map<string, Shell>();
    for (const line of rest) {
      const role = /anvil|(\w+) start/.exec(line);
      if (!/# terminal \d/.test(line)) await toItsEnd(line);
      else {
        const shell = run(line);
        await says(shell, role?.[1] === undefined ? /Listening on|Started HTTP/ : /The store is at|at work as/);
        terminals.set(role?.[1] ?? "node", shell);
      }
    }
    const terminal = (name: string) => {
      const shell = terminals.get(name);
      assert.ok(shell, `no line of README starts the ${name}`);
      return shell;
    };
    await says(terminal("miner"), /claimed batch 0 of job 0x\w{8}…, 2 units/);
    await says(terminal("verifier"), /claim 0x\w{8}… of miner 0x\w{8}…, 2 units, is right/);
    assert.deepEqual(readdirSync(join(folder, "results")), [], "nothing is delivered before its day is over");
    const seen = await Promise.all(looks.map(toItsEnd)).then((all) => all.join("\n"));
    assert.equal(seen.match(/^ {2}runs +yes, since /gm)?.length, 4, seen);
    assert.match(seen, /^ {2}claim +0x\w{8}…: 0\.14 SNM, can be challenged until /m);
    assert.match(seen, /^ {2}in hand +job 0x\w{8}…: batches: 0 open \(0 accepted by a miner\), 1 claimed$/m);
    assert.match(seen, /^ {2}in hand +job 0x\w{8}…: 0 of 1 batches collected$/m);
    for (const line of later) await toItsEnd(line);
    await says(terminal("buyer"), /job 0x\w{8}… is done: 2 units settled, 0 refunded/);
    await says(terminal("miner"), /was paid 0\.14 SNM by Aurora \(0x\w{8}…\)/);
  } finally {
    // Like Ctrl-C in each terminal. The node comes last, because a role needs it to end in order.
    for (const { child } of shells.reverse()) {
      if (child.exitCode !== null || child.pid === undefined) continue;
      process.kill(-child.pid, "SIGINT");
      const timer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), 20_000);
      await once(child, "close");
      clearTimeout(timer);
    }
  }
}

describe("a market by hand", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "sonm-by-hand-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("takes ten lines", () => {
    assert.equal(lines.length, 10);
    for (const role of ["store", "hub", "miner", "verifier", "buyer"])
      assert.ok(lines.some((line) => line.includes(`npx sonm ${role} start`)));
  });

  for (const node of ["npx anvil", "npx hardhat node"]) {
    it(`comes to its results on \`${node}\``, { timeout: 2 * PATIENCE }, async () => {
      assert.ok(section.includes(node), "README names it");
      const clone = mkdtempSync(join(folder, "clone-"));
      for (const name of readdirSync(root)) if (!name.startsWith(".")) symlinkSync(join(root, name), join(clone, name));
      await play(clone, node);
      const counts = ["LICENSE", "CONTRIBUTING.md"].map((input, unit) => {
        const { bytes, words } = readWordCount(readFileSync(join(clone, "results", outputName(unit))));
        assert.equal(bytes, readFileSync(join(root, input)).length);
        return words;
      });
      assert.ok(counts.every((words) => words > 100));
    });
  }
});
