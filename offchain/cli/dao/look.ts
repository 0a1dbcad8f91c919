// `sonm dao list`, `sonm dao show`: the proposals and their states.

import { shortId, showId } from "@sonm/chain/government/proposal-id";
import { proposalsOf, readDescription, standingOf, type votes } from "@sonm/chain/government/proposals";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showMoment } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import { plain, quoted } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { bar, fields, grouped, table } from "../../host/terminal/terminal.ts";
import { type NetworkOptions, openNetwork, takesNetwork } from "../network.ts";
import { answering, examples } from "../verb.ts";
import { hashOfDocument } from "./evidence.ts";
import { withNames } from "./names.ts";
import { nextStep, proposalData, proposalNamed, showCalls, stateStyles } from "./show.ts";
import { PROPOSAL } from "./step.ts";

export function daoList(): Command {
  const command = takesNetwork(new Command("list"))
    .option("--open", "only what is not over")
    .summary("what has been proposed, newest first")
    .description(
      "Lists the proposals of both lanes, the fast one for suspicions and the slow one for all else, with their votes, and what comes next when.",
    );
  examples(command, [["sonm dao list --open", "what there is to vote on"]]);
  return answering<NetworkOptions & { open?: boolean }>(command, async (_, options, terminal) => {
    const network = await openNetwork(options);
    const { reader, deployment, now } = network;
    const all = await proposalsOf(reader, deployment);
    const standings = await Promise.all(all.reverse().map((one) => standingOf(reader, deployment, one)));
    const open = ["pending", "active", "succeeded", "queued"];
    const shown = options.open ? standings.filter(({ state }) => open.includes(state)) : standings;
    const deeds = await withNames(
      network,
      shown.map((one) => showCalls(deployment, one).join("; ")),
    );
    const rows = shown.map((one, i) => [
      shortId(one.id),
      one.lane,
      deeds[i] ?? "",
      terminal.paint(stateStyles[one.state], one.state),
      nextStep(one, now),
      showSnm(one.votes.for),
      showSnm(one.votes.against),
    ]);
    const header = ["proposal", "lane", "what", "state", "next", "for", "against"];
    return {
      lines: rows.length === 0 ? [terminal.paint("dim", "no proposals")] : table(header, rows, 5),
      data: { proposals: shown.map((one) => proposalData(deployment, one)), now },
    };
  });
}

const BAR = 24;
/** A `data:` URI is as long as its document; `--json` has the whole of it. */
const LONGEST_URI = 100;

function shortened(uri: string): string {
  return uri.length <= LONGEST_URI ? uri : `${uri.slice(0, LONGEST_URI)}… (${grouped(uri.length)} characters)`;
}

export function daoShow(): Command {
  const command = takesNetwork(new Command("show").argument(...PROPOSAL))
    .option("--check <file>", "a document (file or URL): is it the evidence?")
    .summary("one proposal: what it does, on what evidence, and its votes")
    .description("Shows a proposal. With --check it compares a document with the hash of the evidence.");
  examples(command, [
    ["sonm dao show 0x1f2e3d", "what is it about?"],
    ["sonm dao show 0x1f2e3d --check claim.json", "is this what it rests on?"],
  ]);
  return answering<NetworkOptions & { check?: string }>(command, async ([text = ""], options, terminal) => {
    const network = await openNetwork(options);
    const { reader, deployment, now } = network;
    const proposal = await standingOf(reader, deployment, await proposalNamed(network, text));
    const { evidence, text: words } = readDescription(proposal.description);
    let matches: boolean | undefined;
    if (options.check !== undefined) {
      if (!evidence) {
        throw new Failure("Nothing to compare with", "the proposal names no evidence", "leave --check out");
      }
      matches = (await hashOfDocument(options.check)) === evidence.hash;
    }
    const counted = proposal.votes.for + proposal.votes.abstain;
    const cast = counted + proposal.votes.against;
    const percent = (part: bigint, whole: bigint) => (whole === 0n ? 0 : Number((part * 1000n) / whole) / 10);
    const voteRow = (vote: (typeof votes)[number]): [string, string] => {
      const share = percent(proposal.votes[vote], cast);
      return [vote, `${bar(share, 100, BAR)} ${showSnm(proposal.votes[vote])}`];
    };
    const rows: [string, string][] = [
      ["proposal", showId(proposal.id)],
      ["lane", proposal.lane],
      ["by", proposal.proposer],
      ...showCalls(deployment, proposal).map((call): [string, string] => ["does", call]),
      ...quoted(words).map((line, i): [string, string] => [i === 0 ? "says" : "", line]),
    ];
    if (evidence) rows.push(["evidence", `${evidence.hash}`], ["to be had", shortened(plain(evidence.uri))]);
    if (matches !== undefined) {
      const verdict = matches
        ? terminal.paint("green", "is the evidence")
        : terminal.paint("red", "is NOT the evidence");
      rows.push(["checked", `${options.check} ${verdict}`]);
    }
    rows.push(
      ["state", terminal.paint(stateStyles[proposal.state], proposal.state)],
      ["next", nextStep(proposal, now) || "nothing"],
      ...(proposal.state === "queued" ? [["expires", showMoment(proposal.expiresAt, now)] as [string, string]] : []),
      ["votes", `${showDate(proposal.voteStart)} … ${showMoment(proposal.voteEnd, now)}`],
      voteRow("for"),
      voteRow("against"),
      voteRow("abstain"),
      ["quorum", `${showSnm(proposal.quorum)}, ${percent(counted, proposal.quorum)} % of it reached`],
    );
    return {
      lines: fields(terminal, rows),
      data: { ...proposalData(deployment, proposal), evidenceMatches: matches ?? null, now },
      ...(matches === false ? { exitCode: 1 } : {}),
    };
  });
}
