// The evidence of a proposal: the hash of a document, and where everybody can get it.

import type { Evidence } from "@sonm/chain/government/proposals";
import { Failure } from "@sonm/protocol/values/failure";
import { keccak256 } from "viem";
import { readNamedFile } from "../../host/access/files.ts";
import { joined, partsOf } from "../../host/net/answer.ts";

/** Documents that can be fetched; a `data:` URI contains the document. */
const WEB = /^(https?:\/\/|data:)/;
/** Bytes of a document, and milliseconds without a byte of it: whoever accuses names the server, and may be it. */
const MOST_BYTES = 64 * 2 ** 20;
const SILENCE_MS = 30_000;

async function bytesOf(source: string, silenceMs: number): Promise<Uint8Array> {
  if (!WEB.test(source)) return readNamedFile(source);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`nothing came for ${silenceMs} ms`)), silenceMs);
  try {
    const response = await fetch(source, { signal: silence.signal });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return await joined(partsOf(response, MOST_BYTES, () => timer.refresh()));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(`Cannot fetch ${source}`, why, "check the address, or save it and name the file", { cause });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param source a file, or a URL to be fetched
 * @param silenceMs milliseconds without a byte after which a fetch is given up
 */
export async function hashOfDocument(source: string, silenceMs = SILENCE_MS): Promise<Evidence["hash"]> {
  return keccak256(await bytesOf(source, silenceMs));
}

/** @param uri where others get it; not needed for a document on the web, which has its URL */
export async function readEvidence(source: string, uri: string | undefined): Promise<Evidence> {
  const place = uri ?? (WEB.test(source) ? source : undefined);
  if (place === undefined) {
    throw new Failure(
      "Nobody could check the evidence",
      `${source} is a file of yours, and nothing says where others get it`,
      "publish it, and name the place: --uri URI",
    );
  }
  if (/[\s]/.test(place)) throw new Failure(`"${place}" is no URI`, "it has a space in it", "encode it as %20");
  return { hash: await hashOfDocument(source), uri: place };
}
