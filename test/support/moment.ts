// Tests that share a chain of anvil's go back to the same moment before each of them, so that none needs another one.
import assert from "node:assert/strict";
import type { Signer } from "@sonm/chain/signer";
import { createTestClient, http } from "viem";

/**
 * Remembers the chain at `url` as it is now, with its clock. Whatever keeps what it has seen of the chain, such as an observer, must be
 * made anew after the way back.
 * @param signers they number their transactions themselves, and forget the numbers of those that are undone
 * @returns takes the chain back to this moment; can be called any number of times
 */
export async function rememberMoment(url: string, signers: readonly Signer[]): Promise<() => Promise<void>> {
  const node = createTestClient({ mode: "anvil", transport: http(url) });
  let moment = await node.snapshot();
  return async () => {
    assert.equal(await node.request({ method: "evm_revert", params: [moment] }), true, "the node has lost the moment");
    // A node does not keep what it has gone back to.
    moment = await node.snapshot();
    for (const signer of signers) signer.forget();
  };
}
