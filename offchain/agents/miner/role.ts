// The miner: its options, and how its parts are put together. See ../README.md.

import { parametersOf } from "@sonm/chain/government/parameters";
import type { Sight } from "@sonm/chain/market/observer";
import { integer } from "@sonm/protocol/values/shape";
import { isAddressEqual } from "viem";
import { LIE_SYNTAX, parseLie } from "../../host/engines/machine/lie.ts";
import { createMachineEngine } from "../../host/engines/machine/machine-engine.ts";
import { refereesOfMiner } from "../../host/referees/referees.ts";
import type { RoleDefinition } from "../../host/role/definition.ts";
import { engineTools, memoryOption } from "../../host/role/engine-tools.ts";
import { limited, limitOptions, shareOf, watchRest } from "../../host/role/limits.ts";
import {
  address,
  needed,
  type OptionsOf,
  perhaps,
  type Sort,
  snm,
  usually,
  whole,
  words,
  yes,
} from "../../host/role/options.ts";
import { createQueue } from "../../host/role/queue.ts";
import { createActor } from "./act.ts";
import { decide, keyOf, type MinerAction, type MinerView, pendingIn } from "./decide.ts";
import { inHand } from "./in-hand.ts";
import { type MinerJournal, openMinerJournal } from "./journal.ts";
import { createObserve } from "./observe.ts";
import { createPrepare } from "./prepare.ts";

/** A position in a batch: first, last, or a number from 0. */
const position: Sort<number | "first" | "last"> = {
  ...whole(),
  value: "<position>",
  shape: () => (value, place) => (value === "first" || value === "last" ? value : integer()(value, place)),
};

const options = {
  hub: needed(address, "wallet of the hub to work for"),
  stake: needed(snm, "SNM staked at the first start; each claim locks a deposit of it"),
  slots: usually(whole(1, 1000, "<batches>"), 1, "batches at a time"),
  minPay: usually(snm, "0 SNM", "SNM a unit, the least to work for"),
  leastPrice: usually(
    snm,
    "0 SNM",
    "SNM for 10^9 steps, the least to work for, if units are as long as their job allows: what computing costs you",
  ),
  pullFrom: usually(
    snm,
    "10 SNM",
    "pay is pulled when no claim is left to be settled, and from this amount of SNM on at once",
  ),
  maxDepositTimes: usually(
    whole(1, 1_000_000_000, "<times>"),
    10,
    "a claim's deposit is at most so many times the pay of a whole batch, unless it is the least that the chain asks for",
  ),
  speed: usually(
    whole(1000, 1_000_000_000_000, "<steps>"),
    10_000_000,
    "instructions a second that one thread computes: batches that would take too long, or could not be defended in time, are declined",
  ),
  threads: usually(whole(1, 256, "<units>"), 1, "units computed at the same time"),
  memory: memoryOption,
  ...limitOptions,
  // A liar is the honest miner with one corrupted state.
  lie: perhaps(words(100, "<lie>"), `for demonstrations: lies in each batch: ${LIE_SYNTAX}`),
  lieUnit: perhaps(position, "which unit of a batch is lied about: first, last or a number (default: first)"),
  silentFrom: perhaps(whole(0, 1000, "<moves>"), "for demonstrations: says nothing more after so many moves in a game"),
  withhold: yes("for demonstrations: shows its results to nobody"),
};

/** How often the miner announces itself, in seconds of the chain: the hub may not have seen its stake the first time. */
const ANNOUNCE_SECONDS = 600;

export const minerRole: RoleDefinition<OptionsOf<typeof options>, MinerJournal, MinerView, MinerAction> = {
  kind: "miner",
  summary: "compute for a hub, claim, be paid",
  description:
    "Starts a miner: it offers its work to a hub, computes the batches it is given, claims them with a deposit, defends its claims, and pulls " +
    "its pay. It runs until Ctrl-C; killed at any moment it loses nothing, and goes on at its next start.",
  options,
  openJournal: openMinerJournal,
  // It knows from a claim that its work is done, and from a job whether a batch is still to be had.
  observing: ({ me, options }) => ({
    follows: ({ miner }) => isAddressEqual(miner, me),
    keeps: ({ hub }, seen) => isAddressEqual(seen?.claim.miner ?? me, me) && isAddressEqual(hub, options.hub),
  }),
  async start(config, tools) {
    const {
      lie,
      lieUnit,
      hub: wallet,
      slots,
      minPay,
      leastPrice,
      pullFrom,
      stake,
      threads,
      silentFrom,
      withhold,
    } = config.options;
    const { maxDepositTimes, speed, memory } = config.options;
    const { busyHours, cpuShare, niceness } = config.options;
    const stepsPerSecond = Math.max(1, Math.floor(speed * threads * shareOf({ busyHours, cpuShare })));
    const { resting, wishes } = watchRest(tools.data, busyHours, tools.emit);
    const { MinDepositWei: leastDeposit } = await parametersOf(tools.access.signer, tools.access.deployment);
    const speeds = { stepsPerSecond, stepsPerSecondInGames: speed };
    const policy = { slots, minPay, leastPrice, pullFrom, stake, withhold, maxDepositTimes, leastDeposit, ...speeds };
    const machine = createMachineEngine({
      ...engineTools(tools),
      machine: tools.access.deployment.addresses.machine,
      threads,
      memory,
      niceness,
      lie: lie === undefined ? undefined : parseLie(lie),
    });
    const engine = limited(machine, { cpuShare }, resting);
    const queue = createQueue({ slots: threads, stepsPerSecond: speed, now: tools.now });
    const referees = refereesOfMiner({ ...tools, engine, silentFrom });
    let announced: { readonly at: number; readonly slots: number } | undefined;
    const isResting = () => resting() !== undefined;
    const isAnnounced = () =>
      announced !== undefined &&
      announced.slots === (isResting() ? 0 : slots) &&
      tools.now() < announced.at + ANNOUNCE_SECONDS;
    const act = createActor({
      ...tools,
      engine,
      referees,
      queue,
      policy,
      lyingUnit: lie === undefined ? undefined : (lieUnit ?? "first"),
      onAnnounced: (slots) => {
        announced = { at: tools.now(), slots };
      },
    });

    const prepare = createPrepare(tools, wallet);
    const look = createObserve({ ...tools, engine, referees }, policy, wallet, isAnnounced, isResting);
    const observe = async (sight: Sight) => {
      const view = await look(sight);
      // What others have claimed meanwhile, or what has expired, is computed no longer.
      queue.keep(new Set(pendingIn(view).map(({ id }) => id)));
      return view;
    };
    return { prepare, observe, inHand, decide: (view) => decide(view, tools.guard), act, keyOf, engine, wishes };
  },
};
