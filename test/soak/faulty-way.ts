// A way to an HTTP server that can be bad for a while: it loses requests, keeps them waiting, or answers what stands between a client and
// its server answers when all is not well.
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Fault } from "./trouble.ts";

export type Way = {
  readonly url: string;
  /** From now on; undefined: all goes through. What has been kept waiting is then dropped. */
  become(fault: Fault | undefined): void;
  stop(): Promise<void>;
};

const SLOW_MILLISECONDS = 1500;

/** Opens a way to the server at `target`. */
export async function openWay(target: string): Promise<Way> {
  let fault: Fault | undefined;
  const waiting = new Set<Socket>();

  /** Sends the request on. */
  function onward(incoming: IncomingMessage, answer: ServerResponse, cut = false): void {
    const url = new URL(incoming.url ?? "/", target);
    const headers = { ...incoming.headers, host: url.host };
    const sent = request(url, { method: incoming.method, headers }, (back) => {
      answer.writeHead(back.statusCode ?? 502, back.headers);
      if (!cut) {
        back.pipe(answer);
        return;
      }
      // The beginning of the answer, as if the line had broken then.
      back.once("data", (part: Buffer) => {
        back.destroy();
        answer.write(part.subarray(0, part.length / 2), () => setImmediate(() => answer.destroy()));
      });
    });
    sent.on("error", () => answer.destroy());
    incoming.on("aborted", () => sent.destroy());
    incoming.pipe(sent);
  }

  const server = createServer((incoming, answer) => {
    switch (fault) {
      case "drop":
        incoming.socket.destroy();
        return;
      case "hang":
        waiting.add(incoming.socket);
        incoming.socket.once("close", () => waiting.delete(incoming.socket));
        return;
      case "html":
        answer.writeHead(502, { "content-type": "text/html", connection: "close" });
        answer.end("<html><body><h1>502 Bad Gateway</h1></body></html>");
        return;
      case "limited":
        answer.writeHead(429, { "content-type": "text/plain", "retry-after": "1", connection: "close" });
        answer.end("too many requests");
        return;
      case "slow":
        setTimeout(() => onward(incoming, answer), SLOW_MILLISECONDS);
        return;
      case "cut":
        onward(incoming, answer, true);
        return;
      default:
        onward(incoming, answer);
    }
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    become(next) {
      fault = next;
      for (const socket of waiting) socket.destroy();
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
