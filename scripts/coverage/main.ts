// `npm run coverage`: runs the tests of the contracts with counters in them, and prints lines and branches file by file. Fails if there is
// a line that no test runs, or a condition that is never true or never false.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { table } from "../../offchain/host/terminal/terminal.ts";
import { conditionsOf, counterFile, counterSource, withCounters } from "./conditions.ts";
import { coverageOf, readLcov } from "./report.ts";

process.chdir(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
process.env.PATH = `${join(process.cwd(), "node_modules", ".bin")}${delimiter}${process.env.PATH}`;
process.env.HARDHAT_DISABLE_TELEMETRY = "true";

const folder = "coverage";
const contracts = globSync("contracts/**/*.sol").sort();
/** Counters in the code change the gas, and random histories of the market reach no line that its other tests do not reach. */
const tests = globSync(["test/{government,market}/**/*.test.ts", "test/unit/protocol/{job,result}/*.test.ts"]).filter(
  (file) => !file.endsWith("gas.test.ts"),
);

function writeInto(file: string, text: string) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** Copies of all Solidity sources, those of contracts/ with counters. */
function instrument() {
  for (const part of ["contracts", "test", "data", "lcov.info"])
    rmSync(join(folder, part), { recursive: true, force: true });
  const counterOf = (file: string) => relative(dirname(file), `contracts/${counterFile}`);
  for (const [number, file] of contracts.entries()) {
    const path = counterOf(file);
    writeInto(file, withCounters(readFileSync(file, "utf8"), number, path.startsWith(".") ? path : `./${path}`));
  }
  writeInto(`contracts/${counterFile}`, counterSource);
  for (const file of globSync("test/**/*.sol")) writeInto(file, readFileSync(file, "utf8"));
}

function runTests(): boolean {
  const solidity = globSync(`${folder}/test/**/*.t.sol`);
  const config = ["--config", "scripts/coverage/hardhat.config.ts"];
  const done = spawnSync("hardhat", [...config, "test", "--coverage", ...tests, ...solidity], {
    stdio: ["ignore", process.env.SONM_VERBOSE ? "inherit" : "ignore", "inherit"],
  });
  return done.status === 0;
}

function tagsSeen(): Set<bigint> {
  const files = readdirSync(join(folder, "data"), { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const seen = files.map((one) => JSON.parse(readFileSync(join(one.parentPath, one.name), "utf8")));
  return new Set(seen.flatMap((hits: Record<string, number>) => Object.keys(hits).map((tag) => BigInt(`0x${tag}`))));
}

const percent = (part: number, whole: number) => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`);

instrument();
console.error(
  `• Compiling, and running ${tests.length} files of tests with counters in the contracts (about two minutes)`,
);
const passed = runTests();
if (!existsSync(join(folder, "lcov.info"))) {
  console.error(styleText("red", "\n✗ The tests could not be run. With SONM_VERBOSE=1 their output is shown."));
  process.exit(1);
}
const lcov = readLcov(readFileSync(join(folder, "lcov.info"), "utf8"));
const tags = tagsSeen();
const files = contracts.map((file, number) => {
  const source = readFileSync(file, "utf8");
  return coverageOf(file, number, source, conditionsOf(source), lcov.get(`${folder}/${file}`) ?? new Map(), tags);
});
const shown = files.filter(({ lines, branches }) => lines + branches > 0);
const sum = (of: (file: (typeof files)[number]) => number) => files.reduce((total, file) => total + of(file), 0);
const rowOf = (name: string, linesRun: number, lines: number, taken: number, branches: number) => [
  name,
  `${linesRun} / ${lines}`,
  percent(linesRun, lines),
  `${taken} / ${branches}`,
  percent(taken, branches),
];
const rows = shown.map((one) => rowOf(one.file, one.linesRun, one.lines, one.branchesTaken, one.branches));
rows.push(
  rowOf(
    "all",
    sum((one) => one.linesRun),
    sum((one) => one.lines),
    sum((one) => one.branchesTaken),
    sum((one) => one.branches),
  ),
);
for (const line of table(["contract", "lines", "", "branches", ""], rows)) console.log(line);

console.log(
  styleText(
    "dim",
    "\nBranches: both ways of every condition of if, ?:, loops and require, taken apart at && and ||. Assembly has one condition, the end of\n" +
      "the loop in Memory.fold, and is not counted; its lines are.",
  ),
);

const holes = files.flatMap((file) => file.holes);
if (holes.length > 0) console.log(styleText(["bold", "red"], "\n✗ No test goes here"));
for (const { file, line, text, missing } of holes) {
  console.log(`  ${file}:${line}  ${missing === "line" ? "" : `never ${missing}: `}${text}`);
}
if (!passed) console.log(styleText("red", "\n✗ Some tests have failed. With SONM_VERBOSE=1 their output is shown."));
process.exitCode = passed && holes.length === 0 ? 0 : 1;
