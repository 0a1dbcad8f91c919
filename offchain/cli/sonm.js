#!/usr/bin/env node
// The `sonm` command. Plain JavaScript that runs on Node 20: finds Node 24, and hands over to it.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const fileOf = (specifier) => fileURLToPath(import.meta.resolve(specifier));

/** The packages' own Node 24 where there is one, else the one that runs this. */
function findNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return process.execPath;
  }
}

function fail(what, why, todo) {
  process.stderr.write(`\n✗ ${what}\n  ${why}\n  → ${todo}\n\n`);
  process.exit(1);
}

const node = findNode();
if (node === process.execPath && Number.parseInt(process.versions.node, 10) < NEEDED) {
  fail(
    `SONM needs Node ${NEEDED}; this is ${process.versions.node}`,
    `no packaged Node ${NEEDED} is installed for this platform (${process.platform} ${process.arch}), so your own Node must serve`,
    `install Node ${NEEDED} or newer, then run the same command again`,
  );
}

const env = {
  ...process.env,
  // The number of a pipe that ends with this process, however it ends: the command then stops too.
  SONM_PARENT_PIPE: "3",
  // Compiled code is kept: a verb starts in half the time.
  NODE_COMPILE_CACHE:
    process.env.NODE_COMPILE_CACHE ??
    join(fileOf("#root/package.json"), "..", "node_modules", ".sonm", "compile-cache"),
};
const child = spawn(node, ["--disable-warning=ExperimentalWarning", fileOf("#main"), ...process.argv.slice(2)], {
  env,
  stdio: ["inherit", "inherit", "inherit", "pipe"],
});
// Ctrl-C reaches the child by itself; this process only waits for it to finish what it is doing.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("error", (error) => fail("sonm could not be started", error.message, `see that ${node} can be run`));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
