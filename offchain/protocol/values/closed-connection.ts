// Servers close connections that nobody uses. A client whose thread was busy meanwhile does not notice, and writes into a closed one.

/** Codes of a connection that was closed before an answer came. */
const CODES = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"];

/** Whether a request has failed because its connection was closed. If it was a kept one, the same request works on a new connection. */
export function isClosedConnection(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && CODES.includes(String(at.code))) return true;
  }
  return false;
}
