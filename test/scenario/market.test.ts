// `npm start` as a person or a script runs it: the whole network as processes, to the exit code.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { ScenarioResult } from "../../offchain/devnet/market/report.ts";
import { ownEnvironment } from "../unit/cli/sonm.ts";

const main = fileURLToPath(new URL("../../offchain/cli/main.ts", import.meta.url));

/** Where the networks live while they are up, and what they leave behind would be. */
const temporary = mkdtempSync(join(tmpdir(), "sonm-tmp-"));
after(() => rmSync(temporary, { recursive: true, force: true }));

function up(...args: string[]): Promise<{ code: number; result: ScenarioResult; told: string }> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", main, "up", "--json", ...args],
      { env: { ...ownEnvironment(), TMPDIR: temporary }, maxBuffer: Number.POSITIVE_INFINITY },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        try {
          resolve({ code, result: JSON.parse(stdout), told: stderr });
        } catch (cause) {
          reject(new Error(`no result on stdout; stderr:\n${stderr}`, { cause }));
        }
      },
    );
  });
}

describe("the whole path", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "sonm-test-"));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it("convicts the liar, does its batch again and delivers the right result", async () => {
    const text = "Trust is good, an executed instruction is better. Été, Ёлка, ωμέγα!\n".repeat(40);
    const file = join(directory, "text.txt");
    writeFileSync(file, text);
    const { code, result, told } = await up("--input", file, "--out", directory);
    assert.equal(code, 0, told);
    assert.equal(result.ok, true);
    assert.equal(result.snmConserved, true);
    assert.equal(result.settledUnits, result.units);
    assert.equal(result.convictions.length, 1);
    const [conviction] = result.convictions;
    assert.equal(conviction?.splits, 8);
    assert.ok(conviction?.instruction);
    assert.ok((conviction?.gas ?? 0) > 300_000);
    const change = (role: string) => {
      const row = result.balances.find((one) => one.role === role);
      return BigInt(row?.after ?? 0) - BigInt(row?.before ?? 0);
    };
    const deposit = 100n * 10n ** 18n;
    const [cheat] = result.balances.filter(({ address }) => address === conviction?.miner);
    assert.equal(change(cheat?.role ?? ""), -deposit);
    assert.equal(change("verifier-1") + change("verifier-2"), deposit / 2n);
    assert.equal(change("Treasury"), deposit / 2n);
    const counts = new Map(
      readFileSync(result.picture, "utf8")
        .trim()
        .split("\n")
        .map((line) => [line.split("\t")[1], Number(line.split("\t")[0])]),
    );
    // The guest program counts words without changing their case.
    assert.equal(counts.get("executed"), 40);
    assert.equal(counts.get("Ёлка") ?? counts.get("ёлка"), 40);
    assert.match(told, /the chain executes/);
  });

  it("convicts nobody where nobody lies", async () => {
    const file = join(directory, "short.txt");
    writeFileSync(file, "one two two");
    const { code, result, told } = await up("--honest", "--input", file, "--out", directory);
    assert.equal(code, 0, told);
    assert.deepEqual(result.convictions, []);
    assert.equal(result.settledUnits, 1);
    assert.deepEqual(readdirSync(temporary), [], "U11: nothing is left of it");
  });

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    it(`U11: leaves no process and no folder behind after ${signal}`, async () => {
      const child = spawn(process.execPath, [main, "up", "--honest", "--out", directory], {
        env: { ...ownEnvironment(), TMPDIR: temporary },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let told = "";
      for await (const chunk of child.stderr) {
        told += chunk;
        if (/Job /.test(told)) break;
      }
      const ended = once(child, "exit");
      child.kill(signal);
      const [code] = await ended;
      assert.equal(code, signal === "SIGTERM" ? 1 : null);
      const [url = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(told) ?? assert.fail(told);
      // Every role has the folder of the network in its command line.
      const left = () =>
        readdirSync(temporary).length > 0 ||
        execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).includes(temporary);
      for (let look = 0; look < 100 && left(); look++) await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(left(), false);
      await assert.rejects(fetch(url), "the chain still answers");
    });
  }
});
