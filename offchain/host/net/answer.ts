// The body of an answer, as long as it is no larger than it may be, and as long as it keeps coming.
import { NetTooLarge } from "./errors.ts";

/**
 * The parts of a body, as they come.
 * @param most bytes
 * @param onBytes called whenever some bytes have come
 * @throws NetTooLarge as soon as more bytes are announced, or come
 */
export async function* partsOf(response: Response, most: number, onBytes: () => void): AsyncGenerator<Uint8Array> {
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > most) {
    await response.body?.cancel();
    throw new NetTooLarge("answer", announced, most);
  }
  let size = 0;
  // Leaving the loop by a throw ends the connection.
  for await (const chunk of response.body ?? []) {
    onBytes();
    size += chunk.length;
    if (size > most) throw new NetTooLarge("answer", size, most);
    yield chunk;
  }
}

/** All parts together. The memory that it takes grows with what has come. */
export async function joined(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const part of parts) chunks.push(part);
  return new Uint8Array(Buffer.concat(chunks));
}
