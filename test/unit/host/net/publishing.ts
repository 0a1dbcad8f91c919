// What tests of the store do to publish and to read as a peer does, but by hand.
import type { ContentId, Hex } from "@sonm/protocol/values/ids";
import { keccak256, type LocalAccount } from "viem";
import { prove, toPublish, toRead } from "../../../../offchain/host/net/proof.ts";

const identityOf = async (url: string) => (await (await fetch(`${url}/store`)).text()) as Hex;

/** A signed request to keep `length` bytes as `id`: its URL and its headers. */
export async function publishing(url: string, account: LocalAccount, id: Hex, length: number, at = Date.now()) {
  const proof = await prove(account, await identityOf(url), toPublish(id as ContentId, length), at);
  return { at: `${url}/content/${id}?length=${length}`, headers: { authorization: proof } };
}

/** Publishes by hand. */
export async function put(
  url: string,
  account: LocalAccount,
  bytes: Uint8Array,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> = bytes.slice(),
) {
  const { at, headers } = await publishing(url, account, keccak256(bytes), bytes.length);
  return fetch(at, { method: "PUT", headers, body, duplex: "half" });
}

/** The headers of a signed request to read the mail of `account`. */
export async function reading(url: string, account: LocalAccount, at = Date.now()) {
  return { authorization: await prove(account, await identityOf(url), toRead(account.address), at) };
}
