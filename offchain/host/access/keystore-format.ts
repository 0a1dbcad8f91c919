// What a keystore file says (Web3 Secret Storage, version 3), checked: clients have written it in several ways.
import type { Address } from "@sonm/protocol/values/ids";
import {
  address as addressShape,
  hexBytes,
  integer,
  literal,
  object,
  type Shape,
  text,
} from "@sonm/protocol/values/shape";
import type * as Keystore from "ox/Keystore";

/** Hexadecimal digits without 0x, which some clients write and others do not. @param bytes how many they stand for, if that is fixed */
function digits(bytes?: number): Shape<string> {
  return (value, place) => {
    const prefixed = typeof value === "string" && !value.startsWith("0x") ? `0x${value}` : value;
    const found = hexBytes(bytes ?? 1024)(prefixed, place).slice(2);
    if (bytes === undefined || found.length === 2 * bytes) return found;
    throw new Error(`${place} has ${found.length / 2} bytes, not ${bytes}`);
  };
}

/** The only value that is read, which some clients leave out. */
function only<T extends string | number>(value: T): Shape<T> {
  return (given, place) => literal(value)(given ?? value, place);
}

const encryption = {
  cipher: literal("aes-128-ctr"),
  ciphertext: digits(),
  cipherparams: object({ iv: digits(16) }),
  mac: digits(32),
};
/** Rounds of the costliest derivation that is begun, some minutes of work. Usual are 2^21 (scrypt: n · r · p) and 2^18 (pbkdf2: c). */
const MOST_ROUNDS = 2 ** 26;
const rounds = integer(1, MOST_ROUNDS);

const derivation = { dklen: only(32), salt: digits() };
const scryptFields = object({ ...derivation, n: rounds, r: rounds, p: rounds });
const scrypt: typeof scryptFields = (value, place) => {
  const found = scryptFields(value, place);
  const { n, r, p } = found;
  if (n * r * p > MOST_ROUNDS) throw new Error(`its scrypt would take ${n * r * p} rounds, more than ${MOST_ROUNDS}`);
  return found;
};
const pbkdf2 = object({ ...derivation, c: rounds, prf: only("hmac-sha256") });
const cryptoShapes = {
  scrypt: object({ ...encryption, kdf: literal("scrypt"), kdfparams: scrypt }),
  pbkdf2: object({ ...encryption, kdf: literal("pbkdf2"), kdfparams: pbkdf2 }),
};

function cryptoIn(value: unknown): Keystore.Keystore["crypto"] {
  const place = "its crypto";
  const { kdf } = object({ kdf: text(50) })(value, place);
  if (kdf === "scrypt" || kdf === "pbkdf2") return cryptoShapes[kdf](value, place);
  throw new Error(`its password goes through ${kdf}, and only scrypt and pbkdf2 are read`);
}

function addressIn(value: unknown): Address | undefined {
  // Some clients leave it out or empty, so that the file does not tell whose it is.
  if (value === undefined || value === null || value === "") return undefined;
  return addressShape(typeof value === "string" ? `0x${value.replace(/^0x/, "")}` : value, "its address");
}

/** A keystore, and whose it says that it is. */
export type KeystoreFile = Keystore.Keystore & { readonly address: Address | undefined };

/**
 * The keystore in a file's text.
 * @throws Error or Failure that says in what it differs from one that can be opened
 */
export function keystoreIn(json: string): KeystoreFile {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    // The parser's own words quote the text, which may be a password: files get mixed up.
    throw new Error("it is not JSON");
  }
  const isObject = typeof raw === "object" && raw !== null && !Array.isArray(raw);
  // Old clients wrote `Crypto`.
  const fields = Object.fromEntries(Object.entries(isObject ? (raw as object) : {}).map(lowerCase));
  if (fields.version !== 3 || !fields.crypto) throw new Error("it is no keystore of version 3");
  return { version: 3, id: "", crypto: cryptoIn(fields.crypto), address: addressIn(fields.address) };
}

function lowerCase([key, value]: [string, unknown]): [string, unknown] {
  return [key.toLowerCase(), value];
}
