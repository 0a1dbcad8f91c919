// Registrations of hubs: the terms of each, and how it ended. Amounts are wei of SNM, times unix seconds (0 for what has not happened),
// durations seconds.
import type { Address } from "@sonm/protocol/values/ids";
import { hubWalletAbi } from "../abi/hub-wallet.ts";
import type { Reader } from "../clients.ts";

/** The rules of one registration: the DAO's parameters as they were when it began. Shares are basis points, durations seconds. */
export type HubTerms = {
  readonly lockShareBps: number;
  readonly taxShareBps: number;
  readonly payPeriod: number;
  readonly closedPeriod: number;
  readonly suspicion: number;
  readonly rehabAfter: number;
  readonly seizureFreeze: number;
  readonly ratingMaturity: number;
  readonly ratingRiskBps: number;
};

const outcomes = ["open", "paid out", "rehabilitated", "banned"] as const;

/** One registration of a hub's wallet. Times are unix seconds (0 if it has not happened), amounts wei of SNM. */
export type Registration = {
  readonly registeredAt: number;
  readonly closedAt: number;
  readonly suspectedAt: number;
  readonly endedAt: number;
  readonly outcome: (typeof outcomes)[number];
  readonly reserve: bigint;
  readonly terms: HubTerms;
  /** what its ban took */
  readonly seized: bigint;
};

/** One registration of a wallet, present or past. */
export async function registrationOf({ client }: Reader, wallet: Address, number: number): Promise<Registration> {
  const raw = await client.readContract({
    address: wallet,
    abi: hubWalletAbi,
    functionName: "registration",
    args: [number],
  });
  return { ...raw, outcome: outcomes[raw.outcome] ?? "open" };
}
