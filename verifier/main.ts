// The verifier's process: `node verifier/main.ts --config FILE [--events]`.
import { isAddressEqual } from "viem";
import { parametersOf } from "../offchain/core/chain/government/parameters.ts";
import type { Sight } from "../offchain/core/chain/market/observer.ts";
import { stakeOf } from "../offchain/core/chain/money/stake.ts";
import { integer, object, optional, type Shaped, text } from "../offchain/core/shape.ts";
import { NetUnreachable } from "../offchain/net/errors.ts";
import type { Received } from "../offchain/net/peer.ts";
import { type RoleConfig, readConfig, share, snm, withDefault } from "../offchain/role/config.ts";
import { openRole } from "../offchain/role/open.ts";
import { runRole } from "../offchain/role/process.ts";
import { serve } from "../offchain/role/serve.ts";
import { decodeDelivery } from "../offchain/runtime/delivery.ts";
import { startExecutor } from "../offchain/runtime/executor.ts";
import { createJobSource } from "../offchain/runtime/job-source.ts";
import { parseLie } from "../offchain/runtime/lie.ts";
import { createActor } from "./act.ts";
import { decide, keyOf, type VerifierAction, type VerifierView } from "./decide.ts";
import { openVerifierJournal } from "./journal.ts";
import { viewOf } from "./view.ts";

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
  const { access, peer, journal, emit } = tools;
  const { signer, deployment, observer } = access;
  const me = signer.address;
  const [computing, playing] = [startExecutor(threads), startExecutor()];
  const source = createJobSource(peer.fetch, computing);
  const act = createActor({ ...tools, source, computing, playing, threads, lie });

  /** Takes the results of a claim only if they fit its root, and only of claims that it challenges: they may come before the asking is noted. */
  async function prepare({ message }: Received): Promise<() => void> {
    if (message.kind !== "results" || !journal.salts.get(message.claim)) return () => {};
    const sight = await observer.look();
    const claim = sight.claims.get(message.claim)?.claim;
    const job = claim && sight.jobs.get(claim.job)?.job;
    if (!claim || !job) return () => {};
    try {
      const { units } = decodeDelivery(await peer.fetch(message.content), job, claim);
      const leaves = units.map(({ resultHash }) => resultHash.toLowerCase() as typeof resultHash);
      return () => void journal.leaves.add(message.claim, leaves);
    } catch (error) {
      // A store that does not answer says nothing of what it has: the letter is read again.
      if (error instanceof NetUnreachable) throw error;
      // Whatever is not the claim's results is as good as nothing: the game is then opened without them.
      return () => {};
    }
  }

  /** Convictions that this verifier has played for are reported once. */
  function reportConvictions(sight: Sight): void {
    for (const { id, claim, status } of sight.claims.values()) {
      const mark = `convicted ${id}`;
      if ((status !== "convicted" && status !== "awarded") || !journal.salts.get(id) || journal.marks.get(mark))
        continue;
      const deposit = sight.jobs.get(claim.job)?.job.deposit ?? 0n;
      emit({ kind: "convicted", claim: id, miner: claim.miner, slashed: String(deposit) });
      journal.marks.put(mark, true);
    }
  }

  const { CommitStakeWei } = await parametersOf(signer, deployment);
  async function observe(sight: Sight): Promise<VerifierView> {
    const { free } = await stakeOf(signer, deployment, me);
    reportConvictions(sight);
    return viewOf(sight, journal, { me, policy, freeStake: free, commitStake: CommitStakeWei, share });
  }

  const executors = [computing, playing];
  return serve<VerifierView, VerifierAction>(tools, { prepare, observe, decide, act, keyOf, executors }, config.pollMs);
}

await runRole(() =>
  start(readConfig(process.argv.slice(2), () => options, { lie: { type: "string", option: "lie" } })),
);
