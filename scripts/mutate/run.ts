// Runs tests against a copy of the project with one fault at a time. The working tree is only read.
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Failure } from "@sonm/protocol/values/failure";
import { type Fault, withFault } from "./faults.ts";

/** `late`: did not end within the limit, which counts as seen. */
export type Verdict = "passed" | "failed" | "late";
export type RunTests = (folder: string, tests: readonly string[], limitMs: number) => Promise<Verdict>;
export type Outcome = { readonly fault: Fault; readonly verdict: Verdict };

/** Milliseconds for the tests without a fault; with one they get three times what they took, and this much more for a busy computer. */
const FIRST_LIMIT = 600_000;
const GRACE = 5_000;

/** A copy of the project at `root` in a new temporary folder: what git knows or would add, and links to the packages. */
export function copyOf(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), "sonm-mutate-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of listed.toString().split("\0")) {
    if (file !== "" && existsSync(join(root, file))) cpSync(join(root, file), join(copy, file));
  }
  if (existsSync(join(root, "artifacts")))
    cpSync(join(root, "artifacts"), join(copy, "artifacts"), { recursive: true });
  linkPackages(root, copy);
  return copy;
}

/** A link for each package. Those of our own must lead into the copy: one link to the whole of node_modules would lead to `root`. */
function linkPackages(root: string, copy: string): void {
  const manifestIn = (folder: string) => JSON.parse(readFileSync(join(copy, folder, "package.json"), "utf8"));
  const own = (manifestIn("").workspaces ?? []).map((folder: string) => [manifestIn(folder).name, join(copy, folder)]);
  const scopes = own.map(([name]: [string]) => name.split("/")[0]);
  const others = readdirSync(join(root, "node_modules")).filter((name) => ![...scopes, ".sonm"].includes(name));
  for (const [name, target] of [...own, ...others.map((name) => [name, join(root, "node_modules", name)])]) {
    mkdirSync(dirname(join(copy, "node_modules", name)), { recursive: true });
    symlinkSync(target, join(copy, "node_modules", name));
  }
}

/** One file after the other, each in a process of its own, until a test fails. */
export const runTests: RunTests = async (folder, tests, limitMs) => {
  const until = performance.now() + limitMs;
  for (const test of tests) {
    const verdict = await runFile(folder, test, Math.max(1, until - performance.now()));
    if (verdict !== "passed") return verdict;
  }
  return "passed";
};

function runFile(folder: string, test: string, limitMs: number): Promise<Verdict> {
  // A runner of tests tells its files by this variable that it reads their output.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--test-reporter=tap", test], {
    cwd: folder,
    env: { ...env, NODE_COMPILE_CACHE: join(folder, ".compile-cache") },
    stdio: ["ignore", "pipe", "ignore"],
    // A process group, because tests start processes of their own.
    detached: true,
  });
  let verdict: Verdict | undefined;
  const stop = (because?: Verdict) => {
    verdict ??= because;
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const stopAtExit = () => stop();
  process.prependListener("exit", stopAtExit);
  const timer = setTimeout(stop, limitMs, "late" satisfies Verdict);
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said = said.slice(said.lastIndexOf("\n") + 1) + text;
    if (/^\s*not ok (?!.*# (TODO|SKIP)).*\n/m.test(said)) stop("failed");
  });
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", (code) => {
      clearTimeout(timer);
      process.off("exit", stopAtExit);
      stop();
      done(verdict ?? (code === 0 ? "passed" : "failed"));
    });
  });
}

/**
 * Puts each fault into the copy, runs the tests that cover its file, and takes it out again.
 * @throws Failure if tests fail without any fault: they could tell nothing
 */
export async function* mutate(
  copy: string,
  faults: readonly Fault[],
  testsOf: (file: string) => readonly string[],
  run: RunTests = runTests,
): AsyncGenerator<Outcome> {
  const limits = new Map<string, number>();
  for (const fault of faults) {
    const tests = testsOf(fault.file);
    const key = tests.join(" ");
    const limit = limits.get(key) ?? (await limitOf(copy, tests, run));
    limits.set(key, limit);
    const path = join(copy, fault.file);
    const source = readFileSync(path, "utf8");
    writeFileSync(path, withFault(source, fault));
    const verdict = await run(copy, tests, limit);
    writeFileSync(path, source);
    yield { fault, verdict };
  }
}

async function limitOf(copy: string, tests: readonly string[], run: RunTests): Promise<number> {
  const begun = performance.now();
  const verdict = await run(copy, tests, FIRST_LIMIT);
  if (verdict === "passed") return 3 * (performance.now() - begun) + GRACE;
  const why = verdict === "late" ? `they do not end within ${FIRST_LIMIT / 1000} seconds` : "a test fails";
  throw new Failure(
    "The tests do not pass without any fault",
    why,
    `run them and repair: npm test -- ${tests.join(" ")}`,
  );
}
