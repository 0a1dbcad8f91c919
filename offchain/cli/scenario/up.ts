// `sonm up`, which is also `npm start`.
import { Command, Option } from "commander";
import { runScenario } from "../../devnet/market/scenario.ts";
import { LIE_SYNTAX, parseLie } from "../../host/engines/machine/lie.ts";
import { toJson } from "../../host/terminal/terminal.ts";
import { examples, seedOf } from "../verb.ts";

type Options = {
  input?: string;
  honest?: boolean;
  seed?: number;
  lie?: string;
  keep?: boolean;
  out: string;
  json?: boolean;
};

/** The command line that runs this command. */
function thisCommand(): readonly [string, ...string[]] {
  const [node, main = ""] = process.argv;
  return [node ?? process.execPath, "--disable-warning=ExperimentalWarning", main];
}

/** A lie as it was typed. @throws Failure if there is no such lie */
function lieIn(text: string): string {
  parseLie(text);
  return text;
}

/** @param play runs the scenario */
export function up(play = runScenario): Command {
  const command = new Command("up")
    .summary("start a whole network here, have a job computed, catch the liar, and stop it again")
    .description(
      "Starts a local chain and a hub, three miners, two verifiers and a buyer, each a process of its own; has a job computed, the liar among " +
        "the miners convicted, and stops all again. Takes about a minute. Exit code 0 only if the result is right and nobody but the liar was " +
        "convicted.",
    )
    .option("-i, --input <file>", "count the words of this text file, or of stdin (-), instead of rendering a picture")
    .option("--honest", "nobody lies")
    .addOption(new Option("-s, --seed <number>", "another picture, another liar, another lie").argParser(seedOf))
    .addOption(new Option("--lie <kind>", `how the liar lies: ${LIE_SYNTAX}`).argParser(lieIn).conflicts("honest"))
    .option("-k, --keep", "leave the network up until Ctrl-C")
    .option("-o, --out <directory>", "where the result is written", "sonm-out")
    .option("--json", "one object on stdout at the end; what is for people goes to stderr")
    .action(async (options: Options) => {
      const { input, honest = false, seed, lie, keep = false, out, json = false } = options;
      const result = await play({ input, honest, seed, lie, keep, out, command: thisCommand() });
      if (json) process.stdout.write(`${toJson(result)}\n`);
      process.exitCode = result.ok ? 0 : 1;
    });
  return examples(command, [
    ["sonm up", "the same as npm start"],
    ["sonm up --input README.md", "the words of your own file, counted by a network that you need not trust"],
    ["sonm up --lie after-halt --seed 3", "a lie of your choice"],
    ["sonm up --keep", "a network to play with"],
  ]);
}
