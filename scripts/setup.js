// Makes a fresh clone ready: packages, native parts, compiled contracts. Plain JavaScript that runs on
// Node 20, because it installs the Node 24 that runs everything else. Does nothing when all is there.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const bin = join(modules, ".bin");
const env = {
  ...process.env,
  PATH: `${bin}${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`,
  HARDHAT_DISABLE_TELEMETRY: "true",
  // Under `npm run --silent` npm would not even say why it fails. What it says is shown only then.
  npm_config_loglevel: "error",
};

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(what, why, todo) {
  say(`\n✗ ${what}\n  ${why}\n  → ${todo}\n`);
  process.exit(1);
}

function lastLines(text, count) {
  return text.trim().split("\n").slice(-count).join("\n  ");
}

/**
 * Runs a command, and ends it when the input ends: then this process is no more, and the next one begins where it stopped. Two at the same
 * time would break each other's work.
 */
const GUARD = `exec 3<&0
"$@" </dev/null & child=$!
{ read -r _ <&3; kill $child; } 2>/dev/null & watch=$!
wait $child; code=$?
kill $watch 2>/dev/null
exit $code`;

async function run(title, command, args) {
  say(`• ${title}`);
  const child = spawn("sh", ["-c", GUARD, "sh", command, ...args], { cwd: root, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const status = await new Promise((resolve) => {
    child.on("error", (error) => {
      output += error.message;
      resolve(1);
    });
    child.on("close", resolve);
  });
  if (status !== 0) {
    fail(
      `${title}: failed`,
      `${command} ${args.join(" ")}\n${lastLines(output, 25)}`,
      "read the output above; a second run starts where this one stopped",
    );
  }
}

/** Digest of names, sizes and contents of the given files: what the step's result depends on. */
function digest(files) {
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(root, file)))
      .update("\0");
  return hash.digest("hex");
}

function filesBelow(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, name.toString()))
    .filter((name) => name.endsWith(ending) && statSync(join(root, name)).isFile())
    .sort();
}

/** Outside the clone, because the first step replaces node_modules. */
const lock = join(tmpdir(), `sonm-setup-${createHash("sha256").update(`${userInfo().uid} ${root}`).digest("hex")}`);
let locked = false;

/** Whether the process that wrote the lock still runs; also while it is writing it. */
function isHeld() {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    if (pid !== 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Waits until no other process sets up this clone: two terminals, one with `npm start` and one with `npm test`. */
function lockClone() {
  for (let told = false; !locked; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      locked = true;
      process.on("exit", () => rmSync(lock, { force: true }));
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (!isHeld()) rmSync(lock, { force: true });
      else if (!told) say(`• Waiting for another process that sets up this folder (if there is none, delete ${lock})`);
      told = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
  }
}

/** Runs `action`, which makes `result`, unless that is there and the stamp of the same name already holds `key`. */
async function once(name, result, key, action) {
  const stamp = join(modules, ".sonm", name);
  const isDone = () => existsSync(join(root, result)) && existsSync(stamp) && readFileSync(stamp, "utf8") === key;
  if (isDone()) return;
  lockClone();
  if (isDone()) return;
  await action();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, key);
}

/** A clone needs what is only for development too: it compiles the contracts. Also where npm is set up to leave that out. */
const INSTALL = ["--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"];

/** npm under Node 20 skips optional packages that ask for a newer Node (Hardhat's native part): a second pass, on Node 24. */
async function completeNative() {
  const npm = process.env.npm_execpath;
  if (!npm || !existsSync(join(bin, "node"))) return;
  await run("Completing native packages", join(bin, "node"), [
    npm,
    "install",
    "--no-save",
    "--prefer-offline",
    ...INSTALL,
  ]);
}

if (process.argv[2] === "postinstall") {
  await completeNative();
  process.exit(0);
}

await once("packages", "node_modules/hardhat", digest(["package.json", "package-lock.json"]), async () => {
  const npm = process.env.npm_execpath;
  const command = npm ? process.execPath : "npm";
  const args = [...(npm ? [npm] : []), "ci", ...INSTALL];
  await run("Installing packages (once, about half a minute)", command, args);
  await completeNative();
});

const probe = spawnSync("node", ["-p", "process.versions.node"], { env, encoding: "utf8" });
if (Number.parseInt(probe.stdout, 10) < 24) {
  fail(
    `SONM needs Node 24; this platform (${process.platform} ${process.arch}) has ${probe.stdout?.trim() || "none"}`,
    "there is no packaged Node 24 for it, so your own Node must serve",
    "install Node 24 or newer, then run the same command again",
  );
}

/** Hardhat keeps what was compiled from files that have moved or gone; a contract would then be there twice, and could not be named. */
function removeOrphans() {
  const compiled = readdirSync(join(root, "artifacts"), { recursive: true }).map((name) => name.toString());
  for (const name of compiled.filter((one) => one.endsWith(".sol") && !one.startsWith("@"))) {
    if (!existsSync(join(root, name))) rmSync(join(root, "artifacts", name), { recursive: true, force: true });
  }
}

const sources = [...filesBelow("contracts", ".sol"), ...filesBelow("test/doubles", ".sol")];
await once(
  "contracts",
  "artifacts",
  digest(["hardhat.config.ts", "scripts/solc.cjs", "package-lock.json", ...sources]),
  async () => {
    await run(`Compiling ${sources.length} contracts (once, about a minute)`, "hardhat", [
      "build",
      "--no-tests",
      "--quiet",
    ]);
    removeOrphans();
  },
);
