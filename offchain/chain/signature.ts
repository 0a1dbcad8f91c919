// Whether a signature is somebody's, as the contracts decide it (OpenZeppelin's SignatureChecker): a wallet contract is asked (ERC-1271), an
// account's own key is recovered. Nothing else counts: what only this side took for a signature would be refused on the chain.

import type { Address, Hex } from "@sonm/protocol/values/ids";
import {
  BaseError,
  decodeFunctionResult,
  ExecutionRevertedError,
  encodeFunctionData,
  hashTypedData,
  isAddressEqual,
  parseAbi,
  recoverAddress,
  size,
  slice,
  type TypedDataDefinition,
} from "viem";
import type { Reader } from "./clients.ts";

const wallet = parseAbi(["function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)"]);
/** What a wallet answers to a good signature: the selector itself (https://eips.ethereum.org/EIPS/eip-1271). */
const GOOD = "0x1626ba7e";
/** Half the order of secp256k1: every signature has a twin above it, which OpenZeppelin's ECDSA refuses. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Whether the key of `signer` has made this signature: 65 bytes r, s, v. */
async function isOwn(signer: Address, hash: Hex, signature: Hex): Promise<boolean> {
  if (size(signature) !== 65 || BigInt(slice(signature, 32, 64)) > HALF_ORDER) return false;
  const v = Number(slice(signature, 64));
  if (v !== 27 && v !== 28) return false;
  try {
    return isAddressEqual(await recoverAddress({ hash, signature }), signer);
  } catch {
    // r and s are no point of the curve.
    return false;
  }
}

/**
 * Whether `signature` is that of `signer`. Whatever its bytes are, the answer is yes or no; one call to the node.
 * @throws if the node does not answer, or answers with a failure that may be its own
 */
export async function isSignedBy(
  { client }: Pick<Reader, "client">,
  signer: Address,
  data: TypedDataDefinition,
  signature: Hex,
): Promise<boolean> {
  const hash = hashTypedData(data);
  let answer: Hex | undefined;
  try {
    const asking = encodeFunctionData({ abi: wallet, args: [hash, signature] });
    answer = (await client.call({ to: signer, data: asking })).data;
  } catch (error) {
    if (error instanceof BaseError && error.walk((cause) => cause instanceof ExecutionRevertedError)) return false;
    throw error;
  }
  // Where no contract is, nothing is answered.
  if (answer === undefined || answer === "0x") return isOwn(signer, hash, signature);
  return size(answer) === 32 && decodeFunctionResult({ abi: wallet, data: answer }) === GOOD;
}
