// The body of an answer, as long as it is no larger than it may be, and as long as it keeps coming.
import { NetTooLarge } from "./errors.ts";

/**
 * Reads a body. The memory that it takes grows with what has come.
 * @param most bytes
 * @param onBytes called whenever some bytes have come
 * @throws NetTooLarge as soon as more bytes are announced, or come
 */
export async function bodyOf(response: Response, most: number, onBytes: () => void): Promise<Uint8Array> {
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > most) {
    await response.body?.cancel();
    throw new NetTooLarge("answer", announced, most);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw ends the connection.
  for await (const chunk of response.body ?? []) {
    onBytes();
    size += chunk.length;
    if (size > most) throw new NetTooLarge("answer", size, most);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
