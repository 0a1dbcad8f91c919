// Where every SNM is: all accounts and contracts by name, and proof that none is missing.

import { snmAbi } from "@sonm/chain/abi/snm";
import { balanceOf } from "@sonm/chain/money/snm";
import { showSnm } from "@sonm/protocol/values/amounts";
import type { Address } from "@sonm/protocol/values/ids";
import { getAddress, isAddressEqual, zeroAddress } from "viem";
import { table } from "../../host/terminal/terminal.ts";
import type { Devnet } from "../local-chain.ts";

export type Party = { readonly role: string; readonly address: Address };
/** Wei of SNM that an address holds. */
export type Holding = Party & { readonly amount: bigint };
export type Stock = {
  readonly holdings: readonly Holding[];
  readonly supply: bigint;
  /** who has ever received SNM and is not among the parties */
  readonly unknown: readonly Address[];
};

/** Contracts that can hold SNM, and the bank. */
export function institutions({ deployment, bank }: Devnet): Party[] {
  const { deposits, jobBoard, ratings, treasury } = deployment.addresses;
  return [
    { role: "Deposits (stakes)", address: deposits },
    { role: "JobBoard (escrow)", address: jobBoard },
    { role: "Ratings (stakes)", address: ratings },
    { role: "Treasury", address: treasury },
    { role: "bank (the rest)", address: bank.address },
  ];
}

/** Reads what every party holds, and finds in the transfers whether there are any other parties. */
export async function takeStock({ reader, deployment }: Devnet, parties: readonly Party[]): Promise<Stock> {
  const { client } = reader;
  const { snm } = deployment.addresses;
  const holdings = await Promise.all(
    parties.map(async (party) => ({ ...party, amount: await balanceOf(reader, deployment, party.address) })),
  );
  const transfers = await client.getContractEvents({
    address: snm,
    abi: snmAbi,
    eventName: "Transfer",
    fromBlock: BigInt(deployment.block),
    strict: true,
  });
  const receivers = new Set(transfers.map(({ args }) => getAddress(args.to)));
  const known = (address: Address) =>
    isAddressEqual(address, zeroAddress) || parties.some((party) => isAddressEqual(party.address, address));
  return {
    holdings,
    supply: await client.readContract({ address: snm, abi: snmAbi, functionName: "totalSupply" }),
    unknown: [...receivers].filter((address) => !known(address)),
  };
}

function sumOf({ holdings }: Stock): bigint {
  return holdings.reduce((sum, { amount }) => sum + amount, 0n);
}

/** Every SNM is accounted for, to the wei. */
export function isConserved(stock: Stock): boolean {
  return sumOf(stock) === stock.supply && stock.unknown.length === 0;
}

export type Balance = Party & { readonly before: bigint; readonly after: bigint };

export function balancesOf(before: Stock, after: Stock): Balance[] {
  const amountIn = (address: Address) => before.holdings.find((one) => one.address === address)?.amount ?? 0n;
  return after.holdings.map(({ role, address, amount }) => ({
    role,
    address,
    before: amountIn(address),
    after: amount,
  }));
}

/** Amounts for a column: fractions are padded, so that the decimal points are in one line. */
function aligned(amounts: readonly bigint[], signed = false): string[] {
  const texts = amounts.map((wei) => {
    if (!signed) return showSnm(wei);
    return wei === 0n ? "" : `${wei > 0n ? "+" : "−"}${showSnm(wei < 0n ? -wei : wei)}`;
  });
  const fractionOf = (text: string) => /\.\d+/.exec(text)?.[0].length ?? 0;
  const longest = Math.max(...texts.map(fractionOf));
  return texts.map((text) => text.replace(/ SNM$/, `${" ".repeat(longest - fractionOf(text))} SNM`));
}

export function balanceTable(balances: readonly Balance[]): string[] {
  const total = (pick: (one: Balance) => bigint) => balances.reduce((sum, one) => sum + pick(one), 0n);
  const rows = [...balances, { role: "sum", before: total((one) => one.before), after: total((one) => one.after) }];
  const before = aligned(rows.map((one) => one.before));
  const after = aligned(rows.map((one) => one.after));
  const change = aligned(
    rows.map((one) => one.after - one.before),
    true,
  );
  const cells = rows.map(({ role }, i) => [role, before[i] ?? "", after[i] ?? "", change[i] ?? ""]);
  return table(["", "before", "after", "change"], cells);
}
