// The DAO's funds. Amounts are wei of SNM, times unix seconds.
import type { Address } from "@sonm/protocol/values/ids";
import { treasuryAbi } from "../abi/treasury.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { balanceOf } from "../money/snm.ts";
import { action } from "../transact.ts";

/** Money that the Treasury has got from a ban. */
export type Seizure = {
  readonly number: number;
  readonly hub: Address;
  readonly amount: bigint;
  /** frozen until then */
  readonly releaseAt: number;
  readonly released: boolean;
};

/** The Treasury's money, wei of SNM. */
export type TreasuryRecord = {
  readonly balance: bigint;
  readonly frozen: bigint;
  /** what the DAO can spend now */
  readonly available: bigint;
  readonly seizures: readonly Seizure[];
};

/** Seizures asked for at once. */
const PAGE = 200n;

/** The Treasury's money and all its seizures, oldest first. */
export async function treasuryRecordOf(reader: Reader, deployment: Deployment): Promise<TreasuryRecord> {
  const { client } = reader;
  const { treasury } = deployment.addresses;
  const at = { address: treasury, abi: treasuryAbi } as const;
  const [balance, frozen, available, count] = await Promise.all([
    balanceOf(reader, deployment, treasury),
    client.readContract({ ...at, functionName: "frozen" }),
    client.readContract({ ...at, functionName: "available" }),
    client.readContract({ ...at, functionName: "seizureCount" }),
  ]);
  const seizures: Seizure[] = [];
  for (let from = 0n; from < count; from += PAGE) {
    const page = await client.readContract({ ...at, functionName: "seizures", args: [from, PAGE] });
    seizures.push(...page.map((raw, i) => ({ ...raw, number: Number(from) + i, releaseAt: Number(raw.releaseAt) })));
  }
  return { balance, frozen, available, seizures };
}

/** Releases a seizure once its freeze is over. Anyone may. @throws Failure if it is too early, or released already */
export const releaseSeizure = action(
  { contract: "treasury", abi: treasuryAbi, failure: "The seizure was not released", call: "release" },
  (seizure: number) => [BigInt(seizure)],
);
