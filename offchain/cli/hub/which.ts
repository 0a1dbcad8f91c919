// Which wallet a verb acts on: the one named, or the caller's own.

import { hubWalletOf } from "@sonm/chain/hub/factory";
import { type HubRecord, hubRecordOf } from "@sonm/chain/hub/wallet";
import { isHub } from "@sonm/chain/hub/whitelist";
import { hubRefusal, type WalletAction } from "@sonm/chain/rules/hub";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import type { Command } from "commander";
import { type Hex, numberToHex, zeroHash } from "viem";
import { type Account, callerOf, type Network, type NetworkOptions, readAddress } from "../network.ts";
import { stopOn } from "../verb.ts";

export type HubOptions = NetworkOptions & { readonly hub?: string; readonly salt?: string };

/** `--salt`, for owners of several hubs. */
export function takesSalt(command: Command): Command {
  return command.option(
    "--salt <n>",
    "tells your hubs apart: a number, or 32 bytes in hexadecimal; the first one's is 0",
    "0",
  );
}

/**
 * Options that choose a hub: its wallet as the last argument or by `--hub`, else the caller's own hub with this `--salt`. The verb finds the
 * named wallet in `options.hub`.
 */
export function takesOwnHub(command: Command): Command {
  return takesSalt(
    command
      .argument("[hub]", "the hub's wallet (default: your own)")
      .option("--hub <address>", "the same, as an option")
      .hook("preAction", (verb) => {
        const last: unknown = verb.processedArgs.at(-1);
        if (last === undefined) return;
        const { hub } = verb.opts<{ hub?: string }>();
        if (hub !== undefined) {
          throw new Failure("Two hubs are named", `${last} as an argument and ${hub} by --hub`, "name one of them");
        }
        verb.setOptionValue("hub", last);
      }),
  );
}

export function readSalt(text = "0"): Hex {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text as Hex;
  if (/^\d{1,15}$/.test(text)) return text === "0" ? zeroHash : numberToHex(Number(text), { size: 32 });
  throw new Failure(`"${text}" is no salt`, "it is neither a number nor 32 bytes", "write it like --salt 2");
}

/** The address of the wallet that is meant. A wallet named by its address need not exist. */
export async function walletMeant(
  { reader, deployment }: Network,
  caller: Address | undefined,
  options: HubOptions,
): Promise<Address> {
  if (options.hub !== undefined) return readAddress(options.hub, "a hub");
  if (caller === undefined) {
    throw new Failure("No hub is named", "there is no key either whose hub could be meant", "name the hub's address");
  }
  const wallet = await hubWalletOf(reader, deployment, caller, readSalt(options.salt));
  if (await isHub(reader, deployment, wallet)) return wallet;
  throw new Failure(
    "You have no hub",
    `${caller} has made none with salt ${options.salt ?? 0}`,
    "make one with `sonm hub create NAME`, or name another with --hub or --salt",
  );
}

/** The record of the wallet that is meant. */
export async function hubMeant(network: Network, options: HubOptions): Promise<HubRecord> {
  const caller = options.hub === undefined ? await callerOf(options) : undefined;
  return hubRecordOf(network.reader, network.deployment, await walletMeant(network, caller, options));
}

/** The record of the caller's wallet, if it allows `action` now. @throws Failure that says why not, and when */
export async function hubFor(
  account: Account,
  options: HubOptions,
  action: (hub: HubRecord) => WalletAction | Promise<WalletAction>,
): Promise<HubRecord> {
  const wallet = await walletMeant(account, account.address, options);
  const hub = await hubRecordOf(account.reader, account.deployment, wallet);
  stopOn(hubRefusal(await action(hub), hub, account.address, account.now));
  return hub;
}
