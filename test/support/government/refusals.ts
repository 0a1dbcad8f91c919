// A refusal of the government: which error, with which values.
import assert from "node:assert/strict";
import { BaseError, ContractFunctionRevertedError } from "viem";

export type Refusal = { name: string; args: readonly unknown[] };

/** The custom error that a call is refused with; fails if it is not. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const cause = await call.then(
    () => assert.fail("was allowed"),
    (error: unknown) => error,
  );
  const reverted = cause instanceof BaseError && cause.walk((one) => one instanceof ContractFunctionRevertedError);
  assert(reverted instanceof ContractFunctionRevertedError, String(cause));
  return { name: reverted.data?.errorName ?? "", args: reverted.data?.args ?? [] };
}
