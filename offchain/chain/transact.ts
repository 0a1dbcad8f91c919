// One way to change the chain: simulate, send, wait for the receipt. What the contracts refuse becomes a `Failure`.

import { Failure, type FailureOptions } from "@sonm/protocol/values/failure";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import {
  type Abi,
  BaseError,
  type ContractFunctionArgs,
  type ContractFunctionName,
  ContractFunctionRevertedError,
  encodeFunctionData,
  InsufficientFundsError,
  type TransactionReceipt,
} from "viem";
import { errorsAbi } from "./abi/errors.ts";
import { latest } from "./clients.ts";
import type { ContractKey, Deployment } from "./deployment.ts";
import { advice, sentenceOf } from "./errors/advice.ts";
import { explain } from "./errors/explain.ts";
import { refusal } from "./errors/refusal.ts";
import type { Signer } from "./signer.ts";
import { type Intent, requireAgreement } from "./transport/agreement.ts";
import { nodeErrorIn } from "./transport/trouble.ts";

/** No money is ever sent along, even where a function would take it. */
type Mutability = "nonpayable" | "payable";

/** A call of a contract's function that changes state. */
export type Call<
  abi extends Abi = Abi,
  name extends ContractFunctionName<abi, Mutability> = ContractFunctionName<abi, Mutability>,
> = {
  readonly address: Address;
  readonly abi: abi;
  readonly functionName: name;
  readonly args: ContractFunctionArgs<abi, Mutability, name>;
};

/** Added to the estimate, in percent: what others do in between may make a call more expensive. */
const GAS_MARGIN_PERCENT = 25n;

/**
 * Sends a call and waits until it is mined.
 * @param what the intention, as in "the claim was not settled"
 * @throws Failure with the contract's reason, before anything is sent if the simulation already shows it
 */
export async function send<const abi extends Abi, name extends ContractFunctionName<abi, Mutability>>(
  signer: Signer,
  what: string,
  call: Call<abi, name>,
): Promise<TransactionReceipt> {
  const { client } = signer;
  // viem's own types tie abi, name and arguments together as `Call` does; inside they are no longer known.
  const { address, functionName, args } = call as unknown as {
    address: Address;
    functionName: string;
    args: unknown[];
  };
  const request = {
    address,
    abi: [...(call.abi as Abi), ...errorsAbi] as Abi,
    functionName,
    args,
    account: signer.address,
  };
  let hash: Hex;
  try {
    await client.simulateContract(request);
    await agreeOn(signer, { from: signer.address, to: address, data: encodeFunctionData(request) });
    const gas = await client.estimateContractGas(request);
    const limit = gas + (gas * GAS_MARGIN_PERCENT) / 100n;
    const data = encodeFunctionData({ abi: request.abi, functionName, args });
    hash = await signer.submit({ to: address, data, gas: limit, call: functionName });
  } catch (error) {
    // A wallet's or sender's refusal is reported with the purpose of the call.
    if (error instanceof Failure) throw withPurpose(what, error);
    throw failureOf(what, functionName, error, await clockOf(signer));
  }
  const receipt = await receiptOf(signer, what, hash);
  if (receipt.status === "success") return receipt;
  try {
    // The state has changed since the simulation: ask for the reason at the block where it was mined.
    await client.simulateContract({ ...request, blockNumber: receipt.blockNumber });
  } catch (error) {
    throw failureOf(what, functionName, error, await clockOf(signer));
  }
  throw new Failure(what, `transaction ${hash} reverted, and no longer says why`, "try again");
}

/** What one node says is not enough, where there are several. @throws Failure if they do not agree */
async function agreeOn({ nodes }: Signer, intent: Intent): Promise<void> {
  if (nodes && nodes.names.length > 1) await requireAgreement(nodes, intent);
}

/** A function of a contract, and how its refusal is reported. */
type Intention<abi extends Abi, name extends ContractFunctionName<abi, Mutability>> = {
  /** what did not happen, as in "The claim was not settled" */
  readonly failure: string;
  readonly abi: abi;
  readonly call: name;
};

/**
 * Makes an action from a function of one of the deployment's contracts. The action simulates, sends, and returns the receipt; it throws what
 * `send` throws.
 * @param argsOf makes the function's arguments from those of the action
 */
export function action<
  const abi extends Abi,
  name extends ContractFunctionName<abi, Mutability>,
  given extends readonly unknown[],
  const args extends ContractFunctionArgs<abi, Mutability, name>,
>(
  { contract, ...intention }: Intention<abi, name> & { readonly contract: ContractKey },
  argsOf: (...given: given) => args,
): (signer: Signer, deployment: Deployment, ...given: given) => Promise<TransactionReceipt> {
  const act = actionAt(intention, argsOf);
  return (signer, { addresses }, ...given) => act(signer, addresses[contract], ...given);
}

/** The same for contracts that are not part of the deployment, such as a hub's wallet: the action is given the contract's address. */
export function actionAt<
  const abi extends Abi,
  name extends ContractFunctionName<abi, Mutability>,
  given extends readonly unknown[],
  const args extends ContractFunctionArgs<abi, Mutability, name>,
>(
  { failure, abi, call }: Intention<abi, name>,
  argsOf: (...given: given) => args,
): (signer: Signer, contract: Address, ...given: given) => Promise<TransactionReceipt> {
  return (signer, address, ...given) =>
    send(signer, failure, { address, abi, functionName: call, args: argsOf(...given) });
}

async function receiptOf(signer: Signer, what: string, hash: Hex): Promise<TransactionReceipt> {
  try {
    return await signer.receiptOf(hash);
  } catch (cause) {
    if (cause instanceof Failure) throw withPurpose(what, cause);
    const why = `transaction ${hash} was not seen in a block`;
    throw refusal(what, why, advice("see-transactions"), { cause });
  }
}

/** The same failure, told with the purpose of the call. */
function withPurpose(what: string, cause: Failure): Failure {
  const { why, todo, advice: named } = cause;
  return new Failure(what, why, todo, { cause, ...(named ? { advice: named } : {}) });
}

/** The chain's clock, if the chain still answers. */
function clockOf(signer: Signer): Promise<number | undefined> {
  return latest(signer).then(
    ({ now }) => now,
    () => undefined,
  );
}

/** Any error of calling `functionName` as a failure, which has the contract's own reason if there is one. Returns it, never throws. */
export function failureOf(what: string, functionName: string, cause: unknown, now?: number): Failure {
  if (cause instanceof Failure) return cause;
  if (!(cause instanceof BaseError)) {
    return new Failure(what, String((cause as Error)?.message ?? cause), "try again", { cause });
  }
  const silent = nodeErrorIn(cause);
  if (silent)
    return new Failure(what, `${silent.node}: ${silent.trouble.why}`, "wait, or name another node", { cause });
  const reverted = cause.walk((error) => error instanceof ContractFunctionRevertedError);
  if (reverted instanceof ContractFunctionRevertedError) {
    const { data, reason, signature } = reverted;
    if (data && data.errorName !== "Error" && data.errorName !== "Panic") {
      const inputs = "inputs" in data.abiItem ? (data.abiItem.inputs ?? []) : [];
      const { why, ...explained } = explain({ name: data.errorName, inputs, args: data.args ?? [] }, now);
      return new RevertFailure(data.errorName, what, why, sentenceOf(explained.advice), { cause, ...explained });
    }
    const why = `${functionName} reverted${reason ? `: ${reason}` : ""}${signature ? ` with ${signature}` : ""}`;
    return new Failure(what, why, "check that the deployment is of this chain and of this version", { cause });
  }
  if (cause.walk((error) => error instanceof InsufficientFundsError)) {
    const why = "the account cannot pay the gas: it has too little of the chain's own money";
    return refusal(what, why, advice("send-gas"), { cause });
  }
  return new Failure(what, cause.shortMessage, "look at the node and at the account's balance, then try again", {
    cause,
  });
}

/** A contract has refused. `error` is the name of its custom error, for code that decides by it. */
export class RevertFailure extends Failure {
  readonly error: string;

  constructor(error: string, what: string, why: string, todo: string, options: FailureOptions) {
    super(what, why, todo, options);
    this.name = "RevertFailure";
    this.error = error;
  }
}
