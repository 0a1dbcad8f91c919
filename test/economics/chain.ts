// The market's contracts, reached directly: calls and times go in, the effect or the name of the refusal comes out. Two calls may have
// the same second, and a test can return to any moment, so that it can play whole trees of games on one network.
import assert from "node:assert/strict";
import { errorsAbi } from "@sonm/chain/abi/errors";
import { type Abi, type Address, decodeErrorResult, encodeFunctionData, type Hex, type Log } from "viem";
import { createMarket, type Market } from "../support/market/fixture.ts";
import { type Call, targetOf } from "./model/calls.ts";

/** `refused` is the name of the custom error; a refused call has no logs. */
export type CallOutcome = { readonly refused: string | undefined; readonly logs: Log[] };

export type Chain = {
  readonly market: Market;
  /** Makes the call in a block of that second, which is not before the latest block's. */
  send(call: Call, at: number): Promise<CallOutcome>;
  /** As `send`, but the call must have an effect. */
  must(call: Call, at: number): Promise<Log[]>;
  /** Why `send` would be refused, if it would be; changes nothing. */
  refusal(call: Call, at: number): Promise<string | undefined>;
  /** Runs `play`, then returns to the moment before it. */
  branch<T>(play: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** Below the most that one transaction may use (2^24). */
const GAS = "0xf00000";

/** A transaction in the form that the network takes. */
export type Sent = { readonly from: Address; readonly to: Address; readonly data: Hex };

/** Calls a network that allows two blocks in one second, and returns it to earlier moments. */
export function reach({ provider }: Pick<Market["connection"], "provider">) {
  const request = (method: string, params: unknown[]) => provider.request({ method, params });

  const send = async (sent: Sent, at: number): Promise<CallOutcome> => {
    await request("evm_setNextBlockTimestamp", [at]);
    let hash: unknown;
    try {
      hash = await request("eth_sendTransaction", [{ ...sent, gas: GAS }]);
    } catch (error) {
      return { refused: refusalOf(error), logs: [] };
    }
    const receipt = (await request("eth_getTransactionReceipt", [hash])) as { logs: Log[] };
    return { refused: undefined, logs: receipt.logs };
  };

  const branch = async <T>(play: () => Promise<T>): Promise<T> => {
    const moment = await request("evm_snapshot", []);
    try {
      return await play();
    } finally {
      await request("evm_revert", [moment]);
    }
  };

  return { send, branch };
}

export async function openChain(): Promise<Chain> {
  const market = await createMarket({ sameSecond: true });
  const network = reach(market.connection);
  const { branch } = network;
  const send = ({ from, name, args }: Call, at: number) => {
    const { address: to, abi } = market[targetOf(name)];
    return network.send({ from, to, data: encodeFunctionData({ abi: abi as Abi, functionName: name, args }) }, at);
  };

  return {
    market,
    send,
    must: async (call, at) => {
      const { refused, logs } = await send(call, at);
      assert.equal(refused, undefined, `${call.name} at ${at}`);
      return logs;
    },
    refusal: (call, at) => branch(async () => (await send(call, at)).refused),
    branch,
    close: () => market.connection.close(),
  };
}

/** A revert without a known custom error is no refusal but a fault of the test. */
function refusalOf(error: unknown): string {
  const data = (error as { data?: unknown }).data;
  if (typeof data !== "string" || data.length < 10) throw error;
  return decodeErrorResult({ abi: errorsAbi, data: data as Hex }).errorName;
}
