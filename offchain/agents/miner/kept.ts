// What a miner has computed: units in the journal, and outputs in files beside it. They stay until nobody can need them.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { batchIn, batchKey } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { JobId } from "@sonm/protocol/values/ids";
import { draftOf } from "../../host/disk/content-file.ts";
import { makeFolders } from "../../host/disk/folders.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { unitKey, unitsOf } from "../../host/role/units.ts";
import type { Assigned } from "./decide.ts";
import type { MinerJournal } from "./journal.ts";

type Tools = Pick<RoleTools<MinerJournal>, "journal" | "data">;

/** The file that has the output of a unit. */
export function outputFile(data: string, job: JobId, unit: number): string {
  return join(data, "outputs", `${job.slice(2)}-${unit}`);
}

const keyOf = ({ assignment: { job, batch } }: Assigned) => batchKey(job, batch);

/** Writes down that something of an assignment's batch will be here, and makes the folder for it. */
export function beginKeeping({ journal, data }: Tools, assigned: Assigned): void {
  makeFolders(join(data, "outputs"));
  journal.kept.add(keyOf(assigned), { owed: null });
}

async function remove({ journal, data }: Tools, assigned: Assigned): Promise<void> {
  const { id, job, assignment } = assigned;
  const units = unitsOf({ id: assignment.job, job, batch: assignment.batch });
  for (const unit of units) {
    const file = outputFile(data, assignment.job, unit);
    for (const path of [file, draftOf(file)]) await rm(path, { force: true });
  }
  // Last, so that a process that ends before it does all of it again.
  journal.forgetBatch(
    id,
    keyOf(assigned),
    units.map((unit) => unitKey(assignment.job, unit)),
  );
}

/** Whether the claim of an assignment that is over may be settled, while its buyer has not been told of the results. */
function isOwed({ id, assignment: { job, batch } }: Assigned, sight: Sight, journal: MinerJournal): boolean {
  const isClaimed = journal.roots.get(id) !== undefined && journal.answers.get(id) === "accepted";
  if (!isClaimed || journal.delivered.get(id)) return false;
  const named = journal.claims.get(id);
  const claim = named && sight.claims.get(named);
  if (claim) return claim.status === "settled";
  // A claim leaves the sight before its job does, and a batch names the claim that was paid for it.
  return !sight.jobs.has(job) || batchIn(sight, job, batch).claim === named;
}

/**
 * Lets go the assignments that are over, and with them what was computed: no claim about it can be made or challenged any more, and no
 * reorganisation changes that. What is owed to a buyer stays until it has asked for it.
 * @param ids of the assignments that are over
 */
export async function letGo(
  tools: Tools & Pick<RoleTools<MinerJournal>, "guard">,
  sight: Sight,
  ids: readonly string[],
): Promise<void> {
  const { journal, guard } = tools;
  const over = new Set(ids);
  for (const id of over) {
    const assigned = journal.assignments.get(id);
    const kept = assigned && journal.kept.get(keyOf(assigned));
    if (!kept) continue;
    if (isOwed(assigned, sight, journal)) journal.kept.put(keyOf(assigned), { owed: id });
    // Another assignment of the same batch goes on with these units, and lets them go when it is over.
    else if (kept.owed === null && journal.ofBatch(keyOf(assigned)).every((one) => over.has(one.id))) {
      await remove(tools, assigned).catch((error: unknown) =>
        guard(`the outputs of assignment ${id}`, [assigned], () => {
          throw error;
        }),
      );
    }
  }
  journal.assignments.end([...over]);
}

/** The buyer has been told of the results of an assignment: if they were kept for that alone, they go. */
export async function told(tools: Tools, assigned: Assigned): Promise<void> {
  const { journal } = tools;
  journal.delivered.put(assigned.id, true);
  if (journal.kept.get(keyOf(assigned))?.owed === assigned.id) await remove(tools, assigned);
}
