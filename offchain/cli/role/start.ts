// `sonm hub | miner | verifier | buyer start`: a role at work in this terminal.

import { Command, Option } from "commander";
import { createHttpPeer } from "../../host/net/http-peer.ts";
import { type CommonKey, commonOptions, type Given, readConfig } from "../../host/role/config.ts";
import type { RoleDefinition } from "../../host/role/definition.ts";
import type { RoleJournal } from "../../host/role/journal.ts";
import { launchRole } from "../../host/role/launcher.ts";
import type { Transport } from "../../host/role/open.ts";
import { flagOf, type RoleOption } from "../../host/role/options.ts";
import { printJson } from "../../host/role/reporter.ts";
import { untilSignal } from "../../host/role/signal.ts";
import { collectUrls } from "../network.ts";
import { examples } from "../verb.ts";
import { openPrinter } from "./print.ts";

type Examples = Parameters<typeof examples>[1];

/** Environment variables that can set an option. */
const variables: Readonly<Partial<Record<CommonKey, string>>> = {
  rpc: "SONM_RPC",
  deployment: "SONM_DEPLOYMENT",
  keystore: "SONM_KEYSTORE",
  passwordFile: "SONM_PASSWORD_FILE",
  net: "SONM_NET",
  maxFee: "SONM_MAX_FEE",
};

/** The flag of an option, with its default. */
function optionOf(key: string, option: RoleOption<unknown>, variable?: string): Option {
  const { value, unit, about, needed, otherwise } = option;
  const usual = otherwise === undefined || otherwise === "" ? "" : ` (default: ${[otherwise, unit].join(" ").trim()})`;
  const flag = new Option([flagOf(key), value].join(" ").trim(), `${about}${needed ? " (needed)" : usual}`);
  if (key === "rpc") flag.argParser(collectUrls);
  return variable === undefined ? flag : flag.env(variable);
}

/** Adds the options of a role to a verb. */
export function takesRole(command: Command, options: Readonly<Record<string, RoleOption<unknown>>>): Command {
  command.option("--config <file>", "JSON with any of the options below; paths in it are relative to it");
  for (const [key, option] of Object.entries(options)) command.addOption(optionOf(key, option));
  for (const [key, option] of Object.entries<RoleOption<unknown>>(commonOptions)) {
    command.addOption(optionOf(key, option, variables[key as CommonKey]));
  }
  return command.option("--json", "what happens, one object a line on stdout");
}

/** What was said on the command line, and by the environment. */
export function givenTo(command: Command): Given {
  const { config: file, json: _, ...given } = command.opts<Record<string, unknown> & { config?: string }>();
  const from = (source: string) =>
    Object.fromEntries(Object.entries(given).filter(([key]) => command.getOptionValueSource(key) === source));
  return { file, flags: from("cli"), environment: from("env") };
}

/** The network in which roles that are started here meet. */
export const overHttp: Transport = ({ net }, account) => createHttpPeer({ url: net, account });

/** The verb that starts a role. */
export function startVerb<Options extends object, Journal extends RoleJournal, View, Action>(
  definition: RoleDefinition<Options, Journal, View, Action>,
  list: Examples,
): Command {
  const { kind, summary, description, options } = definition;
  const command = new Command("start")
    .summary(summary)
    .description(`${description} Flags come before the file, the file before the environment.`);
  takesRole(command, options).action(async () => {
    const { json = false } = command.opts<{ json?: boolean }>();
    const config = readConfig(kind, options, givenTo(command));
    const { print, done } = openPrinter();
    await untilSignal(await launchRole(definition, config, overHttp, json ? printJson : print).finally(done));
  });
  return examples(command, list);
}
