// Before money depends on it, what one node says is compared with another. A node that lies, or is on a branch of its own, can still
// show a role anything. It cannot make the role send what another node would refuse.
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import { BaseError, numberToHex } from "viem";
import type { Nodes } from "./nodes.ts";
import { NodeError } from "./trouble.ts";

/** A transaction that is about to be sent. */
export type Intent = { readonly from: Address; readonly to: Address; readonly data: Hex };

/** What another node says: the same, something else, or nothing. */
export type Opinion =
  | { readonly kind: "same" }
  | { readonly kind: "other"; readonly why: string }
  | { readonly kind: "none" };

/** Blocks below the newest at which the hashes are compared: the newest ones may differ for a moment. */
const DEPTH = 2;
/** How often nodes that do not agree are asked, and milliseconds in between: one may be a block behind. */
const LOOKS = 4;
const PAUSE = 1_000;

/**
 * What comes of the opinions of all other nodes. One that says the same is enough: then two of them stand against the rest. If none of
 * them answers, the node in use is alone, and is believed: games have deadlines. Pure.
 * @returns the objections, if there is nobody who says the same
 */
export function objectionsIn(opinions: readonly Opinion[]): readonly string[] {
  if (opinions.some(({ kind }) => kind === "same")) return [];
  return opinions.flatMap((opinion) => (opinion.kind === "other" ? [opinion.why] : []));
}

async function headOf(nodes: Nodes, place: number): Promise<number> {
  return Number(await nodes.consult(place, { method: "eth_blockNumber" }));
}

async function hashOf(nodes: Nodes, place: number, block: number): Promise<string | undefined> {
  const found = await nodes.consult(place, { method: "eth_getBlockByNumber", params: [numberToHex(block), false] });
  return (found as { readonly hash?: string } | null)?.hash;
}

/**
 * Compares a node with the one in use, which has already said that the transaction would go through.
 * @throws NodeError if the one in use does not say what is compared
 */
async function opinionOf(nodes: Nodes, used: number, other: number, intent: Intent): Promise<Opinion> {
  const name = nodes.names[other] ?? "";
  try {
    const [mine, theirs] = await Promise.all([headOf(nodes, used), headOf(nodes, other)]);
    const block = Math.max(0, Math.min(mine, theirs) - DEPTH);
    const [hash, otherHash] = await Promise.all([hashOf(nodes, used, block), hashOf(nodes, other, block)]);
    if (hash !== otherHash) {
      return { kind: "other", why: `block ${block} is ${hash} at ${nodes.names[used]}, and ${otherHash} at ${name}` };
    }
    await nodes.consult(other, { method: "eth_call", params: [intent, "latest"] });
    return { kind: "same" };
  } catch (error) {
    // Else a liar would only have to be silent when it is asked for what can be compared.
    if (error instanceof NodeError && error.node === nodes.names[used]) throw error;
    if (error instanceof NodeError) return { kind: "none" };
    const words = error instanceof BaseError ? error.details || error.shortMessage : String(error);
    return { kind: "other", why: `${name} says that this would fail: ${words}` };
  }
}

/**
 * Makes sure that another node agrees with the one in use about the chain, and about what a transaction would do.
 * @throws Failure if all others that answer say something else; NodeError if the node in use is silent now
 */
export async function requireAgreement(
  nodes: Nodes,
  intent: Intent,
  sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
): Promise<void> {
  for (let look = 1; ; look++) {
    const used = nodes.inUse();
    const opinions: Opinion[] = [];
    for (const place of nodes.names.keys()) {
      if (place === used) continue;
      const opinion = await opinionOf(nodes, used, place, intent);
      opinions.push(opinion);
      if (opinion.kind === "same") return;
    }
    const objections = objectionsIn(opinions);
    if (objections.length === 0) return;
    if (look === LOOKS) {
      const todo = "nothing is sent until they agree; find out which of them is right, and leave out the other one";
      throw new Failure("The nodes do not agree", objections.join("; "), todo);
    }
    await sleep(PAUSE);
  }
}
