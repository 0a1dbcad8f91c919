// `sonm miner | verifier pause | resume`: lets a role rest that runs, or will run.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { readSpan, showMoment } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import { Command } from "commander";
import { dataFolderOf } from "../../host/role/data-folder.ts";
import { lifeIn } from "../../host/role/status.ts";
import { endPause, pauseIn, wishPause } from "../../host/role/wishes.ts";
import { accountMeant, type NetworkOptions, openNetwork, takesNetwork } from "../network.ts";
import { answering, examples } from "../verb.ts";

type Role = "miner" | "verifier";
type Options = NetworkOptions & { readonly data?: string; readonly for?: string };

function verb(name: string): Command {
  return takesNetwork(new Command(name)).option(
    "--data <folder>",
    "the one that it was started with (default: its own below ~/.local/share/sonm)",
  );
}

/** The data folder of the role of the caller's key. */
async function folderOf(role: Role, options: Options): Promise<string> {
  const { data } = options;
  if (data) {
    if (existsSync(data)) return resolve(data);
    throw new Failure(`There is no ${role} here`, `${data} is no folder`, "name the one that it was started with");
  }
  const me = await accountMeant(undefined, options);
  const { reader, deployment } = await openNetwork(options);
  return dataFolderOf(reader, deployment, role, me);
}

function stateOf(role: Role, folder: string): string {
  return lifeIn(folder)?.running
    ? `The ${role} that runs`
    : `The ${role} of your key does not run now. When it does, it`;
}

export function rolePause(role: Role): Command {
  const command = verb("pause")
    .summary("let it rest: no new work, nothing computed")
    .description(
      `Lets the ${role} of your key rest, whether it runs or not: it takes no new work, and computes nothing: what runs waits within seconds where it is, and goes on from there. ` +
        "It still plays its games and settles, because these have deadlines. What it has accepted and does not claim in time goes to others.",
    )
    .option("--for <time>", 'until then, such as "90 min" or "2 h 30 min" (default: until it is told to go on)');
  examples(command, [
    [`sonm ${role} pause`, `until \`sonm ${role} resume\``],
    [`sonm ${role} pause --for "2 h"`, "then it goes on by itself"],
  ]);
  return answering<Options>(command, async (_, options) => {
    const now = Math.floor(Date.now() / 1000);
    const until = options.for === undefined ? null : now + readSpan(options.for);
    const folder = await folderOf(role, options);
    wishPause(folder, { until });
    const end = until === null ? `\`sonm ${role} resume\`` : showMoment(until, now);
    return { lines: [`${stateOf(role, folder)} rests until ${end}.`], data: { until, data: folder } };
  });
}

export function roleResume(role: Role): Command {
  const command = verb("resume")
    .summary("end its rest")
    .description(`Ends a pause of the ${role} of your key. Busy hours that it was started with stay.`);
  examples(command, [[`sonm ${role} resume`, "of your key"]]);
  return answering<Options>(command, async (_, options) => {
    const folder = await folderOf(role, options);
    const paused = pauseIn(folder) !== undefined;
    endPause(folder);
    const line = paused ? `${stateOf(role, folder)} goes on.` : `The ${role} was not paused.`;
    return { lines: [line], data: { paused, data: folder } };
  });
}
