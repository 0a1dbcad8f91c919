// Executes one step by the real contract, on a local chain that it starts for this.

import { machineAbi } from "@sonm/chain/abi/machine";
import { connect, walletFor } from "@sonm/chain/clients";
import { decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { startAnvil } from "../../devnet/anvil.ts";
import { readArtifact } from "../../devnet/deploy.ts";

/** Mnemonic of anvil's accounts with money; worth nothing on any other chain. */
const ANVIL_MNEMONIC = "test test test test test test test test test test test junk";

/** Deploys the machine contract to a new chain and sends it the step. Returns its answer, and the gas that the transaction used. */
export async function proveOnChain(state: Hex, witness: Hex): Promise<{ next: Hex; gas: bigint }> {
  const anvil = await startAnvil();
  try {
    const reader = await connect(anvil.url);
    const { client } = reader;
    const wallet = walletFor(reader, mnemonicToAccount(ANVIL_MNEMONIC));
    const deployment = await wallet.deployContract({ ...readArtifact("machine/Machine") });
    const { contractAddress: to } = await client.waitForTransactionReceipt({ hash: deployment });
    if (!to) throw new Error("the deployment of a contract has no address");
    const data = encodeFunctionData({ abi: machineAbi, functionName: "step", args: [state, witness] });
    const answer = await client.call({ to, data });
    const hash = await wallet.sendTransaction({ to, data });
    const { gasUsed } = await client.waitForTransactionReceipt({ hash });
    const next = decodeFunctionResult({ abi: machineAbi, functionName: "step", data: answer.data ?? "0x" });
    return { next, gas: gasUsed };
  } finally {
    await anvil.stop();
  }
}
