// `npm run mutate`: which deliberate faults the tests let live.
import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Failure } from "@sonm/protocol/values/failure";
import { printFailure } from "../../offchain/cli/failure.ts";
import { testsOf } from "./coverage.ts";
import { type Fault, faultsOf } from "./faults.ts";
import { copyOf, mutate } from "./run.ts";

const USAGE = `Puts one fault at a time into a copy of the sources, runs the tests that cover the file, and shows what no test sees.

  npm run mutate -- PATH… [options]      files or folders of offchain/ or verifier/

  --sample N       only N faults, chosen at random
  --seed S         the choice; the same for the same S (default 1)
  --least PERCENT  exit code 1 if less than this share is seen (default 0)
  --list           only the faults, runs nothing
  --json           the same for programs
`;

/** The TypeScript sources below the paths, relative to the root; not what is generated. */
export function sourcesOf(root: string, paths: readonly string[]): string[] {
  const files = paths.flatMap((path) => {
    const name = relative(root, resolve(root, path));
    const wrong = (why: string) => new Failure(`No faults for ${path}`, why, "name files or folders of these two");
    if (!/^(offchain|verifier)(\/|$)/.test(name)) throw wrong("it is not in offchain/ or verifier/");
    const found = statSync(resolve(root, name), { throwIfNoEntry: false });
    if (found === undefined) throw wrong("there is no such file or folder");
    return found.isFile() ? [name] : globSync(`${name}/**/*.ts`, { cwd: root, exclude: ["**/node_modules/**"] });
  });
  return [...new Set(files)].filter((file) => /\.ts$/.test(file) && !file.startsWith("offchain/chain/abi/")).sort();
}

/** `count` of the faults, in their order; the same for the same seed. */
export function sampleOf(faults: readonly Fault[], count: number, seed: string): Fault[] {
  const lot = (fault: Fault) =>
    createHash("sha256")
      .update(`${seed} ${JSON.stringify(fault)}`)
      .digest("hex");
  const drawn = faults.map((fault) => ({ fault, lot: lot(fault) })).sort((a, b) => (a.lot < b.lot ? -1 : 1));
  const chosen = new Set(drawn.slice(0, count).map(({ fault }) => fault));
  return faults.filter((fault) => chosen.has(fault));
}

const wrongCommand = (why: string) => new Failure("The command line is wrong", why, "see --help");

function numberOf(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw wrongCommand(`--${option} ${text} is no number`);
  return Number(text);
}

function readArguments(args: string[]) {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  const flag = { type: "boolean", default: false } as const;
  const options = { sample: text("1000000"), seed: text("1"), least: text("0"), list: flag, json: flag, help: flag };
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (cause) {
    throw wrongCommand((cause as Error).message);
  }
}

/** Where, and a little of the line with what was there and with what was put; on one line. */
function rowOf(root: string, { file, line, start, end, before, after }: Fault): string[] {
  const source = readFileSync(resolve(root, file), "utf8");
  const left = source.slice(Math.max(source.lastIndexOf("\n", start - 1) + 1, start - 20), start).trimStart();
  const right = source.slice(end, end + 20).split("\n")[0];
  const short = (text: string) => `${left}${text.replaceAll(/\s+/g, " ").slice(0, 50)}${right}`;
  return [`${file}:${line}`, short(before), short(after)];
}

async function main(root: string): Promise<void> {
  const { values, positionals } = readArguments(process.argv.slice(2));
  if (values.help) return console.log(USAGE);
  if (positionals.length === 0) throw wrongCommand("no PATH is given");
  const [count, least] = [numberOf("sample", values.sample), numberOf("least", values.least)];
  const show = (faults: readonly Fault[]) => {
    const rows = faults.map((fault) => rowOf(root, fault));
    const [where, was] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    for (const [place, text, put] of rows)
      console.log(`${place?.padEnd(where ?? 0)}  ${text?.padEnd(was ?? 0)}  ->  ${put}`);
  };
  const sources = sourcesOf(root, positionals);
  const all = sources.flatMap((file) => faultsOf(file, readFileSync(resolve(root, file), "utf8")));
  const sample = sampleOf(all, count, values.seed);
  if (values.list) return values.json ? console.log(JSON.stringify(sample, null, 2)) : show(sample);

  const tests = globSync("test/unit/**/*.test.ts", { cwd: root }).sort();
  const covering = (file: string) => testsOf(file, tests);
  const untested = sources.filter((file) => covering(file).length === 0);
  const faults = sample.filter(({ file }) => !untested.includes(file));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
  const copy = copyOf(root);
  process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
  const survivors: Fault[] = [];
  let done = 0;
  for await (const { fault, verdict } of mutate(copy, faults, covering)) {
    if (verdict === "passed") survivors.push(fault);
    console.error(`• ${++done} of ${faults.length}: ${fault.file}:${fault.line} ${verdict}`);
  }
  const killed = faults.length - survivors.length;
  const percent = faults.length === 0 ? 100 : (100 * killed) / faults.length;
  if (values.json)
    console.log(JSON.stringify({ faults: faults.length, killed, percent, survivors, untested }, null, 2));
  else {
    if (survivors.length > 0) show(survivors);
    for (const file of untested) console.log(`${file}: no test covers it; its faults are not counted`);
    console.log(`${killed} of ${faults.length} faults were seen by the tests: ${percent.toFixed(1)} %`);
  }
  process.exitCode = percent < least ? 1 : 0;
}

if (import.meta.main) {
  try {
    await main(fileURLToPath(new URL("../..", import.meta.url)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    printFailure(error, false);
    process.exitCode = 1;
  }
}
