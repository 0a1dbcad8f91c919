// Carries a miner's decisions out. Every action may be repeated: what is done already is found in the journal or on the chain.
import type { TransactionReceipt } from "viem";
import type { Access } from "../../core/chain/access.ts";
import { stakeOf } from "../../core/chain/read.ts";
import { transactionOf } from "../../core/chain/receipts.ts";
import { deposit, playMove, postClaim, pullSnm, settleClaim, timeOutGame } from "../../core/chain/write.ts";
import { reportOf } from "../../core/dispute/report.ts";
import type { GameView } from "../../core/dispute/view.ts";
import type { Happening } from "../../core/events.ts";
import { Failure } from "../../core/failure.ts";
import { batchRange } from "../../core/job/job.ts";
import { type Claim, claimId } from "../../core/result/claim.ts";
import { createResultTree } from "../../core/result/tree.ts";
import type { Peer } from "../../net/peer.ts";
import { encodeDelivery } from "../../runtime/delivery.ts";
import type { Executor } from "../../runtime/executor.ts";
import type { JobSource } from "../../runtime/job-source.ts";
import type { Lie } from "../../runtime/lie.ts";
import type { UnitRun } from "../../runtime/tasks.ts";
import type { MinerAction, Policy, Work } from "./decide.ts";
import { type MinerJournal, type UnitDone, unitKey } from "./journal.ts";

export type MinerTools = {
  readonly access: Access;
  readonly peer: Peer;
  readonly journal: MinerJournal;
  readonly source: JobSource;
  /** for units */
  readonly computing: Executor;
  /** for games, which must not wait for units */
  readonly playing: Executor;
  readonly policy: Policy;
  /** units computed at the same time */
  readonly threads: number;
  /** the lie to tell, and about which unit of each batch (position) */
  readonly lie: { readonly lie: Lie; readonly unit: number | "first" | "last" } | undefined;
  readonly emit: (happening: Happening) => void;
  /** the hub has heard of this miner */
  readonly onAnnounced: () => void;
};

/** The function that carries actions out. */
export function createActor(tools: MinerTools): (action: MinerAction) => Promise<void> {
  const { access, peer, journal, policy, emit } = tools;
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
      case "announce":
        await peer.send(action.to, { kind: "announce", slots: policy.slots, minPay: policy.minPay });
        return tools.onAnnounced();
      case "accept":
      case "decline":
        return answer(tools, action);
      case "compute":
        return compute(tools, action.work);
      case "claim": {
        const { job, assignment, signature } = action.work;
        const claim = claimOf(action.work);
        await sent("claim", postClaim(signer, addresses, job, claim, assignment.expiry, signature));
        const { batch, attempt, miner, root } = claim;
        const { count } = batchRange(job, batch);
        return emit({
          kind: "claimed",
          claim: claimId(claim),
          job: claim.job,
          batch,
          attempt,
          miner,
          units: count,
          root,
        });
      }
      case "publish":
        return publish(tools, action.work);
      case "deliver": {
        const { work, to } = action;
        const claim = claimId(claimOf(work));
        if (!work.delivery) return;
        await peer.send(to, { kind: "results", claim, content: work.delivery });
        emit({ kind: "delivered", claim, content: work.delivery });
        if (to === work.job.buyer) journal.delivered.put(work.id, true);
        return journal.asked.delete(`${claim}/${to}`);
      }
      case "play":
        return play(tools, action.game, sent);
      case "timeOut": {
        const { id, game } = action.game;
        await sent("timeOut", timeOutGame(signer, addresses, game));
        return emit({ kind: "timed-out", game: id, claim: game.about.claim, loser: game.about.challenger });
      }
      case "settle": {
        const claim = claimOf(action.work);
        await sent("settle", settleClaim(signer, addresses, action.work.job, claim));
        const { count } = batchRange(action.work.job, claim.batch);
        return emit({ kind: "settled", claim: claimId(claim), job: claim.job, batch: claim.batch, units: count });
      }
      case "pull":
        await sent("pull", pullSnm(signer, addresses, action.hub, action.amount));
        return emit({ kind: "paid", hub: action.hub, amount: String(action.amount) });
    }
  };
}

/** The claim of computed work. */
function claimOf({ assignment, root }: Work): Claim {
  if (root === undefined) throw new Failure("There is no claim", "the batch is not computed", "compute it first");
  const { job, batch, attempt, miner, pay } = assignment;
  return { job, batch, attempt, miner, pay, root };
}

async function answer({ peer, journal, emit }: MinerTools, action: MinerAction & { kind: "accept" | "decline" }) {
  const { work } = action;
  const { job, batch, attempt } = work.assignment;
  if (action.kind === "accept") {
    await peer.send(work.from, { kind: "accept", job, batch, attempt });
    return journal.answers.put(work.id, "accepted");
  }
  await peer.send(work.from, { kind: "decline", job, batch, attempt, reason: action.reason });
  journal.answers.put(work.id, "declined");
  emit({ kind: "declined", job, batch, reason: action.reason });
}

/** Computes what is not in the journal yet, a few units at a time, and writes each down as it comes. */
async function compute(tools: MinerTools, work: Work): Promise<void> {
  const { journal, source, computing, threads, lie, emit } = tools;
  const { job, assignment } = work;
  const { first, count } = batchRange(job, assignment.batch);
  const program = await source.program(job);
  const liesAbout =
    lie && first + (lie.unit === "first" ? 0 : lie.unit === "last" ? count - 1 : Math.min(lie.unit, count - 1));
  const open = Array.from({ length: count }, (_, i) => first + i).filter(
    (unit) => !journal.units.get(unitKey(assignment.job, unit)),
  );

  async function computeNext(): Promise<void> {
    for (let unit = open.shift(); unit !== undefined; unit = open.shift()) {
      const run = { program, input: await source.input(job, unit), exponent: job.exponent };
      const done = await computing.ask("compute", { run, lie: unit === liesAbout ? lie?.lie : undefined });
      const { resultHash, output, proof, corruption, steps, halt, exitCode } = done;
      journal.units.put(unitKey(assignment.job, unit), { resultHash, output, proof, corruption });
      emit({
        kind: "unit-computed",
        job: assignment.job,
        batch: assignment.batch,
        unit,
        steps,
        halt,
        exitCode: String(exitCode ?? ""),
        lie: corruption !== undefined,
      });
    }
  }
  await Promise.all(Array.from({ length: threads }, computeNext));
  const { root } = createResultTree({
    miner: assignment.miner,
    job: assignment.job,
    first,
    resultHashes: resultsOf(tools, work).map(({ resultHash }) => resultHash),
  });
  journal.roots.put(work.id, root);
}

/** The results of a computed batch, in order. */
function resultsOf({ journal }: MinerTools, { job, assignment }: Pick<Work, "job" | "assignment">): UnitDone[] {
  const { first, count } = batchRange(job, assignment.batch);
  return Array.from({ length: count }, (_, i) => {
    const done = journal.units.get(unitKey(assignment.job, first + i));
    if (!done)
      throw new Failure(`Unit ${first + i} is not in the journal`, "it was not computed here", "restore the journal");
    return done;
  });
}

async function publish(tools: MinerTools, work: Work): Promise<void> {
  const { peer, journal } = tools;
  const units = [];
  for (const { resultHash, output, proof } of resultsOf(tools, work)) {
    units.push({ resultHash, output: await peer.publish(output), proof });
  }
  journal.deliveries.put(work.id, await peer.publish(encodeDelivery(units)));
}

type Sender = (call: string, transaction: Promise<TransactionReceipt>) => Promise<TransactionReceipt>;

/** Answers in a game from the runs that the claim rests on. */
async function play(tools: MinerTools, view: GameView, sent: Sender): Promise<void> {
  const { access, journal, source, playing, emit } = tools;
  const { signer, deployment, observer } = access;
  const { about, first, exponent } = view.game;
  const work = journal.assignments
    .all()
    .find(({ assignment }) => assignment.job === about.job && assignment.batch === about.batch);
  if (!work) throw new Failure("The game cannot be played", "its batch is not in the journal", "restore the journal");
  const results = resultsOf(tools, work);
  const program = await source.program(work.job);
  const runs: Record<number, UnitRun> = {};
  if (view.phase.kind === "split") {
    const position = view.phase.unit;
    const input = await source.input(work.job, first + position);
    runs[position] = { program, input, exponent, corruption: results[position]?.corruption };
  }
  const { now } = await observer.look();
  const move = await playing.ask("nextMove", {
    key: `${about.job}/${about.batch}`,
    game: view,
    knowledge: {
      side: "miner",
      miner: about.miner,
      job: about.job,
      first,
      resultHashes: results.map((r) => r.resultHash),
      runs,
    },
    standing: { winner: undefined },
    now,
  });
  const transaction = playMove(signer, deployment.addresses, view, move, {
    job: work.job,
    inputOf: () => {
      throw new Error("a miner never picks a leaf");
    },
  });
  if (!transaction) return;
  await sent(move.kind, transaction);
  journal.moves.put(view.id, { game: view.id, count: (journal.moves.get(view.id)?.count ?? 0) + 1 });
  const report = reportOf(view, move, about.miner);
  if (report) emit(report);
}
