// Evidence on the web: whoever accuses names the server.
import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { keccak256 } from "viem";
import { hashOfDocument } from "../../../../offchain/cli/dao/evidence.ts";

const document = new TextEncoder().encode("convicted");
const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/document": (response) => response.end(document),
  "/silent": () => {},
  "/half": (response) => response.writeHead(200, { "content-length": "9" }).write("conv"),
  "/huge": (response) => response.writeHead(200, { "content-length": String(2 ** 40) }).write("conv"),
};
const server = createServer((request, response) => answers[request.url ?? ""]?.(response));
let base: string;

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test("evidence is hashed as it comes from the web, or stands in the URI itself", async () => {
  assert.equal(await hashOfDocument(`${base}/document`), keccak256(document));
  assert.equal(await hashOfDocument("data:,convicted"), keccak256(document));
});

for (const path of ["/silent", "/half"]) {
  test(`S8: a server of evidence that says no more (${path}) is given up`, { timeout: 20_000 }, async () => {
    await assert.rejects(hashOfDocument(`${base}${path}`, 100), {
      what: `Cannot fetch ${base}${path}`,
      why: "nothing came for 100 ms",
    });
  });
}

test("S2: evidence without an end does not fill the memory", { timeout: 20_000 }, async () => {
  await assert.rejects(hashOfDocument(`${base}/huge`, 5000), {
    what: `Cannot fetch ${base}/huge`,
    why: /1099511627776/,
  });
});
