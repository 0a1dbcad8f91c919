// One node as a connection speaks to it.
import type { Call } from "./trouble.ts";

export type Wire = {
  readonly url: string;
  /**
   * @throws viem's `RpcRequestError` if the node has answered with an error, `HttpRequestError` or `TimeoutError` if it has not answered, and
   *   `NodeError` if the answer is none
   */
  request(call: Call): Promise<unknown>;
  /** Calls `hear` when the node says that there is a new block, until the function returned is called. Absent if the node never says so. */
  readonly onBlock?: (hear: () => void) => () => void;
};

export type WireOptions = {
  /** milliseconds that the node has for an answer */
  readonly answerMs: number;
  /** most calls in one request */
  readonly batch: number;
};

/** Most calls in one request, if nothing else is said. */
export const USUAL_BATCH = 100;
