// Runs the command as people do: a process, its two streams, its exit code.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../../..");
export const wordcount = join(root, "guest/bin/wordcount");
export const render = join(root, "guest/bin/render");

/** How the command is run. */
export const sonmCommand = [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  join(root, "offchain/cli/main.ts"),
] as const;

/** Environment that keeps compiled code, as the command itself does: a verb starts in half the time. */
export const compileCache = { NODE_COMPILE_CACHE: join(root, "node_modules", ".sonm", "compile-cache") };

/** Where commands keep what has no other place, as long as this process lives: chains of different tests can have the same first block. */
const ownData = mkdtempSync(join(tmpdir(), "sonm-data-"));
process.once("exit", () => rmSync(ownData, { recursive: true, force: true }));

/** The environment for a command, without the network, key, data and colours that the developer has for other commands. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(SONM_|NO_COLOR$|FORCE_COLOR$|NODE_DISABLE_COLORS$)/.test(name),
  );
  return { ...compileCache, ...Object.fromEntries(kept), XDG_DATA_HOME: ownData };
}

/** A limit for commands that hang: they are ended, with an exit code that no verb has. */
const TIMEOUT = 300_000;

export type Ran = { code: number; out: string; err: string };

export function sonm(args: readonly string[], env: Record<string, string> = {}): Ran {
  const done = spawnSync(process.execPath, [join(root, "offchain/cli/main.ts"), ...args], {
    encoding: "utf8",
    timeout: TIMEOUT,
    env: { ...ownEnvironment(), ...env },
  });
  return { code: done.status ?? -1, out: done.stdout, err: done.stderr };
}

/**
 * Runs the command while this process continues: this process must read what the chain prints, or the chain stops.
 * @param input what the command finds on stdin
 */
export function sonmBeside(args: readonly string[], env: Record<string, string>, input = ""): Promise<Ran> {
  const child = spawn(process.execPath, [join(root, "offchain/cli/main.ts"), ...args], {
    env: { ...ownEnvironment(), ...env },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: TIMEOUT,
  });
  // A command may end before it has read all input. Then its output counts, not the broken pipe.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, out, err }));
  });
}

export function folderForTest(): string {
  return mkdtempSync(join(tmpdir(), "sonm-cli-"));
}
