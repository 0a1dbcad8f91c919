// A whole network on this computer: a local chain with every contract on it, accounts with money, and a registered hub.

import { connect, type Reader, walletFor } from "@sonm/chain/clients";
import type { Deployment } from "@sonm/chain/deployment";
import { createHub, hubWalletOf } from "@sonm/chain/hub/factory";
import { registerHub } from "@sonm/chain/hub/wallet";
import { transferSnm } from "@sonm/chain/money/snm";
import { localSigner, type Signer } from "@sonm/chain/signer";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import { bytesToHex, parseEther, zeroHash } from "viem";
import { type LocalAccount, mnemonicToAccount } from "viem/accounts";
import { type Anvil, startAnvil } from "./anvil.ts";
import { deploy } from "./deploy.ts";

export type Devnet = {
  readonly url: string;
  readonly reader: Reader;
  readonly deployment: Deployment;
  /** holds the rest of the supply, and sends what others are given */
  readonly bank: Signer;
  /** Gives an account ether for its gas and SNM (wei of each). */
  endow(account: Address, snm: bigint, ether?: bigint): Promise<void>;
  /** Sets the time of the next block (unix seconds, later than the latest block's) and makes that block. */
  jumpTo(time: number): Promise<void>;
  stop(): Promise<void>;
};

/** The accounts that every development chain endows are made of this. Never use them where money is worth anything. */
const DEVELOPMENT = "test test test test test test test test test test test junk";

/** The private key of the account with this number, from 0, that anvil, Hardhat's node and others endow. The whole world knows it. */
export function developmentKey(number: number): Hex {
  const { privateKey } = mnemonicToAccount(DEVELOPMENT, { addressIndex: number }).getHdKey();
  if (privateKey === null) throw new Error("a mnemonic makes private keys");
  return bytesToHex(privateKey);
}

/**
 * Starts the chain and deploys.
 * @param stateFile where the chain is kept, to be found again; nowhere, if not given
 */
export async function startDevnet(stateFile?: string): Promise<Devnet> {
  const anvil: Anvil = await startAnvil(stateFile === undefined ? {} : { stateFile });
  try {
    const reader = await connect(anvil.url);
    const banker = mnemonicToAccount(DEVELOPMENT);
    const deployment = await deploy({ publicClient: reader.client, walletClient: walletFor(reader, banker) });
    const bank = localSigner(reader, banker);
    const request = reader.client.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
    return {
      url: anvil.url,
      reader,
      deployment,
      bank,
      async endow(account, snm, ether = parseEther("100")) {
        await request({ method: "anvil_setBalance", params: [account, `0x${ether.toString(16)}`] });
        if (snm > 0n) await transferSnm(bank, deployment, account, snm);
      },
      async jumpTo(time) {
        await request({ method: "evm_setNextBlockTimestamp", params: [time] });
        await request({ method: "evm_mine", params: [] });
      },
      stop: anvil.stop,
    };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

/** The salt of an owner's first wallet. */
export const FIRST_WALLET: Hex = zeroHash;

/** Makes, funds and registers a hub's wallet. `funds` (wei of SNM) must exceed the reserve; the bank gives them. */
export async function openHub(
  devnet: Devnet,
  owner: LocalAccount,
  hub: { readonly name: string; readonly endpoint: string; readonly funds: bigint },
): Promise<Address> {
  const { reader, deployment, bank } = devnet;
  const signer = localSigner(reader, owner);
  const wallet = await hubWalletOf(reader, deployment, owner.address, FIRST_WALLET);
  await createHub(signer, deployment, FIRST_WALLET, hub.name, hub.endpoint);
  await transferSnm(bank, deployment, wallet, hub.funds);
  await registerHub(signer, wallet);
  return wallet;
}
