// `sonm treasury`: what the DAO has, which parts of it are frozen, and until when.

import { releaseSeizure, type Seizure, treasuryRecordOf } from "@sonm/chain/government/treasury";
import { collectIntoTreasury, owedTo } from "@sonm/chain/hub/earnings";
import { collectRefusal, releaseRefusal } from "@sonm/chain/rules/earnings";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showMoment } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import { Command } from "commander";
import { fields, table } from "../../host/terminal/terminal.ts";
import { carryOut, summary, type Task } from "../batch.ts";
import { type NetworkOptions, openAccount, openNetwork, orWhen, takesAccount, takesNetwork } from "../network.ts";
import { type Page, pageNote, takesPage } from "../paging.ts";
import { bringing, sourcesOf } from "../sources.ts";
import { answering, examples, stopOn } from "../verb.ts";

const SEIZURES = 20;

/** Frozen seizures come first, the largest before the others: many single wei, swept one by one, cannot hide them. */
export function frozenFirst(a: Seizure, b: Seizure): number {
  if (a.released !== b.released) return a.released ? 1 : -1;
  return a.amount === b.amount ? b.number - a.number : a.amount < b.amount ? 1 : -1;
}

export function treasury(): Command {
  const command = takesPage(takesNetwork(new Command("treasury")), SEIZURES)
    .summary("what the DAO has, and what of it is frozen until when")
    .description(
      "Shows taxes, forfeits and seized funds. A seizure is frozen, each for its own time; the rest the DAO can spend (`sonm dao propose spend`). " +
        "Seizures that are not released come first, the largest before the smaller.",
    );
  examples(command, [
    ["sonm treasury", "all of it"],
    ["sonm treasury release 0", "unfreeze a seizure whose time has come"],
  ]);
  answering<NetworkOptions & Page>(command, async (_, options, terminal) => {
    const { reader, deployment, now } = await openNetwork(options);
    const { seizures, ...record } = await treasuryRecordOf(reader, deployment);
    const shown = seizures.toSorted(frozenFirst).slice(options.from, options.from + options.limit);
    const rows = shown.map((one) => [
      String(one.number),
      one.hub,
      one.released ? "released" : one.releaseAt <= now ? "can be released" : showMoment(one.releaseAt, now),
      showSnm(one.amount),
    ]);
    const totals = fields(terminal, [
      ["balance", showSnm(record.balance)],
      ["frozen", showSnm(record.frozen)],
      ["the DAO's to spend", showSnm(record.available)],
    ]);
    const note = terminal.paint("dim", pageNote(options, shown.length, seizures.length, "seizures", "sonm treasury"));
    return {
      lines:
        seizures.length === 0
          ? totals
          : [...totals, "", ...table(["seizure", "hub", "frozen until", "amount"], rows, 3), "", note],
      data: { ...record, count: seizures.length, from: options.from, seizures: shown, now },
    };
  });
  return command.enablePositionalOptions().addCommand(release()).addCommand(collect());
}

function release(): Command {
  const command = takesAccount(new Command("release").argument("<seizures...>", "their numbers"))
    .summary("unfreeze seizures whose time has come")
    .description(
      "Unfreezes seizures, so that the DAO can spend them. Anyone may. What has been released already is no failure.",
    );
  examples(command, [["sonm treasury release 0", "the first one"]]);
  return answering<NetworkOptions>(command, async (texts, options, terminal) => {
    const { reader, deployment, signer, now } = await openAccount(options);
    const { seizures } = await treasuryRecordOf(reader, deployment);
    const named = texts.map((text) => {
      const one = seizures.find(({ number }) => String(number) === text);
      if (one) return one;
      throw new Failure(`There is no seizure ${text}`, `there are ${seizures.length} so far`, "see `sonm treasury`");
    });
    const task: Task<Seizure> = {
      async act(seizure) {
        stopOn(releaseRefusal(seizure, now));
        await orWhen(now, releaseSeizure(signer, deployment, seizure.number));
        return seizure.amount;
      },
      async isDone({ number }) {
        const after = await treasuryRecordOf(reader, deployment);
        return after.seizures.some((one) => one.number === number && one.released);
      },
      nameOf: ({ number }) => `seizure ${number}, for the DAO to spend`,
      dataOf: ({ number, hub }) => ({ seizure: number, hub }),
    };
    const report = await carryOut(
      named.filter(({ released }) => !released),
      task,
      terminal,
      named.filter(({ released }) => released),
    );
    return summary(report, {});
  });
}

function collect(): Command {
  const command = takesAccount(new Command("collect"))
    .summary("bring in what hubs owe the Treasury")
    .description("Has the Treasury pull what hubs have paid to it by `sonm hub pay`. Anyone may.");
  examples(command, [["sonm treasury collect", "from all of them"]]);
  return answering<NetworkOptions>(command, async (_, options, terminal) => {
    const account = await openAccount(options);
    const { reader, deployment, signer } = account;
    const { addresses } = deployment;
    const owed = await owedTo(reader, deployment, addresses.treasury);
    stopOn(collectRefusal(owed));
    const sources = sourcesOf(account, addresses.treasury, owed, ({ hub }) =>
      collectIntoTreasury(signer, deployment, hub.wallet),
    );
    const report = await carryOut(sources, bringing(account, addresses.treasury), terminal);
    const collected = report.done.map(({ item: { hub, name }, amount }) => ({ hub, name, amount }));
    return summary(report, { collected });
  });
}
