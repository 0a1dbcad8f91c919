// A network on this computer: a chain, a content store, and every role as a process of its own that speaks to the others only through
// these two.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { writeDeployment } from "../host/access/deployment-file.ts";
import { createKeystore } from "../host/access/keystore.ts";
import { type StoreServer, startStoreServer } from "../host/net/server.ts";
import { parseEvent, type RoleEvent, type RoleName } from "../host/role/happenings.ts";
import { guardChild } from "./guard.ts";
import { type Devnet, startDevnet } from "./local-chain.ts";
import { isQuiet, nextJump, type Standing } from "./timekeeper.ts";

export type Player = { readonly role: RoleName; readonly name: string; readonly address: Address };

/** A program and its first arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** Ways that a role takes to the chain and to the store, if not the direct ones. */
export type Through = { readonly rpc?: string; readonly net?: string };

export type Network = {
  readonly devnet: Devnet;
  readonly store: StoreServer;
  /** everything the network has on disk */
  readonly directory: string;
  /** Makes a key for a role and gives it SNM (wei). */
  enroll(role: RoleName, name: string, funds: bigint): Promise<Player>;
  /** Starts the process of an enrolled role, for the first time or again. `options` are those of its configuration. */
  launch(player: Player, options: object, through?: Through): Promise<void>;
  /** Ends a role's process as a power cut would. The clock stands still until the role is launched again. */
  kill(player: Player): Promise<void>;
  /** Ends a role's process in order. The others and the clock go on without it. */
  retire(player: Player): Promise<void>;
  /** Stops a role's process where it stands (SIGSTOP), and the clock with it, until it is thawed. */
  freeze(player: Player): void;
  thaw(player: Player): void;
  /** The process of a role that runs. */
  pidOf(player: Player): number | undefined;
  /** Resolves at the first event, past or to come, for which `holds`; rejects if a role dies. */
  until(holds: (event: RoleEvent) => boolean): Promise<void>;
  /** Resolves when nobody has anything to do before the clock moves on. */
  quiet(): Promise<void>;
  /** What each role last said of itself, by name. */
  standings(): Readonly<Record<string, Standing>>;
  stop(): Promise<void>;
};

/** Milliseconds between two looks of a role; there are seven of them on one computer. */
const POLL = 100;
/** And while nothing happens. The clock stands still until all have seen all mail. */
const IDLE = 400;
const TIMEKEEPER_POLL = 40;
/** scrypt's N. The keys live as long as this network, beside the password: a dear derivation would protect nothing. */
const KEY_COST = 2 ** 12;
const STOP_MILLISECONDS = 3000;

/**
 * @param command how the `sonm` command is run: a program and its first arguments
 * @param hear gets every event of every role, in the order of arrival
 * @param reach how the roles reach the chain, given its URL over HTTP: by a WebSocket, on which the node tells of each new block
 */
export async function startNetwork(
  directory: string,
  [program, ...before]: Command,
  hear: (event: RoleEvent) => void,
  reach: (url: string) => Promise<readonly string[]> = async (url) => [url.replace(/^http/, "ws")],
): Promise<Network> {
  await mkdir(directory, { recursive: true });
  const devnet = await startDevnet();
  const rpc = await reach(devnet.url);
  const store = await startStoreServer({ directory: join(directory, "store") });
  const deploymentFile = join(directory, "deployment.json");
  writeDeployment(deploymentFile, devnet.deployment);
  const password = randomBytes(24).toString("base64url");
  await writeFile(join(directory, "password"), password, { mode: 0o600 });

  const children = new Map<string, ChildProcess>();
  const standings = new Map<string, Standing>();
  const frozen = new Set<string>();
  const heard: RoleEvent[] = [];
  const waiting = new Set<() => void>();
  let fault: Failure | undefined;
  let stopped = false;

  function wake(): void {
    for (const look of waiting) look();
  }

  /** Resolves when `holds`, asked at every event; rejects when a role has died. */
  function wait(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (fault === undefined && !holds()) return;
        waiting.delete(look);
        if (fault) reject(fault);
        else resolve();
      };
      waiting.add(look);
      look();
    });
  }

  function take(event: RoleEvent): void {
    if (event.kind === "idle") standings.set(event.name, event);
    else if (event.kind === "busy") standings.set(event.name, { kind: "busy" });
    else {
      heard.push(event);
      hear(event);
    }
    wake();
  }

  /** Whether everybody, having seen all there is, waits for the clock; and where it may jump to. */
  async function look(): Promise<{ quiet: boolean; jump: number | null }> {
    const { number, timestamp } = await devnet.reader.client.getBlock();
    const head = { block: Number(number), time: Number(timestamp), mail: store.newest() };
    // What a frozen role last said is not what it would say now.
    const all = [...standings].map(([name, standing]) => (frozen.has(name) ? { kind: "busy" as const } : standing));
    return { quiet: isQuiet(all, head), jump: nextJump(all, head) };
  }

  async function keepTime(): Promise<void> {
    while (!stopped) {
      await new Promise((resolve) => setTimeout(resolve, TIMEKEEPER_POLL));
      const { jump } = await look();
      if (jump !== null && !stopped) await devnet.jumpTo(jump);
    }
  }
  // A chain that no longer answers while the network stops is no news.
  const timekeeper = keepTime().catch((error: unknown) => {
    if (stopped) return;
    fault ??= new Failure("The local chain no longer answers", String(error), "start again");
    wake();
  });

  async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // Later than its exit: all that it has said has been heard by then.
    const gone = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
    await gone;
    clearTimeout(timer);
  }

  return {
    devnet,
    store,
    directory,
    async enroll(role, name, funds) {
      const home = join(directory, name);
      await mkdir(home, { recursive: true });
      const { address } = await createKeystore(join(home, "key.json"), password, undefined, KEY_COST);
      await devnet.endow(address, funds);
      return { role, name, address };
    },
    async launch({ role, name }, options, { rpc: way, net = store.url } = {}) {
      if (stopped) throw new Failure(`${name} was not started`, "the network has stopped", "start again");
      const home = join(directory, name);
      const config = {
        name,
        rpc: way ?? rpc,
        deployment: deploymentFile,
        keystore: "key.json",
        passwordFile: "../password",
        data: "data",
        net,
        pollMs: POLL,
        idleMs: IDLE,
        options,
      };
      const file = join(home, "config.json");
      await writeFile(file, JSON.stringify(config, null, 2));
      standings.set(name, { kind: "busy" });
      const args = [...before, role, "start", "--config", file, "--json"];
      // Also what has no place of its own: nothing is left behind, and nobody else has the same chain.
      const env = { ...process.env, XDG_DATA_HOME: directory };
      const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
      guardChild(child);
      children.set(name, child);
      const isCurrent = () => children.get(name) === child;
      createInterface({ input: child.stdout }).on("line", (line) => {
        const event = parseEvent(line);
        // What a killed process has still to say has happened; how it stood would be taken for how its successor stands.
        if (event && (isCurrent() || (event.kind !== "idle" && event.kind !== "busy"))) take(event);
      });
      let words = "";
      child.stderr.on("data", (chunk: Buffer) => {
        words = (words + chunk.toString()).slice(-4000);
      });
      child.once("exit", (code, signal) => {
        if (stopped || !isCurrent()) return;
        fault ??= new Failure(`${name} has ended with ${code ?? signal}`, words.trim(), "start again");
        wake();
      });
    },
    async kill({ name }) {
      const child = children.get(name);
      if (!child) return;
      children.delete(name);
      standings.set(name, { kind: "busy" });
      await end(child, "SIGKILL");
    },
    async retire({ name }) {
      const child = children.get(name);
      children.delete(name);
      standings.delete(name);
      if (child) await end(child, "SIGTERM");
    },
    freeze({ name }) {
      frozen.add(name);
      children.get(name)?.kill("SIGSTOP");
    },
    thaw({ name }) {
      children.get(name)?.kill("SIGCONT");
      frozen.delete(name);
    },
    pidOf: ({ name }) => children.get(name)?.pid,
    async until(holds) {
      let seen = 0;
      await wait(() => {
        for (; seen < heard.length; seen++) if (holds(heard[seen] as RoleEvent)) return true;
        return false;
      });
    },
    async quiet() {
      for (;;) {
        if (fault) throw fault;
        if ((await look()).quiet) return;
        await new Promise((resolve) => setTimeout(resolve, TIMEKEEPER_POLL));
      }
    },
    standings: () => Object.fromEntries(standings),
    async stop() {
      stopped = true;
      await timekeeper;
      for (const name of frozen) children.get(name)?.kill("SIGCONT");
      await Promise.all([...children.values()].map((child) => end(child, "SIGTERM")));
      await store.stop();
      await devnet.stop();
    },
  };
}
