// `sonm stake`: what miners and verifiers answer with, and how it comes home again.
import { Command } from "commander";
import { readSnm, showSnm } from "../../core/amounts.ts";
import { parametersOf } from "../../core/chain/government/parameters.ts";
import { balanceOf } from "../../core/chain/money/snm.ts";
import { deposit, requestWithdrawal, type Stake, stakeOf, withdraw } from "../../core/chain/money/stake.ts";
import { notYet, showMoment, showSpan } from "../../core/dates.ts";
import { Failure } from "../../core/failure.ts";
import {
  accountMeant,
  type NetworkOptions,
  openAccount,
  openNetwork,
  orWhen,
  takesAccount,
  takesNetwork,
} from "../network.ts";
import { fields, type Terminal } from "../terminal.ts";
import { answering, examples } from "../verb.ts";

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
    const balance = await balanceOf(reader, deployment, address);
    const what = "Nothing was staked";
    if (amount === 0n) throw new Failure(what, "nothing would be staked", "name an amount above 0");
    if (balance < amount) {
      throw new Failure(what, `you have ${showSnm(balance)}, it takes ${showSnm(amount)}`, "stake less");
    }
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
    const { free, locked, withdrawing } = await stakeOf(reader, deployment, address);
    const amount = text === "all" ? free : readSnm(text);
    const what = "Nothing can be withdrawn now";
    if (free === 0n && locked === 0n) throw new Failure(what, "you have no free stake", "see `sonm stake`");
    if (amount > free || free === 0n) {
      const why = `${showSnm(free)} are free, ${showSnm(locked)} are locked in claims and games`;
      throw new Failure(what, why, "withdraw less, or wait until they have ended: `sonm earnings` says when");
    }
    if (amount === 0n) throw new Failure(what, "nothing would be withdrawn", "name an amount above 0");
    if (!options.restart) refuseToDelay(what, withdrawing, now);
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

/** A second request makes the first one wait anew, which nobody should bring about unawares. */
function refuseToDelay(what: string, { amount, availableAt }: Stake["withdrawing"], now: number): void {
  if (amount === 0n) return;
  const why = `${showSnm(amount)} are on their way already, and would have to wait anew`;
  if (now >= availableAt) throw new Failure(what, why, "take them first: `sonm stake take`");
  const todo = `take them first, possible from ${showMoment(availableAt, now)}; or let them wait anew: --restart`;
  throw new Failure(what, why, todo, { possibleFrom: availableAt });
}

function stakeTake(): Command {
  const command = takesAccount(new Command("take"))
    .summary("take home what has waited long enough")
    .description("Takes what `sonm stake withdraw` has asked for, once its delay is over.");
  examples(command, [["sonm stake take", "after the delay"]]);
  return answering<NetworkOptions>(command, async (_, options, terminal) => {
    const { reader, signer, deployment, address, now } = await openAccount(options);
    const { amount, availableAt } = (await stakeOf(reader, deployment, address)).withdrawing;
    const what = "Nothing can be taken now";
    if (amount === 0n) {
      const { WithdrawalDelaySeconds: delay } = await parametersOf(reader, deployment);
      const todo = `ask first: \`sonm stake withdraw all\`; then it takes ${showSpan(Number(delay))}`;
      throw new Failure(what, "you have not asked for any of your stake", todo);
    }
    if (now < availableAt) throw notYet(what, `${showSnm(amount)} are on their way`, availableAt, now);
    await orWhen(now, withdraw(signer, deployment));
    return { lines: [`${terminal.paint("green", "✓")} Took ${showSnm(amount)} home`], data: { amount, now } };
  });
}
