// All verbs. A new one is a file of its own that exports its `Command`, and a line here.
import { Command } from "commander";
import { balance, send } from "./account/account.ts";
import { daoCancel, daoDelegate, daoExecute, daoQueue } from "./dao/act.ts";
import { daoCast } from "./dao/cast.ts";
import { daoList, daoShow } from "./dao/look.ts";
import { daoPropose } from "./dao/propose.ts";
import { daoVote } from "./dao/vote.ts";
import { earnings } from "./earnings/earnings.ts";
import { government } from "./government/verb.ts";
import { hubCreate, hubPay, hubRegister, hubSet, hubWithdraw } from "./hub/act.ts";
import { hubCollect, hubFund } from "./hub/fill.ts";
import { hubStatus, hubs } from "./hub/look.ts";
import { hubClose, hubPayday, hubRehab, hubSweep } from "./hub/period.ts";
import { imageBuild } from "./image/build.ts";
import { keyNew, keyShow } from "./key/keys.ts";
import { machineProve } from "./machine/prove.ts";
import { machineRun } from "./machine/run.ts";
import { machineTrace } from "./machine/trace.ts";
import { ratingClaim } from "./rating/claim.ts";
import { rate, ratings } from "./rating/rate.ts";
import { stake } from "./stake/stake.ts";
import { paint } from "./terminal.ts";
import { treasury } from "./treasury/treasury.ts";
import { up } from "./up/verb.ts";
import { examples } from "./verb.ts";

/** Nouns in the order in which people meet them, each with its verbs. */
const groups: readonly { noun: string; about: string; verbs: readonly (() => Command)[] }[] = [
  { noun: "image", about: "programs as Docker images of platform linux/riscv64", verbs: [imageBuild] },
  {
    noun: "machine",
    about: "run programs in the provable machine, look inside, prove a step",
    verbs: [machineRun, machineTrace, machineProve],
  },
  { noun: "key", about: "your keys, in keystore files", verbs: [keyNew, keyShow] },
  {
    noun: "hub",
    about: "your hub: a wallet that works, pays, is taxed",
    verbs: [
      hubCreate,
      hubFund,
      hubRegister,
      hubStatus,
      hubPay,
      hubClose,
      hubPayday,
      hubWithdraw,
      hubSet,
      hubCollect,
      hubRehab,
      hubSweep,
    ],
  },
  { noun: "rating", about: "what your ratings have come to", verbs: [ratingClaim] },
  {
    noun: "dao",
    about: "what the holders of SNM decide",
    verbs: [daoList, daoShow, daoPropose, daoVote, daoCast, daoDelegate, daoQueue, daoExecute, daoCancel],
  },
];

/** Verbs that need no noun. */
const alone: readonly (() => Command)[] = [balance, send, earnings, stake, hubs, rate, ratings, treasury];

const introduction = `${paint("bold", "SONM")} is a market for computation in which the buyer need not trust whoever computes.`;

/** Applies to a command and all below it. */
function teach(command: Command): Command {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ styleTitle: (text) => paint("bold", text), showGlobalOptions: false })
    .configureOutput({
      outputError: (text, write) => {
        const [first = "", ...rest] = text
          .trim()
          .replace(/^error: /, "")
          .split("\n");
        const hint = rest.join(" ").replace(/^\((.*)\)$/, "$1");
        write(
          `\n${paint("red", "✗", process.stderr)} ${first}\n  → ${hint || `see \`${pathOf(command)} --help\``}\n\n`,
        );
      },
    });
  for (const child of command.commands) teach(child);
  return command;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

export function createProgram(): Command {
  const program = new Command("sonm").description(introduction).helpCommand("help [command]", "explain a command");
  // Options belong to the verb that they follow, also where a verb has verbs of its own.
  program.enablePositionalOptions();
  program.addCommand(up()).addCommand(government());
  for (const { noun, about, verbs } of groups) {
    const group = new Command(noun).description(about);
    for (const verb of verbs) group.addCommand(verb());
    program.addCommand(group);
  }
  for (const verb of alone) program.addCommand(verb());
  examples(program, [
    ["sonm machine run guest/bin/wordcount --input README.md", "run a program in the machine"],
    ["sonm machine prove guest/bin/wordcount --step 1000 --onchain", "let the contract execute one of its steps"],
    ["sonm image build guest/bin/render -o render.tar", "package a program as a job needs it"],
    ["sonm hubs", "who is there, and how trusted (the network by SONM_RPC, SONM_DEPLOYMENT or options)"],
    ["npm start", "see it all: a job is computed, a lie is caught, the chain convicts"],
  ]);
  return teach(program);
}
