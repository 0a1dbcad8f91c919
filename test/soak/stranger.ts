// A stranger who wants to silence or ruin the network: it knows the addresses of all, and has ether, a little SNM and many keys.
import { randomBytes } from "node:crypto";
import type { Job } from "@sonm/protocol/job/job";
import type { Address, ClaimId, ContentId, Hex, JobId } from "@sonm/protocol/values/ids";
import { bytesToHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createHttpPeer } from "../../offchain/host/net/http-peer.ts";
import type { Message } from "../../offchain/host/net/message.ts";

export type Target = { readonly role: string; readonly address: Address };

const hash = () => bytesToHex(randomBytes(32));
/** A signature that ends in the magic of ERC-8010, after something malformed. */
const FORGED: Hex = `0x${"00".repeat(33)}${"8010".repeat(16)}`;

/** A letter of a random kind, about things that do not exist. */
function nonsense(kind: number): Message {
  const [job, claim] = [hash() as JobId, hash() as ClaimId];
  switch (kind % 6) {
    case 0:
      return { kind: "announce", slots: 10_000, minPay: 0n };
    case 1:
      return { kind: "accept", job, batch: 0, attempt: 0 };
    case 2:
      return { kind: "decline", job, batch: 0, attempt: 0, reason: "no" };
    case 3:
      return { kind: "ask-results", claim };
    case 4:
      return { kind: "results", claim, content: hash() as ContentId };
    default:
      return { kind: "quote", job, expiry: 2n ** 63n, signature: FORGED };
  }
}

/** Sends letters from fresh keys to a mailbox of the store at `url`. */
export async function flood(url: string, to: Address, letters: number): Promise<void> {
  for (let sent = 0; sent < letters; ) {
    const peer = createHttpPeer({ url, account: privateKeyToAccount(generatePrivateKey()) });
    const some = Math.min(10, letters - sent);
    await Promise.all(Array.from({ length: some }, (_, i) => peer.send(to, nonsense(sent + i))));
    sent += some;
  }
}

/** Letters whose signatures are malformed in the way that once silenced a miner. */
export async function forge(url: string, targets: readonly Target[], job: Job): Promise<void> {
  const peer = createHttpPeer({ url, account: privateKeyToAccount(generatePrivateKey()) });
  const expiry = 2n ** 40n;
  for (const { address } of targets) {
    await peer.send(address, { kind: "assign", job, batch: 0, attempt: 0, pay: 1n, expiry, signature: FORGED });
    await peer.send(address, { kind: "quote", job: hash() as JobId, expiry, signature: FORGED });
  }
}

/** Questions about claims and jobs that exist, many times over. */
export async function ask(url: string, targets: readonly Target[], claims: readonly ClaimId[]): Promise<void> {
  const peer = createHttpPeer({ url, account: privateKeyToAccount(generatePrivateKey()) });
  for (const { address } of targets)
    for (const claim of claims) await peer.send(address, { kind: "ask-results", claim });
}

/** MessagePack that claims to be longer than memory, in every place where the store reads some. */
export async function claimLengths(url: string): Promise<void> {
  const bodies = ["dfffffffff", "ddffffffff", "c6ffffffff", `${"91".repeat(5000)}c0`, "dbfffffffe41"];
  for (const hex of bodies) {
    const body = Buffer.from(hex.padEnd(500, "0"), "hex");
    await fetch(`${url}/mail`, { method: "POST", body }).then((answer) => answer.arrayBuffer());
    await fetch(`${url}/content/${hash()}?length=99999999999`, { method: "PUT", body }).then((a) => a.arrayBuffer());
    await fetch(`${url}/mail/${hash()}?since=-1`).then((answer) => answer.arrayBuffer());
  }
}

/** Asks for a quote on a job like another one, but with an image that costs its reader dear. */
export async function askForQuote(url: string, hub: Address, like: Job, image: Uint8Array): Promise<void> {
  const account = privateKeyToAccount(generatePrivateKey());
  const peer = createHttpPeer({ url, account });
  const id = await peer.publish(image);
  await peer.send(hub, { kind: "ask-quote", job: { ...like, buyer: account.address, image: id, salt: hash() } });
}
