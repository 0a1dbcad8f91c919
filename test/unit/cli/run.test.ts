// The end of a command: an exit code for each kind of failure, and the reason as an object.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { root } from "./sonm.ts";

/** Runs `sonm try --json`, whose action is this code. */
function run(action: string) {
  const url = (path: string) => JSON.stringify(new URL(path, `file://${root}/`).href);
  const code = `
    import { Command } from "commander";
    import { Failure } from "@sonm/protocol/values/failure";
    const { runCommand } = await import(${url("offchain/cli/run.ts")});
    const program = new Command("sonm").exitOverride();
    program.addCommand(new Command("try").exitOverride().option("--json").action(async () => { ${action} }));
    await runCommand(["try", "--json"], program);`;
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: root,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { code: done.status, printed: done.stdout === "" ? undefined : JSON.parse(done.stdout) };
}

test("a verb that comes to its end leaves the exit code alone", () => {
  assert.deepEqual(run(""), { code: 0, printed: undefined });
});

test("a failure ends with 1, and is told with what, why and what to do", () => {
  const { code, printed } = run('throw new Failure("It is down", "no power", "plug it in");');
  assert.equal(code, 1);
  assert.equal(printed.ok, false);
  const { what, why, todo } = printed.error;
  assert.deepEqual([what, why, todo], ["It is down", "no power", "plug it in"]);
});

test("a fault of sonm's own ends with 70, names itself as such, and shows where it was", () => {
  const { code, printed } = run('throw new TypeError("x is undefined");');
  assert.equal(code, 70);
  assert.equal(printed.ok, false);
  assert.equal(printed.error.what, "This is a fault of sonm itself");
  assert.match(printed.error.why, /^TypeError: x is undefined\n\s+at /);
});

test("a mistake in the command line ends with 2", () => {
  const { code, printed } = run('program.error("error: no such thing");');
  assert.equal(code, 2);
  assert.deepEqual(printed.error.why, "no such thing");
});
