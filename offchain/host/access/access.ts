// Opens what a role needs of the chain, as its configuration names it: its key, the contracts, an observer of the market.

import { connect, type Reader } from "@sonm/chain/clients";
import { type Deployment, requireSameChain } from "@sonm/chain/deployment";
import type { Observer } from "@sonm/chain/market/observer";
import { localSigner, type Signer } from "@sonm/chain/signer";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import type { LocalAccount } from "viem";
import { readDeployment } from "./deployment-file.ts";
import { openKeystore, readPassword } from "./keystore.ts";

export type AccessOptions = {
  /** JSON-RPC of a node, or of several in the order in which they are asked */
  readonly rpc: string | readonly string[];
  /** file that `deploy` wrote */
  readonly deployment: string;
  readonly keystore: string;
  /** file with the keystore's password; else SONM_PASSWORD or the terminal */
  readonly passwordFile?: string | undefined;
};

export type Access = {
  readonly signer: Signer;
  /** the signer's own key, which also seals its mail */
  readonly account: LocalAccount;
  readonly deployment: Deployment;
  readonly observer: Observer;
};

/** How often, and how many times, to look whether the transactions of an earlier process with this key are mined. */
const PENDING_MILLISECONDS = 200;
const PENDING_LOOKS = 300;

/** Connects to the nodes and reads the addresses of the contracts on its chain. */
export async function openDeployment({
  rpc,
  deployment: file,
}: Pick<AccessOptions, "rpc" | "deployment">): Promise<{ readonly reader: Reader; readonly deployment: Deployment }> {
  const deployment = readDeployment(file);
  // Of several, those of another chain are left out. One alone has to be named.
  const several = typeof rpc !== "string" && rpc.length > 1;
  const reader = await connect(rpc, several ? { chainId: deployment.chainId } : {});
  requireSameChain(reader, deployment, `the deployment in ${file}`);
  return { reader, deployment };
}

/** Opens the key, connects, and waits until the transactions of a killed predecessor are mined. */
export async function openAccess(options: AccessOptions): Promise<Omit<Access, "observer">> {
  const { keystore, passwordFile } = options;
  const { reader, deployment } = await openDeployment(options);
  const account = await openKeystore(keystore, await readPassword(passwordFile, `Password of ${keystore}`));
  const signer = localSigner(reader, account);
  await waitForPending(reader, account.address);
  return { signer, account, deployment };
}

/** A transaction sent before a kill may be mined after the restart. Until then the role must not decide by the chain's state. */
async function waitForPending({ client }: Reader, address: Address): Promise<void> {
  for (let look = 0; look < PENDING_LOOKS; look++) {
    const [mined, pending] = await Promise.all([
      client.getTransactionCount({ address, blockTag: "latest" }),
      client.getTransactionCount({ address, blockTag: "pending" }),
    ]);
    if (pending <= mined) return;
    await new Promise((resolve) => setTimeout(resolve, PENDING_MILLISECONDS));
  }
  throw new Failure(
    `Transactions of ${address} do not get mined`,
    "the node holds some of them back, most likely for their fee",
    "replace them from a wallet with a higher fee, then start again",
  );
}
