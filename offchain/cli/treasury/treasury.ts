// `sonm treasury`: what the DAO has, and until when which part of it is frozen.
import { Command } from "commander";
import { showSnm } from "../../core/amounts.ts";
import { collectIntoTreasury, owedTo } from "../../core/chain/earnings.ts";
import { releaseSeizure, treasuryRecordOf } from "../../core/chain/treasury.ts";
import { notYet, showMoment } from "../../core/dates.ts";
import { Failure } from "../../core/failure.ts";
import { plain } from "../../core/plain.ts";
import { type NetworkOptions, openAccount, openNetwork, orWhen, takesAccount, takesNetwork } from "../network.ts";
import { fields, table } from "../terminal.ts";
import { answering, examples } from "../verb.ts";

export function treasury(): Command {
  const command = takesNetwork(new Command("treasury"))
    .summary("what the DAO has, and what of it is frozen until when")
    .description(
      "Shows taxes, forfeits and seized funds. A seizure is frozen, each for its own time; the rest the DAO can spend (`sonm dao propose spend`).",
    );
  examples(command, [
    ["sonm treasury", "all of it"],
    ["sonm treasury release 0", "unfreeze a seizure whose time has come"],
  ]);
  answering<NetworkOptions>(command, async (_, options, terminal) => {
    const { reader, deployment, now } = await openNetwork(options);
    const record = await treasuryRecordOf(reader, deployment);
    const rows = record.seizures.map((one) => [
      String(one.number),
      one.hub,
      one.released ? "released" : one.releaseAt <= now ? "can be released" : showMoment(one.releaseAt, now),
      showSnm(one.amount),
    ]);
    const summary = fields(terminal, [
      ["balance", showSnm(record.balance)],
      ["frozen", showSnm(record.frozen)],
      ["the DAO's to spend", showSnm(record.available)],
    ]);
    const seizures = rows.length === 0 ? [] : ["", ...table(["seizure", "hub", "frozen until", "amount"], rows, 3)];
    return { lines: [...summary, ...seizures], data: { ...record, now } };
  });
  return command.enablePositionalOptions().addCommand(release()).addCommand(collect());
}

function release(): Command {
  const command = takesAccount(new Command("release").argument("<seizure>", "its number"))
    .summary("unfreeze a seizure whose time has come")
    .description("Unfreezes a seizure, so that the DAO can spend it. Anyone may.");
  examples(command, [["sonm treasury release 0", "the first one"]]);
  return answering<NetworkOptions>(command, async ([text = ""], options, terminal) => {
    const { reader, deployment, signer, now } = await openAccount(options);
    const { seizures } = await treasuryRecordOf(reader, deployment);
    const one = seizures.find(({ number }) => String(number) === text);
    if (!one) {
      throw new Failure(`There is no seizure ${text}`, `there are ${seizures.length} so far`, "see `sonm treasury`");
    }
    const what = `Seizure ${one.number} stays frozen`;
    if (one.released) throw new Failure("Nothing to release", `seizure ${one.number} has been released`, "do nothing");
    if (now < one.releaseAt) throw notYet(what, "its time has not come", one.releaseAt, now);
    await orWhen(now, releaseSeizure(signer, deployment.addresses, one.number));
    return {
      lines: [`${terminal.paint("green", "✓")} ${showSnm(one.amount)} are the DAO's to spend`],
      data: { seizure: one.number, amount: one.amount },
    };
  });
}

function collect(): Command {
  const command = takesAccount(new Command("collect"))
    .summary("bring in what hubs owe the Treasury")
    .description("Has the Treasury pull what hubs have paid to it by `sonm hub pay`. Anyone may.");
  examples(command, [["sonm treasury collect", "from all of them"]]);
  return answering<NetworkOptions>(command, async (_, options, terminal) => {
    const { reader, deployment, signer, now } = await openAccount(options);
    const { addresses } = deployment;
    const owed = await owedTo(reader, deployment, addresses.treasury);
    if (owed.length === 0) throw new Failure("Nothing to collect", "no hub owes the Treasury anything", "do nothing");
    for (const { hub } of owed) await orWhen(now, collectIntoTreasury(signer, addresses, hub.wallet));
    return {
      lines: owed.map(
        ({ hub, amount }) => `${terminal.paint("green", "✓")} ${showSnm(amount)} from ${plain(hub.name)}`,
      ),
      data: { collected: owed.map(({ hub, amount }) => ({ hub: hub.wallet, name: hub.name, amount })) },
    };
  });
}
