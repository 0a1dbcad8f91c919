// Hub wallets as their owners and the public see them: the whole record of one, pages of all, and what can be done with one.
// Amounts are wei of SNM, times unix seconds (0 for what has not happened), durations seconds.
import type { TransactionReceipt } from "viem";
import type { Address } from "../types.ts";
import { hubWalletAbi } from "./abi/hub-wallet.ts";
import { snmAbi } from "./abi/snm.ts";
import { whitelistAbi } from "./abi/whitelist.ts";
import type { Reader, Signer } from "./clients.ts";
import type { Addresses, Deployment } from "./deployment.ts";
import { advice } from "./errors/advice.ts";
import { refusal } from "./errors/refusal.ts";
import { waitingFor } from "./hub.ts";
import { type HubStatus, hubStatuses } from "./hub-status.ts";
import { send } from "./transact.ts";

/** The rules a registration lives by: the DAO's parameters as they were when it began. Shares are in basis points. */
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

/** What the Whitelist says of a hub. */
export type HubEntry = {
  readonly wallet: Address;
  readonly owner: Address;
  readonly name: string;
  readonly endpoint: string;
  readonly status: HubStatus;
  /** number of registrations so far */
  readonly registrations: number;
  /** the last time */
  readonly registeredAt: number;
  readonly trusted: boolean;
  readonly free: bigint;
};

export type HubRecord = HubEntry & {
  readonly balance: bigint;
  /** approved to miners and others, and not yet pulled */
  readonly approved: bigint;
  /** locked by this registration's payments until pay-day */
  readonly locked: bigint;
  /** what `transfer` may still use */
  readonly available: bigint;
  /** what waits in the escrow of `JobBoard`, and the prices of which it is the remainder */
  readonly waiting: bigint;
  readonly waitingPrices: bigint;
  /** the latest one; of zeros before the first */
  readonly registration: Registration;
};

type RawEntry = {
  wallet: Address;
  owner: Address;
  name: string;
  endpoint: string;
  status: number;
  registrations: number;
  registeredAt: number;
  trusted: boolean;
  free: bigint;
};

function entryOf(raw: RawEntry): HubEntry {
  return { ...raw, status: hubStatuses[raw.status] ?? "created" };
}

/** Up to `limit` hubs from number `from` on, oldest first, and how many there are. */
export async function hubsPage(
  reader: Reader,
  deployment: Deployment,
  from: number,
  limit: number,
): Promise<{ readonly count: number; readonly hubs: readonly HubEntry[] }> {
  const at = { address: deployment.addresses.whitelist, abi: whitelistAbi } as const;
  const [count, page] = await Promise.all([
    reader.client.readContract({ ...at, functionName: "count" }),
    reader.client.readContract({ ...at, functionName: "page", args: [BigInt(from), BigInt(limit)] }),
  ]);
  return { count: Number(count), hubs: page.map(entryOf) };
}

export function isHub({ client }: Reader, { addresses }: Deployment, account: Address): Promise<boolean> {
  return client.readContract({
    address: addresses.whitelist,
    abi: whitelistAbi,
    functionName: "isHub",
    args: [account],
  });
}

/** The names of those accounts that are hubs, by the addresses as they were given. */
export async function hubNamesOf(
  reader: Reader,
  deployment: Deployment,
  accounts: readonly Address[],
): Promise<Map<Address, string>> {
  const at = { address: deployment.addresses.whitelist, abi: whitelistAbi, functionName: "hub" } as const;
  const named = await Promise.all(
    accounts.map(async (account): Promise<[Address, string][]> => {
      if (!(await isHub(reader, deployment, account))) return [];
      return [[account, (await reader.client.readContract({ ...at, args: [account] })).name]];
    }),
  );
  return new Map(named.flat());
}

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

/** @throws Failure if there is no hub at that address */
export async function hubRecordOf(reader: Reader, deployment: Deployment, wallet: Address): Promise<HubRecord> {
  const { client } = reader;
  const { addresses } = deployment;
  if (!(await isHub(reader, deployment, wallet))) {
    throw refusal(`${wallet} is no hub`, "the factory has not made it", advice("see-hubs"));
  }
  const own = { address: wallet, abi: hubWalletAbi } as const;
  const snm = { address: addresses.snm, abi: snmAbi, args: [wallet] } as const;
  const entry = await client.readContract({
    address: addresses.whitelist,
    abi: whitelistAbi,
    functionName: "hub",
    args: [wallet],
  });
  const [balance, approved, locked, available, { remainder, prices }, registration] = await Promise.all([
    client.readContract({ ...snm, functionName: "balanceOf" }),
    client.readContract({ ...snm, functionName: "approvedBy" }),
    client.readContract({ ...own, functionName: "locked" }),
    client.readContract({ ...own, functionName: "available" }),
    waitingFor(reader, deployment, wallet),
    registrationOf(reader, wallet, entry.registrations),
  ]);
  return {
    ...entryOf(entry),
    balance,
    approved,
    locked,
    available,
    waiting: remainder,
    waitingPrices: prices,
    registration,
  };
}

/** What a Registered wallet locks until pay-day when it collects what waits for it now, wei: as if it had been settled there. */
export function lockOfWaiting({ waiting, waitingPrices, registration: { terms } }: HubRecord): bigint {
  const share = (waitingPrices * BigInt(terms.lockShareBps) + 9_999n) / 10_000n;
  return share < waiting ? share : waiting;
}

type Receipt = Promise<TransactionReceipt>;

/** Pays anyone from the wallet: `amount` less the lock share can be pulled. The owner's. */
export function payFromHub(signer: Signer, wallet: Address, payee: Address, amount: bigint): Receipt {
  return send(signer, "The hub did not pay", {
    address: wallet,
    abi: hubWalletAbi,
    functionName: "transfer",
    args: [payee, amount],
  });
}

/** No more payments in this period. The owner's, and later anyone's. */
export function closeHubPeriod(signer: Signer, wallet: Address): Receipt {
  return send(signer, "The period was not closed", {
    address: wallet,
    abi: hubWalletAbi,
    functionName: "closePeriod",
    args: [],
  });
}

/** Ends the registration: the tax goes, the locks fall. The owner's. */
export function payDayOfHub(signer: Signer, wallet: Address): Receipt {
  return send(signer, "Pay-day was not reached", {
    address: wallet,
    abi: hubWalletAbi,
    functionName: "payDay",
    args: [],
  });
}

export function withdrawFromHub(signer: Signer, wallet: Address, amount: bigint): Receipt {
  return send(signer, "Nothing was withdrawn", {
    address: wallet,
    abi: hubWalletAbi,
    functionName: "withdraw",
    args: [amount],
  });
}

/** Ends an old suspicion. Anyone's. */
export function rehabHub(signer: Signer, wallet: Address, registration: number): Receipt {
  return send(signer, "The hub was not rehabilitated", {
    address: wallet,
    abi: hubWalletAbi,
    functionName: "rehab",
    args: [registration],
  });
}

/** Seizes what has reached a Punished wallet. Anyone's. */
export function sweepHub(signer: Signer, wallet: Address): Receipt {
  return send(signer, "Nothing was swept", { address: wallet, abi: hubWalletAbi, functionName: "sweep", args: [] });
}

/** What the Whitelist takes of a hub's description, bytes of UTF-8. */
export const MOST_NAME_BYTES = 64;
export const MOST_ENDPOINT_BYTES = 256;

/** Changes what the Whitelist says of a hub. The owner's. */
export function describeHub(
  signer: Signer,
  { whitelist }: Addresses,
  wallet: Address,
  name: string,
  endpoint: string,
): Receipt {
  return send(signer, "The hub's description was not changed", {
    address: whitelist,
    abi: whitelistAbi,
    functionName: "describe",
    args: [wallet, name, endpoint],
  });
}
