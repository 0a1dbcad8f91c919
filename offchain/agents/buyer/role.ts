// The buyer: how its parts are put together, as a role that has one job done, and as an errand for each job.
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import { isAddressEqual } from "viem";
import { makeFolder } from "../../host/access/files.ts";
import { createMachineEngine } from "../../host/engines/machine/machine-engine.ts";
import { refereesOfOnlooker } from "../../host/referees/referees.ts";
import type { RoleDefinition } from "../../host/role/definition.ts";
import { isCancelWished } from "../../host/role/wishes.ts";
import { createActor } from "./act.ts";
import { heedCancel } from "./cancel.ts";
import { type BuyerAction, type BuyerView, decide, keyOf } from "./decide.ts";
import { inHand } from "./in-hand.ts";
import { type BuyerJournal, openBuyerJournal } from "./journal.ts";
import { createObserve } from "./observe.ts";
import { type BuyerOptions, options } from "./options.ts";
import { isOrdered, placeOrder, requireHub } from "./order.ts";
import { createPrepare } from "./prepare.ts";
import { createProgress } from "./progress.ts";

/** After so long a game that somebody has won, and nobody has ended, is ended by the buyer: its hub has had the time to do it. */
const ABANDONED_SECONDS = 7200;

type BuyerRole = RoleDefinition<BuyerOptions, BuyerJournal, BuyerView, BuyerAction>;

/** @param anew whether a start after the end of a job orders another one */
function buyer(anew: boolean, summary: string, description: string): BuyerRole {
  return {
    kind: "buyer",
    summary,
    description,
    options,
    openJournal: openBuyerJournal,
    // It collects what was paid.
    observing: ({ me }) => {
      const isMine = ({ buyer }: Job) => isAddressEqual(buyer, me);
      return { follows: (_, job) => job !== undefined && isMine(job), keeps: isMine };
    },
    async start({ options }, tools) {
      const { access, emit, data } = tools;
      // Before anything is paid for that could then not be kept.
      await makeFolder(options.out);

      if (anew) await requireHub(access, options.hub);
      const { machine } = access.deployment.addresses;
      const engine = createMachineEngine({ machine, fetch: tools.peer.fetch, memory: options.memory });
      if (!(await isOrdered(tools, options, anew))) await placeOrder(tools, options, engine);

      const { image, inputs, out } = options;
      const referees = refereesOfOnlooker({ ...tools, patienceSeconds: ABANDONED_SECONDS });
      const act = createActor({ ...tools, engine, referees, files: { image, inputs }, out });

      const prepare = createPrepare(tools, options.hub);
      const look = await createObserve(
        { ...tools, referees },
        { askAgainSeconds: options.askAgainSeconds },
        options.hub,
      );
      const tellProgress = createProgress(emit);
      const observe = async (sight: Sight) => {
        const view = heedCancel(tools, await look(sight));
        tellProgress(view, sight);
        return view;
      };
      const wishes = () => (isCancelWished(data) ? "cancel" : "");
      return { prepare, observe, inHand, decide, act, keyOf, engine, wishes };
    },
  };
}

export const buyerRole = buyer(
  false,
  "have a job computed, get its outputs",
  "Starts a buyer: it runs the longest unit here for a trial, says what the job will need and cost, asks a hub for a quote, posts the job with " +
    "its escrow, collects the results, checks their proofs, and writes a file a unit. It runs until Ctrl-C, one job a data folder; killed at " +
    "any moment it loses nothing, and goes on at its next start.",
);

/** The same buyer for `sonm run`: started after its job's end it orders the next one. */
export const errandRole = buyer(
  true,
  "have a job computed: submit it, wait, fetch its outputs",
  "Runs the longest unit here for a trial, says what the job will need and cost, asks a hub for a quote, posts the job with its escrow, waits, " +
    "collects the results with their proofs, writes a file a unit, and ends: with 0 if all units' outputs are there, else with 1 and the " +
    "reason. After Ctrl-C or a kill the same line goes on where it was. IMAGE is a program: an image tar or an ELF file.",
);
