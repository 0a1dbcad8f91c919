// A node of a chain that says what a test wants: JSON-RPC over HTTP, for tests whose subject is not the chain.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Method → its result, given its parameters. A method that is not here is unknown to the node. */
export type Answers = Readonly<Record<string, (params: readonly unknown[]) => unknown>>;
type Call = { readonly id: number; readonly method: string; readonly params?: readonly unknown[] };

/** Starts a node at a free port of this computer. */
export async function startFakeNode(answers: Answers): Promise<{ readonly url: string; stop(): void }> {
  function answer({ id, method, params = [] }: Call) {
    const result = answers[method]?.(params);
    return {
      jsonrpc: "2.0",
      id,
      ...(result === undefined ? { error: { code: -32601, message: method } } : { result }),
    };
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const calls = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(calls) ? calls.map(answer) : answer(calls)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
