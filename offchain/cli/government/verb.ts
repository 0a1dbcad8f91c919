// `sonm government`, which is also `npm start -- government`.
import { Command, Option } from "commander";
import { Failure } from "../../core/failure.ts";
import { examples } from "../verb.ts";
import { runGovernment } from "./scenario.ts";

type Options = { readonly seed?: number; readonly keep?: boolean; readonly json?: boolean };

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new Failure(`--seed ${text} is not a seed`, "a seed is a whole number", "write it like --seed 7");
}

export function government(): Command {
  const command = new Command("government")
    .summary("see a good hub taxed, a bad one banned, a malicious suspicion taken back")
    .description(
      "Plays eight months of the blockchain government on a local chain whose clock is moved, prints a timeline, and accounts for every SNM.",
    )
    .addOption(new Option("-s, --seed <number>", "other keys, other amounts, another lie").argParser(wholeNumber))
    .option("-k, --keep", "leave the chain up until Ctrl-C, to look around with other verbs")
    .option("--json", "one object on stdout at the end; what is for people goes to stderr")
    .action(async ({ seed, keep = false, json = false }: Options) => {
      process.exitCode = await runGovernment({ ...(seed === undefined ? {} : { seed }), keep, json });
    });
  return examples(command, [
    ["sonm government", "the same as npm start -- government"],
    ["sonm government --keep", "then `sonm hubs`, `sonm dao list` in another terminal"],
  ]);
}
