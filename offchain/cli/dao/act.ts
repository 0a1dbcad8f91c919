// `sonm dao vote | delegate | queue | execute`: each looks first, and says when it cannot be done now and when it can.
import { Command } from "commander";
import { isAddressEqual, zeroAddress } from "viem";
import {
  castVote,
  delegateOf,
  delegateVotes,
  executeProposal,
  hasVoted,
  type ProposalStanding,
  queueProposal,
  standingOf,
  type Vote,
  votes,
  votesAt,
} from "../../core/chain/dao.ts";
import { actionOf } from "../../core/chain/dao-action.ts";
import { balanceOf } from "../../core/chain/read.ts";
import { hubRecordOf } from "../../core/chain/wallet.ts";
import { Failure } from "../../core/failure.ts";
import { showSnm } from "../amounts.ts";
import { notYet, showDate, showMoment } from "../dates.ts";
import { bannableFrom } from "../hub/rules.ts";
import { type Account, type NetworkOptions, openAccount, orWhen, readAddress, takesAccount } from "../network.ts";
import type { Terminal } from "../terminal.ts";
import { type Answer, answering, examples } from "../verb.ts";
import { nextStep, proposalData, proposalNamed, shortId, showCalls } from "./show.ts";

const PROPOSAL = ["<proposal>", "how its number begins, see `sonm dao list`"] as const;

/** Why a proposal cannot be carried a step further now. Undefined if nothing stands in the way. */
export function whyNotNow(
  step: "vote" | "queue" | "execute",
  proposal: ProposalStanding,
  now: number,
): Failure | undefined {
  const { state, voteStart, voteEnd, eta } = proposal;
  const name = shortId(proposal.id);
  const what = {
    vote: "The vote cannot be cast",
    queue: `${name} cannot be queued`,
    execute: `${name} cannot be executed`,
  }[step];
  if (state === "canceled" || state === "expired" || state === "executed") {
    return new Failure(what, `it is ${state}`, "do nothing: it is over");
  }
  if (state === "defeated") {
    return new Failure(what, `it was defeated at ${showDate(voteEnd)}`, "propose it again, and find voters");
  }
  if (state === "pending") {
    const from = step === "vote" ? voteStart + 1 : voteEnd + 1;
    return notYet(what, "the votes are not open", from, now);
  }
  if (step === "vote") {
    return state === "active"
      ? undefined
      : new Failure(what, `the votes ended at ${showDate(voteEnd)}`, "it is too late");
  }
  if (state === "active") return notYet(what, "it is still voted on", voteEnd + 1, now);
  if (step === "queue") {
    if (state === "succeeded") return undefined;
    return new Failure(what, "it is queued", `execute it: from ${showMoment(eta, now)}`);
  }
  if (state === "succeeded") return new Failure(what, "it is not queued", `queue it: \`sonm dao queue ${name}\``);
  return eta > now ? notYet(what, "it waits in the timelock, so that everybody sees it coming", eta, now) : undefined;
}

async function proposalFor(
  account: Account,
  text: string,
  step: "vote" | "queue" | "execute",
): Promise<ProposalStanding> {
  const { reader, deployment, now } = account;
  const proposal = await standingOf(reader, deployment, await proposalNamed(account, text));
  const refusal = whyNotNow(step, proposal, now);
  if (refusal) throw refusal;
  return proposal;
}

/** What has been done, then the proposal as it is now. */
async function answerWith(
  account: Account,
  before: ProposalStanding,
  done: string,
  terminal: Terminal,
): Promise<Answer> {
  const { reader, deployment, now } = account;
  const after = await standingOf(reader, deployment, before);
  const next = nextStep(after, now);
  return {
    lines: [`${terminal.paint("green", "✓")} ${done}`, ...(next === "" ? [] : [`  ${terminal.paint("dim", next)}`])],
    data: { done, proposal: proposalData(deployment.addresses, after), now },
  };
}

export function daoVote(): Command {
  const command = takesAccount(
    new Command("vote")
      .argument(...PROPOSAL)
      .argument("<vote>", votes.join(" | "))
      .option("--reason <text>", "kept with the vote", ""),
  )
    .summary("vote on a proposal")
    .description("Votes with all SNM that were delegated to you when the votes opened.");
  examples(command, [["sonm dao vote 0x1f2e3d for --reason 'the claim was convicted'", "with a reason"]]);
  return answering<NetworkOptions & { reason: string }>(command, async ([text = "", given = ""], options, terminal) => {
    const vote = votes.find((one) => one === given);
    if (!vote) throw new Failure(`"${given}" is no vote`, `votes are ${votes.join(", ")}`, "write one of them");
    const account = await openAccount(options);
    const { reader, deployment, signer, address, now } = account;
    const proposal = await proposalFor(account, text, "vote");
    const what = "The vote cannot be cast";
    if (await hasVoted(reader, deployment, proposal, address)) {
      throw new Failure(what, "you have voted on it, and votes are final", "do nothing");
    }
    const weight = await votesAt(reader, deployment, address, proposal.voteStart);
    if (weight === 0n) {
      const why = `no SNM were delegated to you at ${showDate(proposal.voteStart)}, when votes were counted`;
      throw new Failure(what, why, "for the next proposal, delegate now: `sonm dao delegate self`");
    }
    await orWhen(now, castVote(signer, deployment.addresses, proposal, vote as Vote, options.reason));
    const done = `Voted ${vote}, with ${showSnm(weight)}`;
    const answer = await answerWith(account, proposal, done, terminal);
    return { ...answer, data: { ...answer.data, weight } };
  });
}

export function daoQueue(): Command {
  const command = takesAccount(new Command("queue").argument(...PROPOSAL))
    .summary("hand a successful proposal to the timelock")
    .description(
      "Queues a proposal that has won: it waits where everybody sees it, then it can be executed. Anyone may.",
    );
  examples(command, [["sonm dao queue 0x1f2e3d", "after the votes"]]);
  return answering<NetworkOptions>(command, async ([text = ""], options, terminal) => {
    const account = await openAccount(options);
    const proposal = await proposalFor(account, text, "queue");
    await orWhen(account.now, queueProposal(account.signer, account.deployment.addresses, proposal));
    return answerWith(account, proposal, `Queued ${shortId(proposal.id)}`, terminal);
  });
}

/** What a queued proposal would meet: a ban has a time of its own. */
async function whyNotCarriedOut({ reader, deployment, now }: Account, proposal: ProposalStanding): Promise<void> {
  for (const call of proposal.calls) {
    const action = actionOf(deployment.addresses, call);
    if (action?.kind !== "ban") continue;
    const hub = await hubRecordOf(reader, deployment, action.hub);
    const from = bannableFrom(hub);
    if (hub.status === "suspected" && now < from) {
      const why = `${hub.name} is suspected since ${showDate(hub.registration.suspectedAt)}, and has time to defend itself`;
      throw notYet("The ban cannot be carried out yet", why, from, now);
    }
  }
}

export function daoExecute(): Command {
  const command = takesAccount(new Command("execute").argument(...PROPOSAL))
    .summary("carry a queued proposal out")
    .description("Carries out what was decided, once the timelock's time is over. Anyone may.");
  examples(command, [["sonm dao execute 0x1f2e3d", "when it has waited long enough"]]);
  return answering<NetworkOptions>(command, async ([text = ""], options, terminal) => {
    const account = await openAccount(options);
    const { deployment, signer, now } = account;
    const proposal = await proposalFor(account, text, "execute");
    await whyNotCarriedOut(account, proposal);
    await orWhen(now, executeProposal(signer, deployment.addresses, proposal));
    const done = `Carried out: ${showCalls(deployment.addresses, proposal).join("; ")}`;
    return answerWith(account, proposal, done, terminal);
  });
}

export function daoDelegate(): Command {
  const command = takesAccount(new Command("delegate").argument("[to]", "an address, `self` or `nobody`", "self"))
    .summary("let your SNM vote: by yourself or by somebody you trust")
    .description(
      "SNM vote only once their holder has delegated them, to himself or another. Counts for proposals whose votes open later. The SNM " +
        "stay where they are and can be moved at any time.",
    );
  examples(command, [
    ["sonm dao delegate self", "vote yourself"],
    ["sonm dao delegate 0x90F79bf6EB2c4f870365E785982E1f101E93b906", "let another vote"],
  ]);
  return answering<NetworkOptions>(command, async ([text = "self"], options, terminal) => {
    const { reader, deployment, signer, address } = await openAccount(options);
    const to = text === "self" ? address : text === "nobody" ? zeroAddress : readAddress(text, "a delegate");
    const before = await delegateOf(reader, deployment, address);
    if (isAddressEqual(before, to)) {
      throw new Failure("Nothing to change", `your SNM are delegated to ${text} already`, "do nothing");
    }
    await delegateVotes(signer, deployment.addresses, to);
    const balance = await balanceOf(reader, deployment, address);
    return {
      lines: [
        `${terminal.paint("green", "✓")} ${showSnm(balance)} of votes are with ${text === "self" ? "you" : text}`,
      ],
      data: { from: before, to, votes: balance },
    };
  });
}
