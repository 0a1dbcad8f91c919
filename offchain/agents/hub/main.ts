// The hub's process: `node offchain/agents/hub/main.ts --config FILE [--events]`.
import { zeroHash } from "viem";
import { parametersOf } from "../../core/chain/government/parameters.ts";
import { hubWalletOf } from "../../core/chain/hub/factory.ts";
import { hubStandingOf } from "../../core/chain/hub/standing.ts";
import { waitingFor } from "../../core/chain/hub/wallet.ts";
import type { Sight } from "../../core/chain/market/observer.ts";
import { jobId } from "../../core/job/job.ts";
import { hash32, integer, object, type Shaped, text } from "../../core/shape.ts";
import type { Received } from "../../net/peer.ts";
import { type RoleConfig, readConfig, snm, withDefault } from "../../role/config.ts";
import { openRole } from "../../role/open.ts";
import { runRole } from "../../role/process.ts";
import { serve } from "../../role/serve.ts";
import { startExecutor } from "../../runtime/executor.ts";
import { createJobSource } from "../../runtime/job-source.ts";
import { createActor } from "./act.ts";
import { decide, type HubAction, type HubView, keyOf } from "./decide.ts";
import { openHubJournal } from "./journal.ts";
import { viewOf } from "./view.ts";

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
  const { access, peer, journal, emit } = tools;
  const { signer, deployment } = access;
  const wallet = await hubWalletOf(signer, deployment, signer.address, salt);
  const computing = startExecutor();
  const act = createActor({
    ...tools,
    source: createJobSource(peer.fetch, computing),
    wallet,
    identity: { salt, name, endpoint },
    terms: { minPrice, maxExponent, quoteSeconds },
  });

  /** Returns what to write down of a letter. */
  function prepare({ from, message }: Received): () => void {
    switch (message.kind) {
      case "ask-quote": {
        const id = jobId(message.job);
        return () => void journal.requests.put(`${id}/${from}`, { job: message.job, id, from });
      }
      case "announce": {
        const { slots, minPay } = message;
        return () => {
          journal.miners.put(from, { address: from, slots, minPay });
          emit({ kind: "announced", miner: from, slots, minPay: String(minPay) });
        };
      }
      case "accept":
      case "decline":
        return () => {
          const { job, batch, attempt } = message;
          const last = journal.assignments
            .all()
            .findLast((one) => one.miner === from && one.job === job && one.batch === batch && one.attempt === attempt);
          const answer = message.kind === "accept" ? "accepted" : "declined";
          if (last && !last.answer) journal.assignments.put(last.id, { ...last, answer });
        };
      default:
        return () => {};
    }
  }

  const { ReserveWei } = await parametersOf(signer, deployment);
  async function observe(sight: Sight): Promise<HubView> {
    const { status = "absent", free = 0n } = (await hubStandingOf(signer, wallet)) ?? {};
    const { remainder: waiting } = await waitingFor(signer, deployment, wallet);
    return viewOf(sight, journal, { wallet, standing: { status, free, reserve: ReserveWei }, waiting, policy });
  }

  const executors = [computing];
  return serve<HubView, HubAction>(tools, { prepare, observe, decide, act, keyOf, executors }, config.pollMs);
}

await runRole(() => start(readConfig(process.argv.slice(2), () => options)));
