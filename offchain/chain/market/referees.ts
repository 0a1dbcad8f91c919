// The referees of a deployment: the one place that a new one is added to.
import type { Deployment } from "../deployment.ts";
import { bisectionLog } from "./bisection.ts";
import type { DisputeLog } from "./dispute-log.ts";

/** How to read the disputes of each referee of a deployment. */
export function refereesOf({ addresses }: Deployment): readonly DisputeLog[] {
  return [bisectionLog(addresses.bisection)];
}
