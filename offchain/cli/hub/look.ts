// `sonm hub status` and `sonm hubs`: one hub, and all of them.

import { type Reputation, reputationOf, reputationsOf } from "@sonm/chain/hub/reputation";
import { type HubEntry, hubsPage } from "@sonm/chain/hub/whitelist";
import { showRoughly, showShare } from "@sonm/protocol/values/amounts";
import { showSpan } from "@sonm/protocol/values/dates";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { dataFolderOf } from "../../host/role/data-folder.ts";
import { lifeIn } from "../../host/role/status.ts";
import { fields, type Terminal, table } from "../../host/terminal/terminal.ts";
import { type NetworkOptions, openNetwork, takesNetwork } from "../network.ts";
import { type Page, pageNote, takesPage } from "../paging.ts";
import { lifeLines } from "../role/status.ts";
import { answering, examples } from "../verb.ts";
import { hubData, hubLines, showStatus } from "./show.ts";
import { type HubOptions, hubMeant, takesOwnHub } from "./which.ts";

export function hubStatus(): Command {
  const command = takesOwnHub(takesNetwork(new Command("status")))
    .summary("how a hub stands, and what can happen next")
    .description(
      "Shows a hub's standing, money and dates: how it is rated and with what stakes, how old it is and how often it has been registered, what " +
        "its wallet holds, what is promised of it, when pay-day is. The age counts from the first registration: making a wallet costs nothing. If " +
        "the hub's role works or has worked on this computer, it says what the role does, and what has failed.",
    );
  examples(command, [
    ["sonm hub status", "your own"],
    ["sonm hub status 0x5FbDB2315678afecb367f032d93F642f64180aa3 --json", "another's, for a program"],
  ]);
  return answering<HubOptions>(command, async (_, options, terminal) => {
    const network = await openNetwork(options);
    const { reader, deployment, now } = network;
    const record = await hubMeant(network, options);
    const reputation = await reputationOf(reader, deployment, record);
    // If the hub's role has never worked on this computer, there is nothing more to show.
    const life = lifeIn(await dataFolderOf(reader, deployment, "hub", record.owner));
    const process = life ? lifeLines("hub", life, Math.floor(Date.now() / 1000)) : [];
    return {
      lines: [...hubLines(record, reputation, now, terminal), ...(life ? ["", ...fields(terminal, process)] : [])],
      data: { ...hubData(record, reputation, now), process: life ?? null },
    };
  });
}

const MOST_HUBS = 200;
const HEADER = ["hub", "status", "score", "SNM for", "against", "free", "age", "times", "trusted"];
/** Columns for names, so that the widest table is 100 columns wide. */
const NAME_COLUMNS = 16;

/** Two lines: a row of the table, and the wallet under it. */
type Listed = HubEntry & Reputation;

function rowOf(hub: Listed, now: number, terminal: Terminal): string[] {
  const { score, registrations } = hub;
  const name = plain(hub.name);
  return [
    name.length > NAME_COLUMNS ? `${name.slice(0, NAME_COLUMNS - 1)}…` : name,
    showStatus(hub.status, terminal),
    score === null ? "not rated" : showShare(score),
    ...[hub.stakedFor, hub.stakedAgainst, hub.free].map(showRoughly),
    registrations === 0 ? "–" : showSpan(now - hub.firstRegisteredAt, 1),
    String(registrations),
    hub.trusted ? "yes" : "no",
  ];
}

/** The table, each row followed by its hub's wallet. At most 100 columns wide. */
export function hubTable(hubs: readonly Listed[], now: number, terminal: Terminal): string[] {
  const rows = hubs.map((hub) => rowOf(hub, now, terminal));
  const [header = "", rule = "", ...lines] = table(HEADER, rows, 2);
  return [header, rule, ...lines.flatMap((line, i) => [line, terminal.paint("dim", `  ${hubs[i]?.wallet}`)])];
}

export function hubs(): Command {
  const command = takesPage(takesNetwork(new Command("hubs")), 50, MOST_HUBS)
    .summary("the list of all hubs")
    .description(
      "Lists the hubs of the Whitelist, oldest first, with what makes one worth trusting or not. The score is the share of the ratings that " +
        "stands for a hub, by stake and time; it is worth what is staked. The age counts from a hub's first registration; times says how often " +
        "it has been registered. SNM are rounded down; --json has them to the wei.",
    );
  examples(command, [
    ["sonm hubs", "the first page"],
    ["sonm hubs --from 50", "the next one"],
  ]);
  return answering<NetworkOptions & Page>(command, async (_, options, terminal) => {
    const { reader, deployment, now } = await openNetwork(options);
    const page = { from: options.from, limit: Math.min(Math.max(options.limit, 1), MOST_HUBS) };
    const { count, hubs: entries } = await hubsPage(reader, deployment, page.from, page.limit);
    const reputations = await reputationsOf(reader, deployment, entries);
    const hubs = entries.map((hub, i) => ({ ...hub, ...(reputations[i] as Reputation) }));
    const note = terminal.paint("dim", pageNote(page, hubs.length, count, "hubs", "sonm hubs"));
    return {
      lines: hubs.length === 0 ? [note] : [...hubTable(hubs, now, terminal), "", note],
      data: { count, from: page.from, hubs, now },
    };
  });
}
