// The miner's process: `node offchain/agents/miner/main.ts --config FILE [--events] [--lie LIE …]`. See ../README.md.
import { isAddressEqual, parseEther } from "viem";
import { hubStandingOf } from "../../core/chain/hub/standing.ts";
import type { Sight } from "../../core/chain/market/observer.ts";
import { allowanceOf } from "../../core/chain/money/snm.ts";
import { stakeOf } from "../../core/chain/money/stake.ts";
import { isSignedBy } from "../../core/chain/signature.ts";
import { jobId } from "../../core/job/job.ts";
import { type Assignment, assignmentTypedData } from "../../core/result/claim.ts";
import { address, integer, object, optional, type Shaped, text } from "../../core/shape.ts";
import type { Address } from "../../core/types.ts";
import type { Received } from "../../net/peer.ts";
import { flag, type RoleConfig, readConfig, snm, withDefault } from "../../role/config.ts";
import { openRole } from "../../role/open.ts";
import { runRole } from "../../role/process.ts";
import { serve } from "../../role/serve.ts";
import { startExecutor } from "../../runtime/executor.ts";
import { createJobSource } from "../../runtime/job-source.ts";
import { parseLie } from "../../runtime/lie.ts";
import { createActor } from "./act.ts";
import { decide, keyOf, type MinerAction, type MinerView } from "./decide.ts";
import { assignmentKey, openMinerJournal } from "./journal.ts";
import { claimsOf, hubsOf, viewOf } from "./view.ts";

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
  const { access, peer, journal } = tools;
  const { signer, deployment } = access;
  const me = signer.address;
  const [computing, playing] = [startExecutor(threads), startExecutor()];
  const source = createJobSource(peer.fetch, computing);
  let announced = false;
  let hub: Address | undefined;
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

  /** Checks a letter; returns what to write down of it. */
  async function prepare({ from, message }: Received): Promise<() => void> {
    if (message.kind === "ask-results") {
      const { claim } = message;
      // Whoever asks for what is not this miner's must not fill its disk.
      return claimsOf(journal).has(claim)
        ? () => void journal.asked.put(`${claim}/${from}`, { claim, by: from })
        : () => {};
    }
    if (message.kind !== "assign") return () => {};
    const { job, batch, attempt, pay, expiry, signature } = message;
    const assignment: Assignment = {
      wallet: job.hub,
      job: jobId(job),
      batch,
      attempt,
      miner: me,
      pay,
      expiry,
    };
    const data = assignmentTypedData(assignment, signer.chainId, deployment.addresses.results);
    const genuine = await isSignedBy(signer, job.hub, data, signature);
    const id = assignmentKey(assignment);
    return () => void journal.assignments.add(id, { id, job, assignment, signature, from, genuine });
  }

  /** What the chain knows of the miner beside the market. */
  async function observe(sight: Sight): Promise<MinerView> {
    hub ??= (await hubStandingOf(signer, wallet))?.owner;
    const { free } = await stakeOf(signer, deployment, me);
    const owed = async (hub: Address) => ({ hub, amount: await allowanceOf(signer, deployment, hub, me) });
    const pay = await Promise.all(hubsOf(journal, wallet).map(owed));
    return viewOf(sight, journal, { me, policy, freeStake: free, hub, announced, pay });
  }

  const executors = [computing, playing];
  return serve<MinerView, MinerAction>(tools, { prepare, observe, decide, act, keyOf, executors }, config.pollMs);
}

await runRole(() => start(readConfig(process.argv.slice(2), () => options, flags)));
