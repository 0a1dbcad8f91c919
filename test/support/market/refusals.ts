// A call must be refused, by exactly this error and with exactly these values.
import assert from "node:assert/strict";
import { type Abi, BaseError, decodeErrorResult, getAddress, type Hex, isAddress } from "viem";

/** The bytes that a call has reverted with; fails if it has not. */
async function revertDataOf(call: Promise<unknown>): Promise<Hex> {
  let thrown: unknown;
  try {
    await call;
  } catch (error) {
    thrown = error;
  }
  assert(thrown instanceof BaseError, thrown === undefined ? "the call went through" : String(thrown));
  const found = thrown.walk((cause) => typeof (cause as { raw?: unknown }).raw === "string");
  assert(found !== null, thrown.message);
  return (found as unknown as { raw: Hex }).raw;
}

function plain(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  return typeof value === "string" && isAddress(value) ? getAddress(value) : value;
}

/**
 * `call` reverts with the custom error `name` of `contract`, which may be another contract than the one called.
 * @param args all its values, or none to leave them open
 */
export async function refuses(
  call: Promise<unknown>,
  contract: { abi: Abi },
  name: string,
  args?: readonly unknown[],
): Promise<void> {
  const data = await revertDataOf(call);
  const { errorName, args: values } = decodeErrorResult({ abi: contract.abi, data });
  assert.equal(errorName, name);
  if (args !== undefined) assert.deepEqual((values ?? []).map(plain), args.map(plain));
}
