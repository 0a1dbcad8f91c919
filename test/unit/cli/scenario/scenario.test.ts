// `sonm up` and `sonm government` hand on what was typed, and end with the exit code of the run.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { afterEach, describe, type TestContext, test } from "node:test";
import { government } from "../../../../offchain/cli/scenario/government.ts";
import { up } from "../../../../offchain/cli/scenario/up.ts";
import type { GovernmentOptions } from "../../../../offchain/devnet/government/scenario.ts";
import type { ScenarioResult } from "../../../../offchain/devnet/market/report.ts";
import type { ScenarioOptions } from "../../../../offchain/devnet/market/scenario.ts";
import { sonmBeside } from "../sonm.ts";

const before = process.exitCode;
afterEach(() => {
  process.exitCode = before;
});

const result: ScenarioResult = {
  ok: true,
  units: 8,
  settledUnits: 8,
  claims: 7,
  convictions: [],
  balances: [],
  snmConserved: true,
  gas: [],
  picture: "picture.png",
  seconds: 12,
};

/** Catches the objects that are printed; all else, such as the test runner's own, goes its way. */
function printed(context: TestContext): unknown[] {
  const objects: unknown[] = [];
  const write = process.stdout.write.bind(process.stdout) as (...args: unknown[]) => boolean;
  context.mock.method(process.stdout, "write", (...args: unknown[]) => {
    const [chunk] = args;
    if (typeof chunk !== "string" || !chunk.startsWith("{")) return write(...args);
    objects.push(JSON.parse(chunk));
    return true;
  });
  return objects;
}

describe("sonm up", () => {
  async function run(args: readonly string[], change: Partial<ScenarioResult> = {}) {
    const given: ScenarioOptions[] = [];
    const command = up(async (options) => {
      given.push(options);
      return { ...result, ...change };
    });
    await command.parseAsync(args, { from: "user" });
    const [{ command: started = [], ...options } = {}, ...others] = given;
    assert.deepEqual(others, [], "it is played once");
    return { options, started, code: process.exitCode };
  }

  test("has a liar, a picture, and ends by itself, if nothing else is said", async () => {
    const { options, started } = await run([]);
    const usual = { input: undefined, honest: false, seed: undefined, lie: undefined, keep: false, out: "sonm-out" };
    assert.deepEqual(options, usual);
    assert.equal(started[0], process.execPath, "roles are started as this very command is");
    assert.equal(started.at(-1), process.argv[1]);
  });

  test("hands on what was typed", async () => {
    const { options } = await run("-i words.txt -s 3 --lie after-halt -k -o there".split(" "));
    const typed = { input: "words.txt", honest: false, seed: 3, lie: "after-halt", keep: true, out: "there" };
    assert.deepEqual(options, typed);
  });

  test("U12: a lie in a network in which nobody lies is refused", async () => {
    const { options } = await run(["--honest"]);
    assert.partialDeepStrictEqual(options, { honest: true, lie: undefined });
    const command = up(async () => assert.fail("nothing is played")).exitOverride();
    command.configureOutput({ writeErr: () => {} });
    const both = command.parseAsync(["--honest", "--lie", "output"], { from: "user" });
    await assert.rejects(both, /'--lie <kind>' cannot be used with option '--honest'/);
  });

  test("U12: a lie that there is not is refused before anything is played", async () => {
    let played = false;
    const command = up(async () => {
      played = true;
      return result;
    });
    await assert.rejects(command.parseAsync(["--lie", "banana"], { from: "user" }), /There is no lie "banana"/);
    assert.equal(played, false);
  });

  test("U12: a place that takes no result, and an input that is empty, are refused before the network starts", async () => {
    for (const [args, why] of [
      [["-o", import.meta.filename], /it is a file/],
      [["-o", "/proc/x"], /nothing can be made there/],
      [["-o", tmpdir(), "-i", "-"], /standard input is empty/],
    ] as const) {
      const { code, out, err } = await sonmBeside(["up", ...args], {});
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err, why);
      assert.doesNotMatch(err, /SONM/, "not even its title is shown");
    }
  });

  test("ends with 0 only where all is as it must be", async () => {
    assert.equal((await run([])).code, 0);
    assert.equal((await run([], { ok: false })).code, 1);
  });

  test("prints the result for programs only when it is asked to", async (context) => {
    const objects = printed(context);
    await run([]);
    assert.deepEqual(objects, []);
    await run(["--json"]);
    assert.deepEqual(objects, [result]);
  });
});

describe("sonm government", () => {
  async function run(args: readonly string[], code = 0) {
    const given: GovernmentOptions[] = [];
    const command = government(async (options) => {
      given.push(options);
      return code;
    });
    await command.parseAsync(args, { from: "user" });
    return given;
  }

  test("hands on what was typed, and leaves the seed to the scenario if there is none", async () => {
    assert.deepEqual(await run([]), [{ keep: false, json: false }]);
    assert.deepEqual(await run(["--seed", "0", "--keep", "--json"]), [{ seed: 0, keep: true, json: true }]);
  });

  test("ends with the exit code of the run", async () => {
    for (const code of [0, 1]) {
      await run([], code);
      assert.equal(process.exitCode, code);
    }
  });
});
