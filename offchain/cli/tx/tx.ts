// `sonm tx`: transactions that are in no block yet, and what can be done about them.

import type { Reader } from "@sonm/chain/clients";
import { priceOf, showPrice } from "@sonm/chain/fees";
import { gapsIn, lastOf, type Outgoing } from "@sonm/chain/outbox";
import { showSpan } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { sentOf } from "../../host/access/access.ts";
import { type Terminal, table } from "../../host/terminal/terminal.ts";
import { accountMeant, type NetworkOptions, openKey, openNetwork, takesAccount, takesNetwork } from "../network.ts";
import { type Answer, answering, examples } from "../verb.ts";

/** A number of the account's that no block has yet. */
export type UnderWay = {
  readonly nonce: number;
  /**
   * `waiting` in the node's pool; `lost` by the node, and given to it again by whoever waits for it; `foreign`: another program has sent it;
   * `missing`: nobody has it, and all above it wait for it
   */
  readonly state: "waiting" | "lost" | "foreign" | "missing";
  readonly call: string | null;
  /** of the form sent last */
  readonly hash: Hex | null;
  /** most that a unit of gas can cost by it, wei */
  readonly price: bigint | null;
  /** how often it was sent with higher fees, or to be cancelled */
  readonly replaced: number;
  readonly cancelled: boolean;
  /** unix milliseconds of its first sending */
  readonly since: number | null;
};

/**
 * @param mined how many transactions of the account are in blocks
 * @param pending how many the node has, from the first to the first that is missing
 * @param sent what this computer has written down, from number `mined` on
 * @param known hashes that the node has
 */
export function underWayOf(
  mined: number,
  pending: number,
  sent: readonly Outgoing[],
  known: ReadonlySet<Hex>,
): UnderWay[] {
  const own = sent.map((outgoing): UnderWay => {
    const { hash, fees, cancels } = lastOf(outgoing);
    return {
      nonce: outgoing.nonce,
      state: known.has(hash) ? "waiting" : "lost",
      call: outgoing.transaction.call,
      hash,
      price: priceOf(fees),
      replaced: outgoing.attempts.length - 1,
      cancelled: cancels,
      since: outgoing.attempts[0]?.at ?? null,
    };
  });
  const unknown = { call: null, hash: null, price: null, replaced: 0, cancelled: false, since: null };
  const foreign: UnderWay[] = [];
  for (let nonce = mined; nonce < pending; nonce++) {
    if (!sent.some((one) => one.nonce === nonce)) foreign.push({ ...unknown, nonce, state: "foreign" });
  }
  const missing = gapsIn(Math.max(mined, pending), sent).map((nonce): UnderWay => {
    return { ...unknown, nonce, state: "missing" };
  });
  return [...own, ...foreign, ...missing].sort((a, b) => a.nonce - b.nonce);
}

async function lookAt(reader: Reader, address: Address): Promise<UnderWay[]> {
  const { client } = reader;
  const [mined, pending] = await Promise.all([
    client.getTransactionCount({ address, blockTag: "latest" }),
    client.getTransactionCount({ address, blockTag: "pending" }),
  ]);
  const sent = await sentOf(reader, address, mined, mined);
  const known = await Promise.all(
    sent.map(async (outgoing) => {
      const { hash } = lastOf(outgoing);
      return (await client.getTransaction({ hash }).catch(() => undefined)) ? hash : undefined;
    }),
  );
  return underWayOf(mined, pending, sent, new Set(known.filter((hash) => hash !== undefined)));
}

const states: Readonly<Record<UnderWay["state"], string>> = {
  waiting: "waits",
  lost: "lost by the node",
  foreign: "sent by another program",
  missing: "missing: those after it wait for it",
};

function linesOf(all: readonly UnderWay[], now: number): string[] {
  if (all.length === 0) return ["Nothing is under way"];
  const rows = all.map(({ nonce, state, call, hash, price, replaced, cancelled, since }) => [
    String(nonce),
    plain(cancelled ? `nothing, in place of ${call}` : (call ?? "–")),
    `${states[state]}${replaced > 0 ? `, sent ${replaced + 1} times` : ""}`,
    hash === null ? "–" : `${hash.slice(0, 10)}…`,
    since === null ? "–" : showSpan(Math.max(0, Math.round((now - since) / 1000))),
    price === null ? "–" : showPrice(price),
  ]);
  return table(["number", "call", "state", "hash", "for", "offers"], rows, 4);
}

export function txList(): Command {
  const command = takesNetwork(new Command("list").argument("[account]", "whose (default: your own)"))
    .summary("what is in no block yet")
    .description(
      "Lists the transactions of an account that are in no block yet, as all commands and roles of this computer have written them down: " +
        "their numbers, how long they have waited, and what they offer for a unit of gas at most.",
    );
  examples(command, [["sonm tx list", "your own"]]);
  return answering<NetworkOptions>(command, async ([text], options) => {
    const account = await accountMeant(text, options);
    const { reader } = await openNetwork(options);
    const underWay = await lookAt(reader, account);
    return { lines: linesOf(underWay, Date.now()), data: { account, underWay } };
  });
}

/** The number that is meant: the one named, or the first under way, for which all others wait. */
function meant(text: string | undefined, all: readonly UnderWay[]): number {
  const what = "Nothing was sent";
  if (text === undefined) {
    const [first] = all;
    if (first) return first.nonce;
    throw new Failure(what, "nothing is under way", "do nothing");
  }
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Failure(what, `"${text}" is no transaction's number`, "see `sonm tx list` for those there are");
}

async function replace(
  text: string | undefined,
  options: NetworkOptions,
  terminal: Terminal,
  verb: "speedUp" | "cancel",
): Promise<Answer> {
  const { reader, signer, address } = await openKey(options);
  const nonce = meant(text, await lookAt(reader, address));
  const hash = await signer[verb](nonce);
  const [sent] = await sentOf(reader, address, nonce);
  const price = sent ? priceOf(lastOf(sent).fees) : 0n;
  const call = sent?.transaction.call ?? "nothing";
  const says =
    verb === "cancel"
      ? `In place of transaction ${nonce} (${call}) nothing is sent, for ${showPrice(price)} a gas`
      : `Transaction ${nonce} (${call}) offers ${showPrice(price)} a gas now`;
  return {
    lines: [`${terminal.paint("green", "✓")} ${plain(says)}`, "  `sonm tx list` shows it until it is in a block"],
    data: { nonce, hash, price },
  };
}

export function txSpeedUp(): Command {
  const command = takesAccount(new Command("speed-up").argument("[number]", "which (default: the first)"))
    .summary("offer more for one that waits")
    .description(
      "Sends a transaction under way once more with higher fees: what the chain asks now, and at least an eighth more than before. Roles and " +
        "commands do so by themselves after a minute, up to --max-fee.",
    );
  examples(command, [
    ["sonm tx speed-up", "the first one: all others wait for it"],
    ["sonm tx speed-up 12 --max-fee 500", "beyond the usual limit"],
  ]);
  return answering<NetworkOptions>(command, ([text], options, terminal) => replace(text, options, terminal, "speedUp"));
}

export function txCancel(): Command {
  const command = takesAccount(new Command("cancel").argument("[number]", "which (default: the first)"))
    .summary("send nothing in place of one that waits")
    .description(
      "Sends a transaction to yourself, of nothing, with the number of one under way and higher fees: one of the two gets into a block. " +
        "It fills a missing number too.",
    );
  examples(command, [["sonm tx cancel 12", "if it is still in no block"]]);
  return answering<NetworkOptions>(command, ([text], options, terminal) => replace(text, options, terminal, "cancel"));
}
