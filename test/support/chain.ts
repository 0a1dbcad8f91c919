// A chain inside the test's own process. Only the test moves its clock. Otherwise a simulated chain follows the computer's clock: on a
// slow computer, two transactions that usually share a second do not, and a sum over time differs.
import { network } from "hardhat";

export type Connection = Awaited<ReturnType<typeof network.create>>;

/** Calls that mine a block when the chain mines by itself. */
const MINING = new Set(["eth_sendTransaction", "eth_sendRawTransaction", "evm_mine", "hardhat_mine"]);

/**
 * Creates a chain for one test file.
 *
 * @param sameSecond whether blocks follow each other within one second. If not, each takes one second.
 *   Either way only the test moves the clock further: `time.increase`, `time.increaseTo`, `time.setNextBlockTimestamp`.
 */
export async function createChain({ sameSecond = false } = {}): Promise<Connection> {
  const connection = await network.create({ override: { allowBlocksWithSameTimestamp: sameSecond } });
  const { provider } = connection;
  const request = provider.request.bind(provider);
  const head = async () => (await request({ method: "eth_getBlockByNumber", params: ["latest", false] })) as Head;
  /** The latest block at the time when the test chose the time of the next one. */
  let chosenAfter: string | undefined;

  provider.request = async (call) => {
    if (call.method === "evm_setNextBlockTimestamp") chosenAfter = (await head()).hash;
    if (call.method === "evm_revert") chosenAfter = undefined;
    if (MINING.has(call.method)) {
      const { hash, timestamp } = await head();
      const next = Number(timestamp) + (sameSecond ? 0 : 1);
      if (hash !== chosenAfter) await request({ method: "evm_setNextBlockTimestamp", params: [next] });
    }
    return request(call);
  };
  return connection;
}

type Head = { readonly hash: string; readonly timestamp: string };
