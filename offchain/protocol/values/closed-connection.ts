// Servers close connections that nobody uses. A client whose thread was busy meanwhile does not notice, and writes into a closed one.

/** Codes of a connection that was closed before an answer came. */
const CODES = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"];

/** Connections to one server that may have been kept, and closed, at the same time. */
const MOST_KEPT = 4;

/** Makes a request that may be made twice. While it fails because its connection was closed, it is made again at once, on another one. */
export async function overKept<T>(request: () => Promise<T>): Promise<T> {
  for (let kept = 1; ; kept++) {
    try {
      return await request();
    } catch (error) {
      if (kept > MOST_KEPT || !isClosedConnection(error)) throw error;
    }
  }
}

/** Whether a request has failed because its connection was closed. */
function isClosedConnection(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && CODES.includes(String(at.code))) return true;
  }
  return false;
}
