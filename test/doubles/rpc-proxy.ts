// A node between a client and a chain that behaves as providers and bad networks do. It passes on what it does not spoil.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Answers a call, or throws what has `code`, `message` and perhaps `data`. */
export type Chain = (call: { readonly method: string; readonly params: readonly unknown[] }) => Promise<unknown>;

/** How the proxy misbehaves. A number or a name that follows the mode's name is its argument. */
export type Mode =
  | { readonly mode: "none" }
  /** logs of more than so many blocks are refused */
  | { readonly mode: "range"; readonly most: number }
  /** batches are refused in words, by a status, or above a size */
  | { readonly mode: "nobatch" | "nobatch400" }
  | { readonly mode: "batchmax"; readonly most: number }
  /** the answer to a method is null */
  | { readonly mode: "nulls"; readonly method: string }
  /** so many requests are refused as too many; `after`: seconds that it asks for */
  | { readonly mode: "429"; readonly times: number; readonly after?: number }
  /** the same with status 200 */
  | { readonly mode: "rate200" }
  | { readonly mode: "html" | "html200" | "503" | "drop" | "hang" | "cut" }
  | { readonly mode: "slow"; readonly ms: number }
  /** it is of another chain */
  | { readonly mode: "chainid"; readonly id: number }
  | { readonly mode: "nofee" }
  | { readonly mode: "nomethod"; readonly method: string }
  /** logs do not tell the time of their block */
  | { readonly mode: "nots" }
  /** answers of a batch come in another order */
  | { readonly mode: "reorder" }
  /** what was once answered is answered again, whatever has happened since */
  | { readonly mode: "repeats" }
  /** the newest block is an older one */
  | { readonly mode: "old"; readonly blocks: number }
  /** another chain's blocks: their hashes differ */
  | { readonly mode: "fork" }
  /** calls of contracts fail, as they do where another state is shown */
  | { readonly mode: "state" };

type Call = { readonly id: unknown; readonly method: string; readonly params?: readonly unknown[] };
type Answer = { readonly jsonrpc: "2.0"; readonly id: unknown; result?: unknown; error?: object };

/** The chain behind a URL. */
export function chainAt(url: string): Chain {
  return async ({ method, params }) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    const { result, error } = (await response.json()) as Answer;
    if (error) throw error;
    return result;
  };
}

export type RpcProxy = {
  readonly url: string;
  /** how often each method was asked for, and `BATCH` for requests with several calls, `HTTP` for all requests */
  readonly count: Record<string, number>;
  set(mode: Mode): void;
  /** Asks for a mode before each request. */
  follow(choose: () => Mode): void;
  stop(): void;
};

/** Starts the proxy at a free port of this computer. */
export async function startRpcProxy(chain: Chain): Promise<RpcProxy> {
  let choose: () => Mode = () => ({ mode: "none" });
  let limited = 0;
  const count: Record<string, number> = {};
  const repeated = new Map<string, unknown>();
  const seen = (name: string) => {
    count[name] = (count[name] ?? 0) + 1;
  };

  /** What is answered to one call instead of the chain's answer; undefined to ask the chain. */
  function spoiled(mode: Mode, { method, params = [] }: Call): Partial<Answer> | undefined {
    const [first] = params as { readonly fromBlock?: string; readonly toBlock?: string }[];
    const length = first?.toBlock === undefined ? 0 : Number(first.toBlock) - Number(first.fromBlock) + 1;
    const unknown = { error: { code: -32_601, message: "method not found" } };
    if (mode.mode === "range" && method === "eth_getLogs" && length > mode.most) {
      return { error: { code: -32_602, message: `query exceeds max block range ${mode.most}` } };
    }
    if (mode.mode === "nulls" && method === mode.method) return { result: null };
    if (mode.mode === "chainid" && method === "eth_chainId") return { result: `0x${mode.id.toString(16)}` };
    if (mode.mode === "nofee" && /^eth_(maxPriorityFeePerGas|feeHistory)$/.test(method)) return unknown;
    if (mode.mode === "nomethod" && method === mode.method) return unknown;
    if (mode.mode === "rate200") return { error: { code: -32_005, message: "limit exceeded" } };
    if (mode.mode === "state" && method === "eth_call") return { error: { code: 3, message: "execution reverted" } };
    return undefined;
  }

  async function asked(mode: Mode, { method, params = [] }: Call): Promise<unknown> {
    if (mode.mode === "old" && params[0] === "latest" && method === "eth_getBlockByNumber") {
      const newest = Number(await chain({ method: "eth_blockNumber", params: [] }));
      return chain({ method, params: [`0x${Math.max(0, newest - mode.blocks).toString(16)}`, false] });
    }
    if (mode.mode === "old" && method === "eth_blockNumber") {
      return `0x${Math.max(0, Number(await chain({ method, params })) - mode.blocks).toString(16)}`;
    }
    const key = JSON.stringify([method, params]);
    if (mode.mode === "repeats" && repeated.has(key)) return repeated.get(key);
    const result = await chain({ method, params });
    repeated.set(key, result);
    if (mode.mode === "nots" && Array.isArray(result)) {
      return result.map((one: unknown) => (typeof one === "object" ? { ...one, blockTimestamp: undefined } : one));
    }
    if (mode.mode === "fork" && method === "eth_getBlockByNumber" && typeof result === "object") {
      return { ...result, hash: `0x${"f".repeat(64)}` };
    }
    return result;
  }

  async function answerOf(mode: Mode, call: Call): Promise<Answer> {
    seen(call.method);
    const base = { jsonrpc: "2.0", id: call.id } as const;
    const instead = spoiled(mode, call);
    if (instead) return { ...base, ...instead };
    try {
      return { ...base, result: await asked(mode, call) };
    } catch (error) {
      const { code = -32_000, message, data } = error as { code?: number; message: string; data?: unknown };
      return { ...base, error: { code, message, ...(data === undefined ? {} : { data }) } };
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const calls = JSON.parse(await text(request)) as Call | Call[];
    const list = [calls].flat();
    const batch = Array.isArray(calls);
    const mode = choose();
    seen("HTTP");
    if (batch) seen("BATCH");
    const send = (status: number, body: string, headers = {}) =>
      void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    const refuse = (status: number, code: number, message: string, headers = {}) =>
      send(status, JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } }), headers);
    const page = (status: number) => send(status, "<html><h1>Bad Gateway</h1></html>", { "content-type": "text/html" });
    switch (mode.mode) {
      case "429":
        if (limited++ < mode.times) return refuse(429, 429, "rate limited", { "retry-after": `${mode.after ?? 1}` });
        break;
      case "html":
        return page(502);
      case "503":
        return page(503);
      case "html200":
        return page(200);
      case "drop":
        return void request.socket.destroy();
      case "hang":
        return;
      case "nobatch":
        if (batch) return refuse(200, -32_600, "batch requests are not supported");
        break;
      case "nobatch400":
        if (batch) return send(400, JSON.stringify({ error: "batch not allowed" }));
        break;
      case "batchmax":
        if (list.length > mode.most) return refuse(200, -32_005, "batch too large");
        break;
      case "slow":
        await new Promise((resolve) => setTimeout(resolve, mode.ms));
        break;
    }
    const answers = await Promise.all(list.map((call) => answerOf(mode, call)));
    if (mode.mode === "reorder") answers.reverse();
    const body = JSON.stringify(batch ? answers : answers[0]);
    send(200, mode.mode === "cut" ? body.slice(0, -5) : body);
  }

  const server = createServer((request, response) => void serve(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count,
    set(mode) {
      limited = 0;
      choose = () => mode;
    },
    follow(chosen) {
      choose = chosen;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
