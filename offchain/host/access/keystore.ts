// Keys at rest: one encrypted file each (Web3 Secret Storage, version 3, as geth, ethers and cast read and write it). The password
// never comes as an argument, because arguments are visible to every process of the computer.
import { randomBytes } from "node:crypto";
import { chmod, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import * as Keystore from "ox/Keystore";
import { bytesToHex, type LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type KeystoreFile, keystoreIn } from "./keystore-format.ts";
import { textOfFile } from "./text.ts";

/** Bytes of a private key. What is derived from a password is as long. */
const KEY_SIZE = 32;
/** n of secp256k1 (SEC 2, section 2.4.1). */
const CURVE_ORDER = 0xffffffff_ffffffff_ffffffff_fffffffe_baaedce6_af48a03b_bfd25e8c_d0364141n;

/** Environment variable that may hold the password, for instance from `node --env-file`. */
const PASSWORD_VARIABLE = "SONM_PASSWORD";

/**
 * Encrypts a key into a new file that only its owner can read. Throws if the file exists: a key is never overwritten.
 * @param privateKey a new random one if left out
 * @param cost scrypt's N: 2^17 (the default) takes about half a second and 128 MiB
 */
export async function createKeystore(
  path: string,
  password: string,
  privateKey: Hex = bytesToHex(randomBytes(32)),
  cost = 2 ** 17,
): Promise<LocalAccount> {
  const account = privateKeyToAccount(privateKey);
  const [key, derivation] = await Keystore.scryptAsync({ password, n: cost, r: 8, p: 1, iv: randomBytes(16) });
  const file = { address: account.address.slice(2).toLowerCase(), ...Keystore.encrypt(privateKey, key, derivation) };
  try {
    await writeFile(path, `${JSON.stringify(file)}\n`, { flag: "wx", mode: 0o600 });
    await chmod(path, 0o600);
  } catch (cause) {
    throw new Failure(`The keystore ${path} cannot be written`, reason(cause), "choose another file name", { cause });
  }
  return account;
}

/**
 * Reads a keystore file and decrypts its key.
 * @throws Failure that says what is in the way: the password, the file, how it is encrypted, or the key in it
 */
export async function openKeystore(path: string, password: string): Promise<LocalAccount> {
  const file = readKeystore(path);
  const refuse = (why: string, todo: string, options?: ErrorOptions) =>
    new Failure(`The keystore ${path} cannot be opened`, why, todo, options);
  let derived: Keystore.Key;
  try {
    derived = await Keystore.toKeyAsync(file, { password });
  } catch (cause) {
    throw refuse(`its ${file.crypto.kdf} cannot be computed: ${reason(cause)}`, "restore it from a copy", { cause });
  }
  const account = accountOf(decrypt(file, derived, refuse), refuse);
  if (file.address !== undefined && file.address.toLowerCase() !== account.address.toLowerCase()) {
    throw refuse(
      `it says that it is of ${file.address}, but its key is of ${account.address}`,
      "find out which of the two you want, then correct its `address` or name the other keystore",
    );
  }
  return account;
}

/** The address of a keystore file, without its password; undefined where the file does not say. */
export async function addressOfKeystore(path: string): Promise<Address | undefined> {
  return readKeystore(path).address;
}

/**
 * The password: from the file if one is named, else from the environment, else typed at the terminal without echo.
 * @param file its first line is the password
 */
export async function readPassword(file: string | undefined, prompt: string): Promise<string> {
  if (file !== undefined) {
    try {
      return textOfFile(file).split(/\r?\n/, 1)[0] ?? "";
    } catch (cause) {
      throw new Failure(`The password file ${file} cannot be read`, reason(cause), "correct its name or its rights", {
        cause,
      });
    }
  }
  const fromEnvironment = process.env[PASSWORD_VARIABLE];
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (!process.stdin.isTTY) {
    throw new Failure(
      "There is no password",
      "no password file is named and there is no terminal to ask at",
      `name a password file, or set ${PASSWORD_VARIABLE} in an env-file`,
    );
  }
  process.stderr.write(`${prompt}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}

type Refuse = (why: string, todo: string, options?: ErrorOptions) => Failure;

function decrypt(file: KeystoreFile, derived: Keystore.Key, refuse: Refuse): Uint8Array {
  try {
    return Keystore.decrypt(file, derived, { as: "Bytes" });
  } catch (cause) {
    throw refuse(
      "the password does not fit, or the file is damaged",
      "check the password file, or restore the keystore from a copy",
      { cause },
    );
  }
}

/** The account of a key's bytes: a number above 0 and below the order of secp256k1. */
function accountOf(key: Uint8Array, refuse: Refuse): LocalAccount {
  const todo = "name another keystore, or make one with `sonm key new`";
  if (key.length !== KEY_SIZE) throw refuse(`its key is ${key.length} bytes long, not ${KEY_SIZE}`, todo);
  const number = BigInt(bytesToHex(key));
  if (number === 0n) throw refuse("its key is zero, which is nobody's", todo);
  if (number >= CURVE_ORDER) throw refuse("its key is too large for a key", todo);
  return privateKeyToAccount(bytesToHex(key));
}

function readKeystore(path: string): KeystoreFile {
  try {
    return keystoreIn(textOfFile(path));
  } catch (cause) {
    const todo = "name a keystore of version 3 with scrypt or pbkdf2, as geth, cast and `sonm key new` write it";
    throw new Failure(`The keystore ${path} cannot be read`, reason(cause), todo, { cause });
  }
}

function reason(cause: unknown): string {
  if (cause instanceof Failure) return cause.why;
  return cause instanceof Error ? cause.message : String(cause);
}
