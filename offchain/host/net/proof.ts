// How a store knows who asks: a signature over what is asked, of which store, and when.
//
//   authorization: SONM <unix milliseconds> <signature of 65 bytes>
import type { Address, ContentId, Hex } from "@sonm/protocol/values/ids";
import { concat, keccak256, type LocalAccount, recoverAddress, stringToHex, toHex } from "viem";
import { NetUnproven } from "./errors.ts";

/** Part of the signed bytes, so that the signature is valid for requests to a store only. */
const TAG = keccak256(stringToHex("SONM store request 1"));

/** Milliseconds by which a proof may differ from the store's clock, in either direction. It can be used as long. */
export const PROOF_MS = 5 * 60 * 1000;
/** Proofs that a checker remembers. */
const MOST_KNOWN = 4096;

/** What is asked: to read a mailbox, from any number of any lane. Whoever may read one of its letters may read all of them. */
export function toRead(mailbox: Address): string {
  return `read the mail of ${mailbox.toLowerCase()}`;
}

/** What is asked: to keep content of so many bytes. */
export function toPublish(id: ContentId, length: number): string {
  return `publish ${length} bytes as ${id.toLowerCase()}`;
}

function digest(store: Hex, what: string, at: number): Hex {
  return keccak256(concat([TAG, store, toHex(at, { size: 8 }), keccak256(stringToHex(what))]));
}

/**
 * The header `authorization` of a request.
 * @param store its identity
 * @param at unix milliseconds
 */
export async function prove(account: LocalAccount, store: Hex, what: string, at: number): Promise<string> {
  if (!account.sign) throw new NetUnproven(`the key of ${account.address} cannot sign`);
  return `SONM ${at} ${await account.sign({ hash: digest(store, what, at) })}`;
}

/** Finds out who has made a proof. As with every recovered signature, a changed request has another asker, who is nobody. */
export type ProofCheck = (authorization: string | undefined, what: string) => Promise<Address>;

/**
 * Makes a check of proofs for one store. A reader shows the same proof again and again, so the check remembers the latest ones.
 * @param now unix milliseconds
 */
export function createProofCheck(store: Hex, now: () => number): ProofCheck {
  const known = new Map<string, Address>();

  return async (authorization, what) => {
    const [, time, signature] = /^SONM (\d{1,15}) (0x[0-9a-fA-F]{130})$/.exec(authorization ?? "") ?? [];
    if (time === undefined) throw new NetUnproven("the request is not signed");
    const late = now() - Number(time);
    if (Math.abs(late) > PROOF_MS) {
      const side = late > 0 ? "before" : "after";
      throw new NetUnproven(`it was signed ${Math.round(Math.abs(late) / 1000)} s ${side} now, by the store's clock`);
    }
    const name = `${authorization} ${what}`;
    const found = known.get(name);
    if (found) return found;
    let address: Address;
    try {
      address = await recoverAddress({ hash: digest(store, what, Number(time)), signature: signature as Hex });
    } catch (cause) {
      throw new NetUnproven("its signature is malformed", { cause });
    }
    known.set(name, address);
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value as string);
    return address;
  };
}
