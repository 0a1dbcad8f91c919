// `sonm earnings`: what hubs owe to those who have worked for them, and how these take it.

import { type Outstanding, type Owed, outstandingOf, owedTo } from "@sonm/chain/hub/earnings";
import { claimsOf } from "@sonm/chain/market/account";
import { settleClaim } from "@sonm/chain/market/claims";
import { pullSnm } from "@sonm/chain/money/snm";
import { nothingOwed, pullRefusal, settleable, settleRefusal } from "@sonm/chain/rules/earnings";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showMoment } from "@sonm/protocol/values/dates";
import type { Address } from "@sonm/protocol/values/ids";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { isAddressEqual } from "viem";
import { fields, grouped, type Terminal, table } from "../../host/terminal/terminal.ts";
import { carryOut, summary, type Task } from "../batch.ts";
import { showStatus } from "../hub/show.ts";
import {
  accountMeant,
  type Network,
  type NetworkOptions,
  openAccount,
  openNetwork,
  orWhen,
  readAddress,
  takesAccount,
  takesNetwork,
} from "../network.ts";
import { bringing, sourcesOf } from "../sources.ts";
import { answering, examples, stopOn } from "../verb.ts";

export function earnings(): Command {
  const command = takesNetwork(new Command("earnings").argument("[account]", "whose (default: your own)"))
    .summary("what hubs owe you, and what your claims will bring")
    .description(
      "Shows what every hub has approved to you and you have not pulled, and the pay of claims whose window is open. What is approved stays " +
        "yours whatever becomes of the hub.",
    );
  examples(command, [
    ["sonm earnings", "your own"],
    ["sonm earnings 0x90F79bf6EB2c4f870365E785982E1f101E93b906", "another's"],
    ["sonm earnings pull", "take all of it home"],
  ]);
  answering<NetworkOptions>(command, async ([text], options, terminal) => {
    const account = await accountMeant(text, options);
    const network = await openNetwork(options);
    const [owed, coming] = await Promise.all([
      owedTo(network.reader, network.deployment, account),
      comingTo(network, account),
    ]);
    return {
      lines: earningsLines(owed, coming, network.now, terminal),
      data: {
        account,
        total: totalOf(owed),
        owed: owed.map(({ hub, amount }) => ({ hub: hub.wallet, name: hub.name, status: hub.status, amount })),
        coming,
        now: network.now,
      },
    };
  });
  return command.enablePositionalOptions().addCommand(settle()).addCommand(pull());
}

/** What is owed now and what will follow, for people. */
export function earningsLines(
  owed: readonly Owed[],
  coming: readonly Outstanding[],
  now: number,
  terminal: Terminal,
): string[] {
  const rows = owed.map(({ hub, amount }) => [
    plain(hub.name),
    hub.wallet,
    showStatus(hub.status, terminal),
    showSnm(amount),
  ]);
  return [
    ...fields(terminal, [
      ["owed", `${showSnm(totalOf(owed))}${owed.length > 0 ? ", to be pulled at any time" : ""}`],
      ["to come", comingLine(coming, now)],
    ]),
    ...(rows.length > 0 ? ["", ...table(["hub", "wallet", "status", "owed"], rows, 3)] : []),
  ];
}

function totalOf(parts: readonly { readonly amount: bigint }[]): bigint {
  return parts.reduce((sum, { amount }) => sum + amount, 0n);
}

async function comingTo({ reader, deployment }: Network, account: Address): Promise<Outstanding[]> {
  return outstandingOf(await claimsOf(reader, deployment, account), account);
}

function comingLine(coming: readonly Outstanding[], now: number): string {
  const [first] = coming;
  if (!first) return "nothing: no claim is open";
  const claims = `${grouped(coming.length)} claim${coming.length === 1 ? "" : "s"}`;
  const next = first.settlesFrom <= now ? "can be settled" : `settles from ${showMoment(first.settlesFrom, now)}`;
  return `${showSnm(totalOf(coming))} of ${claims}; the first ${first.disputed ? "is disputed" : next}`;
}

function settle(): Command {
  const command = takesAccount(new Command("settle"))
    .summary("settle your claims whose window is over")
    .description(
      "Settles every claim of yours that nobody has proved wrong in time, so that its pay is owed to you. A running miner does this itself. Each " +
        "is settled by itself: exit code 1 if any was refused, 0 if none that is due is left, whoever settled it.",
    );
  examples(command, [["sonm earnings settle", "then `sonm earnings pull`"]]);
  return answering<NetworkOptions>(command, async (_, options, terminal) => {
    const account = await openAccount(options);
    const { reader, signer, deployment, address, now } = account;
    const market = await claimsOf(reader, deployment, address);
    const coming = outstandingOf(market, address);
    stopOn(settleRefusal(coming, now));
    const task: Task<Outstanding> = {
      async act(one) {
        const claim = market.claims.get(one.claim)?.claim;
        const job = claim && market.jobs.get(claim.job)?.job;
        if (claim && job) await orWhen(now, settleClaim(signer, deployment, job, claim));
        return one.amount;
      },
      isDone: async ({ claim }) =>
        (await claimsOf(reader, deployment, address)).claims.get(claim)?.status === "settled",
      nameOf: ({ claim }) => `claim ${claim}`,
      dataOf: ({ claim, hub }) => ({ claim, hub }),
    };
    const report = await carryOut(settleable(coming, now), task, terminal);
    const settled = report.done.map(({ item: { claim, hub }, amount }) => ({ claim, hub, amount }));
    return summary(report, { settled, now });
  });
}

function pull(): Command {
  const command = takesAccount(
    new Command("pull").argument("[hubs...]", "their wallets (default: all that owe you something)"),
  )
    .summary("take home what hubs owe you")
    .description(
      "Pulls all that the hubs' wallets have approved to you. Possible whatever becomes of a hub. Each hub by itself: exit code 1 if any pull " +
        "was refused.",
    );
  examples(command, [
    ["sonm earnings pull", "from all of them"],
    ["sonm earnings pull 0x5FbDB2315678afecb367f032d93F642f64180aa3", "from one"],
  ]);
  return answering<NetworkOptions>(command, async (texts, options, terminal) => {
    const named = texts.map((text) => readAddress(text, "a hub"));
    const account = await openAccount(options);
    const { reader, deployment, signer, address, now } = account;
    const owed = await owedTo(reader, deployment, address);
    if (owed.length === 0) throw nothingOwed(await comingTo(account, address), now);
    const isNamed = ({ hub }: Owed) => named.length === 0 || named.some((one) => isAddressEqual(one, hub.wallet));
    stopOn(pullRefusal(owed, named));
    const sources = sourcesOf(account, address, owed.filter(isNamed), ({ hub, amount }) =>
      pullSnm(signer, deployment, hub.wallet, amount),
    );
    const report = await carryOut(sources, bringing(account, address), terminal);
    const pulled = report.done.map(({ item: { hub, name }, amount }) => ({ hub, name, amount }));
    return summary(report, { pulled, now });
  });
}
