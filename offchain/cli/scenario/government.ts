// `sonm government`, which is also `npm start -- government`.
import { Command, Option } from "commander";
import { runGovernment } from "../../devnet/government/scenario.ts";
import { examples, seedOf } from "../verb.ts";

type Options = { readonly seed?: number; readonly keep?: boolean; readonly json?: boolean };

/** @param play runs the scenario */
export function government(play = runGovernment): Command {
  const command = new Command("government")
    .summary("see a good hub taxed, a bad one banned, a malicious suspicion taken back")
    .description(
      "Plays eight months of the blockchain government on a local chain whose clock is moved, prints a timeline, and accounts for every SNM.",
    )
    .addOption(new Option("-s, --seed <number>", "other keys, other amounts, another lie").argParser(seedOf))
    .option("-k, --keep", "leave the chain up until Ctrl-C, to look around with other verbs")
    .option("--json", "one object on stdout at the end; what is for people goes to stderr")
    .action(async ({ seed, keep = false, json = false }: Options) => {
      process.exitCode = await play({ ...(seed === undefined ? {} : { seed }), keep, json });
    });
  return examples(command, [
    ["sonm government", "the same as npm start -- government"],
    ["sonm government --keep", "then `sonm hubs`, `sonm dao list` in another terminal"],
  ]);
}
