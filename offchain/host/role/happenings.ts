// What roles report while they work: one JSON object a line on stdout (`--events`). The command line and the scenarios turn it
// into text for people; the timekeeper of a local network reads `idle` and `busy`.
import type { NodeState } from "@sonm/chain/transport/nodes";
import { nodeErrorIn } from "@sonm/chain/transport/trouble";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, ClaimId, ContentId, GameId, Hex, JobId } from "@sonm/protocol/values/ids";
import { isDiskFull } from "../disk/database.ts";

export type RoleName = "buyer" | "hub" | "miner" | "verifier";

/** Wei of SNM in decimal digits: JSON has no integers of that size. */
export type Wei = string;

/** What the units that were tried have needed. */
export type Trial = {
  readonly units: number;
  /** of the longest run */
  readonly steps: number;
  /** the least exponent that is enough for it */
  readonly enough: number;
  /** of real time that the longest run took here, in one thread */
  readonly seconds: number;
};

/** What happened. Times are unix seconds of the chain, steps count instructions, gas is gas units. */
export type Happening =
  // every role
  | { readonly kind: "ready"; readonly address: Address }
  /**
   * Nothing to do at this block and with all mail up to number `mail` read, until the chain's time is `wakeAt` (null: until something
   * happens). Holds until the next `idle` or `busy`.
   */
  | { readonly kind: "idle"; readonly block: number; readonly mail: number; readonly wakeAt: number | null }
  | { readonly kind: "busy"; readonly with: readonly string[] }
  | {
      readonly kind: "failed";
      readonly action: string;
      readonly what: string;
      readonly why: string;
      readonly todo: string;
      /** seconds of real time until it is tried again */
      readonly retryIn: number;
    }
  /** Another node is in use than before, or one has begun to fail or works again. */
  | { readonly kind: "nodes"; readonly nodes: readonly NodeState[] }
  /** Something that others have sent is given up, so that it holds up nothing else. */
  | { readonly kind: "put-aside"; readonly what: string; readonly why: string }
  /** Content could not be read so many times, and is not read for so many seconds of real time. */
  | {
      readonly kind: "quarantined";
      readonly what: string;
      readonly why: string;
      readonly failures: number;
      readonly seconds: number;
    }
  | {
      readonly kind: "transaction";
      readonly call: string;
      readonly hash: Hex;
      readonly gas: number;
      readonly block: number;
    }
  /** A transaction is in no block yet, and was sent again: it offers `price` wei of the chain's own money for a unit of gas. */
  | {
      readonly kind: "raised";
      readonly call: string;
      readonly nonce: number;
      readonly hash: Hex;
      readonly price: string;
    }
  | { readonly kind: "staked"; readonly amount: Wei }
  // miner, verifier
  /** It takes no new work and computes nothing, until `until` (real time; null: until it is told). It still plays games and settles. */
  | { readonly kind: "resting"; readonly why: "paused" | "busy hours"; readonly until: number | null }
  | { readonly kind: "resumed" }
  // buyer
  /** A unit is run here, before anything is asked or paid. */
  | { readonly kind: "trying"; readonly unit: number; readonly bytes: number; readonly allowed: number }
  /** How far the run of a unit has come that is tried: steps, and seconds of real time. */
  | { readonly kind: "trial"; readonly unit: number; readonly steps: number; readonly seconds: number }
  /** What the job will need and cost, before anything is asked or paid. */
  | {
      readonly kind: "estimated";
      readonly job: JobId;
      readonly units: number;
      readonly batches: number;
      /** a unit's run has 8^exponent steps */
      readonly exponent: number;
      readonly allowed: number;
      /** the units that were tried; null if none was */
      readonly trial: Trial | null;
      /** of a unit, and of all units: what goes into escrow */
      readonly price: Wei;
      readonly total: Wei;
      /** what a claim locks, and a challenge */
      readonly deposit: Wei;
      readonly bond: Wei;
      /** seconds from a claim to its settlement, if nobody challenges it */
      readonly settles: number;
      /** from then on, units that nobody has claimed are refunded */
      readonly deadline: number;
    }
  | { readonly kind: "published"; readonly job: JobId; readonly image: ContentId; readonly inputs: number }
  | { readonly kind: "quoted"; readonly job: JobId; readonly expiry: number }
  | { readonly kind: "refused"; readonly job: JobId; readonly reason: string }
  | {
      readonly kind: "posted";
      readonly job: JobId;
      readonly units: number;
      readonly batches: number;
      readonly escrow: Wei;
    }
  /** How far a posted job has come: batches that are claimed, settled, collected, refunded. */
  | {
      readonly kind: "progress";
      readonly job: JobId;
      readonly batches: number;
      readonly claimed: number;
      readonly settled: number;
      readonly collected: number;
      readonly refunded: number;
      /** when the first claim can be settled that is not yet; null if there is none */
      readonly settlesAt: number | null;
    }
  /** Nothing is asked for this job any more, by its buyer's wish. */
  | {
      readonly kind: "cancelled";
      readonly job: JobId;
      /** false: it was not posted, and never will be; nothing was paid */
      readonly posted: boolean;
      /** batches that nobody has claimed, and their price, which comes back from `refundFrom` on, unless they are claimed before */
      readonly open: number;
      readonly back: Wei;
      readonly refundFrom: number;
    }
  | {
      readonly kind: "collected";
      readonly job: JobId;
      readonly batch: number;
      readonly units: number;
      readonly claim: ClaimId;
      readonly miner: Address;
    }
  | {
      readonly kind: "rejected";
      readonly job: JobId;
      readonly batch: number;
      readonly claim: ClaimId;
      readonly why: string;
    }
  | { readonly kind: "refunded"; readonly job: JobId; readonly batch: number; readonly amount: Wei }
  | { readonly kind: "done"; readonly job: JobId; readonly settledUnits: number; readonly refundedUnits: number }
  // hub
  | { readonly kind: "announced"; readonly miner: Address; readonly slots: number; readonly minPay: Wei }
  | { readonly kind: "quote-signed"; readonly job: JobId; readonly units: number }
  | { readonly kind: "quote-refused"; readonly job: JobId; readonly reason: string }
  | {
      readonly kind: "assigned";
      readonly job: JobId;
      readonly batch: number;
      readonly attempt: number;
      readonly miner: Address;
      readonly pay: Wei;
      readonly expiry: number;
    }
  // miner
  | { readonly kind: "declined"; readonly job: JobId; readonly batch: number; readonly reason: string }
  | {
      readonly kind: "unit-computed";
      readonly job: JobId;
      readonly batch: number;
      readonly unit: number;
      readonly steps: number;
      readonly halt: number;
      readonly exitCode: string;
      /** what ended the program against its will */
      readonly fault?: string;
      /** true for the one unit on which a liar lies */
      readonly lie: boolean;
      /** a lie was to be told about this unit, and makes no difference to its result: it is honest */
      readonly vain?: true;
    }
  | {
      readonly kind: "claimed";
      readonly claim: ClaimId;
      readonly job: JobId;
      readonly batch: number;
      readonly attempt: number;
      readonly miner: Address;
      readonly units: number;
      readonly root: Hex;
    }
  | { readonly kind: "delivered"; readonly claim: ClaimId; readonly content: ContentId }
  /** `hubName`: what the hub calls itself; null for a payer that is no hub */
  | { readonly kind: "paid"; readonly hub: Address; readonly hubName: string | null; readonly amount: Wei }
  // verifier
  | { readonly kind: "unit-checked"; readonly claim: ClaimId; readonly unit: number; readonly steps: number }
  | {
      readonly kind: "checked";
      readonly claim: ClaimId;
      readonly batch: number;
      readonly miner: Address;
      readonly units: number;
      readonly ok: boolean;
    }
  | { readonly kind: "committed"; readonly claim: ClaimId; readonly rank: number }
  | {
      readonly kind: "opened";
      readonly game: GameId;
      readonly claim: ClaimId;
      /** the disputed unit; null while the miner's leaves have to be found first */
      readonly unit: number | null;
    }
  | { readonly kind: "retracted"; readonly claim: ClaimId }
  | { readonly kind: "left"; readonly game: GameId; readonly claim: ClaimId }
  | { readonly kind: "awarded"; readonly claim: ClaimId; readonly amount: Wei }
  // players
  | { readonly kind: "revealed"; readonly game: GameId; readonly level: number }
  | { readonly kind: "picked"; readonly game: GameId; readonly level: number; readonly unit: number | null }
  /** The eight states just posted lie in `(from, to]`, at equal distances. */
  | {
      readonly kind: "split";
      readonly game: GameId;
      readonly unit: number;
      readonly by: Address;
      /** number of splits in the game so far, this one included */
      readonly depth: number;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: "proved";
      readonly game: GameId;
      readonly claim: ClaimId;
      readonly unit: number;
      /** the step that the miner got wrong: from `s(step)` to `s(step + 1)` */
      readonly step: number;
      readonly pc: Hex;
      /** the executed instruction in assembler */
      readonly instruction: string;
      /** every register that is not zero before or after, in hexadecimal */
      readonly registers: readonly { readonly name: string; readonly before: Hex; readonly after: Hex }[];
    }
  | { readonly kind: "timed-out"; readonly game: GameId; readonly claim: ClaimId; readonly loser: Address }
  // whoever sees it
  | { readonly kind: "convicted"; readonly claim: ClaimId; readonly miner: Address; readonly slashed: Wei }
  | {
      readonly kind: "settled";
      readonly claim: ClaimId;
      readonly job: JobId;
      readonly batch: number;
      readonly units: number;
    };

/** A happening with its reporter. */
export type RoleEvent = Happening & {
  readonly role: RoleName;
  /** the reporter's name from its configuration, which distinguishes roles of one kind */
  readonly name: string;
  /** unix seconds of the chain at the reporter's last look */
  readonly at: number;
};

/** One line of text, without the line feed. */
export function formatEvent(event: RoleEvent): string {
  return JSON.stringify(event);
}

/** Reads a line back; undefined for a line that is no event. */
export function parseEvent(line: string): RoleEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: object = JSON.parse(line);
    return "kind" in value && "role" in value ? (value as RoleEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** How a failure is reported. `retryIn`: seconds of real time until `action` is tried again. */
export function failed(action: string, error: unknown, retryIn: number): Happening {
  if (error instanceof Failure) {
    const { what, why, todo } = error;
    return { kind: "failed", action, what, why, todo, retryIn };
  }
  const silent = nodeErrorIn(error);
  if (silent) {
    const todo = "it will be tried again; if it lasts, name another node (--rpc)";
    return { kind: "failed", action, what: `No answer from ${silent.node}`, why: silent.trouble.why, todo, retryIn };
  }
  const [what, why] = [`${action} has failed`, String((error as Error)?.message ?? error)];
  if (isDiskFull(error)) {
    const todo = "make room: nothing that was written is lost, and it will be tried again";
    return { kind: "failed", action, what, why: `the disk is full (${why})`, todo, retryIn };
  }
  return { kind: "failed", action, what, why, todo: "it will be tried again", retryIn };
}
