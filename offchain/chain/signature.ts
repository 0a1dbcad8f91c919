// Whether a signature is somebody's.

import type { Address, Hex } from "@sonm/protocol/values/ids";
import type { TypedDataDefinition } from "viem";
import type { Reader } from "./clients.ts";

/** Whether `signature` is that of `signer`: an account's own, or what a wallet contract accepts (ERC-1271). */
export async function isSignedBy(
  { client }: Reader,
  signer: Address,
  data: TypedDataDefinition,
  signature: Hex,
): Promise<boolean> {
  return client.verifyTypedData({ ...(data as TypedDataDefinition & { message: never }), address: signer, signature });
}
