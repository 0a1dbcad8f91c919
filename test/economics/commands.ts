// What people do, as data that can be read, shortened and kept: who, when and what, by short names. A sequence uses indices and names, so
// one that has failed once stays a test even if hashes and addresses change.
import assert from "node:assert/strict";
import { nextMove } from "@sonm/protocol/dispute/next-move";
import { type GameView, type Phase, turnOf } from "@sonm/protocol/dispute/view";
import type { GameId } from "@sonm/protocol/values/ids";
import { type Hex, keccak256, padHex, parseEther, toHex } from "viem";
import type { Work } from "../support/market/fixture.ts";
import { inputOf } from "../support/market/games.ts";
import { corruptRun, type Run } from "../support/market/runs.ts";
import { claimIdOf, commitmentHash, HUB_STATUS, type Job, jobIdOf } from "../support/market/terms.ts";
import type { Call } from "./model/calls.ts";
import { deadlineOf } from "./model/games.ts";
import type { GameRecord, HubStatus } from "./model/state.ts";
import type { MarketStage, Name } from "./stage.ts";
import { callOf, playerOn } from "./table.ts";

/** Whose run a player takes its states from: the true one, the claim's, or one corrupted from that step on. */
export type Knowledge = "truth" | "claim" | number;

export type Deed =
  | { readonly do: "deposit" | "requestWithdrawal"; readonly snm: number }
  | { readonly do: "withdraw" | "collect" }
  | { readonly do: "setStatus"; readonly status: HubStatus }
  | { readonly do: "post"; readonly job: number; readonly flaw?: "expired" | "forged" }
  | { readonly do: "refund"; readonly job: number; readonly batches: readonly number[] }
  | {
      readonly do: "claim";
      /** what others call this claim */
      readonly as: string;
      readonly job: number;
      readonly batch: number;
      readonly attempt: number;
      /** unit within the batch → step from which its run is corrupted */
      readonly lies: readonly (readonly [number, number])[];
      /** the claim whose root and paths it copies */
      readonly copied?: string;
      readonly flaw?: "expired" | "forged" | "foreign" | "replayed" | "overpaid";
    }
  | { readonly do: "settle" | "confirm"; readonly claim: string }
  | { readonly do: "award"; readonly claim: string; readonly game: number }
  | { readonly do: "commit"; readonly as: string; readonly claim: string; readonly thiefOf?: string }
  | { readonly do: "retract" | "forfeit" | "openTree"; readonly commitment: string }
  | {
      readonly do: "open";
      readonly commitment: string;
      readonly position: number;
      readonly run: Knowledge;
      readonly flaw?: "result" | "path" | "input";
    }
  /** the strategy's next move on that knowledge; if there is none, a time-out */
  | { readonly do: "answer"; readonly game: number; readonly run: Knowledge }
  /** any move: the mask says which of the eight states posted are taken from the run; the others are nonsense */
  | {
      readonly do: "fumble";
      readonly game: number;
      readonly move: "reveal" | "pick" | "pickLeaf" | "split" | "prove";
      readonly choice: number;
      readonly mask: number;
      readonly run: Knowledge;
      readonly stale?: boolean;
    }
  | { readonly do: "timeOut"; readonly game: number }
  | { readonly do: "leave"; readonly game: number };

/** `at`: seconds since the beginning of the sequence. */
export type Command = { readonly at: number; readonly by: Name } & Deed;

/** Everything that commands have named so far. */
export type Script = {
  readonly start: number;
  readonly jobs: readonly Job[];
  readonly works: Map<string, Work>;
  readonly commitments: Map<string, { readonly by: Name; readonly work: Work; readonly salt: Hex; readonly hash: Hex }>;
};

const DAY = 86_400;

/** The jobs that sequences are about: odd amounts, short and tall trees, a short deadline, two buyers. */
export async function openScript({ chain, addresses, state }: MarketStage): Promise<Script> {
  const { termsOf } = chain.market;
  const start = state.now;
  const odd = { price: parseEther("1") + 1n, deposit: parseEther("100") + 1n, bond: parseEther("20") + 3n };
  const until = (seconds: number) => ({ deadline: BigInt(start + seconds) });
  const jobs = [
    await termsOf({ units: 3, batchSize: 2, exponent: 2, ...odd, ...until(3 * DAY), salt: padHex("0x01") }),
    await termsOf({ units: 10, batchSize: 10, exponent: 2, ...until(30 * DAY), salt: padHex("0x02") }),
    await termsOf({
      ...{ units: 2, batchSize: 1, exponent: 4, window: 7_200, grace: 3_600, salt: padHex("0x03") },
      ...until(10_000),
    }),
  ];
  const own = { hub: addresses.hub, buyer: addresses.buyer };
  return {
    start,
    jobs: jobs.map((job) => ({ ...job, ...own, ...(job.exponent === 4 && { buyer: addresses.stranger }) })),
    works: new Map(),
    commitments: new Map(),
  };
}

/** The call that a command stands for; undefined if it names something that does not exist. */
export async function callFor(stage: MarketStage, script: Script, command: Command): Promise<Call | undefined> {
  const from = stage.addresses[command.by];
  switch (command.do) {
    case "deposit":
    case "requestWithdrawal":
      return { from, name: command.do, args: [parseEther(String(command.snm))] };
    case "withdraw":
      return { from, name: "withdraw", args: [] };
    case "collect":
      return { from, name: "collect", args: [stage.addresses.hub] };
    case "setStatus":
      return { from, name: "setStatus", args: [HUB_STATUS[command.status]] };
    case "post": {
      const job = jobAt(script, command.job);
      const expiry = BigInt(script.start + (command.flaw === "expired" ? command.at - 1 : 60 * DAY));
      const signature = await stage.signQuote(jobIdOf(job), expiry, command.flaw === "forged" ? "stranger" : "owner");
      return { from, name: "post", args: [job, expiry, signature] };
    }
    case "refund":
      return { from, name: "refund", args: [jobAt(script, command.job), command.batches] };
    case "claim":
      return claimCall(stage, script, command);
    case "settle":
    case "confirm": {
      const work = script.works.get(command.claim);
      return work && { from, name: command.do, args: [work.job, work.claim] };
    }
    case "award": {
      const work = script.works.get(command.claim);
      const game = Object.values(stage.state.games)[command.game];
      return work && game && { from, name: "award", args: [work.job, work.claim, game.terms] };
    }
    case "commit": {
      const work = script.works.get(command.claim);
      if (!work) return undefined;
      const salt = keccak256(toHex(command.as));
      // A thief copies a commitment of somebody else.
      const hash = script.commitments.get(command.thiefOf ?? "")?.hash ?? commitmentHash(from, work.id, salt);
      script.commitments.set(command.as, { by: command.by, work, salt, hash });
      return { from, name: "commit", args: [hash] };
    }
    case "retract":
    case "openTree": {
      const made = script.commitments.get(command.commitment);
      return made && { from, name: command.do, args: [made.work.job, made.work.claim, made.salt] };
    }
    case "forfeit": {
      const made = script.commitments.get(command.commitment);
      return made && { from, name: "forfeit", args: [stage.addresses[made.by], made.hash] };
    }
    case "open":
      return openCall(stage, script, command);
    default:
      return moveCall(stage, script, command);
  }
}

function jobAt({ jobs }: Script, index: number): Job {
  const job = jobs[index];
  assert(job);
  return job;
}

type Of<Do extends Deed["do"]> = Extract<Command, { readonly do: Do }>;

async function claimCall(stage: MarketStage, script: Script, command: Of<"claim">): Promise<Call> {
  const { batch, attempt, lies, flaw } = command;
  const { market } = stage.chain;
  const job = jobAt(script, command.job);
  const own = market.workOf(job, { by: market[command.by], batch, attempt, lies: new Map(lies) });
  const copied = script.works.get(command.copied ?? "");
  const pay = flaw === "overpaid" ? (job.price * 70n) / 100n + 1n : own.claim.pay;
  const claim = { ...own.claim, miner: stage.addresses[command.by], pay, ...(copied && { root: copied.claim.root }) };
  const work: Work = { ...own, ...(copied && { runs: copied.runs, ends: copied.ends, tree: copied.tree }) };
  script.works.set(command.as, { ...work, claim, id: claimIdOf(claim) });
  const expiry = BigInt(script.start + (flaw === "expired" ? command.at - 1 : 60 * DAY));
  const assigned = {
    ...claim,
    ...(flaw === "foreign" && { miner: stage.addresses.buyer }),
    ...(flaw === "replayed" && { attempt: attempt + 1 }),
  };
  const signature = await stage.signAssignment(assigned, expiry, flaw === "forged" ? "stranger" : "owner");
  return { from: claim.miner, name: "claim", args: [job, claim, expiry, signature] };
}

function openCall(stage: MarketStage, script: Script, command: Of<"open">): Call | undefined {
  const made = script.commitments.get(command.commitment);
  if (!made) return undefined;
  const { work, salt } = made;
  const { position, flaw } = command;
  const truth = runOf(stage, work, position, "truth");
  const resultHash = work.ends[position];
  if (!resultHash) return undefined;
  const path = work.tree.path(position);
  const result = {
    position,
    resultHash: flaw === "result" ? truth.stateAt(1) : resultHash,
    path: flaw === "path" ? path.slice(1) : path,
  };
  const input = inputOf(work, position);
  const states = eight(runOf(stage, work, position, command.run), 0, 8 ** (work.job.exponent - 1));
  return {
    from: stage.addresses[command.by],
    name: "open",
    args: [work.job, work.claim, salt, result, flaw === "input" ? { ...input, root: work.claim.root } : input, states],
  };
}

function moveCall(
  stage: MarketStage,
  script: Script,
  command: Of<"answer" | "fumble" | "timeOut" | "leave">,
): Call | undefined {
  const from = stage.addresses[command.by];
  const found = viewAt(stage, command.game);
  const work = found && [...script.works.values()].find(({ id }) => id === found.view.game.about.claim);
  if (!found || !work) return undefined;
  const { view, record } = found;
  const { game } = view;
  if (command.do === "timeOut" || command.do === "leave") return { from, name: command.do, args: [game] };
  const runs = work.runs.map((_, position) => runOf(stage, work, position, command.run));
  if (command.do === "answer") {
    const side = turnOf(view.phase);
    const move = side && nextMove(view, playerOn(side, work, runs), { winner: undefined }, stage.state.now);
    if (!move || move.kind === "none") return { from, name: "timeOut", args: [game] };
    return callOf(work, view, from, move);
  }

  const values = command.stale ? [...record.values].reverse() : record.values;
  const { choice, mask } = command;
  const nonsense = (i: number) => keccak256(toHex(`nonsense ${i}`));
  const mixed = (states: readonly Hex[]) => states.map((state, i) => ((mask >> i) & 1 ? state : nonsense(i)));
  const run = runs[record.position] ?? runs[0];
  assert(run);
  const { level } = record;
  switch (command.move) {
    case "reveal":
      return {
        from,
        name: "reveal",
        args: [game, mixed(playerOn("miner", work, runs).tree.children(level, record.position)).slice(0, choice)],
      };
    case "pick":
      return { from, name: "pick", args: [game, values, choice] };
    case "pickLeaf": {
      const position = Math.min(8 * record.position + choice, work.count - 1);
      const picked = runs[position];
      assert(picked);
      const states = mixed(eight(picked, 0, 8 ** (game.exponent - 1)));
      return { from, name: "pickLeaf", args: [game, work.job, values, choice, inputOf(work, position), states] };
    }
    case "split": {
      const span = 8 ** Math.max(0, game.exponent - level - 1);
      const states = mixed(eight(run, found.first + (choice - 1) * 8 * span, span));
      return { from, name: "split", args: [game, nine(values), choice, states] };
    }
    case "prove":
      return {
        from,
        name: "prove",
        args: [game, nine(values), choice, run.witnessAt(Math.max(0, found.first + choice - 1))],
      };
  }
}

/** `split` and `prove` take nine values in every phase. */
function nine(values: readonly Hex[]): readonly Hex[] {
  return Array.from({ length: 9 }, (_, i) => values[i] ?? padHex("0x"));
}

function eight(run: Run, first: number, span: number): Hex[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].map((j) => run.stateAt(Math.max(0, first + j * span)));
}

/** The run of a unit of the batch as somebody sees it. */
function runOf({ chain }: MarketStage, work: Work, position: number, knowledge: Knowledge): Run {
  const truth = chain.market.runOf(work.job, work.firstUnit + position);
  if (knowledge === "truth") return truth;
  if (knowledge === "claim") return work.runs[position] ?? truth;
  return corruptRun(truth, knowledge, "another lie");
}

/** The game of that number (in the order of their openings) as its players see it, and the step at which its segment begins. */
export function viewAt(
  { state }: MarketStage,
  number: number,
): { view: GameView; record: GameRecord; first: number } | undefined {
  const entry = Object.entries(state.games)[number];
  if (!entry) return undefined;
  const [id, record] = entry;
  const { terms, level, position, values, outcome } = record;
  const phase = phaseOf();
  const first = phase.kind === "split" ? phase.first : 0;
  return {
    view: { id: id as GameId, game: terms, phase, clock: { deadline: deadlineOf(record), rest: record.rest } },
    record,
    first,
  };

  function phaseOf(): Phase {
    switch (record.phase) {
      case "reveal":
        return { kind: "reveal", level, index: position };
      case "pick":
        return { kind: "pick", level, index: position, children: values };
      case "split": {
        const [start, ...states] = values;
        assert(start);
        return { kind: "split", depth: level, unit: position, first: record.first, start, states };
      }
      case "over":
        return { kind: "over", outcome };
    }
  }
}
