// Failures whose advice has a name.
import { showMoment } from "@sonm/protocol/values/dates";
import { type Advice, Failure, type FailureOptions } from "@sonm/protocol/values/failure";
import { advice, sentenceOf } from "./advice.ts";

/** Something that cannot be done, why, and what to do instead. */
export function refusal(
  what: string,
  why: string,
  todo: Advice,
  options: Omit<FailureOptions, "advice"> = {},
): Failure {
  return new Failure(what, why, sentenceOf(todo), { ...options, advice: todo });
}

/** A refusal for which time is the only reason: says when the same can succeed. Times are unix seconds of the chain's clock. */
export function notYet(what: string, why: string, possibleFrom: number, now: number, options?: ErrorOptions): Failure {
  const todo = advice("wait-until", { moment: showMoment(possibleFrom, now) });
  return refusal(what, why, todo, { ...options, possibleFrom });
}
