// `npm start` ends with whoever started it. The stand-in for npm is a shell that starts a shell, as npm does.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "sonm-start-"));
after(() => rmSync(folder, { recursive: true }));
const script = fileURLToPath(new URL("../../../scripts/start.ts", import.meta.url));

for (const signal of ["SIGKILL", "SIGTERM", "SIGHUP"] as const) {
  test(`U11: npm is ended by ${signal}, and nothing of \`npm start\` stays`, { timeout: 60_000 }, async (t) => {
    // An input that never comes: nothing is started before it.
    const pipe = join(folder, signal);
    execFileSync("mkfifo", [pipe]);
    const input = openSync(pipe, "r+");
    const run = `"${process.execPath}" --disable-warning=ExperimentalWarning "${script}" -i - -o "${folder}/out"`;
    const npm = spawn("sh", ["-c", `sh -c 'echo $$; ${run}; :'; :`], {
      env: { ...process.env, npm_lifecycle_event: "start" },
      stdio: [input, "pipe", "inherit"],
      detached: true,
    });
    t.after(() => {
      try {
        process.kill(-(npm.pid ?? 0), "SIGKILL");
      } catch {
        // Nothing is left, as it should be.
      }
      closeSync(input);
    });
    const shell = Number(
      await new Promise<string>((resolve) => npm.stdout?.once("data", (data) => resolve(`${data}`))),
    );
    // Its output is closed by the last process that has it.
    const closed = new Promise((resolve) => npm.once("close", resolve));
    const children = () => execFileSync("sh", ["-c", `pgrep -P ${shell} || :`], { encoding: "utf8" }).trim();
    const grandchildren = () =>
      children() &&
      execFileSync("sh", ["-c", `pgrep -P ${children()} || :`])
        .toString()
        .trim();
    while (grandchildren() === "") await new Promise((resolve) => setTimeout(resolve, 100));
    npm.kill(signal);
    await closed;
    assert.equal(children(), "");
  });
}
