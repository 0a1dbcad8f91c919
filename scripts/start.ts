// `npm start`: the scenario that the first argument names, the market's (`sonm up`) if none does.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const given = process.argv.slice(2);
const args = given[0] === "government" ? given : ["up", ...given];
const main = fileURLToPath(new URL("../offchain/cli/main.ts", import.meta.url));
const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], { stdio: "inherit" });
// Ctrl-C reaches both; the child decides when it ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.once("exit", (code) => {
  process.exitCode = code ?? 1;
});
