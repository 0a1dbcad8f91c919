// A message on its way: addressee and content, signed by the sender's key.

import { decode, encode } from "@sonm/protocol/values/codec";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import { address, hexBytes, integer, object } from "@sonm/protocol/values/shape";
import { concat, keccak256, type LocalAccount, recoverAddress, stringToHex, toHex } from "viem";
import { NetBadEnvelope } from "./errors.ts";
import { checkMessage, type Message } from "./message.ts";
import type { Received } from "./peer.ts";

/** Part of the signed bytes, so that the signature is valid for messages only. */
const TAG = keccak256(stringToHex("SONM message 1"));

const envelope = object({
  to: address,
  /** unix milliseconds of the sender's clock. It makes two sendings of one message differ, and says when a letter expires. */
  at: integer(),
  body: (value, place) => {
    if (!(value instanceof Uint8Array)) throw new NetBadEnvelope(`${place} is not bytes`);
    return value;
  },
  signature: hexBytes(65),
});

function digest(to: Address, at: number, body: Uint8Array): Hex {
  return keccak256(concat([TAG, to, toHex(at, { size: 8 }), keccak256(body)]));
}

/** Bytes of a signed message from `account` to `to`. */
export async function seal(account: LocalAccount, to: Address, message: Message, at: number): Promise<Uint8Array> {
  if (!account.sign) throw new NetBadEnvelope(`the key of ${account.address} cannot sign`);
  const body = encode(message);
  return encode({ to, at, body, signature: await account.sign({ hash: digest(to, at, body) }) });
}

/** Who sent an envelope to whom. Checks form and signature, not the content. */
export async function readEnvelope(
  bytes: Uint8Array,
): Promise<{ id: Hex; from: Address; to: Address; at: number; body: Uint8Array }> {
  try {
    const { to, at, body, signature } = envelope(decode(bytes), "envelope");
    const hash = digest(to, at, body);
    const from = await recoverAddress({ hash, signature });
    // With the sender: who signs the words of another must not occupy their place.
    return { id: keccak256(concat([hash, from])), from, to, at, body };
  } catch (cause) {
    if (cause instanceof NetBadEnvelope) throw cause;
    throw new NetBadEnvelope(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Opens an envelope that has come for `reader`: signature, addressee and content are checked. */
export async function unseal(reader: Address, bytes: Uint8Array): Promise<Received> {
  const { id, from, to, body } = await readEnvelope(bytes);
  if (to.toLowerCase() !== reader.toLowerCase()) throw new NetBadEnvelope(`it is for ${to}, not for ${reader}`);
  try {
    return { id, from, message: checkMessage(decode(body)) };
  } catch (cause) {
    throw new NetBadEnvelope(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
