// What to do, as commands to type: every step that the protocol's packages name has its command here.
import { filled, type StepId } from "@sonm/chain/errors/advice";
import type { Advice, Failure } from "@sonm/protocol/values/failure";

/** The texts contain names of values in braces. */
const commands: Readonly<Record<StepId, string>> = {
  // transactions
  "see-transactions":
    "`sonm tx list` shows what is under way; `sonm tx speed-up` offers more for it, `sonm tx cancel` takes it back",
  "allow-more-fee": "wait until it costs less, or allow more: --max-fee GWEI",
  // money
  "send-gas": "send it some; `sonm balance` shows what it has",
  "deposit-or-wait": "deposit more SNM (`sonm stake deposit`), or wait until what is locked comes free",
  "request-withdrawal": "ask for it first: `sonm stake withdraw`",
  "request-all": "ask first: `sonm stake withdraw all`; then it takes {delay}",
  "see-stake": "see `sonm stake`",
  "withdraw-or-await-claims": "withdraw less, or wait until they have ended: `sonm earnings` says when",
  "take-first": "take them first: `sonm stake take`",
  "take-first-from": "take them first, possible from {moment}; or let them wait anew: --restart",
  "name-reachable": "name a person or a hub; stakes go by `sonm stake deposit`",
  // hubs
  "see-hub": "see `sonm hub status` for what the wallet can do in its state",
  "see-hubs": "see `sonm hubs` for those there are",
  "name-hub": "name a wallet that the factory has made: see `sonm hubs`",
  "fund-hub-or-less": "use less, or put SNM into the wallet first: `sonm hub fund`",
  "add-funds": "put more than {missing} into it: --fund AMOUNT",
  "register-hub": "register it: `sonm hub register`",
  "register-after-pay-day": "wait for pay-day, then register again: `sonm hub status` says when",
  "close-hub": "close the period first: `sonm hub close`; `sonm hub status` says when",
  "close-from": "`sonm hub close` is possible from {close}, pay-day then from {payDay}",
  "pay-day-first": "`sonm hub payday`, possible from {payDay}",
  "close-and-pay-day-first": "`sonm hub close`, then `sonm hub payday`, possible from {payDay}",
  "pay-day-from": "`sonm hub payday` is possible from {payDay}",
  "await-rehab": "the DAO can rehabilitate it at any time (`sonm dao propose rehab`), anyone from {rehab}",
  "rehab-from": "it is possible from {moment}, before by the DAO: `sonm dao propose rehab`",
  "make-new-hub": "make a new hub: `sonm hub create --salt …`",
  "use-hub": "use it (`sonm hub status`), or make another with --salt",
  "make-other-hub": "if it is a hub, it is there already: make another with --salt",
  "withdraw-less": "withdraw less, or `all`",
  // ratings
  "rate-in-period": "rate it while its pay period runs: `sonm hub status` says whether it does",
  "await-verdict": "wait for pay-day, a ban or a rehabilitation: `sonm hub status` says when",
  "see-ratings": "see `sonm ratings HUB` for those there are",
  "rate-hub": "rate a hub: `sonm rate`",
  // the DAO
  "name-evidence": "name a document and where it can be had: --evidence FILE --uri URI",
  accuse: "only the DAO's fast lane can do this: `sonm dao propose suspect`",
  "suspect-first": "suspect it first: `sonm dao propose suspect`",
  "only-status": "only a {status} hub can be: see `sonm hub status`",
  "see-registration": "see `sonm hub status` for whether it is registered again",
  delegate: "SNM vote once they are delegated: `sonm dao delegate self`, or ask others to delegate to you",
  "delegate-for-next": "for the next proposal, delegate now: `sonm dao delegate self`",
  "sign-ballot-anew": "have the ballot signed anew by its voter: `sonm dao vote PROPOSAL VOTE --sign`",
  "name-network": "name the network that it is for: --rpc, --deployment",
  "see-proposals": "see `sonm dao list` for those there are",
  "see-proposal": "`sonm dao show` says what can be done with it now, or when",
  queue: "queue it: `sonm dao queue {proposal}`",
  "vote-against": "vote against it: `sonm dao vote {proposal} against`",
  "vote-against-instead":
    "only its proposer can take it back, and only until votes open; vote against it: `sonm dao vote`",
  "undo-by-proposal": "undo what it brings by another: `sonm dao propose`",
  "name-proposer": "end its description with `#proposer=` and your address, as `sonm dao propose` does",
  "see-treasury": "`sonm treasury` says what it has, and when more is released",
  "see-seizures": "see `sonm treasury` for those there are",
  release: "release it, then execute again: `sonm treasury release {seizures}`",
  "release-from": "it is possible from {moment}, once released: `sonm treasury release {seizures}`",
  "await-income": "execute it once more has come in: by pay-days, or `sonm treasury collect`",
  // earnings
  "await-payment": "a hub pays at the settlement of a claim, or by `sonm hub pay`: see `sonm hub status HUB`",
  settle: "settle it: `sonm earnings settle`, or a running miner does",
  "see-earnings": "see `sonm earnings` for what you are owed",
  "see-debtors": "see `sonm earnings` for who does",
};

function isStep(id: string): id is StepId {
  return Object.hasOwn(commands, id);
}

/** What to do about a failure, as the command line says it. */
export function todoOf({ todo, advice }: { readonly todo: string; readonly advice?: Advice | undefined }): string {
  return advice && isStep(advice.id) ? filled(commands[advice.id], advice.values) : todo;
}

/** A failure for programs. `advice` names the step of its `todo`, for programs that use words of their own. */
export function failureData(failure: Failure): Readonly<Record<string, unknown>> {
  const { what, why, possibleFrom, advice } = failure;
  return { what, why, todo: todoOf(failure), possibleFrom, ...(advice ? { advice } : {}) };
}
