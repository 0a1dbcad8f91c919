// What a role checks before it trusts a chain: that it is the chain of the deployment, and that none of its own transactions is pending.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { contractKeys } from "@sonm/chain/deployment";
import { numberToHex } from "viem";
import { openAccess, openDeployment } from "../../../../offchain/host/access/access.ts";
import { writeDeployment } from "../../../../offchain/host/access/deployment-file.ts";
import { createKeystore } from "../../../../offchain/host/access/keystore.ts";
import { startFakeNode } from "../../../support/fake-node.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-access-"));
process.env.XDG_DATA_HOME = directory;
const passwordFile = join(directory, "password");
writeFileSync(passwordFile, "secret\n");
const keystore = join(directory, "key.json");
const { address } = await createKeystore(keystore, "secret", undefined, 1024);

/** A node of chain 7. It has mined three transactions of every account; `pending` has the number that it knows at each look. */
const node = { pending: [] as number[], looks: 0 };
const { url: rpc, stop } = await startFakeNode({
  eth_chainId: () => "0x7",
  eth_getBlockByNumber: () => ({
    number: "0x0",
    hash: numberToHex(7, { size: 32 }),
    parentHash: numberToHex(6, { size: 32 }),
    timestamp: "0x1",
    transactions: [],
  }),
  eth_getTransactionCount([of, block]) {
    assert.equal(of, address);
    return numberToHex(block === "pending" ? (node.pending[node.looks++] ?? 3) : 3);
  },
});
after(() => {
  stop();
  rmSync(directory, { recursive: true });
});

/** The file of a deployment on this chain. */
function deploymentOn(chainId: number): string {
  const file = join(directory, `${chainId}.json`);
  const addresses = Object.fromEntries(contractKeys.map((key) => [key, numberToHex(1, { size: 20 })])) as never;
  writeDeployment(file, { chainId, block: 1, addresses });
  return file;
}

test("a deployment of another chain is refused", async () => {
  await assert.rejects(openDeployment({ rpc, deployment: deploymentOn(8) }), {
    what: "This is another chain",
    why: `${rpc} is chain 7, the deployment in ${join(directory, "8.json")} is on 8`,
  });
  assert.equal((await openDeployment({ rpc, deployment: deploymentOn(7) })).reader.chainId, 7);
});

test("a role starts at once if nothing of its own is on the way", { timeout: 20_000 }, async () => {
  Object.assign(node, { pending: [3], looks: 0 });
  const { signer } = await openAccess({ rpc, deployment: deploymentOn(7), keystore, passwordFile });
  await signer.catchUp(10_000);
  assert.deepEqual([signer.address, node.looks], [address, 1]);
});

test("a role waits for what its predecessor has sent", { timeout: 20_000 }, async () => {
  Object.assign(node, { pending: [5, 4, 3], looks: 0 });
  const { signer } = await openAccess({ rpc, deployment: deploymentOn(7), keystore, passwordFile });
  await signer.catchUp(10_000);
  assert.equal(node.looks, 3);
});
