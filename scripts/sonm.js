#!/usr/bin/env node
// The `sonm` command of a clone: makes sure that all is set up first. An installed `sonm` has nothing to set up.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("setup.js", import.meta.url));
const setup = spawnSync(process.execPath, [script], { stdio: ["ignore", 2, 2] });
if (setup.status !== 0) process.exit(setup.status ?? 1);

await import("../offchain/cli/sonm.js");
