// A hub's wallet: everything that is known about it, and what can be done with it. Amounts are wei of SNM, times unix seconds (0 for what
// has not happened).
import type { Address } from "@sonm/protocol/values/ids";
import { hubWalletAbi } from "../abi/hub-wallet.ts";
import { jobBoardAbi } from "../abi/job-board.ts";
import { snmAbi } from "../abi/snm.ts";
import { whitelistAbi } from "../abi/whitelist.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { advice } from "../errors/advice.ts";
import { refusal } from "../errors/refusal.ts";
import { action, actionAt } from "../transact.ts";
import { type Registration, registrationOf } from "./registration.ts";
import { entryOf, type HubEntry, isHub } from "./whitelist.ts";

/** What waits in the escrow for a hub that was not Registered at settlement, wei of SNM. */
export type Waiting = {
  /** what the miners' pay has left: this comes in */
  readonly remainder: bigint;
  /** what the buyers have paid: the lock is a share of this */
  readonly prices: bigint;
};

/** What waits in the escrow for a wallet now. */
export function waitingFor({ client }: Reader, { addresses }: Deployment, wallet: Address): Promise<Waiting> {
  return client.readContract({
    address: addresses.jobBoard,
    abi: jobBoardAbi,
    functionName: "waiting",
    args: [wallet],
  });
}

/** Everything that is known about a hub. Amounts are wei of SNM. */
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

/** Reads everything about a hub. @throws Failure if there is no hub at that address */
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

/** What a Registered wallet locks until pay-day if it collects now what waits for it, wei of SNM: the same as for settlements. */
export function lockOfWaiting({ waiting, waitingPrices, registration: { terms } }: HubRecord): bigint {
  const share = (waitingPrices * BigInt(terms.lockShareBps) + 9_999n) / 10_000n;
  return share < waiting ? share : waiting;
}

/** Calls of the wallet itself, which is not a contract of the deployment. */
const on = { abi: hubWalletAbi } as const;

/** Begins a pay period. Only the owner may. @throws Failure unless the wallet is Created or Idle, and has more than the reserve */
export const registerHub = actionAt({ ...on, failure: "The hub was not registered", call: "register" }, () => []);

/**
 * Pays anyone from the wallet: the payee can pull `amount` (wei of SNM) minus the lock share. Only the owner may.
 * @throws Failure unless the wallet is Registered, its period is not closed, and it has enough SNM
 */
export const payFromHub = actionAt(
  { ...on, failure: "The hub did not pay", call: "transfer" },
  (payee: Address, amount: bigint) => [payee, amount],
);

/** Stops payments in this period. The owner may, and later anyone. @throws Failure if it is too early, or closed already */
export const closeHubPeriod = actionAt({ ...on, failure: "The period was not closed", call: "closePeriod" }, () => []);

/** Ends the registration: the tax is paid, the locks are released. Only the owner may. @throws Failure before the pay-day */
export const payDayOfHub = actionAt({ ...on, failure: "Pay-day was not reached", call: "payDay" }, () => []);

/** Withdraws `amount` (wei of SNM) that nobody is promised. Only the owner may. @throws Failure unless the wallet is Idle and has it */
export const withdrawFromHub = actionAt(
  { ...on, failure: "Nothing was withdrawn", call: "withdraw" },
  (amount: bigint) => [amount],
);

/** Ends an old suspicion of a registration. Anyone may. @throws Failure if it is too early, or there is no suspicion */
export const rehabHub = actionAt(
  { ...on, failure: "The hub was not rehabilitated", call: "rehab" },
  (registration: number) => [registration],
);

/** Seizes what has reached a Punished wallet. Anyone may. @throws Failure if there is nothing, or the wallet is not Punished */
export const sweepHub = actionAt({ ...on, failure: "Nothing was swept", call: "sweep" }, () => []);

/** Sends what waits for a hub to its wallet. Anyone may. @throws Failure if nothing waits, or the wallet cannot take it now */
export const collectForHub = action(
  { contract: "jobBoard", abi: jobBoardAbi, failure: "Nothing was collected for the hub", call: "collect" },
  (hub: Address) => [hub],
);
