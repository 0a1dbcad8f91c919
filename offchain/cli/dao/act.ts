// `sonm dao delegate | queue | execute | cancel`: each verb looks first. If it cannot act now, it says why, and from when it can.

import type { ParameterName } from "@sonm/chain/enums/parameter";
import { actionOf } from "@sonm/chain/government/actions";
import { parameterRecordOf } from "@sonm/chain/government/parameters";
import { shortId } from "@sonm/chain/government/proposal-id";
import { cancelProposal, executeProposal, type Proposal, queueProposal } from "@sonm/chain/government/proposals";
import { delegateOf, delegateVotes } from "@sonm/chain/government/votes";
import { balanceOf } from "@sonm/chain/money/snm";
import { delegateRefusal } from "@sonm/chain/rules/vote";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showMoment } from "@sonm/protocol/values/dates";
import { Command } from "commander";
import { zeroAddress } from "viem";
import { type Account, type NetworkOptions, openAccount, orWhen, readAddress, takesAccount } from "../network.ts";
import { answering, examples, stopOn } from "../verb.ts";
import { requireFeasible, requireLasting } from "./ahead.ts";
import { showCalls } from "./show.ts";
import { answerWith, PROPOSAL, proposalFor } from "./step.ts";

export function daoQueue(): Command {
  const command = takesAccount(new Command("queue").argument(...PROPOSAL))
    .summary("hand a successful proposal to the timelock")
    .description(
      "Queues a proposal that has won: it waits where everybody sees it, then it can be executed for some time. Anyone may.",
    );
  examples(command, [["sonm dao queue 0x1f2e3d", "after the votes"]]);
  return answering<NetworkOptions>(command, async ([text = ""], options, terminal) => {
    const account = await openAccount(options);
    const proposal = await proposalFor(account, text, "queue");
    await requireLasting(account, proposal);
    await orWhen(account.now, queueProposal(account.signer, account.deployment, proposal));
    return answerWith(account, proposal, `Queued ${shortId(proposal.id)}`, terminal);
  });
}

/** What a proposal has done, and from when it has effect: parameters change only after a delay. */
async function effectOf({ reader, deployment, now }: Account, proposal: Proposal) {
  const shown = showCalls(deployment, proposal);
  const changes: { name: ParameterName; value: bigint; from: number }[] = [];
  for (const [i, call] of proposal.calls.entries()) {
    const action = actionOf(deployment, call);
    if (action?.kind !== "param") continue;
    const { next } = await parameterRecordOf(reader, deployment, action.name);
    if (!next) continue;
    shown[i] += `, from ${showMoment(next.from, now)} on`;
    changes.push({ name: action.name, ...next });
  }
  return { done: `Carried out: ${shown.join("; ")}`, changes };
}

export function daoExecute(): Command {
  const command = takesAccount(new Command("execute").argument(...PROPOSAL))
    .summary("carry a queued proposal out")
    .description(
      "Carries out what was decided, once the timelock's time is over. Anyone may. What could not succeed now is not tried: it says why, " +
        "and when it can. A parameter counts some time later: `sonm dao params`.",
    );
  examples(command, [["sonm dao execute 0x1f2e3d", "when it has waited long enough"]]);
  return answering<NetworkOptions>(command, async ([text = ""], options, terminal) => {
    const account = await openAccount(options);
    const { deployment, signer, now } = account;
    const proposal = await proposalFor(account, text, "execute");
    await requireFeasible(account, proposal);
    await orWhen(now, executeProposal(signer, deployment, proposal));
    const { done, changes } = await effectOf(account, proposal);
    const answer = await answerWith(account, proposal, done, terminal);
    return { ...answer, data: { ...answer.data, changes } };
  });
}

export function daoCancel(): Command {
  const command = takesAccount(new Command("cancel").argument(...PROPOSAL))
    .summary("take your own proposal back, before its votes open")
    .description("Takes a proposal back for ever. Only its proposer can, and only until the votes on it open.");
  examples(command, [["sonm dao cancel 0x1f2e3d", "it was a mistake"]]);
  return answering<NetworkOptions>(command, async ([text = ""], options, terminal) => {
    const account = await openAccount(options);
    const proposal = await proposalFor(account, text, "cancel");
    await orWhen(account.now, cancelProposal(account.signer, account.deployment, proposal));
    return answerWith(account, proposal, `Took ${shortId(proposal.id)} back`, terminal);
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
    stopOn(delegateRefusal(before, to, text));
    await delegateVotes(signer, deployment, to);
    const balance = await balanceOf(reader, deployment, address);
    return {
      lines: [
        `${terminal.paint("green", "✓")} ${showSnm(balance)} of votes are with ${text === "self" ? "you" : text}`,
      ],
      data: { from: before, to, votes: balance },
    };
  });
}
