// The stake of a miner or a verifier: deposited, read and withdrawn. Amounts are wei of SNM.

import type { Address } from "@sonm/protocol/values/ids";
import { parseSignature, type TransactionReceipt } from "viem";
import { depositsAbi } from "../abi/deposits.ts";
import { snmAbi } from "../abi/snm.ts";
import { latest, type Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import type { Signer } from "../signer.ts";
import { action, send } from "../transact.ts";

/** A stake, wei of SNM. */
export type Stake = {
  readonly free: bigint;
  readonly locked: bigint;
  /** asked back, and when it can be taken (unix time) */
  readonly withdrawing: { readonly amount: bigint; readonly availableAt: number };
};

/** The stake of an account now. */
export async function stakeOf({ client }: Reader, { addresses }: Deployment, account: Address): Promise<Stake> {
  const at = { address: addresses.deposits, abi: depositsAbi, args: [account] } as const;
  const [free, locked, [amount, availableAt]] = await Promise.all([
    client.readContract({ ...at, functionName: "freeOf" }),
    client.readContract({ ...at, functionName: "lockedOf" }),
    client.readContract({ ...at, functionName: "withdrawalOf" }),
  ]);
  return { free, locked, withdrawing: { amount, availableAt: Number(availableAt) } };
}

const on = { contract: "deposits", abi: depositsAbi } as const;

/** Seconds for which a permit holds. */
const PERMIT_SECONDS = 3600;

/**
 * Stakes `amount` (wei of SNM), with an approval by signature in the same transaction.
 * @throws Failure if the signer has less, or a wallet does not sign
 */
export async function deposit(signer: Signer, { addresses }: Deployment, amount: bigint): Promise<TransactionReceipt> {
  const { client, address, chainId } = signer;
  const { snm, deposits } = addresses;
  const [nonce, { now }] = await Promise.all([
    client.readContract({ address: snm, abi: snmAbi, functionName: "nonces", args: [address] }),
    latest(signer),
  ]);
  const deadline = BigInt(now + PERMIT_SECONDS);
  const signature = await signer.signTypedData({
    domain: { name: "SONM", version: "1", chainId, verifyingContract: snm },
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    message: { owner: address, spender: deposits, value: amount, nonce, deadline },
  });
  const { r, s, yParity } = parseSignature(signature);
  return send(signer, "The stake was not deposited", {
    address: deposits,
    abi: depositsAbi,
    functionName: "depositWithPermit",
    args: [amount, deadline, 27 + yParity, r, s],
  });
}

/** Asks back `amount` (wei of SNM) of the signer's free stake. `withdraw` can take it after a delay. @throws Failure if less is free */
export const requestWithdrawal = action(
  { ...on, failure: "The withdrawal was not requested", call: "requestWithdrawal" },
  (amount: bigint) => [amount],
);

/** Takes the stake that was asked back. @throws Failure if its delay is not over, or nothing was asked back */
export const withdraw = action({ ...on, failure: "The stake was not withdrawn", call: "withdraw" }, () => []);
