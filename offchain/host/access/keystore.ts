// Keys at rest: one encrypted file each (Web3 Secret Storage, version 3, as geth, ethers and cast read and write it). The password
// never comes as an argument, because arguments are visible to every process of the computer.
import { randomBytes } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import * as Keystore from "ox/Keystore";
import { bytesToHex, type LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";

type KeystoreFile = Keystore.Keystore & { readonly address?: string };

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

/** Reads a keystore file and decrypts its key. */
export async function openKeystore(path: string, password: string): Promise<LocalAccount> {
  const file = await readKeystore(path);
  let privateKey: Hex;
  try {
    privateKey = Keystore.decrypt(file, await Keystore.toKeyAsync(file, { password }));
  } catch (cause) {
    throw new Failure(
      `The keystore ${path} cannot be opened`,
      "the password does not fit, or the file is damaged",
      "check the password file, or restore the keystore from a copy",
      { cause },
    );
  }
  return privateKeyToAccount(privateKey);
}

/** The address of a keystore file, without its password; undefined where the file does not say. */
export async function addressOfKeystore(path: string): Promise<Address | undefined> {
  const { address } = await readKeystore(path);
  return address ? (`0x${address.replace(/^0x/, "")}` as Address) : undefined;
}

/**
 * The password: from the file if one is named, else from the environment, else typed at the terminal without echo.
 * @param file its first line is the password
 */
export async function readPassword(file: string | undefined, prompt: string): Promise<string> {
  if (file !== undefined) {
    try {
      return (await readFile(file, "utf8")).split(/\r?\n/, 1)[0] ?? "";
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

async function readKeystore(path: string): Promise<KeystoreFile> {
  try {
    const file = JSON.parse(await readFile(path, "utf8")) as KeystoreFile;
    if (file.version !== 3 || !file.crypto) throw new Error("it is no keystore of version 3");
    return file;
  } catch (cause) {
    throw new Failure(`The keystore ${path} cannot be read`, reason(cause), "name a keystore file of version 3", {
      cause,
    });
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
