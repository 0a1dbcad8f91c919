// JSON-RPC over a WebSocket, by which a node also says that there is a new block. It is open only while an answer or a block is awaited,
// so that it keeps no process from its end.
import { HttpRequestError, RpcRequestError, TimeoutError } from "viem";
import type { Call } from "./trouble.ts";
import type { Wire, WireOptions } from "./wire.ts";

type Waiting = { readonly call: Call; resolve(result: unknown): void; reject(error: unknown): void };
type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
};

/** Milliseconds after which a connection that nobody needs is closed. */
const KEPT_MS = 1000;
/** Milliseconds until a lost subscription is asked for again. */
const AGAIN_MS = 2000;

export function socketWire(url: string, { answerMs }: Pick<WireOptions, "answerMs">): Wire {
  let socket: Promise<WebSocket> | undefined;
  let next = 1;
  const waiting = new Map<number, Waiting>();
  const hearers = new Set<() => void>();
  /** the connection on which new blocks are told, or are about to be */
  let subscribed: Promise<WebSocket> | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;

  const lost = (why: string) => new HttpRequestError({ details: why, url });

  function drop(gone: Promise<WebSocket>, why: string): void {
    if (socket !== gone) return;
    socket = undefined;
    for (const { reject } of waiting.values()) reject(lost(why));
    waiting.clear();
    if (hearers.size > 0) setTimeout(subscribe, AGAIN_MS);
  }

  function take(text: unknown): void {
    let message: Message;
    try {
      message = JSON.parse(String(text)) as Message;
    } catch {
      return;
    }
    if (message.method === "eth_subscription") {
      for (const hear of hearers) hear();
      return;
    }
    const one = waiting.get(message.id ?? 0);
    if (!one) return;
    if (message.error) one.reject(new RpcRequestError({ body: one.call, error: message.error, url }));
    else one.resolve(message.result);
  }

  function open(): Promise<WebSocket> {
    const opening = new Promise<WebSocket>((resolve, reject) => {
      const made = new WebSocket(url);
      const limit = setTimeout(() => made.close(), answerMs);
      made.addEventListener("open", () => {
        clearTimeout(limit);
        resolve(made);
      });
      made.addEventListener("message", ({ data }) => take(data));
      made.addEventListener("close", () => {
        clearTimeout(limit);
        reject(lost("the connection cannot be opened"));
        drop(opening, "the connection has been closed");
      });
      made.addEventListener("error", () => made.close());
    });
    opening.catch(() => undefined);
    return opening;
  }

  /** Closes the connection if nobody needs it for a while. */
  function rest(): void {
    clearTimeout(idle);
    if (waiting.size > 0 || hearers.size > 0) return;
    idle = setTimeout(() => {
      if (waiting.size > 0 || hearers.size > 0) return;
      void socket?.then((made) => made.close()).catch(() => undefined);
      socket = undefined;
    }, KEPT_MS);
  }

  async function request(call: Call): Promise<unknown> {
    socket ??= open();
    clearTimeout(idle);
    const used = socket;
    const id = next++;
    let limit: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise((resolve, reject) => {
        waiting.set(id, { call, resolve, reject });
        const body = { ...call };
        limit = setTimeout(() => reject(new TimeoutError({ body, url })), answerMs);
        const { method, params = [] } = call;
        used.then((made) => made.send(JSON.stringify({ jsonrpc: "2.0", id, method, params })), reject);
      });
    } finally {
      clearTimeout(limit);
      waiting.delete(id);
      rest();
    }
  }

  /** Asks to be told of new blocks, once for each connection. If the node refuses, nothing is told: whoever looks by itself sees them. */
  function subscribe(): void {
    if (hearers.size === 0) return;
    socket ??= open();
    if (subscribed === socket) return;
    subscribed = socket;
    void request({ method: "eth_subscribe", params: ["newHeads"] }).catch(() => undefined);
  }

  return {
    url,
    request,
    onBlock(hear) {
      hearers.add(hear);
      subscribe();
      return () => {
        hearers.delete(hear);
        rest();
      };
    },
  };
}
