// Who takes part in the government's scenario, and what each has at the beginning.

import { localSigner, type Signer } from "@sonm/chain/signer";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import { concat, keccak256, parseEther, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Devnet } from "../local-chain.ts";

/** Whole SNM. The rest of the supply stays with the bank, which does not vote. */
const funds = {
  auroraOwner: ["Aurora's owner", 200n],
  auroraMiner: ["Aurora's miner", 1_000n],
  electrician: ["electrician", 0n],
  mirageOwner: ["Mirage's owner", 10n],
  mirageMiner: ["Mirage's miner", 1_000n],
  trattoriaOwner: ["Trattoria's owner", 300n],
  cook: ["cook", 0n],
  buyer: ["buyer", 1_000n],
  verifier: ["verifier", 1_000n],
  optimist: ["optimist", 20_000n],
  sceptic: ["sceptic", 20_000n],
  latecomer: ["latecomer", 5_000n],
  alice: ["Alice", 20_000_000n],
  bob: ["Bob", 12_000_000n],
  carol: ["Carol", 6_000_000n],
  rival: ["rival", 18_500_000n],
} as const satisfies Record<string, readonly [name: string, snm: bigint]>;

export type Part = keyof typeof funds;
export type Person = { readonly name: string; readonly address: Address; readonly signer: Signer; readonly key: Hex };
export type Cast = Readonly<Record<Part, Person>>;

/** Gives everybody a key that follows from the seed, and their SNM. */
export async function gather(devnet: Devnet, seed: number): Promise<Cast> {
  const cast: Partial<Record<Part, Person>> = {};
  for (const [part, [name, snm]] of Object.entries(funds)) {
    const key = keyOf(seed, part);
    const signer = localSigner(devnet.reader, privateKeyToAccount(key));
    await devnet.endow(signer.address, snm * parseEther("1"));
    cast[part as Part] = { name, address: signer.address, signer, key };
  }
  return cast as Cast;
}

function keyOf(seed: number, part: string): Hex {
  return keccak256(concat([stringToHex("SONM government scenario"), stringToHex(`${seed} ${part}`)]));
}

/** Some wei that follow from the seed, less than 1 SNM: round amounts would not show how halves are rounded. */
export function oddWei(seed: number, what: string): bigint {
  return BigInt(keccak256(stringToHex(`odd ${seed} ${what}`))) % parseEther("1");
}
