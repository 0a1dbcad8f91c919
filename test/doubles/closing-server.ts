// A server that closes a kept connection when something comes on it for the second time, as one does whose client was busy for too long.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";

export async function startClosingServer(answer: (question: string) => string | Uint8Array) {
  const used = new WeakSet<Socket>();
  const count = { answered: 0, closed: 0 };
  const server = createServer(async (request, response) => {
    if (used.has(request.socket)) {
      count.closed++;
      request.socket.destroy();
      return;
    }
    used.add(request.socket);
    const body = answer(await text(request));
    count.answered++;
    response.setHeader("content-type", "application/json");
    response.end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
