// Carries a miner's decisions out. Every action may be repeated: the journal or the chain shows what is done already.
import { hubNamesOf } from "@sonm/chain/hub/whitelist";
import { postClaim } from "@sonm/chain/market/claims";
import { pullSnm } from "@sonm/chain/money/snm";
import { batchRange } from "@sonm/protocol/job/job";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import { encodeDelivery } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { Failure } from "@sonm/protocol/values/failure";
import { actBefore, type Referee } from "../../host/referees/referee.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { NotNeeded, type WorkQueue } from "../../host/role/queue.ts";
import { settle } from "../../host/role/settle.ts";
import { stakeOnce } from "../../host/role/stake.ts";
import { type Batch, computeBatch, type Runner, unitKey, unitsIn } from "../../host/role/units.ts";
import type { MinerAction, MinerPolicy, Work } from "./decide.ts";
import type { MinerJournal, UnitDone } from "./journal.ts";
import { beginKeeping, outputFile, told } from "./kept.ts";

export type MinerTools = RoleTools<MinerJournal> &
  Runner<UnitDone> & {
    readonly referees: readonly Referee[];
    /** batches are computed in turns */
    readonly queue: Pick<WorkQueue, "inTurn">;
    readonly policy: MinerPolicy;
    /** only for a liar: position in each batch of the unit that it lies about */
    readonly lyingUnit: number | "first" | "last" | undefined;
    /** called when this miner has announced itself to the hub, with so many slots */
    readonly onAnnounced: (slots: number) => void;
  };

/** The function that carries actions out. */
export function createActor(tools: MinerTools): (action: MinerAction) => Promise<void> {
  const { access, peer, journal, policy, sent, emit } = tools;
  const { signer, deployment } = access;

  return async (action) => {
    switch (action.kind) {
      case "stake":
        return stakeOnce(tools, action.amount);
      case "announce":
        await peer.send(action.to, { kind: "announce", slots: action.slots, minPay: policy.minPay });
        return tools.onAnnounced(action.slots);
      case "accept":
      case "decline":
        return answer(tools, action);
      case "send": {
        const { id, from } = action.work;
        const letter = journal.unsent.get(id);
        if (letter) await peer.send(from, letter);
        return journal.unsent.delete(id);
      }
      case "compute":
        return compute(tools, action.work).catch((error: unknown) => {
          if (!(error instanceof NotNeeded)) throw error;
        });
      case "claim": {
        const { job, assignment, signature } = action.work;
        const claim = claimOf(action.work);
        await sent("claim", postClaim(signer, deployment, job, claim, assignment.expiry, signature));
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
        if (to === work.job.buyer) await told(tools, work);
        return journal.asked.delete(`${claim}/${to}`);
      }
      case "dispute":
        return actBefore(tools.referees, action.deed);
      case "settle":
        return settle(tools, action.work.job, claimOf(action.work));
      case "pull": {
        const { hub, amount } = action;
        const names = await hubNamesOf(signer, deployment, [hub]);
        await sent("pull", pullSnm(signer, deployment, hub, amount));
        return emit({ kind: "paid", hub, hubName: names.get(hub) ?? null, amount: String(amount) });
      }
    }
  };
}

/** The claim of computed work. */
function claimOf({ assignment, root }: Work): Claim {
  if (root === undefined) throw new Failure("There is no claim", "the batch is not computed", "compute it first");
  const { job, batch, attempt, miner, pay } = assignment;
  return { job, batch, attempt, miner, pay, root };
}

/** Writes the answer down; it is sent later. If it were sent first, a killed miner could forget it and then answer differently. */
async function answer({ journal, emit }: MinerTools, action: MinerAction & { kind: "accept" | "decline" }) {
  const { work } = action;
  const { job, batch, attempt } = work.assignment;
  if (action.kind === "accept") {
    journal.hubs.add(work.job.hub, work.job.hub);
    journal.unsent.put(work.id, { kind: "accept", job, batch, attempt });
    return journal.answers.put(work.id, "accepted");
  }
  const { reason } = action;
  journal.unsent.put(work.id, { kind: "decline", job, batch, attempt, reason });
  journal.answers.put(work.id, "declined");
  emit({ kind: "declined", job, batch, reason });
}

function batchOf({ job, assignment }: Pick<Work, "job" | "assignment">): Batch {
  return { id: assignment.job, job, batch: assignment.batch };
}

/** Computes the batch and its root. */
async function compute(tools: MinerTools, work: Work): Promise<void> {
  beginKeeping(tools, work);
  const { journal, lyingUnit, queue, emit } = tools;
  const { assignment } = work;
  const batch = batchOf(work);
  const { first, count } = batchRange(work.job, assignment.batch);
  const last = count - 1;
  const position = lyingUnit === "first" ? 0 : lyingUnit === "last" ? last : lyingUnit && Math.min(lyingUnit, last);
  const lied = position === undefined ? undefined : first + position;
  // Of one hub's batches, the one that expires first.
  const turn = {
    id: work.id,
    customer: assignment.wallet,
    reward: assignment.pay * BigInt(count),
    deadline: Number(assignment.expiry),
    steps: count * 8 ** work.job.exponent,
  };
  await computeBatch(
    tools,
    batch,
    lied,
    (unit, { resultHash, output, proof, corruption, steps, halt, exitCode, fault }) => {
      if (output === undefined)
        throw new Failure("The unit has no output", "its engine has kept none", "compute it again");
      journal.units.put(unitKey(assignment.job, unit), { resultHash, output, proof, corruption });
      emit({
        kind: "unit-computed",
        job: assignment.job,
        batch: assignment.batch,
        unit,
        steps,
        halt,
        exitCode: String(exitCode ?? ""),
        ...(fault === undefined ? {} : { fault }),
        lie: corruption !== undefined,
        ...(unit === lied && corruption === undefined ? { vain: true } : {}),
      });
    },
    (run) => queue.inTurn(turn, run),
    (unit) => outputFile(tools.data, assignment.job, unit),
  );
  const resultHashes = unitsIn(tools, batch).map(({ resultHash }) => resultHash);
  const { root } = resultTreeOf(work.job, assignment, resultHashes);
  journal.putRoot(work, root);
}

async function publish(tools: MinerTools, work: Work): Promise<void> {
  const { peer, journal, data } = tools;
  const batch = batchOf(work);
  const { first } = batchRange(work.job, batch.batch);
  const units = [];
  for (const [i, { resultHash, output, proof }] of unitsIn(tools, batch).entries()) {
    const published = await peer.publishFile(outputFile(data, batch.id, first + i));
    if (published !== output) {
      const why = "its file is not what was computed";
      throw new Failure(`The output of unit ${first + i} is damaged`, why, "put a copy in its place");
    }
    units.push({ resultHash, output: published, proof });
  }
  journal.deliveries.put(work.id, await peer.publish(encodeDelivery(units)));
}
