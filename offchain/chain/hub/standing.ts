// The status of a hub's wallet, and who owns it.
import type { Address } from "@sonm/protocol/values/ids";
import { hubWalletAbi } from "../abi/hub-wallet.ts";
import type { Reader } from "../clients.ts";
import { type HubStatus, hubStatuses } from "../enums/hub-status.ts";

/** The status of a hub's wallet, and its owner. */
export type HubStanding = {
  readonly status: HubStatus;
  /** unix time of the suspicion; 0 if there is none */
  readonly suspectedAt: number;
  /** whose signatures and calls the wallet follows */
  readonly owner: Address;
  /** wei of SNM that are promised to nobody */
  readonly free: bigint;
};

/** The standing of a wallet; undefined if there is no wallet (yet). */
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
