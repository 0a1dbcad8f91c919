#!/usr/bin/env node
// The `sonm` command. Plain JavaScript that runs on Node 20: makes sure that all is set up, finds Node 24, hands over.
import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const scripts = dirname(fileURLToPath(import.meta.url));
const root = dirname(scripts);
// The packages' own Node 24 comes first, if there is one.
const env = {
  ...process.env,
  PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH}`,
  HARDHAT_DISABLE_TELEMETRY: "true",
  // Compiled code is kept: a verb starts in half the time.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".sonm", "compile-cache"),
};

const setup = spawnSync(process.execPath, [join(scripts, "setup.js")], { env, stdio: ["ignore", 2, 2] });
if (setup.status !== 0) process.exit(setup.status ?? 1);

const main = join(root, "offchain", "cli", "main.ts");
const child = spawn("node", ["--disable-warning=ExperimentalWarning", main, ...process.argv.slice(2)], {
  env,
  stdio: "inherit",
});
// Ctrl-C reaches the child by itself; this process only waits for it to finish what it is doing.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("error", (error) => {
  process.stderr.write(`\n✗ sonm could not be started\n  ${error.message}\n  → run \`node scripts/setup.js\`\n\n`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
