// `sonm balance`, `sonm send`: an account's money.

import { delegateOf } from "@sonm/chain/government/votes";
import { balanceOf, transferSnm } from "@sonm/chain/money/snm";
import { sendRefusal } from "@sonm/chain/rules/money";
import { readSnm, showSnm } from "@sonm/protocol/values/amounts";
import type { Address } from "@sonm/protocol/values/ids";
import { Command } from "commander";
import { formatEther, isAddressEqual, zeroAddress } from "viem";
import { fields, type Terminal } from "../../host/terminal/terminal.ts";
import {
  accountMeant,
  type NetworkOptions,
  openAccount,
  openNetwork,
  readAddress,
  takesAccount,
  takesNetwork,
} from "../network.ts";
import { answering, examples, stopOn } from "../verb.ts";

export function balance(): Command {
  const command = takesNetwork(new Command("balance").argument("[account]", "whose (default: your own)"))
    .summary("what an account has: SNM, money for gas, and who votes with it")
    .description(
      "Shows an account's SNM, the chain's own money that it pays gas with, and to whom its votes are delegated.",
    );
  examples(command, [["sonm balance", "your own"]]);
  return answering<NetworkOptions>(command, async ([text], options, terminal) => {
    const account = await accountMeant(text, options);
    const { reader, deployment, now } = await openNetwork(options);
    const [snm, gas, delegate] = await Promise.all([
      balanceOf(reader, deployment, account),
      reader.client.getBalance({ address: account }),
      delegateOf(reader, deployment, account),
    ]);
    const money = { account, snm, gas, delegate };
    return { lines: balanceLines(money, terminal), data: { ...money, now } };
  });
}

/** What an account has. Amounts are wei, `gas` of the chain's own money. */
type Money = { readonly account: Address; readonly snm: bigint; readonly gas: bigint; readonly delegate: Address };

/** An account's money for people. */
export function balanceLines({ account, snm, gas, delegate }: Money, terminal: Terminal): string[] {
  const voter = isAddressEqual(delegate, zeroAddress)
    ? "nobody: `sonm dao delegate self`"
    : isAddressEqual(delegate, account)
      ? "itself"
      : delegate;
  return fields(terminal, [
    ["account", account],
    ["SNM", showSnm(snm)],
    ["for gas", `${formatEther(gas)} of the chain's own money`],
    ["votes with it", voter],
  ]);
}

export function send(): Command {
  const command = takesAccount(
    new Command("send").argument("<to>", "an account or a hub's wallet").argument("<amount>", "SNM"),
  )
    .summary("send SNM")
    .description("Sends SNM of yours to somebody. Into a hub of your own they go more safely by `sonm hub fund`.");
  examples(command, [["sonm send 0x90F79bf6EB2c4f870365E785982E1f101E93b906 12.5", "12.5 SNM"]]);
  return answering<NetworkOptions>(command, async ([text = "", given = ""], options, terminal) => {
    const to = readAddress(text, "a receiver");
    const amount = readSnm(given);
    const { reader, signer, deployment, address, now } = await openAccount(options);
    stopOn(sendRefusal(deployment.addresses, to, amount, await balanceOf(reader, deployment, address)));
    await transferSnm(signer, deployment, to, amount);
    return {
      lines: [`${terminal.paint("green", "✓")} Sent ${showSnm(amount)} to ${to}`],
      data: { from: address, to, amount, left: await balanceOf(reader, deployment, address), now },
    };
  });
}
