// What to do, by name: one sentence for each, without the commands or buttons of any surface. A surface may say the same in its own words;
// the command line does so for all of `steps`, with the command to type.
import type { Advice } from "@sonm/protocol/values/failure";

/** True on every surface as they are. Words in braces are names of values. */
const general = {
  "wait-until": "it is possible from {moment}",
  "wait-for-date": "try again from the time named on",
  "look-error-up": "the contracts answered {error}: look it up in contracts/",
  "do-nothing": "do nothing",
  "already-done": "do nothing: it is done",
  // money
  "fund-account": "the account named needs more SNM: transfer some to it",
  "approve-enough": "approve the spender named for at least what is needed",
  "name-somebody": "name somebody: the address 0 is nobody's",
  "name-payee": "name a payee",
  "name-amount": "name an amount above 0",
  "name-amount-or-nothing": "name an amount above 0; if you named none, there is nothing to bring in: do nothing",
  "sign-permission-again": "try again: the permission that you signed came too late, or another of yours came first",
  "get-more-or-use-less": "get more SNM, or use less",
  "get-some": "get some SNM first",
  "send-less": "send less",
  "stake-less": "stake less",
  "stake-at-most": "stake at most {balance}",
  "keep-money": "keep your SNM",
  // hubs
  "use-owners-key": "use its owner's key",
  "name-other-payee": "name another payee than the wallet itself",
  "shorten-text": "put it shorter",
  "nothing-waits": "do nothing: nothing waits for it",
  "propose-with-new-evidence":
    "propose it anew, with evidence of now: the hub has registered again since this was decided",
  "never-trusted-again": "do nothing: a banned hub is never trusted again",
  "pay-after-pay-day": "after pay-day (from {payDay}) register again, then pay",
  "only-suspected": "only a suspected hub can be",
  "only-banned": "only a banned hub is swept",
  // ratings
  "already-paid": "do nothing: it has been paid",
  "rate-later": "rate it once it is registered again",
  "await-decision": "wait for the DAO; anyone may rehabilitate the hub from {rehab}",
  "await-closing":
    "pay-day can be from {payDay}; if the owner does not close the period, anyone can from {closableByAnyone}",
  // the DAO
  "votes-final": "do nothing: votes are final",
  "votes-ended": "it is too late",
  "no-weight": "do nothing: it would weigh nothing",
  "bring-earlier-ballots": "bring the ones before it too, in one go if you like",
  "choose-within-bounds": "propose a value within the bounds named",
  "choose-within": "choose within {bounds}",
  "propose-corrected": "what was decided cannot be carried out so: propose it anew, put right",
  "propose-again": "propose it again",
  "propose-and-find-voters": "propose it again, and find voters",
  "propose-for-later": "propose it again, to be executed from {from}: this one expires at {expiry}",
  over: "do nothing: it is over",
  "never-possible": "do nothing: it can never be carried out",
  "nobody-works-with-it": "do nothing: nobody can work with it",
  "already-free": "do nothing: its funds are free",
  "execute-from": "execute it: from {eta}",
  "ask-proposer": "ask its proposer, or vote against it after {voteStart}",
  "only-dao": "only the DAO can do this: make it a proposal",
  "already-released": "do nothing: it is released",
  "nothing-owed": "do nothing: nothing is owed to it",
  "fund-timelock": "send the rest to {timelock}, then execute again",
  // the market and its games
  "ask-new-signature": "ask the hub for a new signature",
  "have-terms-signed": "have exactly these terms signed by the hub's owner, for this chain and these contracts",
  "pay-within-price": "have the hub sign a pay within what is left of the price",
  "use-right-account": "send this from the account that it belongs to",
  "decide-anew": "somebody was faster: read the chain again and decide anew",
  "choose-other-salt": "it has been done already; choose another salt to do it once more",
  "check-number": "no job or batch has this number: check it, and that the deployment is of this chain",
  "await-games": "wait until the games on this claim have ended",
  "await-game": "wait until its game has ended",
  "await-own-games": "wait until their games have ended",
  "change-term": "change this term of the job to one within the limits named",
  "too-late": "the time for this is over; nothing can be done any more",
  "await-player": "wait for the other player, or until its time is over",
  "announce-first": "announce the challenge first; it opens a block later",
  "recompute-unit": "the miner may be right: recompute the unit before you go on",
} as const;

/** Something to do or to look at with this software: each surface offers it in its own way. */
const steps = {
  // transactions
  "see-transactions": "look at the transactions of the account: one under way can be offered more for, or cancelled",
  "allow-more-fee": "wait until it costs less, or allow more for a gas",
  // money
  "send-gas": "send it some; its balance shows what it has",
  "deposit-or-wait": "deposit more SNM, or wait until what is locked comes free",
  "request-withdrawal": "ask for it first",
  "request-all": "ask for it first; then it takes {delay}",
  "see-stake": "see what you have staked",
  "withdraw-or-await-claims": "withdraw less, or wait until the claims and games have ended: what is to come says when",
  "take-first": "take them first",
  "take-first-from": "take them first, possible from {moment}; or say that they are to wait anew",
  "name-reachable": "name a person or a hub; stakes are deposited instead",
  // hubs
  "see-hub": "see what the wallet can do in its state",
  "see-hubs": "see the list of hubs for those there are",
  "name-hub": "name a wallet that the factory has made",
  "fund-hub-or-less": "use less, or put SNM into the wallet first",
  "add-funds": "put more than {missing} into it",
  "register-hub": "register it",
  "register-after-pay-day": "wait for pay-day, then register again: the hub's standing says when",
  "close-hub": "close the period first: the hub's standing says when",
  "close-from": "the period can be closed from {close}, pay-day is possible then from {payDay}",
  "pay-day-first": "have pay-day first, possible from {payDay}",
  "close-and-pay-day-first": "close the period, then have pay-day, possible from {payDay}",
  "pay-day-from": "pay-day is possible from {payDay}",
  "await-rehab": "the DAO can rehabilitate it at any time, anyone from {rehab}",
  "rehab-from": "it is possible from {moment}, before by a proposal to the DAO",
  "make-new-hub": "make a new hub",
  "use-hub": "use it, or make another with another salt",
  "make-other-hub": "if it is a hub, it is there already: make another with another salt",
  "withdraw-less": "withdraw less, or all",
  // ratings
  "rate-in-period": "rate it while its pay period runs: the hub's standing says whether it does",
  "await-verdict": "wait for pay-day, a ban or a rehabilitation: the hub's standing says when",
  "see-ratings": "see the hub's ratings for those there are",
  "rate-hub": "rate a hub",
  // the DAO
  "name-evidence": "name a document and where it can be had",
  accuse: "only the DAO's fast lane can do this: propose a suspicion",
  "suspect-first": "suspect it first: by a proposal",
  "only-status": "only a {status} hub can be: see how it stands",
  "see-registration": "see how the hub stands for whether it is registered again",
  delegate: "SNM vote once they are delegated: delegate yours to yourself, or ask others to delegate to you",
  "delegate-for-next": "for the next proposal, delegate now",
  "sign-ballot-anew": "have the ballot signed anew by its voter",
  "name-network": "name the network that it is for",
  "see-proposals": "see the list of proposals for those there are",
  "see-proposal": "the proposal's standing says what can be done with it now, or when",
  queue: "queue it: proposal {proposal}",
  "vote-against": "vote against proposal {proposal}",
  "vote-against-instead": "only its proposer can take it back, and only until votes open; vote against it",
  "undo-by-proposal": "undo what it brings by another proposal",
  "name-proposer": "end its description with `#proposer=` and your address",
  "see-treasury": "the Treasury's record says what it has, and when more is released",
  "see-seizures": "see the Treasury's record for those there are",
  release: "release it, then execute again: {seizures}",
  "release-from": "it is possible from {moment}, once these seizures are released: {seizures}",
  "await-income": "execute it once more has come in: by pay-days, or by collecting what hubs owe the Treasury",
  // earnings
  "await-payment": "a hub pays at the settlement of a claim, or by hand: see how it stands",
  settle: "settle it, or a running miner does",
  "see-earnings": "see your earnings for what you are owed",
  "see-debtors": "see your earnings for who does",
} as const;

/** Every advice by its name. */
export const sentences = { ...general, ...steps };

/** The name of an advice. */
export type AdviceId = keyof typeof sentences;
/** What a surface should say in its own words. */
export type StepId = keyof typeof steps;

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer More}` ? Name | NamesIn<More> : never;
/** The values that an advice needs; none for most. */
type Values<Id extends AdviceId> = [NamesIn<(typeof sentences)[Id]>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<(typeof sentences)[Id]>, string>>];
/** Advice that needs no values. */
export type PlainAdviceId = { [Id in AdviceId]: Values<Id> extends [] ? Id : never }[AdviceId];

/** An advice with its values, as people read them. */
export function advice<Id extends AdviceId>(id: Id, ...[values]: Values<Id>): Advice {
  return { id, values };
}

/** A sentence with values in the place of their names. */
export function filled(sentence: string, values: Advice["values"] = {}): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (name, key: string) => values[key] ?? name);
}

/** The neutral sentence of an advice. */
export function sentenceOf({ id, values }: Advice): string {
  return filled(sentences[id as AdviceId], values);
}

/** What surfaces should say in their own words. */
export const stepIds = Object.keys(steps) as readonly StepId[];
