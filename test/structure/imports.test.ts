// Who may import whom. The table is the architecture; everything it does not allow is forbidden.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files directly in `core/`: ids, failures, encodings. They know nothing of the folders. */
const kernel = ["core"];
const pureCore = [...kernel, "core/wasm", "core/merkle", "core/job", "core/result", "core/machine", "core/dispute"];
const world = [...pureCore, "core/chain", "runtime", "net"];
/** What any role may import: `role` is what all of them have in common. */
const role = [...world, "role"];

/** Component → the components it may import. A component is the longest prefix of a file's path (without `offchain/`) here. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  "core/wasm": [],
  "core/merkle": [...kernel, "core/wasm"],
  "core/machine": [...kernel, "core/merkle"],
  "core/job": [...kernel, "core/merkle"],
  "core/result": [...kernel, "core/merkle", "core/job"],
  "core/dispute": [...kernel, "core/merkle", "core/machine"],
  "core/chain": [...kernel, "core/job", "core/result", "core/dispute"],
  runtime: pureCore,
  net: pureCore,
  role: world,
  "agents/buyer": role,
  "agents/hub": role,
  "agents/miner": role,
  verifier: role,
  cli: [...role, "agents/buyer", "agents/hub", "agents/miner", "verifier"],
};

/** Modules of Node that do input or output: in the kernel only `chain` touches the world outside. */
const ioModules = /^node:(fs|net|http|https|http2|dgram|dns|tls|child_process|sqlite|cluster|readline)(\/|$)/;

type Import = {
  readonly from: string;
  readonly to: string;
  readonly specifier: string;
  /** erased before anything runs */
  readonly typeOnly: boolean;
};

function sourcesBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

type Specifier = Pick<Import, "specifier" | "typeOnly">;

/** Every specifier of a static or dynamic import or re-export. */
function specifiersOf(source: string): Specifier[] {
  const code = source.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  const matches = code.matchAll(/(\b(?:import|export)\s+type\s[^;"]*?)?(?:\bfrom\s*|\bimport\s*\(?\s*)"([^"]+)"/g);
  return [...matches].map((match) => ({ specifier: match[2] ?? "", typeOnly: match[1] !== undefined }));
}

function importsOf(file: string): Import[] {
  return specifiersOf(readFileSync(join(root, file), "utf8")).map(({ specifier, typeOnly }) => ({
    from: file,
    to: specifier.startsWith(".") ? relative(root, join(root, dirname(file), specifier)) : specifier,
    specifier,
    typeOnly,
  }));
}

function componentOf(path: string): string | undefined {
  const inside = path.replace(/^offchain\//, "").replace(/\.ts$/, "");
  if (/^core\/[^/]+$/.test(inside)) return "core";
  const matches = Object.keys(allowed).filter((name) => name !== "core" && inside.startsWith(`${name}/`));
  return matches.sort((a, b) => b.length - a.length)[0];
}

/** Why an import is forbidden, or undefined when it is allowed. */
function violation({ from, to, specifier }: Omit<Import, "typeOnly">): string | undefined {
  const component = componentOf(from);
  if (component === undefined) return `${from} belongs to no component of the table`;
  if (!specifier.startsWith(".")) {
    const pure = component.startsWith("core/") && component !== "core/chain";
    return pure && ioModules.test(specifier)
      ? `${from}: ${component} does no I/O, but imports ${specifier}`
      : undefined;
  }
  const target = componentOf(to);
  if (target === component || (target && allowed[component]?.includes(target))) return undefined;
  return `${from}: ${component} may not import ${target ?? to}`;
}

function cycleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const found = visit(next, [...trail, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return undefined;
}

describe("imports", () => {
  const files = [...sourcesBelow("offchain"), ...sourcesBelow("verifier")];
  const imports = files.flatMap(importsOf);

  it("follow the table", () => {
    assert.ok(files.length > 0, "no sources found: the test looks in the wrong place");
    const alone = files.filter((file) => componentOf(file) === undefined).map((file) => `${file} is in no component`);
    assert.deepEqual([...alone, ...imports.map(violation).filter((reason) => reason !== undefined)], []);
  });

  it("name files that exist, with their ending", () => {
    const relatives = imports.filter((one) => one.specifier.startsWith("."));
    assert.deepEqual(
      relatives.filter((one) => !existsSync(join(root, one.to))),
      [],
    );
  });

  it("have no cycles, but for types", () => {
    const graph = new Map(files.map((file) => [file, importsOf(file).flatMap((one) => (one.typeOnly ? [] : one.to))]));
    assert.equal(cycleIn(graph), undefined);
  });

  it("have no cycles between the folders of the command line", () => {
    const folderOf = (file: string) => /^offchain\/cli\/[^/]+(?=\/)/.exec(file)?.[0];
    const graph = new Map<string, string[]>();
    for (const { from, to } of imports) {
      const [importer, imported] = [folderOf(from), folderOf(to)];
      if (importer && imported && importer !== imported)
        graph.set(importer, [...(graph.get(importer) ?? []), imported]);
    }
    assert.ok(graph.size > 1, "no folders found: the test looks in the wrong place");
    assert.equal(cycleIn(graph), undefined);
  });
});

describe("the checker of imports", () => {
  const refused = (from: string, specifier: string) =>
    violation({ from, specifier, to: specifier.startsWith(".") ? join(dirname(from), specifier) : specifier });

  it("refuses what the table does not allow", () => {
    assert.match(refused("offchain/agents/hub/act.ts", "../miner/act.ts") ?? "", /may not import agents\/miner/);
    assert.match(refused("offchain/net/mailbox.ts", "../core/chain/clients.ts") ?? "", /may not import core\/chain/);
    assert.match(refused("offchain/core/job/job.ts", "../../../scripts/deploy.ts") ?? "", /may not import scripts/);
    assert.match(refused("offchain/core/dispute/game.ts", "../../../test/x.ts") ?? "", /may not import test/);
    assert.match(refused("verifier/act.ts", "../offchain/cli/main.ts") ?? "", /may not import cli/);
    assert.match(refused("offchain/core/machine/step.ts", "node:fs") ?? "", /does no I\/O/);
    assert.match(refused("offchain/drawer/x.ts", "node:path") ?? "", /no component/);
  });

  it("allows what it does", () => {
    assert.equal(refused("verifier/act.ts", "../offchain/core/chain/clients.ts"), undefined);
    assert.equal(refused("offchain/core/job/job.ts", "../types.ts"), undefined);
    assert.equal(refused("offchain/core/chain/clients.ts", "node:net"), undefined);
  });

  it("finds cycles and every form of import", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["b"]],
    ]);
    assert.deepEqual(cycleIn(graph), ["b", "c", "b"]);
    const source = [
      'import a from "./a.ts";',
      'export { b } from "./b.ts";',
      'const c = import("./c.ts");',
      'import "./d.ts";',
      'import type { E } from "./e.ts";',
      'import { type F } from "./f.ts";',
    ].join("\n");
    const found = specifiersOf(source);
    assert.deepEqual(
      found.map(({ specifier }) => specifier),
      ["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts"],
    );
    assert.deepEqual(
      found.filter(({ typeOnly }) => typeOnly).map(({ specifier }) => specifier),
      ["./e.ts"],
    );
  });
});
