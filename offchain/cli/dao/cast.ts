// `sonm dao cast`: brings ballots that others have signed to the chain. Each is checked before anything is sent for it, because whoever
// brings it pays for it.
import { text as textOf } from "node:stream/consumers";
import { Command } from "commander";
import { isAddressEqual } from "viem";
import { showSnm } from "../../core/amounts.ts";
import {
  type Ballot,
  ballotNonceOf,
  castBallot,
  isBallotSigned,
  readBallot,
} from "../../core/chain/government/ballots.ts";
import { governorOf } from "../../core/chain/government/lanes.ts";
import {
  type Proposal,
  type ProposalStanding,
  proposalsOf,
  standingOf,
} from "../../core/chain/government/proposals.ts";
import { hasVoted, votesAt } from "../../core/chain/government/votes.ts";
import { showDate } from "../../core/dates.ts";
import { Failure } from "../../core/failure.ts";
import { plain } from "../../core/plain.ts";
import { readNamedFile } from "../files.ts";
import { type Account, type NetworkOptions, openAccount, orWhen, takesAccount } from "../network.ts";
import { type Terminal, table } from "../terminal.ts";
import { type Answer, answering, examples } from "../verb.ts";
import { showId } from "./show.ts";
import { whyNotNow } from "./step.ts";

const WHAT = "The ballot is not counted";
const ANEW = "have the voter sign anew: `sonm dao vote PROPOSAL VOTE --sign`";

/** One ballot as it came. */
type Paper = { readonly source: string; readonly content: unknown };

/** What became of a ballot. */
type BallotOutcome = { readonly source: string; readonly ballot?: Ballot } & (
  | { readonly weight: bigint; readonly refusal?: undefined }
  | { readonly refusal: Failure }
);

/** All ballots of a file: one, a list of them, or one a line. */
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
    const text = file === "-" ? await textOf(process.stdin) : new TextDecoder().decode(await readNamedFile(file));
    papers.push(...papersOf(file, text));
  }
  if (papers.length > 0) return papers;
  throw new Failure(
    "There is nothing to cast",
    "no ballot was given",
    "`sonm dao vote PROPOSAL VOTE --sign` makes one",
  );
}

/** The proposal that a ballot is on. @throws Failure if it belongs to another network */
function proposalOf({ deployment }: Account, proposals: readonly Proposal[], ballot: Ballot): Proposal {
  const { chainId } = deployment;
  const todo = "name the network that it is for: --rpc, --deployment";
  if (ballot.chainId !== chainId) {
    throw new Failure(WHAT, `it is for chain ${ballot.chainId}, this is chain ${chainId}`, todo);
  }
  const lane = (["slow", "fast"] as const).find((one) => isAddressEqual(governorOf(deployment, one), ballot.governor));
  if (!lane) throw new Failure(WHAT, `it is for the governor ${ballot.governor}, which is not this DAO's`, todo);
  const found = proposals.find((one) => one.lane === lane && one.id === BigInt(ballot.proposal));
  if (found) return found;
  throw new Failure(WHAT, `the ${lane} lane has no proposal ${ballot.proposal}`, "see `sonm dao list`");
}

/** What a ballot weighs if it can be counted now, wei. @throws Failure that says why it cannot */
async function weigh(account: Account, proposal: ProposalStanding, ballot: Ballot): Promise<bigint> {
  const { reader, deployment, address, now } = account;
  const { voter } = ballot;
  const untimely = whyNotNow("vote", proposal, address, now);
  if (untimely) {
    throw new Failure(WHAT, untimely.why, untimely.todo, { possibleFrom: untimely.possibleFrom });
  }
  if (await hasVoted(reader, deployment, proposal, voter)) {
    throw new Failure(WHAT, `${voter} has voted on it, and votes are final`, "do nothing");
  }
  const next = await ballotNonceOf(reader, ballot.governor, voter);
  const nonce = BigInt(ballot.nonce);
  if (nonce < next) {
    throw new Failure(WHAT, `it is number ${nonce} of ${voter}, whose number ${next - 1n} has been counted`, ANEW);
  }
  if (nonce > next) {
    const why = `it is number ${nonce} of ${voter}, and number ${next} has not been counted`;
    throw new Failure(WHAT, why, "bring the ones before it too, in one go if you like");
  }
  if (!(await isBallotSigned(reader, ballot))) {
    throw new Failure(WHAT, `the signature is not ${voter}'s, or not of this ballot`, ANEW);
  }
  const weight = await votesAt(reader, deployment, voter, proposal.voteStart);
  if (weight > 0n) return weight;
  const why = `no SNM were delegated to ${voter} at ${showDate(proposal.voteStart)}, when votes were counted`;
  throw new Failure(WHAT, why, "do nothing: it would weigh nothing");
}

async function cast(
  account: Account,
  proposals: readonly Proposal[],
  { source, content }: Paper,
): Promise<BallotOutcome> {
  let ballot: Ballot | undefined;
  try {
    ballot = readBallot(content);
    const proposal = await standingOf(account.reader, account.deployment, proposalOf(account, proposals, ballot));
    const weight = await weigh(account, proposal, ballot);
    await orWhen(account.now, castBallot(account.signer, ballot));
    return { source, ballot, weight };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { source, ...(ballot ? { ballot } : {}), refusal: error };
  }
}

/** A voter's ballots are counted in the order of their numbers, whatever the order of the files. */
function inOrder(papers: readonly Paper[]): Paper[] {
  const nonceOf = ({ content }: Paper) => Number((content as Partial<Ballot> | null | undefined)?.nonce) || 0;
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
    const outcomes: BallotOutcome[] = [];
    // One after another: what one changes, the next is checked against.
    for (const paper of papers) outcomes.push(await cast(account, proposals, paper));
    const [only] = outcomes;
    if (only?.refusal && outcomes.length === 1) throw only.refusal;
    return tell(outcomes, account.now, terminal);
  });
}

function tell(outcomes: readonly BallotOutcome[], now: number, { paint }: Terminal): Answer {
  const rows = outcomes.map(({ source, ballot, ...outcome }) => [
    plain(source),
    ballot ? showId(BigInt(ballot.proposal)).slice(0, 12) : "–",
    ballot?.voter ?? "–",
    ballot?.vote ?? "–",
    outcome.refusal ? paint("red", "refused") : `${paint("green", "counted")}, ${showSnm(outcome.weight)}`,
  ]);
  const refused = outcomes.flatMap(({ refusal, ...rest }) => (refusal ? [{ ...rest, refusal }] : []));
  const reasons = refused.flatMap(({ source, refusal: { what, why, todo } }) => [
    `${paint("red", "✗")} ${plain(source)}: ${plain(what)}`,
    `  ${plain(why)}`,
    `  → ${plain(todo)}`,
  ]);
  return {
    lines: [
      ...table(["ballot", "proposal", "voter", "vote", "outcome"], rows, 5),
      ...(reasons.length ? ["", ...reasons] : []),
    ],
    data: {
      ok: refused.length === 0,
      counted: outcomes.flatMap(({ source, ballot, ...one }) =>
        one.refusal ? [] : [{ source, ballot, weight: one.weight }],
      ),
      refused: refused.map(({ source, ballot, refusal: { what, why, todo, possibleFrom } }) => ({
        source,
        ballot: ballot ?? null,
        error: { what, why, todo, possibleFrom: possibleFrom ?? null },
      })),
      now,
    },
    exitCode: refused.length === 0 ? 0 : 1,
  };
}
