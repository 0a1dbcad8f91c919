// All verbs. A new one is a file of its own that exports its `Command`, and a line here.
import { Command } from "commander";
import { verifierRole } from "../../verifier/role.ts";
import { buyerRole } from "../agents/buyer/role.ts";
import { hubRole } from "../agents/hub/role.ts";
import { minerRole } from "../agents/miner/role.ts";
import { paint } from "../host/terminal/terminal.ts";
import { balance, send } from "./account/account.ts";
import { jobCancel } from "./buyer/cancel.ts";
import { run } from "./buyer/run.ts";
import { daoCancel, daoDelegate, daoExecute, daoQueue } from "./dao/act.ts";
import { daoCast } from "./dao/cast.ts";
import { daoList, daoShow } from "./dao/look.ts";
import { daoParams } from "./dao/params.ts";
import { daoPropose } from "./dao/propose.ts";
import { daoVote } from "./dao/vote.ts";
import { doctor } from "./doctor/doctor.ts";
import { earnings } from "./earnings/earnings.ts";
import { networkNote, teach, versionOfPackage } from "./help.ts";
import { hubCreate, hubPay, hubRegister, hubSet, hubWithdraw } from "./hub/act.ts";
import { hubCollect, hubFund } from "./hub/fill.ts";
import { hubStatus, hubs } from "./hub/look.ts";
import { hubClose, hubPayday, hubRehab, hubSweep } from "./hub/period.ts";
import { imageBuild } from "./image/build.ts";
import { keyAddress, keyNew, keyShow } from "./key/keys.ts";
import { machineProve } from "./machine/prove.ts";
import { machineRun } from "./machine/run.ts";
import { machineTrace } from "./machine/trace.ts";
import { ratingClaim } from "./rating/claim.ts";
import { rate, ratings } from "./rating/rate.ts";
import { rolePause, roleResume } from "./role/pause.ts";
import { startVerb } from "./role/start.ts";
import { roleStatus } from "./role/status.ts";
import { storeStart } from "./role/store.ts";
import { government } from "./scenario/government.ts";
import { up } from "./scenario/up.ts";
import { stake } from "./stake/stake.ts";
import { treasury } from "./treasury/treasury.ts";
import { txCancel, txList, txSpeedUp } from "./tx/tx.ts";
import { examples } from "./verb.ts";

/** A verb, or a noun with verbs. It is made again for every program, because a command belongs to one parent. */
type Entry = () => Command;

/** A noun: its line in the list, and what a newcomer should know before its verbs. */
function noun(name: string, about: string, course: string, verbs: readonly Entry[]): Entry {
  return () => {
    const group = new Command(name).summary(about).description(course);
    for (const verb of verbs) group.addCommand(verb());
    return group;
  };
}

const image = noun(
  "image",
  "programs as Docker images of platform linux/riscv64",
  "A job's program travels as a Docker image. No Docker is needed to make one, or to run it.",
  [imageBuild],
);

const machine = noun(
  "machine",
  "run programs in the provable machine, look inside, prove a step",
  "The provable machine: a RISC-V computer of which the chain can execute any single step itself. Here it runs on this computer, with no " +
    "network at all.",
  [machineRun, machineTrace, machineProve],
);

const tx = noun(
  "tx",
  "your transactions that are in no block yet",
  "Transactions are written down before they are sent. One that is in no block after a minute is sent again with higher fees, up to --max-fee. " +
    "What can be done beyond that is here.",
  [txList, txSpeedUp, txCancel],
);

const key = noun(
  "key",
  "your keys, in keystore files",
  "Your key says who you are on the network. It is kept encrypted in a keystore file (version 3, as geth, cast and ethers write them too), " +
    "and never given as an argument.",
  [keyNew, keyShow, keyAddress],
);

const hub = noun(
  "hub",
  "your hub: a wallet that works, pays, is taxed",
  "A hub takes jobs, and its miners compute them. Its life goes in registrations: create, fund, register; work and pay; close; payday; then " +
    "withdraw, or register again. `sonm hub status` says what comes next, and when. Verbs are about your own hub unless --hub names another.",
  [
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
    () =>
      startVerb(hubRole, [
        ['sonm hub start --name Aurora --funds "100 SNM"', "makes and registers the wallet, then works"],
        ["sonm hub start --config hub.json --json", "as a service, its events for a program"],
      ]),
  ],
);

const HUB = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

const miner = noun(
  "miner",
  "compute for a hub, and be paid",
  "A miner computes batches for a hub and claims them with a deposit. A false claim loses it; a right one is paid when its window is over.",
  [
    () =>
      startVerb(minerRole, [
        [`sonm miner start --hub ${HUB} --stake "1000 SNM"`, "its data below ~/.local/share/sonm"],
        ["sonm miner start --config miner.json --threads 4", "a flag is stronger than the file"],
      ]),
    () => roleStatus("miner"),
    () => rolePause("miner"),
    () => roleResume("miner"),
  ],
);

const verifier = noun(
  "verifier",
  "check what miners claim, and earn from lies",
  "A verifier recomputes claims and challenges false ones. Each challenge locks a bond; a conviction earns half of the miner's deposit.",
  [
    () =>
      startVerb(verifierRole, [
        ['sonm verifier start --stake "500 SNM"', "checks every claim"],
        ['sonm verifier start --stake "500 SNM" --share 0.1', "checks one in ten, chosen where no miner can know"],
      ]),
    () => roleStatus("verifier"),
    () => rolePause("verifier"),
    () => roleResume("verifier"),
  ],
);

const buyer = noun(
  "buyer",
  "have a job computed",
  "A buyer posts a job at a hub: one program, and a file for each unit. Its escrow pays for what is computed, and the rest comes back.",
  [
    () =>
      startVerb(buyerRole, [
        [
          `sonm buyer start --hub ${HUB} --image guest/bin/wordcount --inputs README.md LICENSE --price 0.1 --out results`,
          "the words of two files, a unit each",
        ],
      ]),
    () => roleStatus("buyer"),
  ],
);

const job = noun(
  "job",
  "what to do about a job of yours",
  "A job is ordered by `sonm run`, which waits for it, or by `sonm buyer start`. These verbs are about what your key has ordered, wherever that runs.",
  [jobCancel],
);

const store = noun(
  "store",
  "where the roles leave content and mail for each other",
  "Roles meet on the chain and in a store: it keeps programs, inputs and results by their hashes, and the roles' signed letters.",
  [storeStart],
);

const rating = noun(
  "rating",
  "what your ratings have come to",
  "A rating made by `sonm rate` is decided when the hub's registration ends: by pay-day, a ban or a rehabilitation. Then it is claimed.",
  [ratingClaim],
);

const dao = noun(
  "dao",
  "what the holders of SNM decide",
  "The holders of SNM judge hubs and set the rules. A proposal goes its way: propose, vote, queue, execute, each when its time has come; " +
    "`sonm dao list` says what comes next. SNM vote once they are delegated, to yourself or another. Suspicions go a fast lane of two and a " +
    "half days, everything else a slow one of ten.",
  [daoList, daoShow, daoParams, daoDelegate, daoPropose, daoVote, daoCast, daoQueue, daoExecute, daoCancel],
);

/** All commands, in the order in which a newcomer needs them. */
const sections: readonly (readonly [heading: string, entries: readonly Entry[]])[] = [
  ["See it work:", [up, government]],
  ["Programs:", [machine, image]],
  ["You:", [doctor, key, balance, send, tx, stake, earnings]],
  ["The market:", [run, job, store, miner, verifier, buyer]],
  ["Hubs:", [hub, hubs, rate, ratings, rating]],
  ["The government:", [dao, treasury]],
];

const introduction =
  `${paint("bold", "SONM")} is a market for computation in which the buyer need not trust whoever computes. Buyers post jobs and pay in SNM; ` +
  "hubs split them into units; miners compute these; verifiers prove lies to the chain; the holders of SNM govern the hubs.";

export function createProgram(): Command {
  const program = new Command("sonm")
    .description(introduction)
    .version(versionOfPackage(), "-V, --version")
    .helpCommand("help [command]", "explain a command");
  // Options belong to the verb that they follow, even if that verb has verbs of its own.
  program.enablePositionalOptions();
  for (const [heading, entries] of sections) {
    for (const entry of entries) program.addCommand(entry().helpGroup(heading));
  }
  examples(program, [
    ["npm start", "see it all: a job is computed, a lie is caught, the chain convicts"],
    ["sonm machine run guest/bin/wordcount --input README.md", "run a program in the machine"],
    ["sonm machine prove guest/bin/wordcount --step 1000 --onchain", "let the contract execute one of its steps"],
    ["sonm hubs", "who is there, and how trusted"],
    ["sonm earnings pull", "take home what hubs owe you"],
  ]).addHelpText("after", networkNote);
  return teach(program);
}
