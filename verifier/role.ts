// The verifier: its options, and how its parts are put together.

import { parametersOf } from "@sonm/chain/government/parameters";
import { isAddressEqual } from "viem";
import { LIE_SYNTAX, parseLie } from "../offchain/host/engines/machine/lie.ts";
import { createMachineEngine } from "../offchain/host/engines/machine/machine-engine.ts";
import { refereesOfVerifier } from "../offchain/host/referees/referees.ts";
import type { RoleDefinition } from "../offchain/host/role/definition.ts";
import { engineTools, memoryOption } from "../offchain/host/role/engine-tools.ts";
import { limited, limitOptions, watchRest } from "../offchain/host/role/limits.ts";
import {
  measured,
  needed,
  type OptionsOf,
  share as part,
  perhaps,
  snm,
  usually,
  whole,
  words,
} from "../offchain/host/role/options.ts";
import { createQueue } from "../offchain/host/role/queue.ts";
import { createActor } from "./act.ts";
import { decide, keyOf, type VerifierAction, type VerifierView } from "./decide.ts";
import { inHand } from "./in-hand.ts";
import { openVerifierJournal, type VerifierJournal } from "./journal.ts";
import { createObserve } from "./observe.ts";
import { createPrepare } from "./prepare.ts";

const options = {
  stake: needed(snm, "SNM staked at the first start; each challenge locks a bond of it"),
  share: usually(part, 1, "part of all claims that is checked"),
  threads: usually(whole(1, 256, "<units>"), 1, "units computed at the same time"),
  memory: memoryOption,
  speed: usually(
    whole(1000, 1_000_000_000_000, "<steps>"),
    10_000_000,
    "instructions a second that one thread computes: what could not be played in time is not challenged",
  ),
  leastPrice: usually(
    snm,
    "0 SNM",
    "SNM that can be won for 10^9 steps of checking, if units are as long as their job allows; what offers less is not checked",
  ),
  ...limitOptions,
  patienceSeconds: usually(
    measured("seconds", 0, 2 ** 32 - 1),
    600,
    "how long a miner gets to show its results before the game is opened without them",
  ),
  lie: perhaps(words(100, "<lie>"), `for demonstrations: accuses falsely, by this lie about each batch: ${LIE_SYNTAX}`),
};

export const verifierRole: RoleDefinition<OptionsOf<typeof options>, VerifierJournal, VerifierView, VerifierAction> = {
  kind: "verifier",
  summary: "recompute claims, convict liars, earn half their deposits",
  description:
    "Starts a verifier: it recomputes what miners claim, challenges what is false, plays the game, and takes its reward. It runs until Ctrl-C; " +
    "killed at any moment it loses nothing, and goes on at its next start.",
  options,
  openJournal: openVerifierJournal,
  // It retracts challenges of claims that have ended.
  observing: ({ me, journal }) => ({
    follows: ({ challenger }) => isAddressEqual(challenger, me),
    keeps: (_, seen) => seen !== undefined && journal.salts.get(seen.id) !== undefined,
  }),
  async start(config, tools) {
    const { stake, share, threads, memory, speed, leastPrice, patienceSeconds, lie } = config.options;
    const policy = { stake, leastPrice, stepsPerSecond: speed };
    const { signer, deployment } = tools.access;
    const { busyHours, cpuShare, niceness } = config.options;
    const { resting, wishes } = watchRest(tools.data, busyHours, tools.emit);
    const machine = createMachineEngine({
      ...engineTools(tools),
      machine: deployment.addresses.machine,
      threads,
      memory,
      niceness,
      lie: lie === undefined ? undefined : parseLie(lie),
    });
    const engine = limited(machine, { cpuShare }, resting);
    const { CommitStakeWei: commitStake } = await parametersOf(signer, deployment);
    const referees = refereesOfVerifier({ ...tools, engine, patienceSeconds, commitStake });
    const queue = createQueue({ slots: threads, stepsPerSecond: speed, now: tools.now });
    const act = createActor({ ...tools, engine, referees, queue, lies: lie !== undefined });

    const prepare = createPrepare(tools);
    const observe = createObserve({ ...tools, engine, referees, queue }, policy, share);
    return { prepare, observe, inHand, decide, act, keyOf, engine, wishes };
  },
};
