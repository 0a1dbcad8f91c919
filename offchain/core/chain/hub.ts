// A hub's wallet as its hub, its miners and its buyers deal with it.
import type { TransactionReceipt } from "viem";
import type { Address, Hex } from "../types.ts";
import { hubFactoryAbi } from "./abi/hub-factory.ts";
import { hubWalletAbi } from "./abi/hub-wallet.ts";
import { jobBoardAbi } from "./abi/job-board.ts";
import type { Reader, Signer } from "./clients.ts";
import type { Addresses, Deployment } from "./deployment.ts";
import { type HubStatus, hubStatuses } from "./hub-status.ts";
import { send } from "./transact.ts";

/** Address of `owner`'s wallet with this salt, whether it exists or not. */
export function hubWalletOf(
  { client }: Reader,
  { addresses }: Deployment,
  owner: Address,
  salt: Hex,
): Promise<Address> {
  return client.readContract({
    address: addresses.hubFactory,
    abi: hubFactoryAbi,
    functionName: "walletOf",
    args: [owner, salt],
  });
}

export type HubStanding = {
  readonly status: HubStatus;
  /** unix time of the suspicion; 0 if there is none */
  readonly suspectedAt: number;
  /** whose signatures and orders are the wallet's */
  readonly owner: Address;
  /** wei of SNM that nothing is promised of */
  readonly free: bigint;
};

/** How a wallet stands; undefined where there is none (yet). */
export async function hubStandingOf({ client }: Reader, wallet: Address): Promise<HubStanding | undefined> {
  const code = await client.getCode({ address: wallet });
  if (code === undefined || code === "0x") return undefined;
  const at = { address: wallet, abi: hubWalletAbi } as const;
  const [status, suspectedAt, owner, free] = await Promise.all([
    client.readContract({ ...at, functionName: "status" }),
    client.readContract({ ...at, functionName: "suspectedAt" }),
    client.readContract({ ...at, functionName: "owner" }),
    client.readContract({ ...at, functionName: "free" }),
  ]);
  return { status: hubStatuses[status] ?? "created", suspectedAt: Number(suspectedAt), owner, free };
}

/** What waits in the escrow for a hub that was not Registered at settlement, wei of SNM. */
export type Waiting = {
  /** what the miners' pay has left: this comes in */
  readonly remainder: bigint;
  /** what the buyers have paid: of this the lock is taken */
  readonly prices: bigint;
};

export function waitingFor({ client }: Reader, { addresses }: Deployment, wallet: Address): Promise<Waiting> {
  return client.readContract({
    address: addresses.jobBoard,
    abi: jobBoardAbi,
    functionName: "waiting",
    args: [wallet],
  });
}

/** Makes the signer's wallet. */
export function createHub(
  signer: Signer,
  { hubFactory }: Addresses,
  salt: Hex,
  name: string,
  endpoint: string,
): Promise<TransactionReceipt> {
  return send(signer, "The hub's wallet was not made", {
    address: hubFactory,
    abi: hubFactoryAbi,
    functionName: "createHub",
    args: [salt, name, endpoint],
  });
}

/** Begins a pay period. The wallet's owner only. */
export function registerHub(signer: Signer, wallet: Address): Promise<TransactionReceipt> {
  return send(signer, "The hub was not registered", {
    address: wallet,
    abi: hubWalletAbi,
    functionName: "register",
    args: [],
  });
}
