// Carries a verifier's decisions out. Every action may be repeated: what is done already is found in the journal or on the chain.

import {
  awardPool,
  commitChallenge,
  leaveGame,
  openGame,
  openTreeGame,
  retractChallenge,
} from "@sonm/chain/market/challenges";
import { batchKey } from "@sonm/chain/market/events";
import { eventIn } from "@sonm/chain/market/receipts";
import { distanceAt } from "@sonm/protocol/dispute/game";
import type { Move } from "@sonm/protocol/dispute/next-move";
import { commitmentOf } from "@sonm/protocol/dispute/opening";
import type { GameView } from "@sonm/protocol/dispute/view";
import { batchRange, type Job } from "@sonm/protocol/job/job";
import type { Claim } from "@sonm/protocol/result/claim";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { Failure } from "@sonm/protocol/values/failure";
import type { ClaimId, GameId, Hex } from "@sonm/protocol/values/ids";
import type { TransactionReceipt } from "viem";
import type { JobSource } from "../offchain/host/engines/machine/job-source.ts";
import type { Lie } from "../offchain/host/engines/machine/lie.ts";
import { traceKey, type UnitRun } from "../offchain/host/engines/machine/tasks.ts";
import { answerIn, timeOutIn } from "../offchain/host/role/game.ts";
import type { RoleTools } from "../offchain/host/role/open.ts";
import { stakeOnce } from "../offchain/host/role/stake.ts";
import {
  type Batch,
  computeBatch,
  type Runner,
  runOf,
  type UnitKept,
  unitKey,
  unitsIn,
} from "../offchain/host/role/units.ts";
import type { VerifierAction, VerifierClaim } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";

export type VerifierTools = RoleTools<VerifierJournal> &
  Runner<UnitKept> & {
    /** the lie to tell about the first unit of every batch: who accuses falsely is the honest verifier with one corrupted state */
    readonly lie: Lie | undefined;
  };

/** The function that carries actions out. */
export function createActor(tools: VerifierTools): (action: VerifierAction) => Promise<void> {
  const { access, peer, journal, sent, emit } = tools;
  const { signer, deployment } = access;

  return async (action) => {
    switch (action.kind) {
      case "stake":
        return stakeOnce(tools, action.amount);
      case "check":
        return check(tools, action.of);
      case "commit": {
        const { id } = action.of;
        // On disk first: without its salt a commitment is a lost stake.
        journal.salts.add(id, journal.newSecret());
        const hash = commitmentOf(signer.address, id, saltOf(journal, id));
        const receipt = await sent("commit", commitChallenge(signer, deployment, hash));
        return emit({ kind: "committed", claim: id, rank: Number(eventIn(receipt, "Committed")?.rank ?? 0) });
      }
      case "ask":
        await peer.send(action.of.claim.miner, { kind: "ask-results", claim: action.of.id });
        return journal.asked.put(action.of.id, action.of.id);
      case "open":
        return open(tools, action.of, action.withLeaves);
      case "retract": {
        const { id, job, claim } = action.of;
        await sent("retract", retractChallenge(signer, deployment, job, claim, saltOf(journal, id)));
        return emit({ kind: "retracted", claim: id });
      }
      case "award": {
        const { id, job, claim } = action.of;
        const receipt = await sent("award", awardPool(signer, deployment, job, claim, action.winner));
        return emit({ kind: "awarded", claim: id, amount: String(eventIn(receipt, "PoolAwarded")?.amount ?? 0n) });
      }
      case "play":
        return play(tools, action.game);
      case "timeOut":
        return timeOutIn(tools, action.game);
      case "leave": {
        const { id, game } = action.game;
        await sent("leave", leaveGame(signer, deployment, game));
        return emit({ kind: "left", game: id, claim: game.about.claim });
      }
    }
  };
}

function saltOf(journal: VerifierJournal, claim: ClaimId): Hex {
  const salt = journal.salts.get(claim);
  if (!salt)
    throw new Failure("The commitment cannot be used", "its salt is not in the journal", "restore the journal");
  return salt;
}

function batchOf(job: Job, claim: Claim): Batch {
  return { id: claim.job, job, batch: claim.batch };
}

/** Recomputes the batch, and compares the root. */
async function check(tools: VerifierTools, { id, job, claim }: VerifierClaim): Promise<void> {
  const { journal, lie, emit } = tools;
  const { first, count } = batchRange(job, claim.batch);
  await computeBatch(
    tools,
    batchOf(job, claim),
    (unit) => (unit === first ? lie : undefined),
    (unit, { resultHash, steps, corruption }) => {
      journal.units.put(unitKey(claim.job, unit), { resultHash, corruption });
      emit({ kind: "unit-checked", claim: id, unit, steps });
    },
  );
  const { root } = resultTreeOf(job, claim, ownResults(tools, job, claim));
  const ok = root === claim.root.toLowerCase();
  journal.checks.put(id, ok ? "true" : "false");
  emit({ kind: "checked", claim: id, batch: claim.batch, miner: claim.miner, units: count, ok });
}

/** This verifier's results of a checked batch, in order. */
function ownResults(tools: VerifierTools, job: Job, claim: Claim): Hex[] {
  return unitsIn(tools, batchOf(job, claim)).map(({ resultHash }) => resultHash);
}

/** Opens the announced game: on the first unit that differs if the miner has shown its results, else on the whole batch. */
async function open(tools: VerifierTools, of: VerifierClaim, withLeaves: boolean): Promise<void> {
  const { access, journal, source, playing, sent, emit } = tools;
  const { signer, deployment } = access;
  const { id, job, claim } = of;
  const challenge = [job, claim, saltOf(journal, id)] as const;
  const { first } = batchRange(job, claim.batch);
  const shown = withLeaves ? journal.leaves.get(id) : undefined;
  const own = ownResults(tools, job, claim);
  const position = shown ? own.findIndex((hash, i) => hash !== shown[i]) : -1;
  const resultHash = shown?.[position];
  if (!shown || resultHash === undefined) {
    const receipt = await sent("openTree", openTreeGame(signer, deployment, ...challenge));
    return emit({ kind: "opened", game: openedIn(receipt), claim: id, unit: null });
  }
  const { path } = resultTreeOf(job, claim, shown);
  const run = await runOf(tools, batchOf(job, claim), first + position);
  const key = traceKey(batchKey(claim.job, claim.batch), position);
  const states = await playing.ask("openingStates", { key, run });
  const unit = { position, resultHash, path: path(position) };
  const input = await source.openInput(job, first + position);
  const receipt = await sent("open", openGame(signer, deployment, ...challenge, unit, input, states));
  emit({ kind: "opened", game: openedIn(receipt), claim: id, unit: first + position });
}

function openedIn(receipt: TransactionReceipt): GameId {
  const opened = eventIn(receipt, "GameOpened");
  return opened?.id as GameId;
}

/** Answers in a game from this verifier's own runs. */
async function play(tools: VerifierTools, view: GameView): Promise<void> {
  const { access, source } = tools;
  const { about, first } = view.game;
  const sight = await access.observer.look();
  const job = sight.jobs.get(about.job)?.job;
  const claim = sight.claims.get(about.claim)?.claim;
  if (!job || !claim) throw new Failure("The game cannot be played", "the chain does not show its job", "look again");
  const runs: Record<number, UnitRun> = {};
  const inputs = new Map<number, Awaited<ReturnType<JobSource["openInput"]>>>();
  for (const position of positionsOf(view)) {
    runs[position] = await runOf(tools, batchOf(job, claim), first + position);
    inputs.set(position, await source.openInput(job, first + position));
  }
  const move = await answerIn(tools, view, sight, {
    side: "challenger",
    job,
    resultHashes: ownResults(tools, job, claim),
    runs,
    inputOf(position) {
      const input = inputs.get(position);
      if (!input) throw new Error(`the input of unit ${first + position} was not fetched`);
      return input;
    },
  });
  if (move?.kind === "prove") await reportProof(tools, view, move, runs);
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
  const key = traceKey(batchKey(game.about.job, game.about.batch), phase.unit);
  const executed = await playing.ask("execute", { key, run, step });
  emit({ kind: "proved", game: id, claim: game.about.claim, unit: game.first + phase.unit, step, ...executed });
}
