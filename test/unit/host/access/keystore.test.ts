import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as Keystore from "ox/Keystore";
import {
  addressOfKeystore,
  createKeystore,
  openKeystore,
  readPassword,
} from "../../../../offchain/host/access/keystore.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-keystore-"));
after(() => rmSync(directory, { recursive: true }));
const COST = 1024;
const KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

test("a key comes back with its password", async () => {
  const path = join(directory, "a.json");
  const made = await createKeystore(path, "secret", KEY, COST);
  const opened = await openKeystore(path, "secret");
  assert.equal(opened.address, made.address);
  assert.equal(opened.address, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
});

test("a new key is random", async () => {
  const a = await createKeystore(join(directory, "r1.json"), "x", undefined, COST);
  const b = await createKeystore(join(directory, "r2.json"), "x", undefined, COST);
  assert.notEqual(a.address, b.address);
});

test("the file shows its address, hides its key and is its owner's only", async () => {
  const path = join(directory, "b.json");
  await createKeystore(path, "secret", KEY, COST);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.ok(!readFileSync(path, "utf8").includes(KEY.slice(2)));
  assert.equal(await addressOfKeystore(path), "0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
});

test("a wrong password is refused", async () => {
  const path = join(directory, "c.json");
  await createKeystore(path, "secret", KEY, COST);
  await assert.rejects(openKeystore(path, "Secret"), /password does not fit/);
});

test("a key is never overwritten", async () => {
  const path = join(directory, "d.json");
  await createKeystore(path, "secret", KEY, COST);
  await assert.rejects(createKeystore(path, "secret", undefined, COST), /cannot be written/);
  assert.equal((await openKeystore(path, "secret")).address, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
});

test("what is no keystore is refused with a reason", async () => {
  const path = join(directory, "e.json");
  writeFileSync(path, "{}");
  await assert.rejects(openKeystore(path, "x"), /no keystore of version 3/);
  await assert.rejects(openKeystore(join(directory, "none.json"), "x"), /cannot be read/);
});

test("the password is the first line of its file", async () => {
  const path = join(directory, "password");
  writeFileSync(path, "pass word\r\nnot this\n");
  assert.equal(await readPassword(path, ""), "pass word");
  await assert.rejects(readPassword(join(directory, "none"), ""), /cannot be read/);
});

test("without a file the environment is asked, and without a terminal nobody", () => {
  const module = new URL("../../../../offchain/host/access/keystore.ts", import.meta.url);
  const script = `const { readPassword } = await import(${JSON.stringify(module.href)}); process.stdout.write(await readPassword(undefined, "Password"))`;
  const { SONM_PASSWORD: _, ...inherited } = process.env;
  const ask = (env: Record<string, string>) =>
    spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      input: "",
      env: { ...inherited, ...env },
    });
  assert.equal(ask({ SONM_PASSWORD: "from env" }).stdout, "from env");
  assert.match(ask({}).stderr, /There is no password/);
});

const cases = new URL("cases/", import.meta.url);
const caseFile = (name: string) => fileURLToPath(new URL(name, cases));
const caseJson = () => JSON.parse(readFileSync(caseFile("bom"), "utf8").slice(1));
const CASE_ADDRESS = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";

/** The keystore of the cases, changed. */
function changed(change: object): string {
  const path = join(directory, "changed.json");
  writeFileSync(path, JSON.stringify({ ...caseJson(), ...change }));
  return path;
}

/** A keystore that holds these bytes as its key. */
function holding(key: `0x${string}`): string {
  const [derived, derivation] = Keystore.scrypt({ password: "pw", n: COST, r: 8, p: 1, iv: new Uint8Array(16) });
  return changed({ address: undefined, ...Keystore.encrypt(key, derived, derivation) });
}

for (const name of ["Crypto-upper", "bom"]) {
  test(`U10: ${name} is opened`, async () => {
    assert.equal((await openKeystore(caseFile(name), "pw")).address, CASE_ADDRESS);
    assert.equal(await addressOfKeystore(caseFile(name)), CASE_ADDRESS.toLowerCase());
  });
}

test("U10: a byte order mark is no part of a password, and UTF-16 is read", async () => {
  assert.equal(await readPassword(caseFile("pw-bom"), ""), "pw");
  const path = join(directory, "utf16");
  writeFileSync(path, Buffer.from("\ufeffpw\r\n", "utf16le"));
  assert.equal(await readPassword(path, ""), "pw");
  writeFileSync(path, Buffer.from(`\ufeff${JSON.stringify(caseJson())}`, "utf16le").swap16());
  assert.equal((await openKeystore(path, "pw")).address, CASE_ADDRESS);
});

test("U10: what is no key is refused as what it is", async () => {
  await assert.rejects(openKeystore(caseFile("31-byte-key"), "pw"), /its key is 31 bytes long, not 32/);
  await assert.rejects(openKeystore(holding(`0x${"00".repeat(32)}`), "pw"), /its key is zero/);
  await assert.rejects(openKeystore(holding(`0x${"ff".repeat(32)}`), "pw"), /too large/);
  await assert.rejects(openKeystore(holding("0x"), "pw"), /its key is 0 bytes long/);
});

test("U10: an address that is not the key's is refused with both; without one, or with 0x, a keystore opens", async () => {
  const other = "70997970c51812dc3a010c7d01b50e0d17dc79c8";
  await assert.rejects(openKeystore(changed({ address: other }), "pw"), {
    message: new RegExp(`says that it is of 0x${other}, but its key is of ${CASE_ADDRESS}`),
  });
  await assert.rejects(openKeystore(changed({ address: 5 }), "pw"), /its address must be an address, not 5/);
  for (const address of [undefined, "", CASE_ADDRESS]) {
    assert.equal((await openKeystore(changed({ address }), "pw")).address, CASE_ADDRESS);
  }
});

test("U10: an encryption that is not read is named, and not taken for a wrong password", async () => {
  const { crypto } = caseJson();
  const refusals: [object, RegExp][] = [
    [{ kdf: "argon2id" }, /password goes through argon2id, and only scrypt and pbkdf2/],
    [{ cipher: "aes-256-gcm" }, /crypto\.cipher must be "aes-128-ctr", not aes-256-gcm/],
    [{ kdfparams: { ...crypto.kdfparams, dklen: 64 } }, /kdfparams\.dklen must be 32, not 64/],
    [{ kdfparams: { ...crypto.kdfparams, n: 1000 } }, /its scrypt cannot be computed: .*power of two/],
    [
      { kdfparams: { ...crypto.kdfparams, n: 2 ** 30 } },
      /kdfparams\.n must be an integer 1 … 67108864, not 1073741824/,
    ],
    [{ kdfparams: { ...crypto.kdfparams, n: 2 ** 23, r: 8, p: 2 } }, /its scrypt would take 134217728 rounds/],
    [{ kdfparams: { ...crypto.kdfparams, n: 2 ** 22, r: 8, p: 1 } }, /its scrypt cannot be computed: /],
    [{ kdf: "pbkdf2", kdfparams: { c: 2 ** 40, dklen: 32, prf: "hmac-sha256", salt: "00" } }, /kdfparams\.c must be/],
    [{ kdf: "pbkdf2", kdfparams: { c: 1000, dklen: 32, prf: "hmac-sha512", salt: "00" } }, /prf must be "hmac-sha256"/],
    [{ cipherparams: { iv: "00" } }, /cipherparams\.iv has 1 bytes, not 16/],
    [{ mac: "xyz" }, /crypto\.mac must be/],
  ];
  for (const [change, says] of refusals) {
    await assert.rejects(openKeystore(changed({ crypto: { ...crypto, ...change } }), "pw"), says);
  }
  await assert.rejects(openKeystore(changed({ crypto: 5 }), "pw"), /its crypto must be an object/);
});

test("U10: a file that is no JSON is refused without quoting it, because it may be the password's", async () => {
  await assert.rejects(openKeystore(caseFile("pw"), "pw"), { why: "it is not JSON" });
});
