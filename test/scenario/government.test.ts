// The government's whole scenario, as a person runs it: every SNM is accounted for, every result is right, and events come in order.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import type { GovernmentResult } from "../../offchain/devnet/government/result.ts";
import { ownEnvironment } from "../unit/cli/sonm.ts";

const root = join(import.meta.dirname, "../..");
const SUPPLY = 444_000_000n * 10n ** 18n;
const DAY = 86_400;

type Json<T> = T extends bigint ? string : T extends object ? { readonly [K in keyof T]: Json<T[K]> } : T;
type Ran = { code: number | null; result: Json<GovernmentResult>; told: string };

function play(...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [join(root, "offchain/cli/main.ts"), "government", "--json", ...args], {
    env: ownEnvironment(),
  });
  let [out, told] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    told += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (out === "") reject(new Error(told));
      else resolve({ code, result: JSON.parse(out), told });
    });
  });
}

/** What has to happen, in this order. */
const plot: readonly (readonly [kind: string, who: string])[] = [
  ["registered", "Aurora"],
  ["registered", "Mirage"],
  ["registered", "Trattoria"],
  ["rated", "optimist"],
  ["rated", "sceptic"],
  ["claimed", "Aurora's miner"],
  ["prepaid", "buyer"],
  ["paid", "Mirage"],
  ["convicted", "verifier"],
  ["awarded", "verifier"],
  ["settled", "Aurora"],
  ["proposed", "Alice"],
  ["suspected", "Mirage"],
  ["refused", "Mirage's owner"],
  ["refunded", "buyer"],
  ["proposed", "rival"],
  ["suspected", "Trattoria"],
  ["rehabilitated", "Trattoria"],
  ["rating-paid", "optimist"],
  ["rating-paid", "sceptic"],
  ["closed", "Aurora"],
  ["refused", "Aurora's owner"],
  ["pay-day", "Aurora"],
  ["withdrew", "Aurora's owner"],
  ["rating-paid", "optimist"],
  ["refused", "Bob"],
  ["banned", "Mirage"],
  ["refused", "Alice"],
  ["rating-paid", "latecomer"],
  ["refused", "sceptic"],
  ["rating-paid", "sceptic"],
  ["ratings-closed", "the Treasury"],
  ["released", "the Treasury"],
];

for (const seed of ["1", "20"]) {
  describe(`the government with seed ${seed}`, () => {
    let ran: Ran;
    before(async () => {
      ran = await play("--seed", seed);
    });
    const find = (kind: string, who: string) => {
      const event = ran.result.events.find((one) => one.kind === kind && one.who === who);
      assert.ok(event, `${who}: ${kind}`);
      return event;
    };

    test("comes out as it must", () => {
      assert.deepEqual(
        ran.result.checks.filter(({ ok }) => !ok),
        [],
      );
      assert.ok(ran.result.checks.length >= 45);
      assert.deepEqual([ran.code, ran.result.ok, ran.result.snmConserved], [0, true, true]);
    });

    test("accounts for every SNM, before and after", () => {
      const sum = (amounts: readonly string[]) => amounts.reduce((total, amount) => total + BigInt(amount), 0n);
      assert.equal(sum(ran.result.balances.map(({ before }) => before)), SUPPLY);
      assert.equal(sum(ran.result.balances.map(({ after }) => after)), SUPPLY);
      const addresses = ran.result.balances.map(({ address }) => address.toLowerCase());
      assert.equal(new Set(addresses).size, addresses.length);
    });

    test("follows the plot", () => {
      const { events } = ran.result;
      let at = -1;
      for (const [kind, who] of plot) {
        at = events.findIndex((event, i) => i > at && event.kind === kind && event.who === who);
        assert.notEqual(at, -1, `${who}: ${kind} is missing, or comes too early`);
      }
      for (const [i, { at }] of events.entries()) assert.ok(i === 0 || at >= (events[i - 1]?.at ?? 0));
    });

    test("keeps the protocol's times", () => {
      const apart = (a: [string, string], b: [string, string]) => find(...b).at - find(...a).at;
      assert.ok(apart(["suspected", "Mirage"], ["banned", "Mirage"]) >= 120 * DAY);
      assert.ok(apart(["banned", "Mirage"], ["released", "the Treasury"]) >= 120 * DAY);
      assert.ok(apart(["registered", "Aurora"], ["pay-day", "Aurora"]) >= 30 * DAY);
      // Each refusal said from when the step would be possible. Both steps happened, and not earlier.
      assert.ok(find("banned", "Mirage").at >= (find("refused", "Bob").possibleFrom ?? Infinity));
      assert.ok(find("released", "the Treasury").at >= (find("refused", "Alice").possibleFrom ?? Infinity));
    });

    test("leaves everybody where justice says", () => {
      const change = (role: string) => {
        const one = ran.result.balances.find((balance) => balance.role === role);
        assert.ok(one, role);
        return BigInt(one.after) - BigInt(one.before);
      };
      assert.ok(change("verifier") > 0n);
      assert.ok(change("Aurora's miner") > 0n);
      assert.ok(change("Treasury") > 0n);
      // One side gains what the other loses, but for a banned hub no more than was seized. The remainder goes to the Treasury; rounding takes
      // less than a wei for each position.
      const remainder = BigInt(String(find("ratings-closed", "the Treasury").data?.remainder));
      const dust = -(change("optimist") + change("sceptic")) - remainder;
      assert.ok(change("sceptic") > 0n && remainder > 0n && dust >= 0n && dust <= 4n, `${dust} wei`);
      assert.equal(change("latecomer"), 0n);
      for (const voter of ["Alice", "Bob", "Carol", "rival"]) assert.equal(change(voter), 0n, voter);
      // The cheat has also lost its deposit, which is twice the verifier's reward. That loss does not count here, so it is added again.
      const deposit = 2n * BigInt(String(find("awarded", "verifier").data?.reward));
      const taken = change("Mirage's owner") + change("Mirage's miner") + deposit;
      const prepaid = BigInt(String(find("prepaid", "buyer").data?.amount));
      assert.ok(taken > 0n && taken * 10n <= prepaid * 7n, "a cheat carries off 70 % at most");
    });

    test("tells it to people on stderr", () => {
      assert.match(ran.told, /Aurora reaches its pay-day/);
      assert.match(ran.told, /every SNM is accounted for, to the wei/);
      assert.match(ran.told, /refused, possible from \d{4}-/);
    });
  });
}
