// Who plays in `sonm up`: the roles with their money, and how they are started.

import type { Address } from "@sonm/protocol/values/ids";
import { parseEther } from "viem";
import type { Network, Player } from "../network.ts";
import { EXPONENT } from "./work.ts";

export const BATCHES = 8;
export const MINERS = 3;
export const VERIFIERS = 2;
const PRICE = "0.1 SNM";
/** The least deposit that the chain accepts for a claim. */
const DEPOSIT = parseEther("100");

/** The lie of a seed: a wrong step somewhere in the middle of the run. */
export function lieOf(seed: number): string {
  return `step:${20_000 + ((seed * 104_729) % 60_000)}`;
}

export type Cast = {
  readonly hub: Player;
  readonly buyer: Player;
  readonly miners: readonly Player[];
  readonly verifiers: readonly Player[];
};

/** Makes everybody's keys and gives them their money. `liar` is a miner's number. */
export async function enrollAll(network: Network, liar: number | undefined): Promise<Cast> {
  const each = async (role: "miner" | "verifier", count: number, funds: (i: number) => bigint) => {
    const players: Player[] = [];
    for (let i = 0; i < count; i++) players.push(await network.enroll(role, `${role}-${i + 1}`, funds(i)));
    return players;
  };
  return {
    hub: await network.enroll("hub", "hub", parseEther("100")),
    buyer: await network.enroll("buyer", "buyer", parseEther("1000")),
    // A liar has one deposit to lose; the honest ones can hold many claims at once.
    miners: await each("miner", MINERS, (i) => (i === liar ? DEPOSIT : DEPOSIT * BigInt(BATCHES + 2))),
    verifiers: await each("verifier", VERIFIERS, () => parseEther("500")),
  };
}

/** Starts all roles. The hub comes first, because the others ask for its wallet. The liar is next, so that it gets the first batch. */
export async function launchAll(
  network: Network,
  { hub, buyer, miners, verifiers }: Cast,
  wallet: Address,
  job: { image: string; inputs: readonly string[]; out: string; batchSize: number },
  lie: { readonly by: Player; readonly kind: string } | undefined,
): Promise<void> {
  await network.launch(hub, { name: "Local hub", endpoint: "/ip4/127.0.0.1", funds: "50 SNM" });
  await network.until(({ kind, name }) => kind === "ready" && name === hub.name);
  if (lie) {
    await network.launch(lie.by, { hub: wallet, stake: "100 SNM", lie: lie.kind, lieUnit: "last" });
    await network.until((event) => event.kind === "announced" && event.miner === lie.by.address);
  }
  for (const miner of miners) {
    if (miner !== lie?.by) await network.launch(miner, { hub: wallet, stake: `${100 * (BATCHES + 2)} SNM` });
  }
  for (const verifier of verifiers) await network.launch(verifier, { stake: "400 SNM" });
  await network.launch(buyer, { hub: wallet, price: PRICE, exponent: EXPONENT, ...job });
}
