// Values as bytes: what messages carry and what journals keep. MessagePack, with one extension for bigints of any size.
import { ExtData, type ExtensionCodecType, encode as pack, decode as unpack } from "@msgpack/msgpack";
import { Failure } from "./failure.ts";
import { checkSizes } from "./sizes.ts";

/** What can be encoded. `undefined` fields of objects are dropped. */
export type Value =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

const BIGINT = 1;

function malformed(why: string): Failure {
  return new Failure("The bytes are not valid", why, "ask the sender for a new copy");
}

/** The only extension. The format's own, for dates, is not among the kinds of values here. */
const extensionCodec: ExtensionCodecType<undefined> = {
  // Decimal text, so that no sign or width must be agreed on.
  tryToEncode: (value) =>
    typeof value === "bigint" ? new ExtData(BIGINT, new TextEncoder().encode(value.toString())) : null,
  decode(bytes, type) {
    if (type !== BIGINT) throw malformed(`they hold an extension of type ${type}`);
    const text = new TextDecoder().decode(bytes);
    if (!/^-?(0|[1-9][0-9]{0,99})$/.test(text)) throw malformed("an integer is malformed");
    return BigInt(text);
  },
};

/** Bytes of a value. */
export function encode(value: Value): Uint8Array {
  // A copy: the encoder hands out a view of a buffer that it uses again.
  return pack(value, { extensionCodec, ignoreUndefined: true }).slice();
}

/** Values within one that are read if nothing else is said: a list of 32,768 hashes, and as much again. */
const MOST_VALUES = 2 ** 16;

/**
 * The value that `bytes` hold, of whatever type: the caller must check it. Needs memory in proportion to `bytes`, whatever these claim.
 * @param most values within it, counting each key and each element
 * @throws Failure on malformed bytes, and on more values
 */
export function decode(bytes: Uint8Array, most = MOST_VALUES): unknown {
  checkSizes(bytes, most);
  try {
    return unpack(bytes, { extensionCodec });
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("The bytes are not valid", why, "ask the sender for a new copy", { cause });
  }
}
