// Runs the command as people do: a process, its two streams, its exit code.
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../../..");
export const wordcount = join(root, "guest/bin/wordcount");
export const render = join(root, "guest/bin/render");

/** What keeps compiled code, as the command itself does: a verb starts in half the time. */
export const compileCache = { NODE_COMPILE_CACHE: join(root, "node_modules", ".sonm", "compile-cache") };

/** What a command is run in, whatever network, key or colours whoever runs the tests has chosen for the own commands. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(SONM_|NO_COLOR$|FORCE_COLOR$|NODE_DISABLE_COLORS$)/.test(name),
  );
  return { ...compileCache, ...Object.fromEntries(kept) };
}

export type Ran = { code: number; out: string; err: string };

export function sonm(args: readonly string[], env: Record<string, string> = {}): Ran {
  const done = spawnSync(process.execPath, [join(root, "offchain/cli/main.ts"), ...args], {
    encoding: "utf8",
    env: { ...ownEnvironment(), ...env },
  });
  return { code: done.status ?? -1, out: done.stdout, err: done.stderr };
}

/** The object that `--json` prints. */
export function sonmJson(args: readonly string[]): { code: number; data: Record<string, unknown> } {
  const { code, out } = sonm([...args, "--json"]);
  return { code, data: JSON.parse(out) };
}

export function folderForTest(): string {
  return mkdtempSync(join(tmpdir(), "sonm-cli-"));
}
