// A local chain: the `anvil` binary on a free loopback port, stopped again by whoever started it.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { Failure } from "@sonm/protocol/values/failure";
import { fileOfOptional } from "../host/access/package.ts";
import { guardChild } from "./guard.ts";

export type AnvilOptions = {
  /** a file the chain is loaded from, if it exists, and kept in (every second and at the end) */
  readonly stateFile?: string;
  /** seconds between blocks; without it, a block for every transaction */
  readonly blockSeconds?: number;
  readonly chainId?: number;
  /** 0 for a free one */
  readonly port?: number;
  /** unix time of the first block; without it, now */
  readonly timestamp?: number;
};

export type Anvil = {
  /** JSON-RPC over HTTP and WebSocket */
  readonly url: string;
  readonly chainId: number;
  /** Ends the process and waits for it. Can be called twice. */
  stop(): Promise<void>;
};

/** Watchdogs: it starts in a tenth of a second, and stops as fast unless it has a large state to write. */
const START_MILLISECONDS = 120_000;
const STOP_MILLISECONDS = 60_000;

type Process = ChildProcessByStdio<null, Readable, Readable>;

/** The `anvil` that came with the packages, else the one in the PATH. */
function findAnvil(): string {
  const packaged = fileOfOptional("@foundry-rs/anvil-linux-amd64/bin/anvil");
  if (packaged) return packaged;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, "anvil")).find((file) => existsSync(file));
  if (found) return found;
  throw new Failure(
    "No local chain",
    `there is no \`anvil\` among the packages nor in the PATH (packaged for linux x64 only; this is ${process.platform} ${process.arch})`,
    "install Foundry (https://getfoundry.sh), or name a chain of your own by its URL",
  );
}

/**
 * Starts a chain with the rules of Osaka and the ten rich accounts that anvil is known for.
 * @throws Failure if there is no anvil, or it does not come up
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const { stateFile, blockSeconds, chainId = 31_337, port = 0, timestamp } = options;
  const flags: readonly (readonly [string, string | number | undefined])[] = [
    ["--host", "127.0.0.1"],
    ["--port", port],
    ["--chain-id", chainId],
    ["--hardfork", "osaka"],
    ["--state", stateFile],
    ["--state-interval", stateFile === undefined ? undefined : 1],
    ["--block-time", blockSeconds],
    ["--timestamp", timestamp],
  ];
  const args = flags.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  const child = spawn(findAnvil(), args, { stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // A parent must not leave a chain behind, however it dies.
  guardChild(child);
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);

  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      const timer = setTimeout(kill, STOP_MILLISECONDS);
      await exited;
      clearTimeout(timer);
    }
    process.removeListener("exit", kill);
  };
  try {
    const url = await listening(child);
    return { url, chainId, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the line in which anvil names its address, and goes on draining its output, which it would block on. */
function listening(child: Process): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (why: string, cause?: unknown) => {
      clearTimeout(timer);
      reject(
        new Failure("The local chain did not start", `${why}\n${output.trim()}`, "read anvil's words above", { cause }),
      );
    };
    const timer = setTimeout(() => fail(`anvil was not listening after ${START_MILLISECONDS} ms`), START_MILLISECONDS);
    child.once("error", (cause) => fail(cause.message, cause));
    child.once("exit", (code, signal) => fail(`anvil ended with ${code ?? signal}`));
    let ready = false;
    const read = (chunk: Buffer) => {
      if (ready) return;
      output += chunk.toString();
      const address = /Listening on (\S+)/.exec(output)?.[1];
      if (!address) return;
      ready = true;
      clearTimeout(timer);
      resolve(`http://${address}`);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
  });
}
