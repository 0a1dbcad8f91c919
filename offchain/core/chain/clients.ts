// Connections to a chain. Everything that differs between chains is asked of the node.
import {
  type Account,
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
import { Failure } from "../failure.ts";
import type { Hex } from "../types.ts";

export type Reader = {
  readonly client: PublicClient<HttpTransport, Chain>;
  readonly chainId: number;
};

export type Signer = Reader & {
  readonly account: LocalAccount;
  readonly wallet: WalletClient<HttpTransport, Chain, Account>;
  /** Runs `send` with the account's next nonce; one after another, so that actions side by side do not collide. */
  withNonce(send: (nonce: number) => Promise<Hex>): Promise<Hex>;
  /** Asks the node anew which nonce is next: after a transaction that was sent and never mined. */
  forgetNonce(): void;
};

/** Milliseconds that a node has for an answer: a computer that is busy is not down. */
const ANSWER_MILLISECONDS = 60_000;

function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/**
 * Connects to the node at `url` (HTTP JSON-RPC).
 * @throws Failure if nothing answers there
 */
export async function connect(url: string): Promise<Reader> {
  const transport = http(url, { batch: true, timeout: ANSWER_MILLISECONDS });
  try {
    // Whether anybody is there at all shows sooner.
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

/** Adds an account to a connection: what it signs is sent there. */
export function signAs(reader: Reader, account: LocalAccount): Signer {
  const { client, chainId } = reader;
  const { url = "" } = client.transport;
  const wallet = createWalletClient({
    account,
    chain: client.chain,
    transport: http(url, { timeout: ANSWER_MILLISECONDS }),
    ...pollingOf(url),
  });
  let tail: Promise<unknown> = Promise.resolve();
  let next = 0;

  const attempt = async (send: (nonce: number) => Promise<Hex>): Promise<Hex> => {
    const pending = await client.getTransactionCount({ address: account.address, blockTag: "pending" });
    // A node may not yet count what it has just been given.
    const nonce = Math.max(pending, next);
    try {
      const hash = await send(nonce);
      next = nonce + 1;
      return hash;
    } catch (error) {
      next = 0;
      throw error;
    }
  };

  return {
    client,
    chainId,
    account,
    wallet,
    withNonce(send) {
      const sent = tail.then(() => attempt(send));
      tail = sent.catch(() => undefined);
      return sent;
    },
    forgetNonce() {
      next = 0;
    },
  };
}

function chainOf(id: number, url: string): Chain {
  return defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
    // Twice the current base fee: a transaction stays valid while blocks fill up for six blocks on end.
    fees: { baseFeeMultiplier: 2 },
  });
}

/** Milliseconds between looks at the node: a local one costs nothing. */
function pollingOf(url: string): { pollingInterval: number } {
  return { pollingInterval: isLoopback(url) ? 50 : 1000 };
}

/** The moment that roles live by: the latest block and its time, unix seconds. Never the local clock. */
export async function latest({ client }: Reader): Promise<{ readonly block: number; readonly now: number }> {
  const { number, timestamp } = await client.getBlock({ blockTag: "latest" });
  return { block: Number(number), now: Number(timestamp) };
}
