// Who changes the chain: an account that sends transactions, and signs what others bring. Its key belongs to this process, or a wallet
// holds it, for example in a browser.

import { Failure } from "@sonm/protocol/values/failure";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import {
  BaseError,
  ChainDisconnectedError,
  createWalletClient,
  custom,
  isAddressEqual,
  keccak256,
  type LocalAccount,
  ProviderDisconnectedError,
  type TypedDataDefinition,
  UnauthorizedProviderError,
  UnsupportedProviderMethodError,
  UserRejectedRequestError,
} from "viem";
import { getTransactionError } from "viem/utils";
import { type Reader, walletFor } from "./clients.ts";

/** A call as it is sent. Nothing is sent with it: none of the chain's own money. */
export type Transaction = {
  readonly to: Address;
  readonly data: Hex;
  /** most gas that it may use */
  readonly gas: bigint;
};

/** An account that sends transactions and signs. */
export type Signer = Reader & {
  readonly address: Address;
  /**
   * Signs and sends a transaction. Several may be under way at once.
   * @returns its hash
   * @throws if it was not sent
   */
  submit(transaction: Transaction): Promise<Hex>;
  /** @throws if it was not signed */
  signTypedData(data: TypedDataDefinition): Promise<Hex>;
  /** Call this if a submitted transaction got into no block: what was concluded from it, such as the next nonce, is no longer true. */
  forget(): void;
};

/**
 * Signs with a key of this process, and numbers the transactions itself. Its methods reject with viem's errors.
 * @example
 * ```ts
 * import { connect, type Deployment, localSigner } from "@sonm/chain";
 * import { transferSnm } from "@sonm/chain/money/snm";
 * import { privateKeyToAccount } from "viem/accounts";
 *
 * // Sends 1 SNM, which is 10^18 wei.
 * export async function give(key: `0x${string}`, deployment: Deployment, to: `0x${string}`): Promise<void> {
 *   const signer = localSigner(await connect("http://127.0.0.1:8545"), privateKeyToAccount(key));
 *   await transferSnm(signer, deployment, to, 10n ** 18n);
 * }
 * ```
 */
export function localSigner(reader: Reader, account: LocalAccount): Signer {
  const { client } = reader;
  const { address } = account;
  const wallet = walletFor(reader, account);
  const { chain } = wallet;
  let tail: Promise<unknown> = Promise.resolve();
  let next = 0;

  /**
   * Signs a transaction and gives it to the node. If the node's answer is lost or comes too late, the node may have taken it anyway: this
   * is checked before it counts as not sent.
   */
  async function broadcast(transaction: Transaction & { readonly nonce: number }): Promise<Hex> {
    const request = await wallet.prepareTransactionRequest({ ...transaction, account, chain });
    const serializedTransaction = await wallet.signTransaction(request);
    const hash = keccak256(serializedTransaction);
    try {
      return await wallet.sendRawTransaction({ serializedTransaction });
    } catch (error) {
      const taken = await client.getTransaction({ hash }).catch(() => undefined);
      if (taken) return hash;
      throw getTransactionError(error as BaseError, { ...transaction, account, chain });
    }
  }

  async function attempt(transaction: Transaction): Promise<Hex> {
    const pending = await client.getTransactionCount({ address, blockTag: "pending" });
    // A node may not yet count what it has just been given.
    const nonce = Math.max(pending, next);
    try {
      const hash = await broadcast({ ...transaction, nonce });
      next = nonce + 1;
      return hash;
    } catch (error) {
      next = 0;
      throw error;
    }
  }

  return {
    ...reader,
    address,
    submit(transaction) {
      // One after another, so that actions side by side do not collide.
      const sent = tail.then(() => attempt(transaction));
      tail = sent.catch(() => undefined);
      return sent;
    },
    signTypedData: (data) => account.signTypedData(data),
    forget() {
      next = 0;
    },
  };
}

/** How a wallet is asked (EIP-1193), such as `window.ethereum`. */
export type Provider = { request(call: { method: string; params?: unknown }): Promise<unknown> };

/**
 * Lets a wallet sign and send. The wallet asks its owner each time, numbers its transactions and chooses their fees. Every error is a
 * `Failure`.
 * @param reader reads and simulates; the wallet is not used for that
 * @param address one of the accounts that the wallet has opened to the caller (`eth_requestAccounts`)
 */
export function providerSigner(reader: Reader, provider: Provider, address: Address): Signer {
  const { chainId } = reader;
  const wallet = createWalletClient({ account: address, chain: reader.client.chain, transport: custom(provider) });

  /** Asks the wallet, after a check that it is on this chain and has the account: both can change at any time. */
  async function ask<T>(what: string, question: () => Promise<T>): Promise<T> {
    try {
      const [current, accounts] = await Promise.all([wallet.getChainId(), wallet.getAddresses()]);
      if (current !== chainId) {
        const why = `the wallet is on chain ${current}, this is chain ${chainId}`;
        throw new Failure(what, why, `switch the wallet to chain ${chainId}, then try again`);
      }
      if (!accounts.some((account) => isAddressEqual(account, address))) {
        throw new Failure(what, `the wallet does not open the account ${address} to this page`, CONNECT_TODO);
      }
      return await question();
    } catch (cause) {
      throw cause instanceof Failure ? cause : refusalOf(what, cause);
    }
  }

  return {
    ...reader,
    address,
    submit: (transaction) => ask("The wallet has sent nothing", () => wallet.sendTransaction(transaction)),
    signTypedData: (data) => ask("The wallet has signed nothing", () => wallet.signTypedData(data)),
    forget() {},
  };
}

const CONNECT_TODO = "connect it in the wallet, then try again";

/** Errors that EIP-1193 names, as why and what to do. */
const refusals = [
  [UserRejectedRequestError, "its owner has refused", "confirm it in the wallet when it asks again"],
  [UnauthorizedProviderError, "the wallet does not open the account to this page", CONNECT_TODO],
  [UnsupportedProviderMethodError, "the wallet cannot do this", "use another wallet"],
  [ProviderDisconnectedError, "the wallet is connected to no chain", "connect it, then try again"],
  [ChainDisconnectedError, "the wallet is not connected to this chain", "switch it to this chain, then try again"],
] as const;

function refusalOf(what: string, cause: unknown): Failure {
  const refusal =
    cause instanceof BaseError && refusals.find(([kind]) => cause.walk((error) => error instanceof kind) !== null);
  if (refusal) return new Failure(what, refusal[1], refusal[2], { cause });
  const why = cause instanceof BaseError ? cause.shortMessage : String((cause as Error)?.message ?? cause);
  return new Failure(what, why, "look at the wallet, then try again", { cause });
}
