// What a role checks before it trusts a chain: that it is the chain of the deployment, and that none of its own transactions is pending.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { contractKeys } from "@sonm/chain/deployment";
import { numberToHex } from "viem";
import { openAccess, openDeployment } from "../../../../offchain/host/access/access.ts";
import { writeDeployment } from "../../../../offchain/host/access/deployment-file.ts";
import { createKeystore } from "../../../../offchain/host/access/keystore.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-access-"));
const passwordFile = join(directory, "password");
writeFileSync(passwordFile, "secret\n");
const keystore = join(directory, "key.json");
const { address } = await createKeystore(keystore, "secret", undefined, 1024);

type Call = { readonly id: number; readonly method: string; readonly params: readonly unknown[] };

/** A node of chain 7. It has mined three transactions of every account; `pending` has the number that it knows at each look. */
const node = { pending: [] as number[], looks: 0 };
function answer({ id, method, params }: Call) {
  if (method === "eth_chainId") return { jsonrpc: "2.0", id, result: "0x7" };
  if (method !== "eth_getTransactionCount") return { jsonrpc: "2.0", id, error: { code: -32601, message: method } };
  assert.equal(params[0], address);
  const count = params[1] === "pending" ? (node.pending[node.looks++] ?? 3) : 3;
  return { jsonrpc: "2.0", id, result: numberToHex(count) };
}
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const calls = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(Array.isArray(calls) ? calls.map(answer) : answer(calls)));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});
const rpc = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

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
  assert.deepEqual([signer.address, node.looks], [address, 1]);
});

test("a role waits for what its predecessor has sent", { timeout: 20_000 }, async () => {
  Object.assign(node, { pending: [5, 4, 3], looks: 0 });
  await openAccess({ rpc, deployment: deploymentOn(7), keystore, passwordFile });
  assert.equal(node.looks, 3);
});
