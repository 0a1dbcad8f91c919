// The evidence of a proposal: the hash of a document, and where everybody can get it.

import type { Evidence } from "@sonm/chain/government/proposals";
import { Failure } from "@sonm/protocol/values/failure";
import { keccak256 } from "viem";
import { readNamedFile } from "../../host/access/files.ts";

/** Documents that can be fetched; a `data:` URI contains the document. */
const WEB = /^(https?:\/\/|data:)/;

async function bytesOf(source: string): Promise<Uint8Array> {
  if (!WEB.test(source)) return readNamedFile(source);
  try {
    const response = await fetch(source);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(`Cannot fetch ${source}`, why, "check the address, or save it and name the file", { cause });
  }
}

/** @param source a file, or a URL to be fetched */
export async function hashOfDocument(source: string): Promise<Evidence["hash"]> {
  return keccak256(await bytesOf(source));
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
