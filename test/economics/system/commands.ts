// What people do in the whole system, as data with short names, which can be read, shortened and kept.

import { nextMove } from "@sonm/protocol/dispute/next-move";
import { type GameView, turnOf, viewOf } from "@sonm/protocol/dispute/view";
import { type Hex, keccak256, padHex, toHex } from "viem";
import type { Amount } from "../../support/government/commands.ts";
import { amountOf } from "../../support/government/plan.ts";
import type { Work } from "../../support/market/fixture.ts";
import { eight, inputOf } from "../../support/market/games.ts";
import { corruptRun, type Run } from "../../support/market/runs.ts";
import { claimIdOf, commitmentHash, type Job, jobIdOf, SNM } from "../../support/market/terms.ts";
import { callOf, playerOn, type Table } from "../table.ts";
import type { Sight } from "./sight.ts";
import { type Call, type Caller, type Hub, OWNER_OF, type Payee, type World } from "./world.ts";

/** An amount: whole SNM and a few wei. */
export type Sum = readonly [snm: number, wei: number];
export const weiOf = ([snm, wei]: Sum): bigint => BigInt(snm) * SNM + BigInt(wei);

export type Deed =
  | { readonly do: "fund"; readonly hub: Hub; readonly sum: Sum }
  | { readonly do: "register" | "closePeriod" | "payDay" | "suspect" | "rehab" | "ban" | "sweep"; readonly hub: Hub }
  /** a part of what is available */
  | { readonly do: "transfer"; readonly hub: Hub; readonly payee: Payee; readonly part: Amount }
  /** a part of what is free, of what is approved for the caller */
  | { readonly do: "withdraw" | "pull"; readonly hub: Hub; readonly part: Amount }
  /** a wallet or the Treasury brings in what a hub has approved for it */
  | { readonly do: "bringIn"; readonly hub: Hub; readonly payee: Hub | "treasury" }
  /** collects what waits for a hub in the escrow */
  | { readonly do: "collect"; readonly hub: Hub }
  | { readonly do: "post"; readonly as: string; readonly hub: Hub; readonly shape: number; readonly deadline: number }
  | { readonly do: "refund"; readonly job: string; readonly batches: readonly number[] }
  | {
      readonly do: "claim";
      readonly as: string;
      readonly job: string;
      readonly batch: number;
      readonly attempt: number;
      /** position in the batch, and the step from which its run is corrupted */
      readonly lies: readonly (readonly [number, number])[];
      readonly payBps: number;
      readonly forged?: boolean;
    }
  | { readonly do: "settle" | "confirm"; readonly claim: string }
  | { readonly do: "commit"; readonly as: string; readonly claim: string }
  /** on the leaf at `position`, with the true run or one corrupted from step `lie` on; without a position on the tree */
  | { readonly do: "open"; readonly commitment: string; readonly position?: number; readonly lie?: number }
  | { readonly do: "retract" | "forfeit"; readonly commitment: string }
  /** the next move of the side that has the turn: a miner uses its own runs, a challenger the true ones or a lie */
  | { readonly do: "answer"; readonly game: number; readonly lie?: number }
  | { readonly do: "timeOut" | "leave"; readonly game: number }
  | { readonly do: "award"; readonly claim: string; readonly game: number }
  | { readonly do: "rate"; readonly hub: Hub; readonly inFavour: boolean; readonly sum: Sum }
  | { readonly do: "claimRating"; readonly position: number }
  | { readonly do: "release"; readonly seizure: number }
  /** a part of what is not frozen */
  | { readonly do: "spend"; readonly part: Amount }
  | { readonly do: "deposit"; readonly sum: Sum }
  /** a part of the caller's free stake */
  | { readonly do: "requestWithdrawal"; readonly part: Amount }
  | { readonly do: "withdrawStake" };
/** `at`: seconds since the beginning. */
export type Command = { readonly at: number; readonly by: Caller } & Deed;
/** The command that does that. */
export type Of<Do extends Deed["do"], Any = Command> = Any extends { readonly do: infer One }
  ? Do extends One
    ? Any
    : never
  : never;

type Announced = {
  readonly by: Caller;
  readonly claim: string;
  readonly work: Work;
  readonly salt: Hex;
  readonly hash: Hex;
};
/** Everything that commands have named so far, and what the events of games have shown. */
export type Script = {
  readonly jobs: Map<string, { readonly job: Job; posted: boolean }>;
  readonly works: Map<string, Work>;
  readonly commitments: Map<string, Announced>;
  readonly tables: Table[];
};
export const openScript = (): Script => ({ jobs: new Map(), works: new Map(), commitments: new Map(), tables: [] });

/** Odd amounts, one batch or several, short and longer runs. */
export const SHAPES = [
  { units: 3, batchSize: 2, exponent: 2, price: SNM + 1n },
  { units: 2, batchSize: 1, exponent: 2, price: 7n * SNM - 3n },
  { units: 5, batchSize: 5, exponent: 4, price: 2n * SNM },
] as const;
const FOREVER = 2n ** 40n;

/** The call that a command stands for; undefined if it names something that does not exist. */
export async function callFor(world: World, script: Script, sight: Sight, command: Command): Promise<Call | undefined> {
  const { by: from } = command;
  const { addressOf } = world;
  const call = (to: Call["to"], name: string, ...args: unknown[]): Call => ({ from, to, name, args });
  switch (command.do) {
    case "fund":
      return call("snm", "transfer", addressOf(command.hub), weiOf(command.sum));
    case "transfer": {
      const { available } = sight.hubs[command.hub];
      return call(command.hub, "transfer", addressOf(command.payee), amountOf(command.part, available));
    }
    case "withdraw":
      return call(command.hub, "withdraw", amountOf(command.part, sight.hubs[command.hub].free));
    case "pull":
      return call("snm", "transferFrom", addressOf(command.hub), addressOf(from), pulled(sight, command));
    case "suspect":
    case "rehab":
    case "ban":
      return call(command.hub, command.do, sight.hubs[command.hub].registrations.length);
    case "bringIn":
      return call(command.payee, "collect", addressOf(command.hub));
    case "collect":
      return call("board", "collect", addressOf(command.hub));
    case "post":
      return postCall(world, script, command);
    case "refund": {
      const named = script.jobs.get(command.job);
      return named && call("board", "refund", named.job, command.batches);
    }
    case "claim":
      return claimCall(world, script, command);
    case "settle":
    case "confirm": {
      const work = script.works.get(command.claim);
      return work && call("results", command.do, work.job, work.claim);
    }
    case "commit": {
      const work = script.works.get(command.claim);
      if (!work) return undefined;
      const salt = keccak256(toHex(command.as));
      const hash = commitmentHash(addressOf(from), work.id, salt);
      script.commitments.set(command.as, { by: from, claim: command.claim, work, salt, hash });
      return call("bisection", "commit", hash);
    }
    case "open":
      return openCall(world, script, command);
    case "retract": {
      const made = script.commitments.get(command.commitment);
      return made && call("bisection", "retract", made.work.job, made.work.claim, made.salt);
    }
    case "forfeit": {
      const made = script.commitments.get(command.commitment);
      return made && call("bisection", "forfeit", addressOf(made.by), made.hash);
    }
    case "answer":
      return answerCall(world, script, sight, command);
    case "timeOut":
    case "leave": {
      const table = script.tables[command.game];
      return table && call("bisection", command.do, table.game);
    }
    case "award": {
      const [work, table] = [script.works.get(command.claim), script.tables[command.game]];
      return work && table && call("bisection", "award", work.job, work.claim, table.game);
    }
    case "rate":
      return call("ratings", "rate", addressOf(command.hub), command.inFavour, weiOf(command.sum));
    case "claimRating":
      return call("ratings", "claim", BigInt(command.position));
    case "release":
      return call("treasury", "release", BigInt(command.seizure));
    case "spend":
      return call("treasury", "spend", addressOf("holder"), spent(sight, command));
    case "deposit":
      return call("deposits", "deposit", weiOf(command.sum));
    case "requestWithdrawal":
      return call("deposits", "requestWithdrawal", askedBack(sight, command));
    case "withdrawStake":
      return call("deposits", "withdraw");
    default:
      return call(command.hub, command.do);
  }
}

/** The amount that a pull asks for. Nothing is approved for a caller that is no payee. */
export function pulled({ hubs }: Sight, { hub, by, part }: Of<"withdraw" | "pull">): bigint {
  return amountOf(part, hubs[hub].allowances[by as Payee] ?? 0n);
}

/** The amount that a spending asks for. */
export function spent({ balances, frozen }: Sight, { part }: Of<"spend">): bigint {
  return amountOf(part, (balances.treasury ?? 0n) - frozen);
}

/** The amount of a stake that its owner asks back. */
export function askedBack({ stakes }: Sight, { by, part }: Of<"requestWithdrawal">): bigint {
  return amountOf(part, stakes[by]?.free ?? 0n);
}

async function postCall(world: World, script: Script, { as, by, hub, shape, deadline }: Of<"post">): Promise<Call> {
  const { market, people, addressOf, start } = world;
  const job = await market.termsOf({
    ...(SHAPES[shape % SHAPES.length] ?? SHAPES[0]),
    deposit: 100n * SNM + 1n,
    bond: 30n * SNM + 1n,
    hub: addressOf(hub),
    salt: padHex(toHex(as)),
    deadline: BigInt(start + deadline),
  });
  if (!script.jobs.has(as)) script.jobs.set(as, { job, posted: false });
  const signature = await market.quote(jobIdOf(job), FOREVER, people[OWNER_OF[hub]]);
  return { from: by, to: "board", name: "post", args: [job, FOREVER, signature] };
}

async function claimCall(world: World, script: Script, command: Of<"claim">): Promise<Call | undefined> {
  const { market, people, nameOf } = world;
  const { as, by, batch, attempt, lies, payBps, forged } = command;
  const named = script.jobs.get(command.job);
  if (!named) return undefined;
  const { job } = named;
  const miner = people[by as keyof typeof people] ?? people.stranger;
  const own = market.workOf(job, { by: miner, batch, attempt, lies: new Map(lies) });
  const claim = { ...own.claim, pay: (job.price * BigInt(payBps)) / 10_000n };
  script.works.set(as, { ...own, claim, id: claimIdOf(claim) });
  const owner = OWNER_OF[nameOf(job.hub) as Hub];
  const signature = await market.assign(claim, FOREVER, people[forged ? "stranger" : owner], job.hub);
  return { from: by, to: "results", name: "claim", args: [job, claim, FOREVER, signature] };
}

/** The true run, or one that is corrupted from that step on. */
export function runOf({ market }: World, work: Work, position: number, lie: number | undefined): Run {
  const truth = market.runOf(work.job, work.firstUnit + position);
  return lie === undefined ? truth : corruptRun(truth, lie, "another lie");
}

function openCall(world: World, script: Script, { by, commitment, position, lie }: Of<"open">): Call | undefined {
  const made = script.commitments.get(commitment);
  if (!made) return undefined;
  const { work, salt } = made;
  if (position === undefined)
    return { from: by, to: "bisection", name: "openTree", args: [work.job, work.claim, salt] };
  const resultHash = work.ends[position];
  if (!resultHash) return undefined;
  const result = { position, resultHash, path: work.tree.path(position) };
  const states = eight(runOf(world, work, position, lie), 0, 8 ** (work.job.exponent - 1));
  return {
    ...{ from: by, to: "bisection", name: "open" },
    args: [work.job, work.claim, salt, result, inputOf(work, position), states],
  };
}

/** The game of that number as its players see it. */
export function viewAt(script: Script, sight: Sight, game: number): GameView | undefined {
  const [table, state] = [script.tables[game], sight.games[game]];
  return table && state && viewOf(table.id, table.game, state, table.shown);
}

function answerCall(world: World, script: Script, sight: Sight, { by, game, lie }: Of<"answer">): Call | undefined {
  const table = script.tables[game];
  const view = viewAt(script, sight, game);
  const side = view && turnOf(view.phase);
  if (!table || !side) return undefined;
  const { work } = table;
  const runs = work.runs.map((own, position) => (side === "miner" ? own : runOf(world, work, position, lie)));
  const move = nextMove(view, playerOn(side, work, runs), { winner: undefined }, 0);
  if (move.kind === "none") return undefined;
  const { name, args } = callOf(work, view, world.addressOf(by), move);
  return { from: by, to: "bisection", name, args };
}
