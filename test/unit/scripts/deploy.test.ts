// `npm run deploy` as a deployer runs it, on a plain chain and with a keystore; and what stops it before it costs anything.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { connect, type Reader } from "@sonm/chain/clients";
import { contractKeys } from "@sonm/chain/deployment";
import { balanceOf } from "@sonm/chain/money/snm";
import type { Address } from "@sonm/protocol/values/ids";
import { createTestClient, http, parseEther } from "viem";
import { type Anvil, startAnvil } from "../../../offchain/devnet/anvil.ts";
import { DEPLOYMENT_GAS } from "../../../offchain/devnet/deploy.ts";
import { readDeployment } from "../../../offchain/host/access/deployment-file.ts";
import { createKeystore } from "../../../offchain/host/access/keystore.ts";
import { root, sonmBeside } from "../cli/sonm.ts";

const SUPPLY = parseEther("444000000");
let folder: string;
let [keystore, password, out] = ["", "", ""];
let anvil: Anvil;
let reader: Reader;
let deployer: Address;

before(async () => {
  anvil = await startAnvil({ chainId: 4242 });
  reader = await connect(anvil.url);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sonm-deploy-"));
  keystore = join(folder, "key.json");
  password = join(folder, "password");
  out = join(folder, "deployment.json");
  writeFileSync(password, "secret\n");
  deployer = (await createKeystore(keystore, "secret", undefined, 2 ** 10)).address;
});
after(() => anvil?.stop());

function deploys(...args: string[]): Promise<{ code: number; err: string }> {
  const child = spawn(process.execPath, [join(root, "scripts/deploy.ts"), ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? -1, err })));
}

const usual = () => ["--rpc", anvil.url, "--keystore", keystore, "--password-file", password];

describe("npm run deploy", () => {
  it("stops before anything is paid for when it could not end well", async () => {
    const refusals: [args: string[], says: RegExp, todo: RegExp][] = [
      [["--rpc", anvil.url], /--rpc and --keystore are needed/, /--help/],
      [["--url", anvil.url], /Unknown option '--url'/, /--help/],
      [[...usual(), "--holder", "me"], /--holder me is no address/, /40 hexadecimal digits/],
      [[...usual(), "--out", keystore], /exists, and may be all that knows/, /--out FILE/],
      [[...usual(), "--out", join(folder, "nowhere", "x")], /cannot be written/, /--out FILE/],
      [["--rpc", "http://127.0.0.1:1", ...usual().slice(2)], /No chain at/, /check the URL/],
      [[...usual(), "--out", out], new RegExp(`${deployer} has 0 of the chain's own money`), /send some/],
    ];
    for (const [args, says, todo] of refusals) {
      const { code, err } = await deploys(...args);
      assert.equal(code, 1, err);
      assert.match(err, says);
      assert.match(err.split("→ ")[1] ?? "", todo);
      assert.doesNotMatch(err, / at .*:\d+:\d+/, "no stack");
    }
    assert.ok(!existsSync(out));
    assert.equal(await reader.client.getTransactionCount({ address: deployer }), 0);
  });

  it("puts every contract where the file says, for no more gas than it asks for, and the verbs find them", async () => {
    const node = createTestClient({ mode: "anvil", transport: http(anvil.url) });
    await node.setBalance({ address: deployer, value: parseEther("1") });
    const holder: Address = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
    const { code, err } = await deploys(...usual(), "--holder", holder, "--out", out);
    assert.equal(code, 0, err);
    const deployment = readDeployment(out);
    assert.equal(deployment.chainId, 4242);
    for (const key of contractKeys) {
      assert.ok(((await reader.client.getCode({ address: deployment.addresses[key] })) ?? "0x").length > 2, key);
    }
    assert.equal(await balanceOf(reader, deployment, holder), SUPPLY);
    const blocks = await Promise.all(
      contractKeys.map((_, i) => reader.client.getBlock({ blockNumber: BigInt(deployment.block + i) })),
    );
    const gas = blocks.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
    assert.ok(gas <= DEPLOYMENT_GAS && gas > (DEPLOYMENT_GAS * 9n) / 10n, `${gas} gas`);

    const env = { SONM_RPC: anvil.url, SONM_DEPLOYMENT: out, SONM_KEYSTORE: keystore, SONM_PASSWORD_FILE: password };
    const made = await sonmBeside(["hub", "create", "Aurora", "--json"], env);
    assert.equal(made.code, 0, made.err);
    const listed = JSON.parse((await sonmBeside(["hubs", "--json"], env)).out);
    assert.equal(listed.hubs[0].wallet, JSON.parse(made.out).hub.wallet);
    await node.setBalance({ address: deployer, value: 1n });
    const poor = JSON.parse((await sonmBeside(["hub", "create", "Borealis", "--salt", "1", "--json"], env)).out);
    assert.match(poor.error.why, /cannot pay the gas/);
    assert.match(poor.error.todo, /sonm balance/);
  });
});
