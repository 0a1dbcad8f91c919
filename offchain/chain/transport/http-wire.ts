// JSON-RPC over HTTP. Calls that are made at once go in one request. A node that refuses them together is asked in smaller requests.
import { overKept } from "@sonm/protocol/values/closed-connection";
import { HttpRequestError, ResponseBodyTooLargeError, RpcRequestError } from "viem";
import { getHttpRpcClient } from "viem/utils";
import { type Call, isAboutSize, NodeError, nameOfNode, SEND, troubleOf } from "./trouble.ts";
import type { Wire, WireOptions } from "./wire.ts";

type Body = RpcRequest | RpcRequest[];
type RpcRequest = { readonly method: string; readonly params?: unknown; readonly id: number };
type Waiting = { readonly call: Call; resolve(result: unknown): void; reject(error: unknown): void };
type Answer = {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
};

/** Statuses by which servers refuse a batch. */
const REFUSING = [400, 405, 413, 415, 422, 501];
/** Words of a node that takes no batch of any size. */
const NEVER = /not (supported|allowed|enabled|permitted)|unsupported|disabled/i;

/** What is said of a request that was refused for what it asks, if it was. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof HttpRequestError) return REFUSING.includes(error.status ?? 0) ? error.details : undefined;
  if (!(error instanceof RpcRequestError)) return undefined;
  const trouble = troubleOf(error, { method: "" });
  return trouble === undefined || isAboutSize(error.details) ? error.details : undefined;
}

export function httpWire(url: string, { answerMs, batch }: WireOptions): Wire {
  const rpc = getHttpRpcClient(url, { timeout: answerMs });
  let most = batch;
  let waiting: Waiting[] = [];

  /** One request. @param again whether it may be sent twice, if the server has closed a kept connection meanwhile */
  async function post(body: Body, again: boolean): Promise<unknown> {
    try {
      const ask = () => rpc.request({ body });
      return await (again ? overKept(ask) : ask());
    } catch (cause) {
      // Less can be asked for, as where a server says so.
      if (cause instanceof ResponseBodyTooLargeError) throw new HttpRequestError({ body, cause, status: 413, url });
      throw cause;
    }
  }

  const bodyOf = ({ method, params }: Call, id: number) => ({ id, method, params: params ?? [] });

  /** Gives a call what was answered. */
  function settle({ call, resolve, reject }: Waiting, answer: Answer | undefined): void {
    if (answer?.error) reject(new RpcRequestError({ body: call, error: answer.error, url }));
    else if (answer?.result !== undefined) resolve(answer.result);
    else reject(new NodeError(nameOfNode(url), { kind: "garbled", why: "the answer is none to the call" }));
  }

  /** @returns whether a call was refused that was alone in its request, so that the size of a batch is not to blame */
  async function sendOne(one: Waiting): Promise<boolean> {
    try {
      const answer = await post(bodyOf(one.call, 0), one.call.method !== SEND);
      settle(one, typeof answer === "object" && answer !== null ? (answer as Answer) : undefined);
      return false;
    } catch (error) {
      one.reject(error);
      return error instanceof HttpRequestError && refusalOf(error) !== undefined;
    }
  }

  /** Sends calls in one request. @returns the words of the refusal, if the node wants no such request */
  async function sendTogether(calls: readonly Waiting[]): Promise<string | undefined> {
    let answers: Map<unknown, Answer>;
    try {
      const found = (await post(
        calls.map(({ call }, id) => bodyOf(call, id)),
        calls.every(({ call }) => call.method !== SEND),
      )) as Answer[];
      answers = new Map(found.map((answer) => [answer?.id, answer]));
      const [first] = found;
      // One error in the place of all answers.
      if (first?.error && answers.size === 1) {
        throw new RpcRequestError({ body: { calls: calls.length }, error: first.error, url });
      }
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) for (const { reject } of calls) reject(error);
      return refusal;
    }
    for (const [id, one] of calls.entries()) settle(one, answers.get(id));
    return undefined;
  }

  async function send(calls: readonly Waiting[]): Promise<boolean> {
    const [one, another] = calls;
    if (one && !another) return sendOne(one);
    const refusal = await sendTogether(calls);
    if (refusal === undefined) return false;
    const size = NEVER.test(refusal) ? 1 : Math.ceil(calls.length / 2);
    const refusedAlone = await sendParts(calls, size);
    if (!refusedAlone) most = Math.min(most, size);
    return refusedAlone;
  }

  async function sendParts(calls: readonly Waiting[], size: number): Promise<boolean> {
    const parts: Waiting[][] = [];
    for (let at = 0; at < calls.length; at += size) parts.push(calls.slice(at, at + size));
    return (await Promise.all(parts.map(send))).includes(true);
  }

  return {
    url,
    request: (call) =>
      new Promise((resolve, reject) => {
        waiting.push({ call, resolve, reject });
        if (waiting.length > 1) return;
        // All that is asked in the same turn of the event loop.
        setTimeout(() => {
          const calls = waiting;
          waiting = [];
          void sendParts(calls, most);
        }, 0);
      }),
  };
}
