// Connections to a chain. The node is asked for everything that differs between chains.

import { Failure } from "@sonm/protocol/values/failure";
import {
  type Chain,
  createPublicClient,
  createTransport,
  createWalletClient,
  defineChain,
  type Hex,
  type LocalAccount,
  type PublicClient,
  TransactionNotFoundError,
  type Transport,
  type WalletClient,
} from "viem";
import { createNodes, type Nodes, type NodesOptions } from "./transport/nodes.ts";
import { type Call, NodeError, nameOfNode } from "./transport/trouble.ts";

/** How a client asks: `url` is for people. */
type NodesTransport = Transport<string, { url?: string | undefined }>;

/** A connection that reads. Functions that take one reject with viem's `BaseError` if no node answers. */
export type Reader = {
  readonly client: PublicClient<NodesTransport, Chain>;
  readonly chainId: number;
  /** the nodes behind it, if it was made by `connect` */
  readonly nodes?: Nodes;
};

/** Whether a URL names this computer. */
export function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/** The URLs of one chain's nodes. @throws Failure if one is none */
function checkedUrls(given: string | readonly string[]): readonly string[] {
  const urls = [given].flat();
  const wrong = urls.find((url) => !URL.canParse(url) || !/^(https?|wss?):/.test(url));
  if (wrong !== undefined || urls.length === 0) {
    const why = wrong === undefined ? "none is named" : `"${wrong}" is no URL of one`;
    throw new Failure("There is no node", why, "write it like http://127.0.0.1:8545 or wss://node.example");
  }
  return urls;
}

/**
 * Connects to a chain by its nodes (JSON-RPC over HTTP or WebSocket). If there are several, the first one that is well is asked, and another
 * one steps in when it fails.
 * @throws Failure if nothing answers there
 * @example
 * ```ts
 * import { connect, latest } from "@sonm/chain";
 *
 * const reader = await connect("http://127.0.0.1:8545");
 * const { block, now } = await latest(reader);
 * console.log(`chain ${reader.chainId}, block ${block} of ${new Date(now * 1000).toISOString()}`);
 * ```
 */
export async function connect(given: string | readonly string[], options: NodesOptions = {}): Promise<Reader> {
  const urls = checkedUrls(given);
  const nodes = createNodes(urls, options);
  try {
    const chainId = await nodes.chainId();
    const client = createPublicClient({
      transport: transportOf(nodes),
      chain: chainOf(chainId, urls),
      cacheTime: 0,
      ...pollingOf(urls),
    });
    return { client, chainId, nodes };
  } catch (cause) {
    if (!(cause instanceof NodeError)) {
      const why = cause instanceof Error ? (cause.message.split("\n")[0] ?? cause.message) : String(cause);
      throw new Failure(`No chain at ${shown(urls)}`, why, NODE_TODO, { cause });
    }
    throw new Failure(`No chain at ${shown(urls)}`, whyOf(nodes), NODE_TODO, { cause });
  }
}

const NODE_TODO = "check the URL, and that the node is running";

function shown(urls: readonly string[]): string {
  return urls.map(nameOfNode).join(", ");
}

/** What is wrong with each node. */
function whyOf(nodes: Nodes): string {
  const troubles = nodes.states().map(({ name, why }) => ({ name, why: why ?? "it does not answer" }));
  if (troubles.length === 1) return troubles[0]?.why ?? "";
  return troubles.map(({ name, why }) => `${name}: ${why}`).join("; ");
}

/** The nodes as viem asks them. They retry by themselves. */
function transportOf(nodes: Nodes): NodesTransport {
  return ({ timeout }) =>
    createTransport(
      {
        key: "nodes",
        name: "JSON-RPC",
        type: "nodes",
        retryCount: 0,
        ...(timeout === undefined ? {} : { timeout }),
        request: ({ method, params }) => nodes.request({ method, params: params as Call["params"] }) as never,
      },
      { url: nodes.names.join(", ") },
    );
}

/** A connection that signs with `account`: what it signs is sent to the reader's nodes. */
export function walletFor(
  { client }: Reader,
  account: LocalAccount,
): WalletClient<NodesTransport, Chain, LocalAccount> {
  const { chain, pollingInterval, transport, request } = client;
  const same = (() => ({ config: transport, request, value: { url: transport.url } })) as NodesTransport;
  return createWalletClient({ account, chain, transport: same, pollingInterval });
}

function chainOf(id: number, urls: readonly string[]): Chain {
  return defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: urls } },
    // Twice the current base fee: a transaction stays valid while blocks fill up for six blocks in a row.
    fees: { baseFeeMultiplier: 2 },
  });
}

/** Milliseconds between polls of the node: polling a local node costs nothing. */
function pollingOf(urls: readonly string[]): { pollingInterval: number } {
  return { pollingInterval: urls.every(isLoopback) ? 50 : 1000 };
}

/** The time that roles go by: the latest block and its time, unix seconds. Never the local clock. */
export async function latest({
  client,
}: Reader): Promise<{ readonly block: number; readonly now: number; readonly hash: Hex }> {
  const { number, timestamp, hash } = await client.getBlock({ blockTag: "latest" });
  return { block: Number(number), now: Number(timestamp), hash };
}

/** Whether the chain has a transaction, in a block or waiting for one. */
export async function isKnown({ client }: Reader, hash: Hex): Promise<boolean> {
  try {
    await client.getTransaction({ hash });
    return true;
  } catch (error) {
    if (error instanceof TransactionNotFoundError) return false;
    throw error;
  }
}
