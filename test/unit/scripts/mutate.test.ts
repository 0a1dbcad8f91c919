// Which faults a source can have, which of them are chosen, and that a fault survives exactly if no test sees it.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Failure } from "@sonm/protocol/values/failure";
import { testsOf } from "../../../scripts/mutate/coverage.ts";
import { faultsOf, withFault } from "../../../scripts/mutate/faults.ts";
import { sampleOf, sourcesOf } from "../../../scripts/mutate/main.ts";
import { copyOf, mutate, runTests } from "../../../scripts/mutate/run.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** The source with each of its faults. */
const faulty = (source: string) => faultsOf("x.ts", source).map((fault) => withFault(source, fault));

describe("the faults of a source", () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "if (a) b();": ["if (!(a)) b();", "if (a) ;"],
    "if (!a) b = c;": ["if (a) b = c;", "if (!a) ;"],
    "x = a < b;": [";", "x = a <= b;"],
    "const x = a === b ? c : d;": ["const x = a !== b ? c : d;"],
    "const x = a && (b ?? c);": [
      "const x = !(a) && (b ?? c);",
      "const x = a || (b ?? c);",
      "const x = a && (!(b ?? c));",
      "const x = a && (b );",
    ],
    "const x = (a /* - */ - b) * c;": ["const x = (a /* - */ + b) * c;", "const x = (a /* - */ - b) / c;"],
    'const x = "a" + b;': [],
    "const x = [1, 0x0fn, 0.5];": ["const x = [2, 0x0fn, 0.5];", "const x = [1, 16n, 0.5];"],
    "const x = { 1: true };": ["const x = { 1: false };"],
    "await a;": [";"],
    "function f() { if (a) { return b; } return c; }": [
      "function f() { if (!(a)) { return b; } return c; }",
      "function f() { if (a) { ; } return c; }",
    ],
    "function f() { if (a === b) return b; else return c; }": [
      "function f() { if (a !== b) return b; else return c; }",
    ],
    'const f = () => "a";': ['const f = () => "";'],
    'const x = a === "b";': ['const x = a !== "b";', 'const x = a === "";'],
    "const x = { ...(a ? b : c), ...d };": ["const x = { ...{}, ...d };", "const x = { ...(!(a) ? b : c), ...d };"],
    "const x = a.some((b) => b);": ["const x = a.some((b) => !(b));"],
    "const x = a.filter(b);": ["const x = a.filter((...all) => !(b)(...all));"],
    "const x = (a as 1 | 2)!;": [],
    'type T = 1 | true; import a from "b" with { type: "json" };': [],
    'throw new Failure("a", b ? "c" : `${d + 1}`, "e");': [],
  };
  for (const [source, expected] of Object.entries(cases)) {
    it(`${source} are ${expected.length}`, () => assert.deepEqual(faulty(source), expected));
  }

  it("say where they are, and what was there", () => {
    assert.deepEqual(faultsOf("a/b.ts", "// “é”\nconst x = a < 7;"), [
      { file: "a/b.ts", line: 2, start: 19, end: 20, before: "<", after: "<=" },
      { file: "a/b.ts", line: 2, start: 21, end: 22, before: "7", after: "8" },
    ]);
  });

  it("are found in every source of the house, and leave a source that can be read", () => {
    const sourceOf = (file: string) => readFileSync(join(root, file), "utf8");
    const all = sourcesOf(root, ["offchain", "verifier"]).flatMap((file) => faultsOf(file, sourceOf(file)));
    assert.ok(all.every(({ file, start, end, before: there }) => sourceOf(file).slice(start, end) === there));
    for (const fault of sampleOf(all, 100, "1")) faultsOf(fault.file, withFault(sourceOf(fault.file), fault));
  });
});

describe("a sample", () => {
  const faults = faultsOf("x.ts", "const x = [1, 2, 3, 4, 5, 6, 7, 8, 9];");
  it("is the same for a seed, another for another, in the order of the source", () => {
    const sample = sampleOf(faults, 4, "1");
    assert.equal(sample.length, 4);
    assert.deepEqual(sampleOf(faults, 4, "1"), sample);
    assert.notDeepEqual(sampleOf(faults, 4, "2"), sample);
    assert.deepEqual(
      sample.toSorted((a, b) => a.start - b.start),
      sample,
    );
    assert.deepEqual(sampleOf(faults, 100, "1"), faults);
  });
});

describe("paths", () => {
  it("outside of offchain and verifier are refused", () => {
    for (const path of ["scripts", "../x", "offchain/../test", "offchainer"]) {
      assert.throws(
        () => sourcesOf(root, [path]),
        (error) => error instanceof Failure && /not in offchain\/ or verifier\//.test(error.why),
      );
    }
    assert.throws(() => sourcesOf(root, ["offchain/nowhere"]), /there is no such file or folder/);
  });

  it("are files or folders, each source once", () => {
    const sources = sourcesOf(root, ["offchain/host/role/loop.ts", "offchain/host/role"]);
    assert.equal(sources.filter((file) => file === "offchain/host/role/loop.ts").length, 1);
    assert.ok(sources.length > 5);
  });
});

describe("npm run mutate", () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, "scripts/mutate/main.ts"), ...args], { encoding: "utf8" });

  it("lists a sample of the faults of a file as data", () => {
    const { stdout, status } = run("offchain/host/role/loop.ts", "--list", "--json", "--sample", "2");
    const fields = ["file", "line", "start", "end", "before", "after"];
    assert.deepEqual(
      JSON.parse(stdout).map((fault: object) => Object.keys(fault)),
      [fields, fields],
    );
    assert.equal(status, 0);
  });

  it("says what is wrong with its command line", () => {
    for (const [args, why] of [
      [["scripts"], /not in offchain\/ or verifier\//],
      [[], /no PATH is given/],
      [["offchain", "--least", "most"], /--least most is no number/],
    ] as const) {
      const { stderr, status } = run(...args);
      assert.match(stderr, why);
      assert.equal(status, 1);
    }
  });
});

describe("the tests of a source", () => {
  const all = [
    "a/b",
    "a/b/c",
    "a/b/d",
    "a/b/docker",
    "a/e",
    "agents/hub/act",
    "agents/network",
    "agents/referee",
    "verifier/act",
  ].map((name) => `test/unit/${name}.test.ts`);
  it("are its own first, then those of its folder, without the slow ones", () => {
    const expected = ["test/unit/a/b/d.test.ts", "test/unit/a/b.test.ts", "test/unit/a/b/c.test.ts"];
    assert.deepEqual(testsOf("offchain/a/b/d.ts", all), expected);
    // The table names a second one, which tests miner and verifier together.
    assert.deepEqual(testsOf("verifier/act.ts", all), [
      "test/unit/verifier/act.test.ts",
      "test/unit/agents/referee.test.ts",
    ]);
  });

  it("are also those that the table names", () => {
    const expected = ["test/unit/agents/hub/act.test.ts", "test/unit/agents/referee.test.ts"];
    assert.deepEqual(testsOf("offchain/agents/hub/act.ts", all), expected);
    assert.deepEqual(testsOf("offchain/host/referees/referee.ts", all), expected.slice(1));
  });

  it("may be none", () => assert.deepEqual(testsOf("offchain/z/y.ts", all), []));
});

describe("a tiny project", () => {
  const project = mkdtempSync(join(tmpdir(), "sonm-mutate-test-"));
  const source = "export const low = (a: number) => a < 10;\n";
  const test = "test/unit/a/own.test.ts";
  const copies: string[] = [];
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  };
  const writeTest = (code: string) => put(test, `import test from "node:test";\n${code}\n`);
  before(() => {
    put("package.json", '{ "type": "module", "workspaces": ["offchain/a"] }');
    put("offchain/a/package.json", '{ "name": "@own/a", "type": "module", "exports": { "./*": "./*.ts" } }');
    put("offchain/a/own.ts", source);
    put("node_modules/@own/a", "stands for the link to the project, which must not be taken");
    execFileSync("git", ["init", "-q"], { cwd: project });
    put(".gitignore", "node_modules/\n");
  });
  after(() => {
    for (const folder of [project, ...copies]) rmSync(folder, { recursive: true, force: true });
  });

  async function outcomes(code: string) {
    writeTest(`import { low } from "@own/a/own";\n${code}`);
    const copy = copyOf(project);
    copies.push(copy);
    const found: string[] = [];
    for await (const { fault, verdict } of mutate(copy, faultsOf("offchain/a/own.ts", source), () => [test], runTests))
      found.push(`${fault.before} -> ${fault.after}: ${verdict}`);
    assert.equal(readFileSync(join(project, "offchain/a/own.ts"), "utf8"), source);
    assert.equal(readFileSync(join(copy, "offchain/a/own.ts"), "utf8"), source);
    return found;
  }

  it("has faults that its tests see, and others that live", async () => {
    const code =
      'test("12", () => { if (low(12)) throw new Error(); });\ntest("10", () => { if (low(10)) throw new Error(); });';
    assert.deepEqual(await outcomes(code), ["< -> <=: failed", "10 -> 11: failed"]);
    const weak = 'test("10.5", () => { if (low(10.5)) throw new Error(); });';
    assert.deepEqual(await outcomes(weak), ["< -> <=: passed", "10 -> 11: failed"]);
  });

  it("is refused when its tests fail without a fault", async () => {
    await assert.rejects(outcomes('test("no", () => { throw new Error(); });'), /do not pass without any fault/);
  });

  it("does not wait for a test that never ends, nor for the rest after a failure", async () => {
    writeTest('test("hangs", () => { for (;;); });');
    const begun = performance.now();
    assert.equal(await runTests(project, [test], 500), "late");
    writeTest(
      'test("fails", () => { throw new Error(); });\ntest("long", () => new Promise((r) => setTimeout(r, 60_000)));',
    );
    assert.equal(await runTests(project, [test], 30_000), "failed");
    assert.ok(performance.now() - begun < 20_000);
  });
});
