// `sonm stake`: the security of miners and verifiers, and how they take it back.

import { parametersOf } from "@sonm/chain/government/parameters";
import { balanceOf } from "@sonm/chain/money/snm";
import { deposit, requestWithdrawal, type Stake, stakeOf, withdraw } from "@sonm/chain/money/stake";
import { depositRefusal, takeRefusal, withdrawalRefusal } from "@sonm/chain/rules/money";
import { readSnm, showSnm } from "@sonm/protocol/values/amounts";
import { showMoment } from "@sonm/protocol/values/dates";
import { Command } from "commander";
import { fields, type Terminal } from "../../host/terminal/terminal.ts";
import {
  accountMeant,
  type NetworkOptions,
  openAccount,
  openNetwork,
  orWhen,
  takesAccount,
  takesNetwork,
} from "../network.ts";
import { answering, examples, stopOn } from "../verb.ts";

function stakeLines({ free, locked, withdrawing }: Stake, now: number, terminal: Terminal): string[] {
  const { amount, availableAt } = withdrawing;
  const when =
    availableAt <= now ? "to be taken: `sonm stake take`" : `to be taken from ${showMoment(availableAt, now)}`;
  return fields(terminal, [
    ["free", showSnm(free)],
    ["locked", `${showSnm(locked)} in claims and games, until they end`],
    ["withdrawing", amount === 0n ? "nothing" : `${showSnm(amount)}, ${when}`],
  ]);
}

export function stake(): Command {
  const command = takesNetwork(new Command("stake").argument("[account]", "whose (default: your own)"))
    .summary("what you have staked as a miner or verifier, and how to take it home")
    .description("Shows a stake: what is free, what claims and games have locked, and what is on its way home.");
  examples(command, [
    ["sonm stake", "your own"],
    ["sonm stake withdraw all", "begin to take it home; after the delay: sonm stake take"],
  ]);
  answering<NetworkOptions>(command, async ([text], options, terminal) => {
    const account = await accountMeant(text, options);
    const { reader, deployment, now } = await openNetwork(options);
    const record = await stakeOf(reader, deployment, account);
    return { lines: stakeLines(record, now, terminal), data: { account, ...record, now } };
  });
  return command
    .enablePositionalOptions()
    .addCommand(stakeDeposit())
    .addCommand(stakeWithdraw())
    .addCommand(stakeTake());
}

function stakeDeposit(): Command {
  const command = takesAccount(new Command("deposit").alias("add").argument("<amount>", "SNM"))
    .summary("stake SNM")
    .description("Stakes SNM, for claims and challenges to lock. A running miner or verifier does this by itself.");
  examples(command, [["sonm stake deposit 1000", "enough for several claims"]]);
  return answering<NetworkOptions>(command, async ([text = ""], options, terminal) => {
    const { reader, signer, deployment, address, now } = await openAccount(options);
    const amount = readSnm(text);
    stopOn(depositRefusal(amount, await balanceOf(reader, deployment, address)));
    await deposit(signer, deployment, amount);
    const after = await stakeOf(reader, deployment, address);
    return {
      lines: [`${terminal.paint("green", "✓")} Staked ${showSnm(amount)}`, "", ...stakeLines(after, now, terminal)],
      data: { amount, ...after, now },
    };
  });
}

function stakeWithdraw(): Command {
  const command = takesAccount(new Command("withdraw").argument("<amount>", "SNM, or `all` that is free"))
    .option("--restart", "although what is on its way already will have to wait anew")
    .summary("begin to take a stake home")
    .description(
      "Asks for a part of the stake that nothing has locked. It can be taken after a delay (`sonm stake take`), for lies are found later than " +
        "told. There is one date for all that is on its way.",
    );
  examples(command, [
    ["sonm stake withdraw all", "whatever is free"],
    ["sonm stake withdraw 100 --restart", "100 SNM more, with a new date for all"],
  ]);
  return answering<NetworkOptions & { restart?: boolean }>(command, async ([text = ""], options, terminal) => {
    const { reader, signer, deployment, address, now } = await openAccount(options);
    const before = await stakeOf(reader, deployment, address);
    const amount = text === "all" ? before.free : readSnm(text);
    stopOn(withdrawalRefusal(before, amount, options.restart ?? false, now));
    await orWhen(now, requestWithdrawal(signer, deployment, amount));
    const after = await stakeOf(reader, deployment, address);
    return {
      lines: [
        `${terminal.paint("green", "✓")} ${showSnm(amount)} are on their way`,
        "",
        ...stakeLines(after, now, terminal),
      ],
      data: { amount, ...after, now },
    };
  });
}

function stakeTake(): Command {
  const command = takesAccount(new Command("take"))
    .summary("take home what has waited long enough")
    .description("Takes what `sonm stake withdraw` has asked for, once its delay is over.");
  examples(command, [["sonm stake take", "after the delay"]]);
  return answering<NetworkOptions>(command, async (_, options, terminal) => {
    const { reader, signer, deployment, address, now } = await openAccount(options);
    const [{ withdrawing }, { WithdrawalDelaySeconds: delay }] = await Promise.all([
      stakeOf(reader, deployment, address),
      parametersOf(reader, deployment),
    ]);
    stopOn(takeRefusal(withdrawing, Number(delay), now));
    const { amount } = withdrawing;
    await orWhen(now, withdraw(signer, deployment));
    return { lines: [`${terminal.paint("green", "✓")} Took ${showSnm(amount)} home`], data: { amount, now } };
  });
}
