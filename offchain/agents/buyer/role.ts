// The buyer: its options, and how its parts are put together.
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { refereesOf } from "@sonm/chain/market/referees";
import { integer } from "@sonm/protocol/values/shape";
import { isAddressEqual } from "viem";
import { makeFolder } from "../../host/access/files.ts";
import { createMachineEngine } from "../../host/engines/machine/machine-engine.ts";
import type { RoleDefinition } from "../../host/role/definition.ts";
import {
  address,
  needed,
  type OptionsOf,
  pathsTo,
  pathTo,
  perhaps,
  type Sort,
  seconds,
  snm,
  usually,
  whole,
} from "../../host/role/options.ts";
import { createActor } from "./act.ts";
import { type BuyerAction, type BuyerView, decide, keyOf } from "./decide.ts";
import { checkTotal, estimateOf, type TrialSize } from "./estimate.ts";
import { inHand } from "./in-hand.ts";
import { type BuyerJournal, openBuyerJournal } from "./journal.ts";
import { createObserve } from "./observe.ts";
import { makeOrder, readPart, refereeFor } from "./order.ts";
import { createPrepare } from "./prepare.ts";
import { tryUnits } from "./trial.ts";

/** How many units are tried: a number, all, or none. */
const trialSize: Sort<TrialSize> = {
  ...whole(),
  value: "<units>",
  shape: () => (value, place) => (value === "all" || value === "none" ? value : integer(1)(value, place)),
};

const options = {
  hub: needed(address, "wallet of the hub that is asked"),
  image: needed(pathTo("<file>"), "the program: an image tar or an ELF file"),
  inputs: needed(pathsTo("<files...>", 2 ** 22), "a file a unit"),
  out: needed(pathTo("<folder>"), "where the outputs go, a file a unit"),
  price: needed(snm, "SNM a unit"),
  batchSize: usually(whole(1, 32_768, "<units>"), 16, "units a batch"),
  exponent: usually(whole(2, 16, "<m>"), 8, "a unit's run has 8^m steps; even"),
  deposit: perhaps(snm, "SNM locked by a claim (default: the least that the chain accepts)"),
  bond: perhaps(snm, "SNM locked by a challenge (default: the least that the chain accepts)"),
  windowSeconds: usually(seconds, 86_400, "how long a claim can be challenged"),
  openingSeconds: usually(seconds, 1800, "from a challenge to the opening of its game"),
  allowanceSeconds: usually(seconds, 86_400, "thinking time of each player in a game"),
  graceSeconds: usually(seconds, 3600, "what each turn has at least, even when the allowance is used up"),
  deadlineSeconds: usually(seconds, 30 * 86_400, "from now to the deadline, after which unclaimed units are refunded"),
  maxTotal: perhaps(snm, "SNM that the whole job may cost at most; a dearer one is refused before anything is asked"),
  trial: usually(
    trialSize,
    1,
    "how many units are run here before anything is asked or paid, the largest inputs first: a number, all, or none; a unit that does not end would be paid for all the same",
  ),
  askAgainSeconds: usually(seconds, 3600, "after which an unanswered question is asked again"),
};

export const buyerRole: RoleDefinition<OptionsOf<typeof options>, BuyerJournal, BuyerView, BuyerAction> = {
  kind: "buyer",
  summary: "have a job computed, get its outputs",
  description:
    "Starts a buyer: it asks a hub for a quote, posts the job with its escrow, collects the results, checks their proofs, and writes a file a " +
    "unit. It runs until Ctrl-C, one job a data folder; killed at any moment it loses nothing, and goes on at its next start.",
  options,
  openJournal: openBuyerJournal,
  // It collects what was paid.
  observing: ({ me }) => ({ follows: () => false, keeps: ({ buyer }) => isAddressEqual(buyer, me) }),
  async start(config, tools) {
    const { options } = config;
    const { access, journal, emit, now } = tools;
    const { signer, deployment } = access;
    // Before anything is paid for that could then not be kept.
    await makeFolder(options.out);

    const engine = createMachineEngine({ machine: deployment.addresses.machine, fetch: tools.peer.fetch });
    if (journal.orders.all().length === 0) {
      const [leastBond, leastDeposit] = await signer.client.readContract({
        address: deployment.addresses.jobBoard,
        abi: jobBoardAbi,
        functionName: "minimumStakes",
        args: [options.price, options.batchSize],
      });
      const bond = options.bond ?? leastBond;
      const terms = {
        buyer: signer.address,
        hub: options.hub,
        referee: refereeFor(engine, refereesOf(deployment)),
        batchSize: options.batchSize,
        exponent: options.exponent,
        price: options.price,
        bond,
        deposit: options.deposit ?? (leastDeposit > bond ? leastDeposit : bond),
        window: options.windowSeconds,
        opening: options.openingSeconds,
        allowance: options.allowanceSeconds,
        grace: options.graceSeconds,
        deadline: BigInt(now() + options.deadlineSeconds),
      };
      checkTotal({ price: options.price, units: options.inputs.length }, options.maxTotal);
      const [image, inputs] = [await readPart(options.image), await Promise.all(options.inputs.map(readPart))];
      const order = await makeOrder(image, inputs, terms, engine);
      const { exponent, trial: size } = options;
      const trial = await tryUnits(engine, image, inputs, { exponent, size, emit });
      emit(estimateOf(order.id, order.job, trial));
      journal.orders.put(order.id, order);
    }

    const { image, inputs, out } = options;
    const act = createActor({ ...tools, engine, files: { image, inputs }, out });

    const prepare = createPrepare(tools, options.hub);
    const observe = await createObserve(tools, { askAgainSeconds: options.askAgainSeconds }, options.hub);
    return { prepare, observe, inHand, decide, act, keyOf, engine };
  },
};
