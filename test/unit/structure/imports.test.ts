// Which components may import which. The table is the architecture; what it does not allow is forbidden. docs/ARCHITECTURE.md draws it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";
import { allowed, componentOf, packages } from "./house.ts";
import { codeOf, packageOf, root, sourcesBelow, specifiersOf } from "./sources.ts";

/** Modules and globals of Node, which no browser has. So the packages must not use them. */
const NODE_MODULE = /^node:/;
const NODE_GLOBAL = /(?<![\w.$"'`/])(process|Buffer|__dirname|require)\s*[.(]/;

type Import = {
  readonly from: string;
  /** path of the file that is imported, or the name of a package that is not ours */
  readonly to: string;
  readonly specifier: string;
};

/** The file that a specifier names in one of our packages; undefined for anything else. */
function inOurPackage(specifier: string): string | undefined {
  for (const [name, folder] of Object.entries(packages)) {
    if (specifier !== name && !specifier.startsWith(`${name}/`)) continue;
    const { exports } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const subpath = `.${specifier.slice(name.length)}`;
    const subject = subpath.slice(0, subpath.indexOf("/", 2));
    const named = exports[subpath] ?? exports[`${subject}/*`]?.replace("*", subpath.slice(subject.length + 1));
    return join(folder, named ?? `${specifier} is not exported`);
  }
  return undefined;
}

function importOf(from: string, specifier: string): Import {
  const to = specifier.startsWith(".") ? relative(root, join(root, dirname(from), specifier)) : inOurPackage(specifier);
  return { from, specifier, to: to ?? specifier };
}

function importsOf(file: string): Import[] {
  return specifiersOf(readFileSync(join(root, file), "utf8")).map((specifier) => importOf(file, specifier));
}

/** Why an import is forbidden, or undefined when it is allowed. */
function violation({ from, to, specifier }: Import): string | undefined {
  const component = componentOf(from);
  if (component === undefined) return `${from} belongs to no component of the table`;
  const home = packageOf(from);
  if (to === specifier) return home === undefined ? undefined : foreign(from, home, specifier);
  if (specifier.startsWith(".") && home !== packageOf(to))
    return `${from}: ${to} is of a package, to be imported by its name`;
  const target = componentOf(to);
  if (target === component || (target && allowed[component]?.includes(target))) return undefined;
  return `${from}: ${component} may not import ${target ?? to}`;
}

/** Why one of our packages may not import a module that is not ours. */
function foreign(from: string, home: string, specifier: string): string | undefined {
  if (NODE_MODULE.test(specifier)) return `${from}: ${home} runs in a browser too, but imports ${specifier}`;
  const { dependencies } = JSON.parse(readFileSync(join(root, home, "package.json"), "utf8"));
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return name in dependencies ? undefined : `${from}: ${name} is not among the dependencies of ${home}`;
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
    const own = imports.filter((one) => one.to !== one.specifier);
    assert.deepEqual(
      own.filter((one) => !existsSync(join(root, one.to))),
      [],
    );
  });

  it("have no cycles, not even of types", () => {
    const graph = new Map(files.map((file) => [file, importsOf(file).map((one) => one.to)]));
    assert.equal(cycleIn(graph), undefined);
  });

  it("reach the makers of engines and referees from where a role starts only", () => {
    const makers = /^offchain\/host\/(engines\/machine\/|referees\/(bisection\/|referees\.ts$))/;
    const roles = imports.filter(({ from }) => /^(offchain\/agents|verifier)\//.test(from));
    const known = roles.filter(({ to }) => makers.test(to));
    assert.ok(known.length > 0, "no maker found: the test looks in the wrong place");
    assert.deepEqual(
      known.filter(({ from }) => !from.endsWith("/role.ts")),
      [],
    );
  });

  it("use every line of the table", () => {
    const used = new Set(imports.map((one) => `${componentOf(one.from)} → ${componentOf(one.to)}`));
    const idle = Object.entries(allowed).flatMap(([from, tos]) =>
      tos.map((to) => `${from} → ${to}`).filter((edge) => !used.has(edge)),
    );
    assert.deepEqual(idle, []);
  });
});

describe("the packages", () => {
  it("use nothing that a browser lacks", () => {
    for (const folder of Object.values(packages)) {
      for (const file of sourcesBelow(folder)) {
        const found = NODE_GLOBAL.exec(codeOf(readFileSync(join(root, file), "utf8")));
        assert.equal(found?.[0], undefined, file);
      }
    }
  });
});

describe("the checker of imports", () => {
  const refused = (from: string, specifier: string) => violation(importOf(from, specifier));

  it("refuses what the table does not allow", () => {
    assert.match(refused("offchain/agents/hub/act.ts", "../miner/act.ts") ?? "", /may not import agents\/miner/);
    assert.match(refused("offchain/host/net/mailbox.ts", "@sonm/chain/transact") ?? "", /may not import chain/);
    assert.match(
      refused("offchain/protocol/job/job.ts", "../../../scripts/deploy.ts") ?? "",
      /to be imported by its name|may not import/,
    );
    assert.match(refused("offchain/protocol/dispute/game.ts", "@sonm/chain/clients") ?? "", /may not import chain/);
    assert.match(refused("offchain/cli/main.ts", "../chain/clients.ts") ?? "", /by its name/);
    assert.match(refused("verifier/act.ts", "../offchain/cli/main.ts") ?? "", /may not import cli/);
    assert.match(refused("offchain/protocol/machine/step.ts", "node:fs") ?? "", /imports node:fs/);
    assert.match(refused("offchain/chain/clients.ts", "commander") ?? "", /not among the dependencies/);
    assert.match(refused("offchain/drawer/x.ts", "node:path") ?? "", /no component/);
  });

  it("allows what it does", () => {
    assert.equal(refused("verifier/act.ts", "@sonm/chain/market/observer"), undefined);
    assert.equal(refused("offchain/protocol/job/job.ts", "../values/ids.ts"), undefined);
    assert.equal(refused("offchain/chain/clients.ts", "viem/utils"), undefined);
    assert.equal(refused("offchain/host/net/server.ts", "node:http"), undefined);
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
    assert.deepEqual(specifiersOf(source), ["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts"]);
  });

  it("sees what only Node has", () => {
    assert.match("const a = Buffer.from(b);", NODE_GLOBAL);
    assert.match("if (process.env.X) y();", NODE_GLOBAL);
    assert.doesNotMatch("const buffer = new ArrayBuffer(8); subprocess.end(); x.process.y", NODE_GLOBAL);
  });
});
