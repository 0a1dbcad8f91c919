// Keys: made and kept in keystore files, never given as arguments.

import { Failure } from "@sonm/protocol/values/failure";
import { Command, Option } from "commander";
import { createKeystore, openKeystore, readPassword } from "../../host/access/keystore.ts";
import { fields } from "../../host/terminal/terminal.ts";
import { answering, examples } from "../verb.ts";

type Options = { readonly passwordFile?: string };

function takesPassword(command: Command): Command {
  return command.addOption(
    new Option("--password-file <file>", "its first line is the password; else SONM_PASSWORD, else you are asked").env(
      "SONM_PASSWORD_FILE",
    ),
  );
}

export function keyNew(): Command {
  const command = takesPassword(new Command("new").argument("<file>", "the keystore to make; never overwritten"))
    .summary("make a new key in a keystore file")
    .description("Makes a new random key and keeps it encrypted in a file that only you can read. Keep a copy of it.");
  examples(command, [["sonm key new me.json", "asks for a password twice"]]);
  return answering<Options>(command, async ([file = ""], { passwordFile }, terminal) => {
    const password = await readPassword(passwordFile, `Password for ${file}`);
    if ((await readPassword(passwordFile, "Once more")) !== password) {
      throw new Failure("No key was made", "the two passwords differ", "try again");
    }
    const { address } = await createKeystore(file, password);
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
