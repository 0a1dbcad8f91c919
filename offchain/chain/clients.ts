// Connections to a chain. The node is asked for everything that differs between chains.

import { Failure } from "@sonm/protocol/values/failure";
import {
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type HttpTransport,
  http,
  type LocalAccount,
  type PublicClient,
  type WalletClient,
} from "viem";

/** A connection to a node that reads. Functions that take one reject with viem's `BaseError` if the node does not answer. */
export type Reader = {
  readonly client: PublicClient<HttpTransport, Chain>;
  readonly chainId: number;
};

/** Milliseconds that a node has for an answer: a computer that is busy is not down. */
const ANSWER_MILLISECONDS = 60_000;

function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/**
 * Connects to the node at `url` (HTTP JSON-RPC).
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
export async function connect(url: string): Promise<Reader> {
  const transport = http(url, { batch: true, timeout: ANSWER_MILLISECONDS });
  try {
    // This shows sooner whether a node answers at all.
    const chainId = await createPublicClient({ transport: http(url) }).getChainId();
    const client = createPublicClient({ transport, chain: chainOf(chainId, url), cacheTime: 0, ...pollingOf(url) });
    return { client, chainId };
  } catch (cause) {
    throw new Failure(
      `No chain at ${url}`,
      cause instanceof Error ? (cause.message.split("\n")[0] ?? cause.message) : String(cause),
      "check the URL, and that the node is running",
      { cause },
    );
  }
}

/** A connection that signs with `account`: what it signs is sent to the reader's node. */
export function walletFor({ client }: Reader, account: LocalAccount): WalletClient<HttpTransport, Chain, LocalAccount> {
  const { url = "" } = client.transport;
  const transport = http(url, { timeout: ANSWER_MILLISECONDS });
  return createWalletClient({ account, chain: client.chain, transport, ...pollingOf(url) });
}

function chainOf(id: number, url: string): Chain {
  return defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
    // Twice the current base fee: a transaction stays valid while blocks fill up for six blocks in a row.
    fees: { baseFeeMultiplier: 2 },
  });
}

/** Milliseconds between polls of the node: polling a local node costs nothing. */
function pollingOf(url: string): { pollingInterval: number } {
  return { pollingInterval: isLoopback(url) ? 50 : 1000 };
}

/** The time that roles go by: the latest block and its time, unix seconds. Never the local clock. */
export async function latest({ client }: Reader): Promise<{ readonly block: number; readonly now: number }> {
  const { number, timestamp } = await client.getBlock({ blockTag: "latest" });
  return { block: Number(number), now: Number(timestamp) };
}
