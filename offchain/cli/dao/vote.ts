// `sonm dao vote`: sends a vote. With --sign it writes the vote as a ballot instead, which anybody can send to the chain.

import { MOST_REASON_BYTES, signBallot } from "@sonm/chain/government/ballots";
import { shortId } from "@sonm/chain/government/proposal-id";
import { type ProposalStanding, type Vote, votes } from "@sonm/chain/government/proposals";
import { castVote, hasVoted, votesAt } from "@sonm/chain/government/votes";
import { type Voter, voteRefusal } from "@sonm/chain/rules/vote";
import { showSnm } from "@sonm/protocol/values/amounts";
import { Failure } from "@sonm/protocol/values/failure";
import { Command } from "commander";
import { writeNamedFile } from "../../host/access/files.ts";
import type { Terminal } from "../../host/terminal/terminal.ts";
import { type Account, type NetworkOptions, openAccount, orWhen, takesAccount } from "../network.ts";
import { type Answer, answering, examples, stopOn } from "../verb.ts";
import { nextStep } from "./show.ts";
import { answerWith, PROPOSAL, proposalFor } from "./step.ts";

type Options = NetworkOptions & {
  readonly reason?: string;
  readonly sign?: boolean;
  readonly out?: string;
  readonly nonce?: bigint;
  readonly json?: boolean;
};

function readNonce(text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new Failure(`--nonce ${text} is no number`, "it is a whole number", "write it like --nonce 1, or leave it out");
}

export function daoVote(): Command {
  const command = takesAccount(
    new Command("vote")
      .argument(...PROPOSAL)
      .argument("<vote>", votes.join(" | "))
      .option("--reason <text>", "kept with the vote")
      .option("--sign", "send nothing: sign a ballot, for anybody to bring with `sonm dao cast`")
      .option("-o, --out <file>", "with --sign: where the ballot goes, a new file (default: stdout)")
      .option("--nonce <n>", "with --sign: number of the ballot, to sign several ahead (default: the next)", readNonce),
  )
    .summary("vote on a proposal, or sign a ballot")
    .description(
      "Votes with all SNM that were delegated to you when the votes opened. With --sign nothing is sent and no gas is needed: the vote is " +
        "signed as a ballot, which anybody can bring to the chain while the votes are open. Ballots of one voter in one lane are " +
        "counted in the order of their numbers.",
    );
  examples(command, [
    ["sonm dao vote 0x1f2e3d for --reason 'the claim was convicted'", "with a reason"],
    [
      "sonm dao vote 0x1f2e3d against --sign --out ballot.json",
      "without gas; then somebody else: sonm dao cast ballot.json",
    ],
  ]);
  return answering<Options>(command, async ([text = "", given = ""], options, terminal) => {
    const vote = votes.find((one) => one === given);
    if (!vote) throw new Failure(`"${given}" is no vote`, `votes are ${votes.join(", ")}`, "write one of them");
    if (!options.sign && (options.out !== undefined || options.nonce !== undefined)) {
      const which = options.out === undefined ? "--nonce" : "--out";
      throw new Failure("The vote was not cast", `${which} is for ballots`, "add --sign, or leave it out");
    }
    const account = await openAccount(options);
    const proposal = await proposalFor(account, text, options.sign ? "sign" : "vote");
    const voter = await voterOf(account, proposal);
    stopOn(voteRefusal(options.sign ? "sign" : "vote", proposal, voter));
    if (options.sign) return signed(account, proposal, vote, options, terminal);
    await orWhen(account.now, castVote(account.signer, account.deployment, proposal, vote, options.reason));
    const { weight = 0n } = voter;
    const done = `Voted ${vote}, with ${showSnm(weight)}`;
    const answer = await answerWith(account, proposal, done, terminal);
    return { ...answer, data: { ...answer.data, weight } };
  });
}

async function voterOf({ reader, deployment, address }: Account, proposal: ProposalStanding): Promise<Voter> {
  const { state, voteStart } = proposal;
  const [voted, weight] = await Promise.all([
    hasVoted(reader, deployment, proposal, address),
    state === "pending" ? undefined : votesAt(reader, deployment, address, voteStart),
  ]);
  return { voted, weight };
}

async function signed(
  { signer, deployment, now }: Account,
  proposal: ProposalStanding,
  vote: Vote,
  { reason = "", nonce, out, json }: Options,
  terminal: Terminal,
): Promise<Answer> {
  if (Buffer.byteLength(reason) > MOST_REASON_BYTES) {
    const why = `a ballot's reason has at most ${MOST_REASON_BYTES} bytes, for somebody else pays for them`;
    throw new Failure("The ballot was not signed", why, "put it shorter");
  }
  const ballot = await signBallot(signer, deployment, proposal, vote, reason, nonce);
  const bytes = new TextEncoder().encode(`${JSON.stringify(ballot)}\n`);
  if (out !== undefined) await writeNamedFile(out, bytes, "wx");
  return {
    lines: [
      `${terminal.paint("green", "✓")} Signed: ${vote}, on ${shortId(proposal.id)}${out === undefined ? "" : ` → ${out}`}`,
      `  ${terminal.paint("dim", `${nextStep(proposal, now)}; anybody can bring it then: \`sonm dao cast ${out ?? "BALLOT"}\``)}`,
    ],
    data: { ballot, file: out ?? null, voteStart: proposal.voteStart, voteEnd: proposal.voteEnd, now },
    ...(out === undefined && !json ? { bytes } : {}),
  };
}
