// A whole network for tests: a chain, the contracts, a store, and roles as processes of their own that can be killed and started
// again. The clock jumps when everybody is idle.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  type Address,
  createTestClient,
  createWalletClient,
  type Hex,
  http,
  type LocalAccount,
  parseEther,
  publicActions,
  zeroHash,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { nextJump, type Standing } from "../../offchain/cli/up/timekeeper.ts";
import { startAnvil } from "../../offchain/core/chain/anvil.ts";
import { connect, signAs } from "../../offchain/core/chain/clients.ts";
import { deploy } from "../../offchain/core/chain/deploy.ts";
import { writeDeployment } from "../../offchain/core/chain/deployment.ts";
import { hubWalletOf } from "../../offchain/core/chain/hub.ts";
import { createKeystore } from "../../offchain/core/chain/keystore.ts";
import { transferSnm } from "../../offchain/core/chain/write.ts";
import { parseEvent, type RoleEvent, type RoleName } from "../../offchain/core/events.ts";
import { startStoreServer } from "../../offchain/net/server.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const PASSWORD = "a password";
/** scrypt's N: these keys are known to everybody. */
const COST = 1024;
const mains: Record<RoleName, string> = {
  buyer: "../../offchain/agents/buyer/main.ts",
  hub: "../../offchain/agents/hub/main.ts",
  miner: "../../offchain/agents/miner/main.ts",
  verifier: "../../verifier/main.ts",
};

export type RoleProcess = {
  readonly name: string;
  readonly address: Address;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts the process (again). */
  start(): void;
};

type Player = RoleProcess & {
  /** from the first start on: a killed role holds the clock until it is back */
  started: boolean;
  child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  standing: Standing;
};

export async function startNetwork() {
  const directory = mkdtempSync(join(tmpdir(), "sonm-network-"));
  const anvil = await startAnvil({ timestamp: 1_900_000_000 });
  const store = await startStoreServer({ directory: join(directory, "store") });
  const accountOf = (index: number): LocalAccount => mnemonicToAccount(MNEMONIC, { addressIndex: index });
  const reader = await connect(anvil.url);
  const deployer = signAs(reader, accountOf(0));
  const walletClient = createWalletClient({
    account: deployer.account,
    chain: reader.client.chain,
    transport: http(anvil.url),
  });
  const deployment = await deploy({ publicClient: reader.client as never, walletClient });
  const deploymentFile = join(directory, "deployment.json");
  writeDeployment(deploymentFile, deployment);
  writeFileSync(join(directory, "password"), PASSWORD);
  const testClient = createTestClient({ mode: "anvil", chain: reader.client.chain, transport: http(anvil.url) }).extend(
    publicActions,
  );

  const players = new Map<string, Player>();
  const events: RoleEvent[] = [];
  const listeners = new Set<() => void>();
  let stopped = false;
  let nextAccount = 1;

  function hear(player: Player, event: RoleEvent): void {
    if (event.kind === "idle") player.standing = event;
    else if (event.kind === "busy") player.standing = { kind: "busy" };
    else events.push(event);
    for (const listener of listeners) listener();
  }

  /** Adds a role with a key of its own and so much SNM. It is not started yet. */
  async function add(role: RoleName, name: string, options: object, funds = "0"): Promise<RoleProcess> {
    const account = accountOf(nextAccount++);
    const key = (account as { getHdKey?: () => { privateKey: Uint8Array } }).getHdKey?.().privateKey;
    const home = join(directory, name);
    mkdirSync(home);
    await createKeystore(join(home, "key.json"), PASSWORD, `0x${Buffer.from(key ?? []).toString("hex")}`, COST);
    if (funds !== "0") await transferSnm(deployer, deployment.addresses, account.address, parseEther(funds));
    const config = {
      name,
      rpc: anvil.url,
      deployment: deploymentFile,
      keystore: "key.json",
      passwordFile: "../password",
      data: "data",
      net: store.url,
      pollMs: 30,
      options,
    };
    writeFileSync(join(home, "config.json"), JSON.stringify(config));
    const player: Player = {
      name,
      address: account.address,
      started: false,
      child: undefined,
      standing: { kind: "busy" },
      start() {
        player.started = true;
        const main = fileURLToPath(new URL(mains[role], import.meta.url));
        const child = spawn(process.execPath, [main, "--config", join(home, "config.json"), "--events"], {
          stdio: ["ignore", "pipe", "pipe"],
        });
        player.child = child;
        player.standing = { kind: "busy" };
        createInterface({ input: child.stdout }).on("line", (line) => {
          const event = parseEvent(line);
          if (event && player.child === child) hear(player, event);
        });
        let errors = "";
        child.stderr.on("data", (chunk) => {
          errors += chunk;
        });
        child.once("exit", (code) => {
          if (code !== null && code !== 0) {
            process.stderr.write(`${name} ended with ${code}:\n${errors}\n`);
            player.standing = { kind: "busy" };
          }
        });
      },
      async kill() {
        const { child } = player;
        if (!child) return;
        player.child = undefined;
        player.standing = { kind: "busy" };
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        await gone;
      },
    };
    players.set(name, player);
    return player;
  }

  /** Moves the chain's clock whenever nothing can happen before somebody's next moment. */
  async function keepTime(): Promise<void> {
    while (!stopped) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const standings = [...players.values()].filter(({ started }) => started).map(({ standing }) => standing);
      const { number, timestamp } = await testClient.getBlock();
      const jump = nextJump(standings, { block: Number(number), time: Number(timestamp), mail: store.newest() });
      if (jump === null || stopped) continue;
      await testClient.setNextBlockTimestamp({ timestamp: BigInt(jump) });
      await testClient.mine({ blocks: 1 });
    }
  }
  const timekeeper = keepTime();

  /** Waits for an event; those before `after` do not count. */
  async function until(fits: (event: RoleEvent) => boolean, after = 0): Promise<RoleEvent> {
    let seen = after;
    for (;;) {
      for (; seen < events.length; seen++) {
        const event = events[seen];
        if (event && fits(event)) return event;
      }
      await new Promise<void>((resolve) => {
        const listener = () => {
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
      });
    }
  }

  return {
    directory,
    reader,
    deployment,
    deployer,
    events,
    /** What each role last said of itself, for messages. */
    standings: () => Object.fromEntries([...players.values()].map(({ name, standing }) => [name, standing])),
    add,
    until,
    hubWallet: (owner: Address, salt: Hex = zeroHash) => hubWalletOf(reader, deployment, owner, salt),
    /** A file of the network's directory. */
    write(name: string, bytes: Uint8Array): string {
      writeFileSync(join(directory, name), bytes);
      return join(directory, name);
    },
    read: (name: string) => new Uint8Array(readFileSync(join(directory, name))),
    async stop(): Promise<void> {
      stopped = true;
      await timekeeper.catch(() => {});
      for (const player of players.values()) await player.kill();
      await store.stop();
      await anvil.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
