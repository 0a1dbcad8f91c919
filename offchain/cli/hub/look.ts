// `sonm hub status` and `sonm hubs`: one hub, and all of them.
import { Command } from "commander";
import { showSnm } from "../../core/amounts.ts";
import { hubsPage } from "../../core/chain/wallet.ts";
import { showSpan } from "../../core/dates.ts";
import { Failure } from "../../core/failure.ts";
import { plain } from "../../core/plain.ts";
import { type NetworkOptions, openNetwork, takesNetwork } from "../network.ts";
import { grouped, table } from "../terminal.ts";
import { answering, examples } from "../verb.ts";
import { hubData, hubLines, showShare, showStatus } from "./show.ts";
import { type HubOptions, hubMeant, takesSalt } from "./which.ts";

export function hubStatus(): Command {
  const command = takesSalt(takesNetwork(new Command("status").argument("[hub]", "its wallet (default: your own)")))
    .summary("how a hub stands, and what can happen next")
    .description(
      "Shows a hub's standing, money and dates: what its wallet holds, what is promised of it, when pay-day is.",
    );
  examples(command, [
    ["sonm hub status", "your own"],
    ["sonm hub status 0x5FbDB2315678afecb367f032d93F642f64180aa3 --json", "another's, for a program"],
  ]);
  return answering<HubOptions>(command, async ([hub], options, terminal) => {
    const network = await openNetwork(options);
    const record = await hubMeant(network, { ...options, ...(hub === undefined ? {} : { hub }) });
    return { lines: hubLines(record, network.now, terminal), data: hubData(record, network.now) };
  });
}

const MOST_HUBS = 200;

function readCount(option: string): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    throw new Failure(`${option} ${text} is no number`, "it is a whole number", `write it like ${option} 20`);
  };
}

export function hubs(): Command {
  const command = takesNetwork(new Command("hubs"))
    .summary("the list of all hubs")
    .description("Lists the hubs of the Whitelist, oldest first, with what makes one worth trusting or not.")
    .option("--from <n>", "number of the first one shown", readCount("--from"), 0)
    .option("--limit <n>", `how many, at most ${MOST_HUBS}`, readCount("--limit"), 50);
  examples(command, [
    ["sonm hubs", "the first page"],
    ["sonm hubs --from 50", "the next one"],
  ]);
  return answering<NetworkOptions & { from: number; limit: number }>(command, async (_, options, terminal) => {
    const network = await openNetwork(options);
    const limit = Math.min(Math.max(options.limit, 1), MOST_HUBS);
    const { count, hubs } = await hubsPage(network.reader, network.deployment, options.from, limit);
    const age = (since: number) => (since === 0 ? "never registered" : showSpan(network.now - since));
    const rows = hubs.map((hub) => [
      plain(hub.name),
      hub.wallet,
      showStatus(hub.status, terminal),
      showShare(hub.score),
      showSnm(hub.free),
      age(hub.registeredAt),
      hub.trusted ? "yes" : "no",
    ]);
    const last = options.from + hubs.length;
    const more = last < count ? `; the next: sonm hubs --from ${last}` : "";
    const range = hubs.length === 0 ? "none" : `${grouped(options.from + 1)} to ${grouped(last)}`;
    const note = terminal.paint("dim", `${range} of ${grouped(count)} hubs${more}`);
    const header = ["hub", "wallet", "status", "score", "free funds", "registered for", "trusted"];
    return {
      lines: hubs.length === 0 ? [note] : [...table(header, rows, 3), "", note],
      data: { count, from: options.from, hubs, now: network.now },
    };
  });
}
