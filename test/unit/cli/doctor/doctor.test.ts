// `sonm doctor` on a network of one computer: everything there, then one thing after the other missing.
import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Devnet, startDevnet } from "../../../../offchain/devnet/local-chain.ts";
import { writeDeployment } from "../../../../offchain/host/access/deployment-file.ts";
import { createKeystore } from "../../../../offchain/host/access/keystore.ts";
import { type StoreServer, startStoreServer } from "../../../../offchain/host/net/server.ts";
import { runVerb } from "../../../support/verb.ts";
import { folderForTest } from "../sonm.ts";

describe("sonm doctor", { timeout: 120_000 }, () => {
  const folder = folderForTest();
  const deployment = join(folder, "deployment.json");
  const keystore = join(folder, "key.json");
  let devnet: Devnet;
  let store: StoreServer;
  let account: string;

  before(async () => {
    devnet = await startDevnet();
    store = await startStoreServer({ directory: join(folder, "store") });
    writeDeployment(deployment, devnet.deployment);
    account = (await createKeystore(keystore, "secret", undefined, 2 ** 10)).address;
    await devnet.endow(account as `0x${string}`, 1n);
  });
  after(async () => {
    await store?.stop();
    await devnet?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What it finds, by what it looked at. */
  async function found(change: Record<string, string> = {}) {
    const env = { SONM_RPC: devnet.url, SONM_DEPLOYMENT: deployment, SONM_KEYSTORE: keystore, SONM_NET: store.url };
    const { code, out } = await runVerb(["doctor", "--json"], { ...env, ...change });
    const { findings, wrong } = JSON.parse(out) as {
      findings: { what: string; state: string; says: string; todo?: string }[];
      wrong: number;
    };
    assert.equal(code, wrong > 0 ? 1 : 0);
    return Object.fromEntries(findings.map((finding) => [finding.what, finding]));
  }
  const wrongIn = (findings: Awaited<ReturnType<typeof found>>) =>
    Object.values(findings).flatMap(({ what, state }) => (state === "wrong" ? [what] : []));

  it("finds nothing wrong where nothing is", async () => {
    const findings = await found();
    assert.deepEqual(wrongIn(findings), []);
    assert.match(findings.chain?.says ?? "", /^chain 31337 at http:.*, block \d+$/);
    assert.equal(findings.key?.says, `${account}, in ${keystore}`);
    assert.equal(findings.store?.says, store.url);
    assert.match(findings.node?.says ?? "", /^(anvil|HardhatNetwork|EDR)/i);
    assert.equal(findings.port?.says, `${new URL(store.url).port} is the store's`);
    for (const what of ["sonm", "Node.js", "clock", "store's clock", "contracts", "gas", "disk", "memory", "Docker"])
      assert.ok(findings[what], what);
  });

  it("is for people too: a mark for each line, and what to do", async () => {
    const env = { SONM_RPC: devnet.url, SONM_DEPLOYMENT: deployment, SONM_NET: "http://127.0.0.1:9" };
    const { code, out } = await runVerb(["doctor"], env);
    assert.equal(code, 1);
    assert.match(out, /^ {2}contracts +✓ as in .*deployment\.json$/m);
    assert.match(out, /^ {2}key +! no keystore is named$/m);
    assert.match(
      out,
      /^ {2}store +✗ http:\/\/127\.0\.0\.1:9 does not answer: .*\n +→ start it \(`sonm store start`\)/m,
    );
    assert.match(out, /^1 thing is wrong\.$/m);
  });

  it("S8: looks at every node", async () => {
    const env = { SONM_RPC: `${devnet.url},http://127.0.0.1:9`, SONM_DEPLOYMENT: deployment, SONM_NET: store.url };
    const { code, out } = await runVerb(["doctor"], env);
    assert.equal(code, 1);
    assert.match(out, /^ {2}chain +✓ chain 31337 at http:.*, block \d+$/m);
    assert.match(out, /^ {2}(chain)? +✗ No chain at http:\/\/127\.0\.0\.1:9: .*$/m);
    const { out: both } = await runVerb(["doctor", "--rpc", devnet.url, "--rpc", devnet.url], env);
    assert.equal(both.match(/✓ chain 31337 at/g)?.length, 2);
  });

  it("tells each thing that is missing by itself", async () => {
    assert.deepEqual(wrongIn(await found({ SONM_RPC: "http://127.0.0.1:9" })), ["chain"]);
    assert.deepEqual(wrongIn(await found({ SONM_DEPLOYMENT: "" })), ["contracts"]);
    assert.deepEqual(wrongIn(await found({ SONM_NET: devnet.url })), ["store", "port"], "another server is no store");
    const poor = join(folder, "poor.json");
    await createKeystore(poor, "secret", undefined, 2 ** 10);
    assert.deepEqual(wrongIn(await found({ SONM_KEYSTORE: poor })), ["gas"]);
    const broken = join(folder, "broken.json");
    writeFileSync(broken, "{");
    assert.deepEqual(wrongIn(await found({ SONM_KEYSTORE: broken })), ["key"]);
  });

  it("opens the keystore if its password is at hand", async () => {
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, "secret\n");
    const { key } = await found({ SONM_PASSWORD_FILE: passwordFile });
    assert.equal(key?.says, `${account}, in ${keystore}; the password fits`);
    writeFileSync(passwordFile, "wrong\n");
    const wrong = await found({ SONM_PASSWORD_FILE: passwordFile });
    assert.deepEqual(wrongIn(wrong), ["key"]);
    assert.match(wrong.key?.says ?? "", /the password does not fit/);
  });

  it("tells a port that is free, one that is taken, and a store whose clock is another", async () => {
    const hour = 3600_000;
    const other = createServer((request, response) => {
      response.setHeader("date", new Date(Date.now() - hour).toUTCString());
      response.end(request.url === "/late/newest" ? "5" : "hello");
    });
    await once(other.listen(0, "127.0.0.1"), "listening");
    const { port } = other.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const late = await found({ SONM_NET: `${url}/late` });
    assert.deepEqual(wrongIn(late), ["store's clock"]);
    assert.match(late["store's clock"]?.says ?? "", /^this computer's clock is (1 h|59 min)( \d+ s)? ahead of it$/);
    const taken = await found({ SONM_NET: url });
    assert.deepEqual(wrongIn(taken), ["store", "port"]);
    assert.equal(taken.port?.says, `${port} is taken by a program that is no store`);
    other.closeAllConnections();
    other.close();
    await once(other, "close");
    const free = await found({ SONM_NET: url });
    assert.deepEqual(wrongIn(free), ["store"]);
    assert.equal(free.port?.says, `${port} is free for a store`);
    assert.match((await found({ SONM_NET: "7666" })).store?.todo ?? "", /^write it like http/);
  });

  it("tells a deployment of another chain, and one whose contracts are not there", async () => {
    const other = join(folder, "other.json");
    writeDeployment(other, { ...devnet.deployment, chainId: 1 });
    const { contracts } = await found({ SONM_DEPLOYMENT: other });
    assert.match(contracts?.says ?? "", /another chain/i);
    const nowhere = `0x${"12".repeat(20)}` as const;
    writeDeployment(other, { ...devnet.deployment, addresses: { ...devnet.deployment.addresses, jobBoard: nowhere } });
    assert.match((await found({ SONM_DEPLOYMENT: other })).contracts?.says ?? "", /there is no contract at 0x1212/);
  });
});
