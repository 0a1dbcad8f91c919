// Whether a role can take part in a job: it has an engine for the job's units, and a referee before which it can argue about them.
import type { Job } from "@sonm/protocol/job/job";
import { isAddressEqual } from "viem";
import type { Engine } from "../engines/engine.ts";
import { type Referee, refereeAt } from "./referee.ts";

/**
 * What a role with this engine and these referees does not know about a job.
 * @returns the rest of a sentence about the role, as in "this hub …"; undefined if it knows everything
 */
export function strangeIn(
  job: Job,
  engine: Pick<Engine, "machine" | "runs">,
  referees: readonly Pick<Referee, "address">[],
): string | undefined {
  if (!refereeAt(referees, job.referee)) {
    return `knows the referee ${referees.map(({ address }) => address).join(" and ")} only`;
  }
  if (!isAddressEqual(job.machine, engine.machine)) return `knows the machine ${engine.machine} only`;
  if (!engine.runs(job)) return "gives a run less memory than a unit of this job has needed";
  return undefined;
}
