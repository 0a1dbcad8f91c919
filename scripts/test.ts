// `npm test`: every test of the project, or only the files named. Says loudly what was skipped and why; with
// SONM_REQUIRE_DOCKER=1 (CI) a skipped test is a failure.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
process.env.PATH = `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH}`;
process.env.HARDHAT_DISABLE_TELEMETRY = "true";

const required = process.env.SONM_REQUIRE_DOCKER === "1";
const named = process.argv.slice(2);
const all = named.length > 0 ? named : [...globSync("test/**/*.test.ts"), ...globSync("test/**/*.t.sol")];
const solidity = all.filter((file) => file.endsWith(".t.sol")).sort();
// The long ones first: the short ones then fill the gaps between two processes.
const long = [
  "test/scenario/",
  "test/economics/",
  "test/unit/agents/",
  "test/unit/protocol/machine/",
  "test/market/machine/",
];
const rank = (file: string) => {
  const place = long.findIndex((folder) => file.startsWith(folder));
  return place < 0 ? long.length : place;
};
const typescript = all
  .filter((file) => file.endsWith(".test.ts"))
  .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));

/** Solidity tests run in Hardhat's own runner. */
function runSolidity(): boolean {
  if (solidity.length === 0) return true;
  console.log(styleText("bold", "\nSolidity: unit, fuzz and invariant tests"));
  const done = spawnSync("hardhat", ["test", "solidity", ...solidity], { stdio: "inherit" });
  return done.status === 0;
}

type SuiteOutcome = { failed: number; passed: number; skipped: string[] };

/** TypeScript tests: a process a file, two at a time. */
async function runTypeScript(): Promise<SuiteOutcome> {
  const outcome: SuiteOutcome = { failed: 0, passed: 0, skipped: [] };
  if (typescript.length === 0) return outcome;
  console.log(styleText("bold", "\nTypeScript tests"));
  const stream = run({ files: typescript.map((file) => join(root, file)), concurrency: 2 });
  // Tests are counted, not the suites around them; but a suite may also fail by itself, in a hook.
  stream.on("test:fail", ({ details }) => {
    const { failureType } = details.error as { failureType?: string };
    if (details.type !== "suite" || failureType !== "subtestsFailed") outcome.failed++;
  });
  stream.on("test:pass", (event) => {
    if (event.skip === undefined) outcome.passed += event.details.type === "suite" ? 0 : 1;
    else outcome.skipped.push(`${event.name}${typeof event.skip === "string" ? `: ${event.skip}` : ""}`);
  });
  const report = stream.compose(spec);
  for await (const text of report) process.stdout.write(text as string | Uint8Array);
  return outcome;
}

const solidityPassed = runSolidity();
const outcome = await runTypeScript();

if (outcome.skipped.length > 0) {
  console.log(styleText(["bold", "yellow"], `\n⚠ ${outcome.skipped.length} TESTS WERE SKIPPED:`));
  for (const name of outcome.skipped) console.log(styleText("yellow", `  – ${name}`));
  if (required) console.log(styleText("red", "  SONM_REQUIRE_DOCKER=1 allows none of them to be skipped."));
}
const good = solidityPassed && outcome.failed === 0 && !(required && outcome.skipped.length > 0);
console.log(
  `\n${good ? styleText("green", "✓") : styleText("red", "✗")} ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped.length} skipped` +
    `${solidity.length === 0 ? "" : `; Solidity tests ${solidityPassed ? "passed" : "FAILED"}`}`,
);
process.exitCode = good ? 0 : 1;
