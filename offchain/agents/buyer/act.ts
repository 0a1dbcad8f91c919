// Carries a buyer's decisions out. Every action may be repeated: the journal or the chain shows what is done already.
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { batchKey } from "@sonm/chain/market/events";
import { postJob, refundBatches } from "@sonm/chain/market/jobs";
import { allowanceOf, approveSnm } from "@sonm/chain/money/snm";
import { batchCount, batchRange } from "@sonm/protocol/job/job";
import { decodeDelivery, mostDeliveryBytes } from "@sonm/protocol/result/delivery";
import { Failure } from "@sonm/protocol/values/failure";
import type { ContentId, JobId } from "@sonm/protocol/values/ids";
import { contentFile, DiskInTheWay, draftOf } from "../../host/disk/content-file.ts";
import type { Engine } from "../../host/engines/engine.ts";
import { NetContentMissing, NetUnreachable } from "../../host/net/errors.ts";
import { actBefore, type Referee } from "../../host/referees/referee.ts";
import type { RoleTools } from "../../host/role/open.ts";
import type { BuyerAction } from "./decide.ts";
import type { BuyerJournal } from "./journal.ts";

export type BuyerTools = RoleTools<BuyerJournal> & {
  readonly engine: Pick<Engine, "checkOutput">;
  readonly referees: readonly Referee[];
  /** files of the order */
  readonly files: { readonly image: string; readonly inputs: readonly string[] };
  /** directory for the outputs, one file for each unit */
  readonly out: string;
};

/** Name of the file that holds a unit's output. */
export function outputName(unit: number): string {
  return `unit-${String(unit).padStart(6, "0")}.bin`;
}

/** The function that carries actions out. */
export function createActor(tools: BuyerTools): (action: BuyerAction) => Promise<void> {
  const { access, peer, journal, sent, emit, now } = tools;
  const { signer, deployment } = access;
  const { addresses } = deployment;
  const me = signer.address;

  /** Jobs that are being posted. Who cancels meanwhile may be too late. */
  const posting = new Map<JobId, Promise<void>>();
  /** Jobs that were posted, also if the chain is not seen so far yet. */
  const postedHere = new Set<JobId>();

  async function post({ order: { id, job }, quote }: BuyerAction & { kind: "post" }): Promise<void> {
    const escrow = job.price * BigInt(job.units);
    if ((await allowanceOf(signer, deployment, me, addresses.jobBoard)) < escrow) {
      await sent("approve", approveSnm(signer, deployment, addresses.jobBoard, escrow));
    }
    if (journal.cancelled.get(id)) return;
    await sent("post", postJob(signer, deployment, job, BigInt(quote.expiry), quote.signature));
    postedHere.add(id);
    emit({ kind: "posted", job: id, units: job.units, batches: batchCount(job), escrow: String(escrow) });
  }

  return async (action) => {
    if (action.kind === "dispute") return actBefore(tools.referees, action.deed);
    const { order } = action;
    const { id, job } = order;
    switch (action.kind) {
      case "publish":
        return publish(tools, action);
      case "ask":
        await peer.send(order.hub, { kind: "ask-quote", job });
        return journal.askedAt.put(id, now());
      case "post": {
        const done = post(action);
        posting.set(id, done);
        return done.finally(() => posting.delete(id));
      }
      case "askResults":
        await peer.send(action.miner, { kind: "ask-results", claim: action.claim });
        return journal.askedAt.put(action.claim, now());
      case "collect":
        return collect(tools, action);
      case "refund": {
        await sent("refund", refundBatches(signer, deployment, job, action.batches));
        for (const batch of action.batches) {
          const amount = job.price * BigInt(batchRange(job, batch).count);
          emit({ kind: "refunded", job: id, batch, amount: String(amount) });
        }
        return;
      }
      case "report": {
        const unitsOf = (status: string) =>
          order.batches
            .filter((batch) => batch.status === status)
            .reduce((sum, { batch }) => sum + batchRange(job, batch).count, 0);
        if (order.posted) {
          emit({ kind: "done", job: id, settledUnits: unitsOf("paid"), refundedUnits: unitsOf("refunded") });
          journal.finished.put(id, now());
        } else if (order.cancelled) {
          await posting.get(id)?.catch(() => undefined);
          const posted = postedHere.has(id) || (await access.observer.look()).jobs.has(id);
          const [open, back] = posted ? [batchCount(job), String(job.price * BigInt(job.units))] : [0, "0"];
          emit({ kind: "cancelled", job: id, posted, open, back, refundFrom: order.refundFrom });
          // Then it goes on as a posted job.
          if (posted) return;
        } else emit({ kind: "refused", job: id, reason: order.refusal ?? "no quote came before the deadline" });
        return journal.reported.put(id, true);
      }
    }
  };
}

async function publish(tools: BuyerTools, { order }: BuyerAction & { kind: "publish" }): Promise<void> {
  const { peer, journal, files, emit } = tools;
  const { id } = order;
  for (const path of [files.image, ...files.inputs]) await contentFile(path);
  const image = await peer.publishFile(files.image);
  for (const path of files.inputs) await peer.publishFile(path);
  const made = journal.orders.get(id);
  if (!made) throw new Failure("The order is not in the journal", "it was not made here", "restore the journal");
  await peer.publish(made.manifest);
  journal.published.put(id, true);
  emit({ kind: "published", job: id, image, inputs: files.inputs.length });
}

/**
 * Fetches the outputs of a settled batch and checks each by Merkle proofs: the unit's final state contains the output, and the root
 * that the chain has settled contains the final state. An output gets its name once it is checked.
 */
async function collect(
  tools: BuyerTools,
  { order, batch, claim: id, content }: BuyerAction & { kind: "collect" },
): Promise<void> {
  const { access, peer, journal, quarantine, engine, out, emit } = tools;
  const { job } = order;
  const { first, count } = batchRange(job, batch.batch);
  const claim = (await access.observer.look()).claims.get(id)?.claim;
  if (!claim) throw new Failure("The claim is not on the chain", "the chain has changed", "look again");
  await mkdir(out, { recursive: true });
  try {
    const { units } = await quarantine.read(
      `delivery ${content} of claim ${id}`,
      () => peer.fetch(content, mostDeliveryBytes(count)),
      (bytes) => decodeDelivery(bytes, job, claim),
    );
    for (const [i, unit] of units.entries()) {
      const file = join(out, outputName(first + i));
      const draft = draftOf(file);
      await quarantine.read(
        `output of unit ${first + i} in delivery ${content}`,
        async () => {
          await peer.fetchFile(unit.output as ContentId, draft);
          return contentFile(draft);
        },
        async (output) => {
          try {
            await engine.checkOutput(unit, output);
          } catch (error) {
            await rm(draft, { force: true });
            throw error;
          }
        },
      );
      await rename(draft, file);
    }
  } catch (error) {
    // Missing content may still arrive, and a full disk is no fault of the delivery. A wrong delivery must be asked for again.
    const isOurs = !(error instanceof Error) || "syscall" in error || error instanceof DiskInTheWay;
    if (isOurs || error instanceof NetContentMissing || error instanceof NetUnreachable) throw error;
    journal.deliveries.delete(id);
    journal.askedAt.put(id, tools.now());
    return emit({ kind: "rejected", job: order.id, batch: batch.batch, claim: id, why: error.message });
  }
  journal.collected.put(batchKey(order.id, batch.batch), { claim: id, miner: claim.miner });
  emit({ kind: "collected", job: order.id, batch: batch.batch, units: count, claim: id, miner: claim.miner });
}
