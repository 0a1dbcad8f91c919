// Keys of development chains, and how other commands use the address of a keystore.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createKeystore } from "../../../offchain/host/access/keystore.ts";
import { folderForTest, sonm } from "./sonm.ts";

const folder = folderForTest();
const env = { SONM_PASSWORD: "secret" };

test("--development makes the accounts that anvil and Hardhat's node endow", () => {
  const known = ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"];
  for (const [number, address] of known.entries()) {
    const file = join(folder, `${number}.json`);
    const { code, out, err } = sonm(["key", "new", file, "--development", String(number), "--json"], env);
    assert.equal(code, 0, err);
    assert.equal(JSON.parse(out).address, address);
    assert.equal(sonm(["key", "address", file]).out, `${address}\n`);
  }
  for (const none of ["10", "-1", "one"]) {
    const { code, err } = sonm(["key", "new", join(folder, "none.json"), "--development", none], env);
    assert.equal(code, 1);
    assert.match(err, /no such account\n {2}they are numbered from 0 to 9/);
  }
});

test("a keystore that does not say its address is told apart from one that does", async () => {
  const file = join(folder, "nameless.json");
  await createKeystore(file, "secret", undefined, 1024);
  const { address: _, ...nameless } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify(nameless));
  const { code, err } = sonm(["key", "address", file]);
  assert.equal(code, 1);
  assert.match(err, /does not say its address/);
});
