// U5, S8: a whole network whose roles reach the chain only through two providers that both misbehave, by a seed.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { fileURLToPath } from "node:url";
import { runScenario } from "../../offchain/devnet/market/scenario.ts";
import { chainAt, type Mode, type RpcProxy, startRpcProxy } from "../doubles/rpc-proxy.ts";

const main = fileURLToPath(new URL("../../offchain/cli/main.ts", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "sonm-bad-nodes-"));
const proxies: RpcProxy[] = [];
after(() => {
  for (const proxy of proxies) proxy.stop();
  rmSync(out, { recursive: true, force: true });
});

/** What may happen to a request. Most often nothing does. */
const faults: readonly Mode[] = [
  { mode: "drop" },
  { mode: "html" },
  { mode: "html200" },
  { mode: "503" },
  { mode: "cut" },
  { mode: "429", times: Number.POSITIVE_INFINITY, after: 0.1 },
  { mode: "rate200" },
  { mode: "nulls", method: "eth_getBlockByNumber" },
  { mode: "old", blocks: 2 },
  { mode: "slow", ms: 300 },
];
/** What this provider never does. */
const habits: readonly Mode[] = [
  { mode: "range", most: 10 },
  { mode: "nobatch" },
  { mode: "batchmax", most: 3 },
  { mode: "nots" },
];
const FAULTY_PERCENT = 10;

/** Numbers 0 … 2^32 - 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state ^ (state >>> 16)) >>> 0;
  };
}

it("U5, S8: an honest network settles all, and convicts the liar, through providers that misbehave", {
  timeout: 600_000,
}, async () => {
  const seed = Number(process.env.SONM_SEED ?? 1);
  const spoiled = new Map<string, number>();
  async function provider(url: string, number: number): Promise<string> {
    const proxy = await startRpcProxy(chainAt(url));
    proxies.push(proxy);
    const next = numbers(seed + number);
    proxy.follow(() => {
      const faulty = next() % 100 < FAULTY_PERCENT;
      const list = faulty ? faults : habits;
      const chosen = list[next() % list.length] ?? { mode: "none" };
      if (faulty) spoiled.set(chosen.mode, (spoiled.get(chosen.mode) ?? 0) + 1);
      return chosen;
    });
    return proxy.url;
  }
  const text = join(out, "text.txt");
  writeFileSync(text, "Trust is good, an executed instruction is better.\n".repeat(20));
  const result = await runScenario({
    input: text,
    honest: false,
    seed,
    keep: false,
    out,
    command: [process.execPath, "--disable-warning=ExperimentalWarning", main],
    reach: (url) => Promise.all([provider(url, 1), provider(url, 2)]),
  });
  assert.deepEqual([result.ok, result.snmConserved, result.settledUnits], [true, true, result.units]);
  assert.equal(result.convictions.length, 1);
  for (const { mode } of faults) assert.ok((spoiled.get(mode) ?? 0) > 0, mode);
});
