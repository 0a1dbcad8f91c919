// Keys: made and kept in keystore files, never given as arguments.

import { Failure } from "@sonm/protocol/values/failure";
import { Command, Option } from "commander";
import { getAddress } from "viem";
import { developmentKey } from "../../devnet/local-chain.ts";
import { addressOfKeystore, createKeystore, openKeystore, readPassword } from "../../host/access/keystore.ts";
import { fields } from "../../host/terminal/terminal.ts";
import { answering, examples } from "../verb.ts";

type Options = { readonly passwordFile?: string; readonly development?: number };

/** Number of accounts to which every development chain gives money. */
const DEVELOPMENT_ACCOUNTS = 10;

function developmentNumber(text: string): number {
  if (/^\d$/.test(text) && Number(text) < DEVELOPMENT_ACCOUNTS) return Number(text);
  throw new Failure(`--development ${text} is no such account`, "they are numbered from 0 to 9", "write one of these");
}

function takesPassword(command: Command): Command {
  return command.addOption(
    new Option("--password-file <file>", "its first line is the password; else SONM_PASSWORD, else you are asked").env(
      "SONM_PASSWORD_FILE",
    ),
  );
}

export function keyNew(): Command {
  const command = takesPassword(new Command("new").argument("<file>", "the keystore to make; never overwritten"))
    .addOption(
      new Option(
        "--development <n>",
        "an account that development chains endow, 0 to 9; the whole world knows its key",
      ).argParser(developmentNumber),
    )
    .summary("make a new key in a keystore file")
    .description("Makes a new random key and keeps it encrypted in a file that only you can read. Keep a copy of it.");
  examples(command, [
    ["sonm key new me.json", "asks for a password twice"],
    ["sonm key new deployer.json --development 0", "for a node of your own, such as anvil; nowhere else"],
  ]);
  return answering<Options>(command, async ([file = ""], { passwordFile, development }, terminal) => {
    const password = await readPassword(passwordFile, `Password for ${file}`);
    if ((await readPassword(passwordFile, "Once more")) !== password) {
      throw new Failure("No key was made", "the two passwords differ", "try again");
    }
    const { address } = await createKeystore(
      file,
      password,
      development === undefined ? undefined : developmentKey(development),
    );
    return {
      lines: fields(terminal, [
        ["address", address],
        ["kept in", file],
      ]),
      data: { address, file },
    };
  });
}

export function keyShow(): Command {
  const command = takesPassword(new Command("show").argument("<file>", "the keystore"))
    .summary("show the address of a keystore, and that its password fits")
    .description("Opens a keystore with its password and shows its address. The key itself is never shown.");
  examples(command, [["sonm key show me.json", "whose is it?"]]);
  return answering<Options>(command, async ([file = ""], { passwordFile }, terminal) => {
    const { address } = await openKeystore(file, await readPassword(passwordFile, `Password of ${file}`));
    return { lines: fields(terminal, [["address", address]]), data: { address, file } };
  });
}

export function keyAddress(): Command {
  const command = new Command("address")
    .argument("<file>", "the keystore")
    .summary("the address of a keystore, without its password")
    .description(
      "Prints the address that a keystore says it is of, and nothing else, so that another command can be given it.",
    );
  examples(command, [["sonm send $(sonm key address miner.json) 100", "SNM for a key of yours"]]);
  return answering(command, async ([file = ""]) => {
    const address = await addressOfKeystore(file);
    if (address === undefined) {
      throw new Failure(`${file} does not say its address`, "other tools leave it out", "see `sonm key show`");
    }
    return { lines: [getAddress(address)], data: { address: getAddress(address), file } };
  });
}
