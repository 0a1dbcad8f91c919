// The miner's process: `node offchain/agents/miner/main.ts --config FILE [--events] [--lie LIE …]`. See ../README.md.

import { address, integer, object, optional, type Shaped, text } from "@sonm/protocol/values/shape";
import { isAddressEqual, parseEther } from "viem";
import { startExecutor } from "../../host/engines/machine/executor.ts";
import { createJobSource } from "../../host/engines/machine/job-source.ts";
import { parseLie } from "../../host/engines/machine/lie.ts";
import { flag, type RoleConfig, readConfig, snm, withDefault } from "../../host/role/config.ts";
import { openRole } from "../../host/role/open.ts";
import { runRole } from "../../host/role/process.ts";
import { serve } from "../../host/role/serve.ts";
import { createActor } from "./act.ts";
import { decide, keyOf, type MinerAction, type MinerView } from "./decide.ts";
import { openMinerJournal } from "./journal.ts";
import { createObserve } from "./observe.ts";
import { createPrepare } from "./prepare.ts";

const options = object({
  /** wallet of the hub to work for */
  hub: address,
  /** batches at a time */
  slots: withDefault(integer(1, 1000), 1),
  minPay: withDefault(snm, 0n),
  /** pay is pulled when no claim of this miner is left to be settled, and from this amount on at once */
  pullFrom: withDefault(snm, parseEther("10")),
  /** staked at the first start */
  stake: snm,
  /** units computed at the same time */
  threads: withDefault(integer(1, 256), 1),
  // For demonstrations and tests: a liar is the honest miner with one corrupted state.
  lie: optional(text(100)),
  /** position in each batch of the unit that is lied about: first, last or a number; the first if it is not named */
  lieUnit: optional((value, place) => (value === "first" || value === "last" ? value : integer()(value, place))),
  /** says nothing more after so many moves in a game */
  silentFrom: optional(integer()),
  /** shows its results to nobody */
  withhold: flag,
});
type MinerOptions = Shaped<typeof options>;

const flags = {
  lie: { type: "string", option: "lie" },
  "lie-unit": { type: "string", option: "lieUnit" },
  "silent-from": { type: "string", option: "silentFrom" },
  withhold: { type: "boolean", option: "withhold" },
} as const;

async function start(config: RoleConfig<MinerOptions>) {
  const { lie, lieUnit, hub: wallet, slots, minPay, pullFrom, stake, threads, silentFrom, withhold } = config.options;
  const policy = { slots, minPay, pullFrom, stake, silentFrom, withhold };
  const tools = await openRole("miner", config, openMinerJournal, (me) => ({
    follows: ({ game }) => isAddressEqual(game.about.miner, me),
  }));
  const [computing, playing] = [startExecutor(threads), startExecutor()];
  const source = createJobSource(tools.peer.fetch, computing);
  let announced = false;
  const act = createActor({
    ...tools,
    source,
    computing,
    playing,
    policy,
    threads,
    lie: lie === undefined ? undefined : { lie: parseLie(lie), unit: lieUnit ?? "first" },
    onAnnounced: () => {
      announced = true;
    },
  });

  const prepare = createPrepare(tools);
  const observe = createObserve(tools, policy, wallet, () => announced);
  const executors = [computing, playing];
  return serve<MinerView, MinerAction>(tools, { prepare, observe, decide, act, keyOf, executors }, config.pollMs);
}

await runRole(() => start(readConfig(process.argv.slice(2), () => options, flags)));
