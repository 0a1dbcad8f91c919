// `sonm dao cast`: sends ballots that others have signed to the chain. Each is checked before anything is sent for it, because the
// sender pays for it.

import { type Ballot, ballotNonceOf, castBallot, isBallotSigned, readBallot } from "@sonm/chain/government/ballots";
import { showId } from "@sonm/chain/government/proposal-id";
import { type Proposal, proposalsOf, standingOf } from "@sonm/chain/government/proposals";
import { hasVoted, votesAt } from "@sonm/chain/government/votes";
import { stepRefusal } from "@sonm/chain/rules/proposal";
import { ballotRefusal, proposalOfBallot } from "@sonm/chain/rules/vote";
import { showSnm } from "@sonm/protocol/values/amounts";
import { Failure } from "@sonm/protocol/values/failure";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { readNamedFile } from "../../host/access/files.ts";
import { type Terminal, table } from "../../host/terminal/terminal.ts";
import { type ItemOutcome, oneByOne, refusalData, refusalLines } from "../batch.ts";
import { type Account, type NetworkOptions, openAccount, orWhen, takesAccount } from "../network.ts";
import { type Answer, answering, examples, stopOn } from "../verb.ts";

/** One ballot as it was received, not checked yet. */
type Paper = { readonly source: string; readonly content: unknown };

/** The outcome of reading one ballot: the ballot, or why it is not valid. */
type Reading = { readonly source: string } & (
  | { readonly ballot: Ballot }
  | { readonly ballot?: undefined; readonly refusal: Failure }
);

/** All ballots of a file, which holds one, a list, or one on each line. */
export function papersOf(source: string, text: string): Paper[] {
  const parsed = parse(text);
  const contents =
    parsed !== undefined
      ? [parsed].flat()
      : text
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map(parse);
  if (contents.length === 1) return [{ source, content: contents[0] }];
  return contents.map((content, i) => ({ source: `${source}:${i + 1}`, content }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readPapers(files: readonly string[]): Promise<Paper[]> {
  const papers: Paper[] = [];
  for (const file of files) {
    papers.push(...papersOf(file, new TextDecoder().decode(await readNamedFile(file))));
  }
  if (papers.length > 0) return papers;
  throw new Failure(
    "There is nothing to cast",
    "no ballot was given",
    "`sonm dao vote PROPOSAL VOTE --sign` makes one",
  );
}

function read({ source, content }: Paper): Reading {
  try {
    return { source, ballot: readBallot(content) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { source, refusal: error };
  }
}

/** Sends a ballot. Returns its weight, wei. @throws Failure that says why it cannot be counted */
async function cast(account: Account, proposals: readonly Proposal[], ballot: Ballot): Promise<bigint> {
  const { reader, deployment, address, signer, now } = account;
  const found = proposalOfBallot(ballot, deployment, proposals);
  if (found instanceof Failure) throw found;
  const proposal = await standingOf(reader, deployment, found);
  stopOn(stepRefusal("count", proposal, address, now));
  const [voted, next, signed, weight] = await Promise.all([
    hasVoted(reader, deployment, proposal, ballot.voter),
    ballotNonceOf(reader, ballot.governor, ballot.voter),
    isBallotSigned(reader, ballot),
    votesAt(reader, deployment, ballot.voter, proposal.voteStart),
  ]);
  stopOn(ballotRefusal(ballot, proposal, { voted, next, signed, weight }));
  await orWhen(now, castBallot(signer, ballot));
  return weight;
}

/** A voter's ballots are counted in the order of their numbers, whatever the order of the files. */
function inOrder(papers: readonly Paper[]): Paper[] {
  const nonceOf = ({ content }: Paper) => {
    const { nonce } = (content ?? {}) as Readonly<Record<string, unknown>>;
    return (typeof nonce === "string" && Number(nonce)) || 0;
  };
  return papers.toSorted((a, b) => nonceOf(a) - nonceOf(b));
}

export function daoCast(): Command {
  const command = takesAccount(new Command("cast").argument("<ballots...>", "files with ballots, or - for stdin"))
    .summary("bring signed ballots to the chain")
    .description(
      "Brings ballots that their voters have signed (`sonm dao vote … --sign`) to the chain. Anyone may, and pays the gas. A file holds one " +
        "ballot, a list, or one a line. Each is checked first; exit code 1 if any was refused.",
    );
  examples(command, [
    ["sonm dao cast ballot.json", "one that somebody has sent you"],
    ["cat ballots/*.json | sonm dao cast -", "all that have been collected"],
  ]);
  return answering<NetworkOptions>(command, async (files, options, terminal) => {
    const papers = inOrder(await readPapers(files));
    const account = await openAccount(options);
    const proposals = await proposalsOf(account.reader, account.deployment);
    const task = {
      act: (one: Reading) => ("refusal" in one ? Promise.reject(one.refusal) : cast(account, proposals, one.ballot)),
      // If somebody else has sent the same ballot, the refusal says so: it stays a refusal.
      isDone: async () => false,
    };
    // One after another: each ballot is checked against the state that the one before has left.
    const outcomes = await oneByOne(papers.map(read), task);
    const [only] = outcomes;
    if (only?.kind === "refused" && outcomes.length === 1) throw only.refusal;
    return tell(outcomes, account.now, terminal);
  });
}

function tell(outcomes: readonly ItemOutcome<Reading>[], now: number, { paint }: Terminal): Answer {
  const rows = outcomes.map(({ item: { source, ballot }, ...outcome }) => [
    plain(source),
    ballot ? showId(BigInt(ballot.proposal)).slice(0, 12) : "–",
    ballot?.voter ?? "–",
    ballot?.vote ?? "–",
    outcome.kind === "done" ? `${paint("green", "counted")}, ${showSnm(outcome.amount)}` : paint("red", "refused"),
  ]);
  const counted = outcomes.filter((one) => one.kind === "done");
  const refused = outcomes.filter((one) => one.kind === "refused");
  const reasons = refused.flatMap(({ item, refusal }) => refusalLines(plain(item.source), refusal, paint));
  return {
    lines: [
      ...table(["ballot", "proposal", "voter", "vote", "outcome"], rows, 5),
      ...(reasons.length ? ["", ...reasons] : []),
    ],
    data: {
      ok: refused.length === 0,
      counted: counted.map(({ item: { source, ballot }, amount }) => ({ source, ballot, weight: amount })),
      refused: refused.map(({ item: { source, ballot }, refusal }) => ({
        source,
        ballot: ballot ?? null,
        error: refusalData(refusal),
      })),
      now,
    },
    exitCode: refused.length === 0 ? 0 : 1,
  };
}
