// The referees that a role knows: the one place where their makers are chosen.
import { type AccuserTools, createAccuser } from "./bisection/accuse.ts";
import { createDefender, type DefenderTools } from "./bisection/defend.ts";
import { createOnlooker, type OnlookerTools } from "./bisection/onlook.ts";
import type { AccusersReferee, Referee } from "./referee.ts";

/** For a role that can be accused. */
export function refereesOfMiner(tools: DefenderTools): readonly Referee[] {
  return [createDefender(tools.access.deployment.addresses.bisection, tools)];
}

/** For a role that accuses. */
export function refereesOfVerifier(tools: AccuserTools): readonly AccusersReferee[] {
  return [createAccuser(tools.access.deployment.addresses.bisection, tools)];
}

/** For a role that plays in no dispute, and whose money waits for the end of each: a hub, a buyer. */
export function refereesOfOnlooker(tools: OnlookerTools): readonly Referee[] {
  return [createOnlooker(tools.access.deployment.addresses.bisection, tools)];
}
