// How the cost of work grows with its amount: whole networks of four roles, each a process of its own, and what each of them spends.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { hubWalletOf } from "@sonm/chain/hub/factory";
import { parseEther } from "viem";
import { FIRST_WALLET } from "../../offchain/devnet/local-chain.ts";
import type { Network, Player } from "../../offchain/devnet/network.ts";
import { fileOfPackage } from "../../offchain/host/access/package.ts";
import { buildImage } from "../../offchain/host/image/build.ts";
import { chainAt, type RpcProxy, startRpcProxy } from "../../test/doubles/rpc-proxy.ts";
import { type Bench, type Figure, figure } from "./figure.ts";
import { inNetwork } from "./network.ts";

const BATCHES = [64, 256, 1024, 4096];
const ROLES = ["hub", "miner", "verifier", "buyer"] as const;
const IDLE_SECONDS = 20;
/** The kernel's unit of CPU time in /proc: 100 a second on every Linux that Node runs on (sysconf(_SC_CLK_TCK)). */
const TICKS_A_SECOND = 100;

/** Seconds of CPU that a process has used. */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // After the name, which may hold anything: the fields from the third on. utime and stime are the 14th and 15th (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Number of calls that a proxy has passed on. */
function callsOf({ count: { HTTP, BATCH, ...calls } }: RpcProxy): number {
  return Object.values(calls).reduce((sum, times) => sum + times, 0);
}

/** What a role has spent. */
type Spent = { readonly cpu: number; readonly calls: number };
type Run = {
  /** a batch, from its start to the end of the job */
  readonly work: Readonly<Record<(typeof ROLES)[number], Spent>>;
  /** a second, when all is done */
  readonly idle: Readonly<Record<(typeof ROLES)[number], Spent>>;
};

/** A job of so many batches of one tiny unit, computed by one miner and checked by one verifier. */
async function runJob(network: Network, folder: string, batches: number): Promise<Run> {
  const proxies = new Map<string, RpcProxy>();
  const players = new Map<string, Player>();
  const { reader, deployment } = network.devnet;
  const stake = 100 * (batches + 10);

  async function launch(role: (typeof ROLES)[number], funds: number, options: object): Promise<void> {
    const player = await network.enroll(role, role, parseEther(String(funds)));
    const proxy = await startRpcProxy(chainAt(network.devnet.url));
    proxies.set(role, proxy);
    players.set(role, player);
    await network.launch(player, options, { rpc: proxy.url });
    await network.until(({ kind, name }) => kind === "ready" && name === role);
  }
  async function spent(): Promise<Record<(typeof ROLES)[number], Spent>> {
    const rows = await Promise.all(
      ROLES.map(async (role) => {
        const pid = network.pidOf(players.get(role) as Player) as number;
        return [role, { cpu: await cpuOf(pid), calls: callsOf(proxies.get(role) as RpcProxy) }] as const;
      }),
    );
    return Object.fromEntries(rows) as Record<(typeof ROLES)[number], Spent>;
  }
  const between = (from: Run["work"], to: Run["work"], parts: number) =>
    Object.fromEntries(
      ROLES.map((role) => [
        role,
        { cpu: (to[role].cpu - from[role].cpu) / parts, calls: (to[role].calls - from[role].calls) / parts },
      ]),
    ) as Run["work"];

  try {
    const image = join(folder, "image.tar");
    const input = join(folder, "input");
    await writeFile(image, await buildImage(await readFile(fileOfPackage("guest/bin/wordcount"))));
    await writeFile(input, "one tiny unit");
    await launch("hub", 5000, { name: "Hub", endpoint: "/ip4/127.0.0.1", funds: "50 SNM" });
    const hub = (players.get("hub") as Player).address;
    const wallet = await hubWalletOf(reader, deployment, hub, FIRST_WALLET);
    await launch("miner", stake, { hub: wallet, stake: `${stake} SNM`, slots: 16 });
    await launch("verifier", 1000, { stake: "1000 SNM" });
    const out = join(folder, "out");
    const inputs = Array(batches).fill(input);
    const options = { hub: wallet, image, inputs, out, price: "0.1 SNM", batchSize: 1, exponent: 4 };
    await launch("buyer", batches, options);
    const begun = await spent();
    await network.until(({ kind }) => kind === "done" || kind === "refused");
    await network.quiet();
    const done = await spent();
    await setTimeout(1000 * IDLE_SECONDS);
    return { work: between(begun, done, batches), idle: between(done, await spent(), IDLE_SECONDS) };
  } finally {
    for (const proxy of proxies.values()) proxy.stop();
  }
}

const plain = (unit: string) => ({ unit, better: "lower" as const });

async function ofWork(wanted: (name: string) => boolean): Promise<Figure[]> {
  const name = (role: string, batches: number) => `CPU a batch, ${batches.toLocaleString("en-US")} batches: ${role}`;
  const chosen = BATCHES.filter((batches) => ROLES.some((role) => wanted(name(role, batches))));
  const runs: (readonly [number, Run])[] = [];
  for (const batches of chosen)
    runs.push([batches, await inNetwork((network, folder) => runJob(network, folder, batches))]);
  const figures = runs.flatMap(([batches, { work }]) =>
    ROLES.map((role) => figure(name(role, batches), 1000 * work[role].cpu, plain("ms"))),
  );
  const [first, last] = [runs[0]?.[1], runs.at(-1)?.[1]];
  if (!first || !last) return figures;
  for (const role of ROLES) {
    const goal = { unit: "×", better: "lower" as const, target: 1.2, reference: "5.6–6.7 for 4 × before" };
    const most = (chosen.at(-1) ?? 0).toLocaleString("en-US");
    figures.push(
      figure(
        `growth of CPU a batch, ${chosen[0]} to ${most}: ${role}`,
        last.work[role].cpu / first.work[role].cpu,
        goal,
      ),
      figure(`RPC calls a batch, ${most} batches: ${role}`, last.work[role].calls, plain("calls")),
      figure(`RPC calls a second, idle: ${role}`, last.idle[role].calls, plain("calls/s")),
      figure(`CPU, idle: ${role}`, 100 * last.idle[role].cpu, plain("% of a core")),
    );
  }
  return figures;
}

export const growthBenches: readonly Bench[] = [
  {
    name: "growth",
    about: "What work costs the roles as it grows: a job of tiny batches, each role a process of its own",
    measure: ofWork,
  },
];
