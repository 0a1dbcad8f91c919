import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
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
