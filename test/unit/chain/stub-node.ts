// A node over HTTP that answers as the test says, without a chain behind it.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

type Question = { readonly id: number; readonly method: string; readonly params?: readonly unknown[] };
/** What the node answers, by method. What is thrown is its refusal. */
export type Methods = Record<string, (...params: readonly unknown[]) => unknown>;

/** Of `heard`, each entry is the methods of one request. */
export async function startNode(methods: Methods) {
  const heard: string[][] = [];
  function answer({ id, method, params = [] }: Question) {
    try {
      const known = methods[method];
      if (!known) throw new Error(`the test does not say what ${method} answers`);
      return { jsonrpc: "2.0", id, result: known(...params) };
    } catch (error) {
      return { jsonrpc: "2.0", id, error: { code: -32_000, message: (error as Error).message } };
    }
  }
  const server = createServer(async (request, response) => {
    const asked = JSON.parse(await text(request)) as Question | Question[];
    heard.push([asked].flat().map(({ method }) => method));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked)));
  });
  await once(server.listen(0), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
