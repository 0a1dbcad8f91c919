// `npm start`: the scenario that the first argument names, the market's (`sonm up`) if none does.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { guardChild } from "../offchain/devnet/guard.ts";

const given = process.argv.slice(2);
const args = given[0] === "government" ? given : ["up", ...given];
const main = fileURLToPath(new URL("../offchain/cli/main.ts", import.meta.url));
const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], { stdio: "inherit" });
guardChild(child);
// Ctrl-C reaches the child by itself, and it decides when it ends.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));

/** The parent of a process; undefined where the system does not tell. */
function parentOf(pid: number): string | undefined {
  try {
    return / \w (\d+) [^)]*$/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}
// npm passes a signal on to a shell, which dies of it and tells nobody; npm may also be killed, and the shell waits on. This process then
// has another parent, or the shell has.
const above = () => `${process.ppid} ${parentOf(process.ppid)}`;
if (process.env.npm_lifecycle_event !== undefined) {
  const before = above();
  setInterval(() => above() !== before && child.kill("SIGTERM"), 500).unref();
}
child.once("exit", (code) => {
  process.exitCode = code ?? 1;
});
