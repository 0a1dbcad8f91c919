// The verifier's process: `node verifier/main.ts --config FILE [--events]`.

import { integer, object, optional, type Shaped, text } from "@sonm/protocol/values/shape";
import { isAddressEqual } from "viem";
import { startExecutor } from "../offchain/host/engines/machine/executor.ts";
import { createJobSource } from "../offchain/host/engines/machine/job-source.ts";
import { parseLie } from "../offchain/host/engines/machine/lie.ts";
import { type RoleConfig, readConfig, share, snm, withDefault } from "../offchain/host/role/config.ts";
import { openRole } from "../offchain/host/role/open.ts";
import { runRole } from "../offchain/host/role/process.ts";
import { serve } from "../offchain/host/role/serve.ts";
import { createActor } from "./act.ts";
import { decide, keyOf, type VerifierAction, type VerifierView } from "./decide.ts";
import { openVerifierJournal } from "./journal.ts";
import { createObserve } from "./observe.ts";
import { createPrepare } from "./prepare.ts";

const options = object({
  /** staked at the first start */
  stake: snm,
  /** part of all claims that is checked, 0 … 1 */
  share: withDefault(share, 1),
  /** units computed at the same time */
  threads: withDefault(integer(1, 256), 1),
  /** how long a miner gets to show its results before the game is opened without them */
  patienceSeconds: withDefault(integer(), 600),
  /** for demonstrations and tests: accuses falsely, by this lie about the first unit of every batch */
  lie: optional(text(100)),
});
type VerifierOptions = Shaped<typeof options>;

async function start(config: RoleConfig<VerifierOptions>) {
  const { stake, share, threads, patienceSeconds, lie: lieText } = config.options;
  const lie = lieText === undefined ? undefined : parseLie(lieText);
  const policy = { stake, patienceSeconds };
  const tools = await openRole("verifier", config, openVerifierJournal, (me) => ({
    follows: ({ game }) => isAddressEqual(game.about.challenger, me),
  }));
  const [computing, playing] = [startExecutor(threads), startExecutor()];
  const source = createJobSource(tools.peer.fetch, computing);
  const act = createActor({ ...tools, source, computing, playing, threads, lie });

  const prepare = createPrepare(tools);
  const observe = await createObserve(tools, policy, share);
  const executors = [computing, playing];
  return serve<VerifierView, VerifierAction>(tools, { prepare, observe, decide, act, keyOf, executors }, config.pollMs);
}

await runRole(() =>
  start(readConfig(process.argv.slice(2), () => options, { lie: { type: "string", option: "lie" } })),
);
