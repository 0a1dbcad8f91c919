// `npm test`: every test of the project, or only the files named. Says loudly what was skipped and why; with
// SONM_REQUIRE_DOCKER=1 (CI) a skipped test is a failure. `npm test -- --measure` writes down how long each file takes.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
process.env.PATH = `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH}`;
process.env.HARDHAT_DISABLE_TELEMETRY = "true";
// Compiled code is kept: files, roles and verbs, each a process of its own, start in half the time.
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".sonm", "compile-cache");

/**
 * Milliseconds: watchdogs, not measures. What hangs fails, and its name is told; a file that does not even end then is ended. More random
 * cases take longer.
 */
const FILE_LIMIT = 1_200_000 * Math.max(1, Number(process.env.SONM_FUZZ ?? 1));
const TEST_LIMIT = FILE_LIMIT / 2;
/** How long each file took in seconds, as last measured. Only their order matters. */
const secondsFile = join(root, "scripts", "test-seconds.json");
const seconds: Record<string, number> = JSON.parse(readFileSync(secondsFile, "utf8"));

const required = process.env.SONM_REQUIRE_DOCKER === "1";
const measure = process.argv.includes("--measure");
const named = process.argv.slice(2).filter((argument) => argument !== "--measure");
const all = named.length > 0 ? named : [...globSync("test/**/*.test.ts"), ...globSync("test/**/*.t.sol")];
const solidity = all.filter((file) => file.endsWith(".t.sol")).sort();
// The long ones first: the short ones then fill the gaps between two processes.
const typescript = all
  .filter((file) => file.endsWith(".test.ts"))
  .sort((a, b) => (seconds[b] ?? 0) - (seconds[a] ?? 0) || a.localeCompare(b));

/** Solidity tests run in Hardhat's own runner. */
function runSolidity(): boolean {
  if (solidity.length === 0) return true;
  console.log(styleText("bold", "\nSolidity: unit, fuzz and invariant tests"));
  const done = spawnSync("hardhat", ["test", "solidity", ...solidity], { stdio: "inherit", timeout: FILE_LIMIT });
  return done.status === 0;
}

type SuiteOutcome = { failed: string[]; passed: number; skipped: string[] };

/** TypeScript tests: a process a file, two at a time. */
async function runTypeScript(): Promise<SuiteOutcome> {
  const outcome: SuiteOutcome = { failed: [], passed: 0, skipped: [] };
  if (typescript.length === 0) return outcome;
  console.log(styleText("bold", "\nTypeScript tests"));
  const waiting = [...typescript];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      // Each file's all at once: the reporter understands only one test after another.
      await report(await runFile(file, outcome));
    }
  };
  // The test runner in this process swallows what nobody catches.
  await Promise.all([worker(), worker()]).catch((fault) => {
    console.error(fault);
    process.exit(1);
  });
  return outcome;
}

/** What the test runner says of a file: its tests and suites begin, pass and fail. */
type TestEvent = { readonly type: string; readonly data: { readonly file?: string; readonly [key: string]: unknown } };

async function report(events: readonly TestEvent[]): Promise<void> {
  let text = "";
  for await (const part of Readable.from(events).compose(new spec())) text += part;
  process.stdout.write(text);
}

/** Runs a file; gives back what is to be reported. */
async function runFile(file: string, outcome: SuiteOutcome): Promise<TestEvent[]> {
  const begun = performance.now();
  const signal = AbortSignal.timeout(FILE_LIMIT);
  const stream = run({ files: [join(root, file)], timeout: TEST_LIMIT, signal });
  // Tests are counted, not the suites around them; but a suite may also fail by itself, in a hook.
  stream.on("test:fail", ({ details, name }) => {
    const { failureType } = details.error as { failureType?: string };
    if (details.type !== "suite" || failureType !== "subtestsFailed") outcome.failed.push(`${file}: ${name}`);
  });
  stream.on("test:pass", (event) => {
    if (event.skip === undefined) outcome.passed += event.details.type === "suite" ? 0 : 1;
    else outcome.skipped.push(`${event.name}${typeof event.skip === "string" ? `: ${event.skip}` : ""}`);
  });
  const events: TestEvent[] = [];
  for await (const event of stream as AsyncIterable<TestEvent>) {
    // What is said of this run as a whole, and of no file, is said at the end of all.
    if (event.type === "test:summary" || (event.type === "test:diagnostic" && !event.data.file)) continue;
    events.push(event);
  }
  seconds[file] = Math.round((performance.now() - begun) / 1000);
  // Where a file was ended, tests have begun and not ended: the reporter expects the end of the last one that began.
  const count = (...types: string[]) => events.filter(({ type }) => types.includes(type)).length;
  const ended = count("test:pass", "test:fail") >= count("test:start");
  return ended ? events : events.filter(({ type }) => type !== "test:start");
}

/** Files that take a few seconds need no order; and which of them are there changes often. */
function writeSeconds(): void {
  const slow = Object.entries(seconds).filter(([file, taken]) => taken >= 5 && typescript.includes(file));
  const byName = slow.sort(([a], [b]) => a.localeCompare(b));
  writeFileSync(secondsFile, `${JSON.stringify(Object.fromEntries(byName), null, 2)}\n`);
}

const solidityPassed = runSolidity();
const outcome = await runTypeScript();
if (measure) writeSeconds();

if (outcome.skipped.length > 0) {
  console.log(styleText(["bold", "yellow"], `\n⚠ ${outcome.skipped.length} TESTS WERE SKIPPED:`));
  for (const name of outcome.skipped) console.log(styleText("yellow", `  – ${name}`));
  if (required) console.log(styleText("red", "  SONM_REQUIRE_DOCKER=1 allows none of them to be skipped."));
}
if (outcome.failed.length > 0) {
  console.log(styleText(["bold", "red"], `\n${outcome.failed.length} TESTS FAILED, as told above:`));
  for (const name of outcome.failed) console.log(styleText("red", `  – ${name}`));
}
const good = solidityPassed && outcome.failed.length === 0 && !(required && outcome.skipped.length > 0);
console.log(
  `\n${good ? styleText("green", "✓") : styleText("red", "✗")} ${outcome.passed} passed, ${outcome.failed.length} failed, ${outcome.skipped.length} skipped` +
    `${solidity.length === 0 ? "" : `; Solidity tests ${solidityPassed ? "passed" : "FAILED"}`}`,
);
process.exitCode = good ? 0 : 1;
