// A way that is bad for a while: each fault is what it says, and good again afterwards.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { openWay, type Way } from "./faulty-way.ts";

describe("a way to a server", { timeout: 60_000 }, () => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = `${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`.padEnd(200, ".");
    response.writeHead(200, { "content-length": body.length, "x-of": "the server" }).end(body);
  });
  let way: Way;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    way = await openWay(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  after(async () => {
    await way.stop();
    server.close();
    server.closeAllConnections();
  });
  const ask = () => fetch(`${way.url}/a?b=c`, { method: "POST", body: "words" });

  async function isGood(): Promise<void> {
    const answer = await ask();
    assert.equal(answer.headers.get("x-of"), "the server");
    assert.match(await answer.text(), /^POST \/a\?b=c words\.+$/);
  }

  it("lets everything through", isGood);

  it("slow: lets it through later", async () => {
    way.become("slow");
    await isGood();
  });

  it("drop: ends the connection", async () => {
    way.become("drop");
    await assert.rejects(ask());
  });

  it("hang: says nothing, until it is good again", async () => {
    way.become("hang");
    const asked = ask();
    const silent = Symbol();
    assert.equal(await Promise.race([asked, new Promise((resolve) => setTimeout(() => resolve(silent), 200))]), silent);
    way.become(undefined);
    await assert.rejects(asked);
    await isGood();
  });

  it("html, limited: answers instead of the server", async () => {
    way.become("html");
    const page = await ask();
    assert.deepEqual([page.status, page.headers.get("content-type")], [502, "text/html"]);
    way.become("limited");
    const limit = await ask();
    assert.deepEqual([limit.status, limit.headers.get("retry-after")], [429, "1"]);
  });

  it("cut: ends the answer in its middle", async () => {
    way.become("cut");
    const answer = await ask();
    assert.equal(answer.headers.get("content-length"), "200");
    await assert.rejects(answer.text());
    way.become(undefined);
    await isGood();
  });
});
