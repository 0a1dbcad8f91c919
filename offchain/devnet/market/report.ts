// What remains of a run: who has what, what the chain charged, and how each conviction was reached.

import { bisectionAbi } from "@sonm/chain/abi/bisection";
import { snmAbi } from "@sonm/chain/abi/snm";
import { balanceOf } from "@sonm/chain/money/snm";
import { stakeOf } from "@sonm/chain/money/stake";
import type { Address, ClaimId, Hex } from "@sonm/protocol/values/ids";
import { parseEventLogs } from "viem";
import type { RoleEvent } from "../../host/role/happenings.ts";
import type { Devnet } from "../local-chain.ts";

/** Wei of SNM that somebody holds, stakes included. */
export type Holding = { readonly role: string; readonly address: Address; readonly amount: bigint };

export type Accounts = {
  readonly holdings: readonly Holding[];
  /** every SNM is accounted for: holdings add up to the supply, stakes to what `Deposits` holds */
  readonly conserved: boolean;
};

/** Reads what everybody has. `parties` need not name contracts. */
export async function takeStock(
  { reader, deployment, bank }: Devnet,
  parties: readonly { readonly role: string; readonly address: Address }[],
): Promise<Accounts> {
  const { addresses } = deployment;
  const contracts = [
    { role: "Treasury", address: addresses.treasury },
    { role: "JobBoard (escrow)", address: addresses.jobBoard },
    { role: "bank (supply)", address: bank.address },
  ];
  let staked = 0n;
  const holdings: Holding[] = [];
  for (const party of [...parties, ...contracts]) {
    const { free, locked, withdrawing } = await stakeOf(reader, deployment, party.address);
    const stake = free + locked + withdrawing.amount;
    staked += stake;
    holdings.push({ ...party, amount: stake + (await balanceOf(reader, deployment, party.address)) });
  }
  const supply = await reader.client.readContract({ address: addresses.snm, abi: snmAbi, functionName: "totalSupply" });
  const sum = holdings.reduce((total, { amount }) => total + amount, 0n);
  const conserved = sum === supply && staked === (await balanceOf(reader, deployment, addresses.deposits));
  return { holdings, conserved };
}

export type GasRow = {
  readonly call: string;
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
};

/** Gas of every kind of transaction that the roles sent. */
export function gasOf(events: readonly RoleEvent[]): GasRow[] {
  const byCall = new Map<string, number[]>();
  for (const event of events) {
    if (event.kind === "transaction") byCall.set(event.call, [...(byCall.get(event.call) ?? []), event.gas]);
  }
  return [...byCall].map(([call, all]) => ({
    call,
    count: all.length,
    min: Math.min(...all),
    mean: Math.round(all.reduce((sum, gas) => sum + gas, 0) / all.length),
    max: Math.max(...all),
  }));
}

export type Conviction = {
  readonly claim: ClaimId;
  readonly miner: Address;
  readonly unit: number | null;
  /** from which step the miner's run is false; null if the miner fell silent */
  readonly step: number | null;
  readonly instruction: string | null;
  /** splits posted, the first one included */
  readonly splits: number;
  /** of the whole challenge, from the announcement to the end, both sides */
  readonly gas: number;
};

/** Every conviction, by the first game that won it. */
export async function convictionsOf(
  { reader, deployment }: Devnet,
  events: readonly RoleEvent[],
): Promise<Conviction[]> {
  const raw = await reader.client.getLogs({
    address: deployment.addresses.bisection,
    fromBlock: BigInt(deployment.block),
  });
  const logs = parseEventLogs({ abi: bisectionAbi, logs: raw });
  const convictions = new Map<ClaimId, Conviction>();
  for (const over of logs) {
    // 0 and 1: proved, or the miner has run out of time.
    if (over.eventName !== "GameOver" || over.args.outcome > 1) continue;
    const { id, claim } = over.args;
    if (convictions.has(claim as ClaimId)) continue;
    const opened = logs.find((log) => log.eventName === "GameOpened" && log.args.id === id);
    if (opened?.eventName !== "GameOpened") continue;
    const { miner, rank } = opened.args.game.about;
    const own = logs.filter(
      (log) => ("id" in log.args && log.args.id === id) || ("rank" in log.args && log.args.rank === rank),
    );
    const proof = events.find((event) => event.kind === "proved" && event.game === id);
    const proved = proof?.kind === "proved" ? proof : undefined;
    convictions.set(claim as ClaimId, {
      claim: claim as ClaimId,
      miner,
      unit: proved?.unit ?? null,
      step: proved?.step ?? null,
      instruction: proved?.instruction ?? null,
      splits: own.filter(({ eventName }) => eventName === "StatesPosted").length,
      gas: await gasUsed(new Set(own.map(({ transactionHash }) => transactionHash))),
    });
  }
  return [...convictions.values()];

  async function gasUsed(hashes: ReadonlySet<Hex>): Promise<number> {
    const receipts = await Promise.all([...hashes].map((hash) => reader.client.getTransactionReceipt({ hash })));
    return receipts.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
  }
}

/** What everybody had and has. */
function changes(before: Accounts, after: Accounts): ScenarioResult["balances"] {
  const amountIn = ({ holdings }: Accounts, { address }: Holding) =>
    String(holdings.find((one) => one.address === address)?.amount ?? 0n);
  return after.holdings.map((one) => ({
    role: one.role,
    address: one.address,
    before: amountIn(before, one),
    after: amountIn(after, one),
  }));
}

/** What `--json` prints. Amounts are wei of SNM in decimal digits. */
export type ScenarioResult = {
  readonly ok: boolean;
  readonly units: number;
  readonly settledUnits: number;
  readonly claims: number;
  readonly convictions: readonly Conviction[];
  readonly balances: readonly { role: string; address: string; before: string; after: string }[];
  readonly snmConserved: boolean;
  readonly gas: ReturnType<typeof gasOf>;
  /** the picture, or the table of words */
  readonly picture: string;
  readonly seconds: number;
};

/** What is known of a run when it is over. */
export type Run = {
  readonly units: number;
  /** every output delivered is what this process computes itself */
  readonly right: boolean;
  /** who was to lie; undefined in an honest run */
  readonly liar: Address | undefined;
  readonly before: Accounts;
  readonly after: Accounts;
  readonly convictions: readonly Conviction[];
  readonly events: readonly RoleEvent[];
  readonly picture: string;
  readonly seconds: number;
};

/** Whether the liar has told a lie that differs from the truth, or was at least expected to: some lies change nothing. */
function hasLied(events: readonly RoleEvent[]): boolean {
  const told = events.flatMap((event) =>
    event.kind === "unit-computed" && (event.lie || event.vain) ? [event.lie] : [],
  );
  return told.length === 0 || told.includes(true);
}

/**
 * The result of a run, and whether all is as it must be: nobody is convicted but the liar, the liar is if it has lied, and no SNM are
 * missing.
 */
export function resultOf({ units, right, liar, before, after, convictions, events, ...rest }: Run): ScenarioResult {
  const settledUnits = events.reduce((sum, event) => sum + (event.kind === "done" ? event.settledUnits : 0), 0);
  const asExpected =
    convictions.every(({ miner }) => miner === liar) &&
    convictions.length > 0 === (liar !== undefined && hasLied(events));
  const snmConserved = before.conserved && after.conserved;
  return {
    ok: right && asExpected && snmConserved && settledUnits === units,
    units,
    settledUnits,
    claims: new Set(events.flatMap((event) => (event.kind === "claimed" ? [event.claim] : []))).size,
    convictions,
    balances: changes(before, after),
    snmConserved,
    gas: gasOf(events),
    ...rest,
  };
}
