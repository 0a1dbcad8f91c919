// Carries a verifier's decisions out. Every action may be repeated: what is done already is found in the journal or on the chain.
import type { TransactionReceipt } from "viem";
import type { Access } from "../offchain/core/chain/access.ts";
import { stakeOf } from "../offchain/core/chain/read.ts";
import { eventIn, transactionOf } from "../offchain/core/chain/receipts.ts";
import {
  awardPool,
  commitChallenge,
  deposit,
  openGame,
  openTreeGame,
  playMove,
  retractChallenge,
  timeOutGame,
} from "../offchain/core/chain/write.ts";
import { distanceAt } from "../offchain/core/dispute/game.ts";
import type { Move } from "../offchain/core/dispute/next-move.ts";
import { commitmentOf } from "../offchain/core/dispute/opening.ts";
import { reportOf } from "../offchain/core/dispute/report.ts";
import type { GameView } from "../offchain/core/dispute/view.ts";
import type { Happening } from "../offchain/core/events.ts";
import { Failure } from "../offchain/core/failure.ts";
import { batchRange, type Job } from "../offchain/core/job/job.ts";
import type { Claim } from "../offchain/core/result/claim.ts";
import { createResultTree } from "../offchain/core/result/tree.ts";
import type { ClaimId, GameId, Hex, JobId } from "../offchain/core/types.ts";
import type { Peer } from "../offchain/net/peer.ts";
import type { Executor } from "../offchain/runtime/executor.ts";
import type { JobSource } from "../offchain/runtime/job-source.ts";
import type { Lie } from "../offchain/runtime/lie.ts";
import type { UnitRun } from "../offchain/runtime/tasks.ts";
import type { ClaimView, VerifierAction } from "./decide.ts";
import { unitKey, type VerifierJournal } from "./journal.ts";

export type VerifierTools = {
  readonly access: Access;
  readonly peer: Peer;
  readonly journal: VerifierJournal;
  readonly source: JobSource;
  /** for units */
  readonly computing: Executor;
  /** for games, which must not wait for units */
  readonly playing: Executor;
  /** units computed at the same time */
  readonly threads: number;
  /** the lie to tell about the first unit of every batch: who accuses falsely is the honest verifier with one corrupted state */
  readonly lie: Lie | undefined;
  readonly emit: (happening: Happening) => void;
};

/** The function that carries actions out. */
export function createActor(tools: VerifierTools): (action: VerifierAction) => Promise<void> {
  const { access, peer, journal, emit } = tools;
  const { signer, deployment } = access;
  const { addresses } = deployment;
  const me = signer.account.address;

  async function sent(call: string, transaction: Promise<TransactionReceipt>): Promise<TransactionReceipt> {
    const receipt = await transaction;
    emit(transactionOf(call, receipt));
    return receipt;
  }

  return async (action) => {
    switch (action.kind) {
      case "stake": {
        const { free, locked } = await stakeOf(signer, deployment, me);
        if (free + locked < action.amount) {
          await sent("deposit", deposit(signer, addresses, action.amount - free - locked));
          emit({ kind: "staked", amount: String(action.amount) });
        }
        return journal.marks.put("staked", true);
      }
      case "check":
        return check(tools, action.of);
      case "commit": {
        const { id } = action.of;
        // On disk first: without its salt a commitment is a lost stake.
        journal.salts.add(id, journal.newSecret());
        const hash = commitmentOf(me, id, saltOf(journal, id));
        const receipt = await sent("commit", commitChallenge(signer, addresses, hash));
        return emit({ kind: "committed", claim: id, order: Number(eventIn(receipt, "Committed")?.order ?? 0) });
      }
      case "ask":
        await peer.send(action.of.claim.miner, { kind: "ask-results", claim: action.of.id });
        return journal.asked.put(action.of.id, action.of.id);
      case "open":
        return open(tools, action.of, action.withLeaves, sent);
      case "retract": {
        const { id, job, claim } = action.of;
        await sent("retract", retractChallenge(signer, addresses, job, claim, saltOf(journal, id)));
        return emit({ kind: "retracted", claim: id });
      }
      case "award": {
        const { id, job, claim } = action.of;
        const receipt = await sent("award", awardPool(signer, addresses, job, claim));
        return emit({ kind: "awarded", claim: id, amount: String(eventIn(receipt, "PoolAwarded")?.amount ?? 0n) });
      }
      case "play":
        return play(tools, action.game, sent);
      case "timeOut": {
        const { id, game } = action.game;
        await sent("timeOut", timeOutGame(signer, addresses, game));
        return emit({ kind: "timed-out", game: id, claim: game.about.claim, loser: game.about.miner });
      }
      case "leave": {
        const { id, game } = action.game;
        const nothing = { job: undefined as never, inputOf: () => undefined as never };
        const receipt = playMove(signer, addresses, action.game, { kind: "leave" }, nothing);
        if (receipt) await sent("leave", receipt);
        return emit({ kind: "left", game: id, claim: game.about.claim });
      }
    }
  };
}

type Sender = (call: string, transaction: Promise<TransactionReceipt>) => Promise<TransactionReceipt>;

function saltOf(journal: VerifierJournal, claim: ClaimId): Hex {
  const salt = journal.salts.get(claim);
  if (!salt)
    throw new Failure("The commitment cannot be used", "its salt is not in the journal", "restore the journal");
  return salt;
}

/** Recomputes what is not in the journal yet, and compares the root. */
async function check(tools: VerifierTools, { id, job, claim }: ClaimView): Promise<void> {
  const { journal, source, computing, threads, lie, emit } = tools;
  const { first, count } = batchRange(job, claim.batch);
  const program = await source.program(job);
  const open = Array.from({ length: count }, (_, i) => first + i).filter(
    (unit) => !journal.units.get(unitKey(claim.job, unit)),
  );

  async function checkNext(): Promise<void> {
    for (let unit = open.shift(); unit !== undefined; unit = open.shift()) {
      const run = { program, input: await source.input(job, unit), exponent: job.exponent };
      const done = await computing.ask("compute", { run, lie: unit === first ? lie : undefined });
      const { resultHash, steps, corruption } = done;
      journal.units.put(unitKey(claim.job, unit), { resultHash, corruption });
      emit({ kind: "unit-checked", claim: id, unit, steps });
    }
  }
  await Promise.all(Array.from({ length: threads }, checkNext));
  const resultHashes = ownResults(journal, job, claim);
  const { root } = createResultTree({ miner: claim.miner, job: claim.job, first, resultHashes });
  const ok = root === claim.root.toLowerCase();
  journal.checks.put(id, ok ? "true" : "false");
  emit({ kind: "checked", claim: id, batch: claim.batch, miner: claim.miner, units: count, ok });
}

/** This verifier's results of a checked batch, in order. */
function ownResults(journal: VerifierJournal, job: Job, { job: id, batch }: Claim): Hex[] {
  const { first, count } = batchRange(job, batch);
  return Array.from({ length: count }, (_, i) => {
    const known = journal.units.get(unitKey(id, first + i));
    if (!known)
      throw new Failure(`Unit ${first + i} is not in the journal`, "it was not computed here", "restore the journal");
    return known.resultHash;
  });
}

/** Opens the announced game: on the first unit that differs if the miner has shown its results, else on the whole batch. */
async function open(tools: VerifierTools, of: ClaimView, withLeaves: boolean, sent: Sender): Promise<void> {
  const { access, journal, source, playing, emit } = tools;
  const { signer, deployment } = access;
  const { id, job, claim } = of;
  const challenge = { job, claim, salt: saltOf(journal, id) };
  const { first } = batchRange(job, claim.batch);
  const shown = withLeaves ? journal.leaves.get(id) : undefined;
  const own = ownResults(journal, job, claim);
  const position = shown ? own.findIndex((hash, i) => hash !== shown[i]) : -1;
  const resultHash = shown?.[position];
  if (!shown || resultHash === undefined) {
    const receipt = await sent("openTree", openTreeGame(signer, deployment.addresses, challenge));
    return emit({ kind: "opened", game: openedIn(receipt), claim: id, unit: null });
  }
  const { path } = createResultTree({ miner: claim.miner, job: claim.job, first, resultHashes: shown });
  const run = await runOf(tools, job, claim.job, first + position);
  const states = await playing.ask("openingStates", { key: traceKey(claim, position), run });
  const unit = { position, resultHash, path: path(position) };
  const input = await source.openInput(job, first + position);
  const receipt = await sent("open", openGame(signer, deployment.addresses, challenge, unit, input, states));
  emit({ kind: "opened", game: openedIn(receipt), claim: id, unit: first + position });
}

function openedIn(receipt: TransactionReceipt): GameId {
  const opened = eventIn(receipt, "GameOpened");
  return opened?.id as GameId;
}

async function runOf({ source, journal }: VerifierTools, job: Job, id: JobId, unit: number): Promise<UnitRun> {
  const [program, input] = [await source.program(job), await source.input(job, unit)];
  return { program, input, exponent: job.exponent, corruption: journal.units.get(unitKey(id, unit))?.corruption };
}

/** As `nextMove` names traces. */
function traceKey({ job, batch }: Pick<Claim, "job" | "batch">, position: number): string {
  return `${job}/${batch} ${position}`;
}

/** Answers in a game from this verifier's own runs. */
async function play(tools: VerifierTools, view: GameView, sent: Sender): Promise<void> {
  const { access, journal, source, playing, emit } = tools;
  const { signer, deployment, observer } = access;
  const { about, first } = view.game;
  const { now, jobs, claims } = await observer.look();
  const job = jobs.get(about.job)?.job;
  const claim = claims.get(about.claim)?.claim;
  if (!job || !claim) throw new Failure("The game cannot be played", "the chain does not show its job", "look again");
  const positions = positionsOf(view);
  const runs: Record<number, UnitRun> = {};
  const inputs = new Map<number, Awaited<ReturnType<JobSource["openInput"]>>>();
  for (const position of positions) {
    runs[position] = await runOf(tools, job, claim.job, first + position);
    inputs.set(position, await source.openInput(job, first + position));
  }
  const resultHashes = ownResults(journal, job, claim);
  const move = await playing.ask("nextMove", {
    key: `${about.job}/${about.batch}`,
    game: view,
    knowledge: { side: "challenger", miner: about.miner, job: about.job, first, resultHashes, runs },
    standing: { winner: claims.get(about.claim)?.winner?.order },
    now,
  });
  const inputOf = (position: number) => {
    const input = inputs.get(position);
    if (!input) throw new Error(`the input of unit ${first + position} was not fetched`);
    return input;
  };
  const transaction = playMove(signer, deployment.addresses, view, move, { job, inputOf });
  if (!transaction) return;
  await sent(move.kind, transaction);
  const report = reportOf(view, move, about.challenger);
  if (report) emit(report);
  if (move.kind === "prove") await reportProof(tools, view, move, runs);
}

/** Positions in the batch of the units whose runs the next move may need. */
function positionsOf({ phase, game }: GameView): number[] {
  if (phase.kind === "split") return [phase.unit];
  if (phase.kind !== "pick" || phase.level > 1) return [];
  return phase.children.map((_, child) => 8 * phase.index + child).filter((position) => position < game.count);
}

async function reportProof(
  { playing, emit }: VerifierTools,
  { id, game, phase }: GameView,
  move: Move & { kind: "prove" },
  runs: Record<number, UnitRun>,
): Promise<void> {
  if (phase.kind !== "split") return;
  const run = runs[phase.unit];
  if (!run) return;
  const step = phase.first + (move.segment - 1) * distanceAt(game.exponent, phase.depth);
  const executed = await playing.ask("execute", { key: traceKey(game.about, phase.unit), run, step });
  emit({ kind: "proved", game: id, claim: game.about.claim, unit: game.first + phase.unit, step, ...executed });
}
