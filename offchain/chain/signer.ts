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
  type LocalAccount,
  ProviderDisconnectedError,
  type ReplacementReason,
  type TransactionReceipt,
  type TypedDataDefinition,
  UnauthorizedProviderError,
  UnsupportedProviderMethodError,
  UserRejectedRequestError,
} from "viem";
import type { Reader } from "./clients.ts";
import type { Transaction } from "./outbox.ts";
import { createSender, type Sender, type SenderOptions } from "./sender.ts";

/** An account that sends transactions and signs. */
export type Signer = Reader & {
  readonly address: Address;
  /**
   * Signs and sends a transaction. Several may be under way at once.
   * @returns its hash
   * @throws if it was not sent
   */
  submit(transaction: Transaction): Promise<Hex>;
  /**
   * Waits until a transaction that was submitted is in a block, under its hash or one that has replaced it.
   * @throws if it never will be, or is not for too long
   */
  receiptOf(hash: Hex): Promise<TransactionReceipt>;
  /** @throws if it was not signed */
  signTypedData(data: TypedDataDefinition): Promise<Hex>;
  /** For a chain that was set back by hand: what was submitted has not happened. */
  forget(): void;
};

/** An account whose key is at hand, and what can be done about its transactions under way. */
export type LocalSigner = Signer & Sender;

/**
 * Signs with a key of this process, and numbers the transactions itself (`sender.ts`). Its methods reject with viem's errors, or a `Failure`.
 * @param options where the transactions are kept, and what may be offered for them
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
export function localSigner(reader: Reader, account: LocalAccount, options: SenderOptions = {}): LocalSigner {
  return {
    ...reader,
    ...createSender(reader, account, options),
    address: account.address,
    signTypedData: (data) => account.signTypedData(data),
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
    submit: ({ to, data, gas }) => ask("The wallet has sent nothing", () => wallet.sendTransaction({ to, data, gas })),
    async receiptOf(hash) {
      let reason: ReplacementReason = "repriced";
      const receipt = await reader.client.waitForTransactionReceipt({
        hash,
        onReplaced(replacement) {
          reason = replacement.reason;
        },
      });
      if (reason === "repriced") return receipt;
      const why = `its owner has ${reason} it in the wallet`;
      throw new Failure("The wallet has sent something else", why, "try again if it is still wanted");
    },
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
