// `sonm balance`, `sonm send`: an account's money.
import { Command } from "commander";
import { formatEther, isAddressEqual, zeroAddress } from "viem";
import { readSnm, showSnm } from "../../core/amounts.ts";
import type { Addresses } from "../../core/chain/deployment.ts";
import { delegateOf } from "../../core/chain/government/votes.ts";
import { balanceOf, transferSnm } from "../../core/chain/money/snm.ts";
import { Failure } from "../../core/failure.ts";
import type { Address } from "../../core/types.ts";
import {
  accountMeant,
  type NetworkOptions,
  openAccount,
  openNetwork,
  readAddress,
  takesAccount,
  takesNetwork,
} from "../network.ts";
import { fields } from "../terminal.ts";
import { answering, examples } from "../verb.ts";

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
    const voter = isAddressEqual(delegate, zeroAddress)
      ? "nobody: `sonm dao delegate self`"
      : isAddressEqual(delegate, account)
        ? "itself"
        : delegate;
    return {
      lines: fields(terminal, [
        ["account", account],
        ["SNM", showSnm(snm)],
        ["for gas", `${formatEther(gas)} of the chain's own money`],
        ["votes with it", voter],
      ]),
      data: { account, snm, gas, delegate, now },
    };
  });
}

/** Whether it would be lost there: most contracts count only what comes by their own functions; the DAO can reach two of them. */
function isDeadEnd(addresses: Addresses, to: Address): boolean {
  const { treasury: _, timelock: __, ...others } = addresses;
  return [zeroAddress, ...Object.values(others)].some((one) => isAddressEqual(one, to));
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
    const what = "Nothing was sent";
    if (amount === 0n) throw new Failure(what, "the amount is 0", "name an amount above 0");
    if (isDeadEnd(deployment.addresses, to)) {
      throw new Failure(
        what,
        `${to} could never give it back`,
        "name a person or a hub; stakes go by `sonm stake deposit`",
      );
    }
    const own = await balanceOf(reader, deployment, address);
    if (own < amount) throw new Failure(what, `you have ${showSnm(own)}, it takes ${showSnm(amount)}`, "send less");
    await transferSnm(signer, deployment, to, amount);
    return {
      lines: [`${terminal.paint("green", "✓")} Sent ${showSnm(amount)} to ${to}`],
      data: { from: address, to, amount, left: await balanceOf(reader, deployment, address), now },
    };
  });
}
