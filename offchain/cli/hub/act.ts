// What an owner does with a hub. Every verb looks first. If it cannot act now, it says why, and from when it can.

import { latest } from "@sonm/chain/clients";
import { parametersOf } from "@sonm/chain/government/parameters";
import { createHub, hubWalletOf } from "@sonm/chain/hub/factory";
import { reputationOf } from "@sonm/chain/hub/reputation";
import { type HubRecord, hubRecordOf, payFromHub, registerHub, withdrawFromHub } from "@sonm/chain/hub/wallet";
import { describeHub, isHub, MOST_ENDPOINT_BYTES, MOST_NAME_BYTES } from "@sonm/chain/hub/whitelist";
import { balanceOf, transferSnm } from "@sonm/chain/money/snm";
import { createRefusal, descriptionRefusal } from "@sonm/chain/rules/hub";
import { balanceRefusal } from "@sonm/chain/rules/money";
import { readSnm, showSnm } from "@sonm/protocol/values/amounts";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import type { Terminal } from "../../host/terminal/terminal.ts";
import { type Account, openAccount, orWhen, readAddress, takesAccount } from "../network.ts";
import { type Answer, answering, examples, stopOn } from "../verb.ts";
import { hubData, hubLines } from "./show.ts";
import { type HubOptions, hubFor, readSalt, takesOwnHub, takesSalt } from "./which.ts";

type Fund = { readonly fund?: string };

/** The answer of a verb: what it has done, then the hub as it is now. */
export async function answerWith(account: Account, wallet: Address, done: string, terminal: Terminal): Promise<Answer> {
  const hub = await hubRecordOf(account.reader, account.deployment, wallet);
  const reputation = await reputationOf(account.reader, account.deployment, hub);
  const { now } = await latest(account.reader);
  const lines = [`${terminal.paint("green", "✓")} ${done}`, "", ...hubLines(hub, reputation, now, terminal)];
  return { lines, data: { done, hub: hubData(hub, reputation, now) } };
}

/** Checks an account's balance. @throws Failure if the account holds less */
export async function requireBalance(
  { reader, deployment, address }: Account,
  what: string,
  amount: bigint,
): Promise<void> {
  stopOn(balanceRefusal(what, await balanceOf(reader, deployment, address), amount));
}

async function fund(account: Account, wallet: Address, amount: bigint): Promise<void> {
  if (amount > 0n) await transferSnm(account.signer, account.deployment, wallet, amount);
}

export function hubCreate(): Command {
  const command = takesSalt(
    takesAccount(new Command("create").argument("<name>", `for people, at most ${MOST_NAME_BYTES} bytes`))
      .option(
        "--endpoint <multiaddr>",
        `where it can be reached, at most ${MOST_ENDPOINT_BYTES} bytes; \`sonm hub set\` changes it`,
      )
      .option("--fund <amount>", "SNM to put into the wallet"),
  )
    .summary("make a hub's wallet")
    .description(
      "Makes a hub: a wallet that belongs to you, in which its income arrives and from which its miners pull what they have earned.",
    );
  examples(command, [
    ["sonm hub create Aurora --endpoint /dns4/aurora.example/tcp/4001 --fund 100", "a hub with 100 SNM in it"],
    ["sonm hub create Borealis --salt 1", "a second one of the same owner"],
  ]);
  return answering<HubOptions & Fund & { endpoint?: string }>(command, async ([name = ""], options, terminal) => {
    stopOn(descriptionRefusal("The hub was not made", { name, ...options }));
    const account = await openAccount(options);
    const { reader, deployment, signer, address } = account;
    const salt = readSalt(options.salt);
    const amount = options.fund === undefined ? 0n : readSnm(options.fund);
    const wallet = await hubWalletOf(reader, deployment, address, salt);
    stopOn(createRefusal(wallet, options.salt ?? "0", await isHub(reader, deployment, wallet)));
    await requireBalance(account, "The hub was not made", amount);
    await createHub(signer, deployment, salt, name, options.endpoint ?? "");
    await fund(account, wallet, amount);
    return answerWith(account, wallet, `Made the hub ${plain(name)}, with ${showSnm(amount)} in it`, terminal);
  });
}

export function hubRegister(): Command {
  const command = takesOwnHub(
    takesAccount(new Command("register")).option("--fund <amount>", "SNM to put into the wallet first"),
  )
    .summary("begin a pay period: from now on the hub can work and pay")
    .description(
      "Registers the hub. It must hold more than the reserve, which the DAO has set (1 SNM at first) and which stays in it until pay-day. The " +
        "DAO's rules of this moment hold for the whole registration.",
    );
  examples(command, [["sonm hub register --fund 10", "with 10 SNM of your own"]]);
  return answering<HubOptions & Fund>(command, async (_, options, terminal) => {
    const account = await openAccount(options);
    const { ReserveWei: reserve } = await parametersOf(account.reader, account.deployment);
    const added = options.fund === undefined ? 0n : readSnm(options.fund);
    const { wallet } = await hubFor(account, options, () => ({ kind: "register", reserve, added }));
    await requireBalance(account, "The hub was not registered", added);
    await fund(account, wallet, added);
    await orWhen(account.now, registerHub(account.signer, wallet));
    return answerWith(account, wallet, "Registered", terminal);
  });
}

export function hubPay(): Command {
  const command = takesOwnHub(
    takesAccount(
      new Command("pay").argument("<payee>", "address of a miner or anyone else").argument("<amount>", "SNM"),
    ),
  )
    .summary("pay a miner, or anyone")
    .description(
      "Pays from the hub's wallet. A part, the lock share (30 % at first), stays locked in the wallet until pay-day; the payee can pull the " +
        "rest at any time: `sonm earnings pull`.",
    );
  examples(command, [
    ["sonm hub pay 0x90F79bf6EB2c4f870365E785982E1f101E93b906 12.5", "12.5 SNM, less what is locked"],
  ]);
  return answering<HubOptions>(command, async ([to = "", text = ""], options, terminal) => {
    const account = await openAccount(options);
    const payee = readAddress(to, "a payee");
    const amount = readSnm(text);
    const { wallet, locked } = await hubFor(account, options, () => ({ kind: "pay", payee, amount }));
    await orWhen(account.now, payFromHub(account.signer, wallet, payee, amount));
    const after = await hubRecordOf(account.reader, account.deployment, wallet);
    const lock = after.locked - locked;
    const done = `${payee} can pull ${showSnm(amount - lock)}; ${showSnm(lock)} stay locked until pay-day`;
    const answer = await answerWith(account, wallet, done, terminal);
    return { ...answer, data: { ...answer.data, payee, amount, approved: amount - lock, lock } };
  });
}

export function hubWithdraw(): Command {
  const command = takesOwnHub(takesAccount(new Command("withdraw").argument("<amount>", "SNM, or `all`")))
    .summary("take free funds home")
    .description("Takes free SNM out of the wallet, to its owner. Possible while the hub is idle: after pay-day.");
  examples(command, [["sonm hub withdraw all", "whatever is free"]]);
  return answering<HubOptions>(command, async ([text = ""], options, terminal) => {
    const account = await openAccount(options);
    const amountOf = ({ free }: HubRecord) => (text === "all" ? free : readSnm(text));
    const hub = await hubFor(account, options, (one) => ({ kind: "withdraw", amount: amountOf(one) }));
    const amount = amountOf(hub);
    await orWhen(account.now, withdrawFromHub(account.signer, hub.wallet, amount));
    const answer = await answerWith(account, hub.wallet, `Took ${showSnm(amount)} home`, terminal);
    return { ...answer, data: { ...answer.data, amount } };
  });
}

export function hubSet(): Command {
  const command = takesOwnHub(
    takesAccount(new Command("set"))
      .option("--name <name>", `for people, at most ${MOST_NAME_BYTES} bytes`)
      .option("--endpoint <multiaddr>", `where it can be reached, at most ${MOST_ENDPOINT_BYTES} bytes`),
  )
    .summary("change a hub's name or endpoint")
    .description("Changes what the Whitelist says of your hub. What is not named stays.");
  examples(command, [["sonm hub set --endpoint /dns4/new.example/tcp/4001", "after a move"]]);
  return answering<HubOptions & { name?: string; endpoint?: string }>(command, async (_, options, terminal) => {
    if (options.name === undefined && options.endpoint === undefined) {
      throw new Failure("Nothing to change", "neither --name nor --endpoint is given", "give one of them");
    }
    stopOn(descriptionRefusal("The hub was not described anew", options));
    const account = await openAccount(options);
    const hub = await hubFor(account, options, () => ({ kind: "set" }));
    const { name = hub.name, endpoint = hub.endpoint } = options;
    await describeHub(account.signer, account.deployment, hub.wallet, name, endpoint);
    return answerWith(account, hub.wallet, "Described anew", terminal);
  });
}
