// How many connections there are, and how long they may do nothing.
import type { Server } from "node:http";

/** Slowest body that is still read, bytes a second over its whole time. A byte now and then must not keep room reserved for days. */
const SLOWEST = 16 * 2 ** 10;

/**
 * Bounds the connections of a server: at most so many, at most half of them from one address, and none that is silent. A connection
 * beyond that is ended at once.
 */
export function boundConnections(server: Server, most: number, silenceMs: number): void {
  server.maxConnections = most;
  server.setTimeout(silenceMs);
  const open = new Map<string, number>();
  server.on("connection", (socket) => {
    const from = socket.remoteAddress ?? "";
    const count = (open.get(from) ?? 0) + 1;
    if (count > most / 2) return void socket.destroy();
    open.set(from, count);
    socket.once("close", () => {
      const left = (open.get(from) ?? 1) - 1;
      if (left === 0) open.delete(from);
      else open.set(from, left);
    });
  });
}

/** Passes the parts of a body on, as long as they come fast enough. */
export async function* paced(parts: AsyncIterable<Uint8Array>, silenceMs: number): AsyncGenerator<Uint8Array> {
  const start = performance.now();
  let size = 0;
  for await (const part of parts) {
    size += part.length;
    if (performance.now() - start > silenceMs + (1000 * size) / SLOWEST) throw new Error("it comes too slowly");
    yield part;
  }
}
