// Logs of many blocks, in pages that the node accepts. Providers limit the range of blocks or the number of logs of one request, each in
// its own way and in its own words: what is refused is asked for again in halves.
import type { Address } from "@sonm/protocol/values/ids";
import { type AbiEvent, BaseError, HttpRequestError, type Log, RpcRequestError } from "viem";
import type { Reader } from "./clients.ts";

/** A log of a block that has been mined. */
export type MinedLog = Log<bigint, number, false>;

/** Which logs of an event: those with one of these values of its indexed parameters, by name. */
export type LogFilter = { readonly event: AbiEvent; readonly args: Readonly<Record<string, unknown>> };

/** Reads logs. It remembers how large a page may be. Without a filter it reads all logs of the contracts. */
export type LogReader = (
  address: readonly Address[],
  from: number,
  to: number,
  filter?: LogFilter,
) => AsyncGenerator<MinedLog[]>;

/**
 * Blocks of the first page: nobody knows yet how many logs they have. One page of thousands of logs makes the heap grow, and it stays so for
 * all that is read later.
 */
const FIRST = 20;
/** Pages that must be accepted in a row before a larger one is tried, once one was too large. */
const PATIENCE = 8;
/** Logs of one page, more or less: each takes a few kilobytes until it is understood. */
const ENOUGH = 400;
/** What providers answer to a request that is too large, if they do not answer by JSON-RPC. */
const TOO_LARGE = [400, 413, 422];

/** Whether a node has answered, but not with what it was asked for. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const cause = error.walk((one) => one instanceof RpcRequestError || one instanceof HttpRequestError);
  return cause instanceof HttpRequestError ? TOO_LARGE.includes(cause.status ?? 0) : cause !== null;
}

/**
 * Makes a reader of logs.
 * @param most blocks asked for at once
 */
export function createLogReader({ client }: Reader, most = 5000): LogReader {
  let size = Math.min(most, FIRST);
  let accepted = 0;
  let patience = 1;
  /** Yields the logs page by page, in order. Throws what the client throws if it fails for a single block. */
  return async function* read(address, from, to, filter) {
    for (let first = from; first <= to; ) {
      const last = Math.min(to, first + size - 1);
      let logs: MinedLog[];
      try {
        const range = { address: [...address], fromBlock: BigInt(first), toBlock: BigInt(last) };
        logs = await client.getLogs(filter ? { ...range, ...filter } : range);
      } catch (error) {
        if (last === first || !isRefusal(error)) throw error;
        size = Math.ceil((last - first + 1) / 2);
        [accepted, patience] = [0, PATIENCE];
        continue;
      }
      const blocks = last - first + 1;
      first = last + 1;
      accepted++;
      if (logs.length > ENOUGH) {
        size = Math.ceil((blocks * ENOUGH) / logs.length);
        [accepted, patience] = [0, PATIENCE];
      }
      // Twice as many blocks have twice as many logs, more or less.
      else if (2 * logs.length > ENOUGH) accepted = 0;
      else if (accepted >= patience) [accepted, size] = [0, Math.min(most, 2 * size)];
      yield logs;
    }
  };
}
