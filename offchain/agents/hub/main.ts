// The hub's process: `node offchain/agents/hub/main.ts --config FILE [--events]`.

import { hubWalletOf } from "@sonm/chain/hub/factory";
import { hash32, integer, object, type Shaped, text } from "@sonm/protocol/values/shape";
import { zeroHash } from "viem";
import { startExecutor } from "../../host/engines/machine/executor.ts";
import { createJobSource } from "../../host/engines/machine/job-source.ts";
import { type RoleConfig, readConfig, snm, withDefault } from "../../host/role/config.ts";
import { openRole } from "../../host/role/open.ts";
import { runRole } from "../../host/role/process.ts";
import { serve } from "../../host/role/serve.ts";
import { createActor } from "./act.ts";
import { decide, type HubAction, type HubView, keyOf } from "./decide.ts";
import { openHubJournal } from "./journal.ts";
import { createObserve } from "./observe.ts";
import { createPrepare } from "./prepare.ts";

const seconds = integer(1, 2 ** 32);
const options = object({
  /** tells the wallets of one owner apart */
  salt: withDefault(hash32, zeroHash),
  /** for people, in the Whitelist */
  name: withDefault(text(64), "hub"),
  /** multiaddr, in the Whitelist */
  endpoint: withDefault(text(256), ""),
  /** kept in the wallet at a registration */
  funds: snm,
  /** the least price of a unit */
  minPrice: withDefault(snm, 0n),
  /** m: the longest units taken have 8^m steps */
  maxExponent: withDefault(integer(2, 16), 16),
  quoteSeconds: withDefault(seconds, 3600),
  /** from assignment to claim */
  workSeconds: withDefault(seconds, 6 * 3600),
  /** from assignment to a miner's answer */
  answerSeconds: withDefault(seconds, 600),
  /** the miner's part of the price in percent, at most 70 */
  payPercent: withDefault(integer(1, 70), 70),
  /** how long a miner has to settle its claim before the hub does */
  settleAfterSeconds: withDefault(seconds, 3600),
});
type HubOptions = Shaped<typeof options>;

async function start(config: RoleConfig<HubOptions>) {
  const { salt, name, endpoint, funds, minPrice, maxExponent, quoteSeconds, payPercent, ...times } = config.options;
  const policy = { ...times, funds, payBps: BigInt(payPercent) * 100n };
  const tools = await openRole("hub", config, openHubJournal, () => ({ follows: () => false }));
  const { signer, deployment } = tools.access;
  const wallet = await hubWalletOf(signer, deployment, signer.address, salt);
  const computing = startExecutor();
  const act = createActor({
    ...tools,
    source: createJobSource(tools.peer.fetch, computing),
    wallet,
    identity: { salt, name, endpoint },
    terms: { minPrice, maxExponent, quoteSeconds },
  });

  const prepare = createPrepare(tools);
  const observe = await createObserve(tools, policy, wallet);
  const executors = [computing];
  return serve<HubView, HubAction>(tools, { prepare, observe, decide, act, keyOf, executors }, config.pollMs);
}

await runRole(() => start(readConfig(process.argv.slice(2), () => options)));
