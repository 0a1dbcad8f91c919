// What is wrong with a node, in words. A node that refuses a call for what the call says, such as a revert, has answered: that is no
// trouble of the node.
import { BaseError, HttpRequestError, RpcRequestError, TimeoutError } from "viem";

/** A JSON-RPC call. */
export type Call = { readonly method: string; readonly params?: readonly unknown[] | undefined };

/** The call that sends a transaction: it is made once, because its effect is not lost with its answer. */
export const SEND = "eth_sendRawTransaction";

/**
 * - limited: it wants fewer requests
 * - silent: no answer within the time limit
 * - gone: no connection, or it broke
 * - failing: an HTTP status that says so
 * - garbled: the answer is none of a node
 * - behind: it lacks blocks that were seen before
 * - ahead: its newest block is far beyond those that were seen before
 * - foreign: it is a node of another chain
 * - unable: it does not do this, and does others
 */
export type TroubleKind =
  | "limited"
  | "silent"
  | "gone"
  | "failing"
  | "garbled"
  | "behind"
  | "ahead"
  | "foreign"
  | "unable";

export type Trouble = {
  readonly kind: TroubleKind;
  /** status and cause, for people */
  readonly why: string;
  /** milliseconds for which it asks to be left alone */
  readonly retryAfter?: number | undefined;
};

/** A node has not answered a call. It is a viem error without a cause, so that nobody takes it for a node's refusal. */
export class NodeError extends BaseError {
  readonly trouble: Trouble;
  /** the node, as people may see it */
  readonly node: string;
  /** what the node has said, if it is unable to do this */
  readonly answer: unknown;

  constructor(node: string, trouble: Trouble, answer?: unknown) {
    super(`The node ${node} cannot be used: ${trouble.why}`);
    this.name = "NodeError";
    this.node = node;
    this.trouble = trouble;
    this.answer = answer;
  }
}

/** What is wrong with a node, if that is the reason of a viem error. */
export function nodeErrorIn(error: unknown): NodeError | undefined {
  const found = error instanceof BaseError && error.walk((one) => one instanceof NodeError);
  return found instanceof NodeError ? found : undefined;
}

/** Where there are no more than so many characters between slashes, it is a word. More are most likely a key that was paid for. */
const LONGEST_WORD = 15;

/** A node's URL as it may be shown: without password, query, and what looks like a key. */
export function nameOfNode(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  const path = pathname.split("/").map((part) => (part.length > LONGEST_WORD ? "…" : part));
  return `${protocol}//${host}${path.join("/").replace(/\/+$/, "")}`;
}

/** Statuses by which servers refuse what a call says, such as too many blocks or calls: it may be asked for in another way. */
const REFUSING = [400, 413, 422];
/** Codes by which providers limit requests, in answers that look like any other. */
const LIMITED_CODES = [429, -32_005, -32_007];
/** Codes of methods that a node does not have. */
const UNABLE_CODES = [-32_601, -32_004];
/** Words of nodes that do not have the block or its state, or not yet. */
const LACKING = /header not found|unknown block|block not found|missing trie node|no state available/i;
/** Words about a call that is too large, which some providers give the code of a limit. */
const TOO_MUCH = /range|results|response size|batch/i;

/** Whether the words of a refusal are about what was asked, and not about how often. */
export const isAboutSize = (message: string) => TOO_MUCH.test(message);

/** What is wrong with the node that has failed a call in this way; undefined if the failure is its answer. */
export function troubleOf(error: unknown, { method }: Call): Trouble | undefined {
  if (error instanceof NodeError) return error.trouble;
  if (error instanceof TimeoutError) return { kind: "silent", why: "no answer within the time limit" };
  if (error instanceof RpcRequestError) return ofAnswer(error, method);
  if (error instanceof HttpRequestError) return ofHttp(error);
  return undefined;
}

function ofAnswer(error: RpcRequestError, method: string): Trouble | undefined {
  const { code, status } = error;
  const words = error.details || error.shortMessage;
  const why = `${status ?? code}: ${words}`;
  const retryAfter = retryAfterOf(error.headers);
  // A range that is too long has the same code at some providers: whoever reads logs asks again for fewer blocks.
  const isSize = method === "eth_getLogs" && (code === -32_005 || isAboutSize(words));
  if (status === 429 || (LIMITED_CODES.includes(code) && !isSize)) return { kind: "limited", why, retryAfter };
  if (status !== undefined && status >= 500) return { kind: "failing", why, retryAfter };
  if (UNABLE_CODES.includes(code)) return { kind: "unable", why };
  if (LACKING.test(words)) return { kind: "behind", why };
  return undefined;
}

function ofHttp({ status, headers, cause, details }: HttpRequestError): Trouble | undefined {
  if (status !== undefined) {
    if (REFUSING.includes(status)) return undefined;
    const why = `HTTP status ${status}${wordsOf(details)}`;
    return { kind: status === 429 ? "limited" : "failing", why, retryAfter: retryAfterOf(headers) };
  }
  if (cause instanceof SyntaxError) return { kind: "garbled", why: "the answer is no JSON" };
  const inner = (cause as Error | undefined)?.cause;
  const why = (inner instanceof Error && inner.message) || details || "no connection";
  return /Expected \d+ responses/.test(why) ? { kind: "garbled", why } : { kind: "gone", why };
}

/** The words of an error page: the first of them, without tags. */
function wordsOf(details: string): string {
  const words = details
    .replaceAll(/<[^>]*>|\\n|"/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 80);
  return words === "" ? "" : `, ${words}`;
}

/** Milliseconds that a server asks for, by seconds or by a date. */
function retryAfterOf(headers: Headers | undefined): number | undefined {
  const text = headers?.get("retry-after");
  if (!text) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return ms > 0 ? ms : undefined;
}
