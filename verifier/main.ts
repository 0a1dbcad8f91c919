// The verifier's process: `node verifier/main.ts --config FILE [--events]`.
import { join } from "node:path";
import { isAddressEqual } from "viem";
import { openAccess } from "../offchain/core/chain/access.ts";
import { latest } from "../offchain/core/chain/clients.ts";
import { parametersOf } from "../offchain/core/chain/parameters.ts";
import { type Sight, stakeOf } from "../offchain/core/chain/read.ts";
import { integer, object, optional, type Shaped, text } from "../offchain/core/shape.ts";
import type { Address } from "../offchain/core/types.ts";
import { createHttpPeer } from "../offchain/net/http-peer.ts";
import { readMail } from "../offchain/net/inbox.ts";
import type { Received } from "../offchain/net/peer.ts";
import { type RoleConfig, readConfig, share, snm, withDefault } from "../offchain/runtime/config.ts";
import { decodeDelivery } from "../offchain/runtime/delivery.ts";
import { startExecutor } from "../offchain/runtime/executor.ts";
import { createJobSource } from "../offchain/runtime/job-source.ts";
import { parseLie } from "../offchain/runtime/lie.ts";
import { startLoop } from "../offchain/runtime/loop.ts";
import { createReporter, runRole } from "../offchain/runtime/role.ts";
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
export type VerifierOptions = Shaped<typeof options>;

async function start(config: RoleConfig<VerifierOptions>) {
  const { stake, share, threads, patienceSeconds, lie: lieText } = config.options;
  const lie = lieText === undefined ? undefined : parseLie(lieText);
  const policy = { stake, patienceSeconds };
  const reporter = createReporter("verifier", config.name, config.events);
  const { emit } = reporter;
  let me: Address | undefined;
  const access = await openAccess(config, {
    follows: ({ game }) => me !== undefined && isAddressEqual(game.about.challenger, me),
  });
  const { signer, deployment, observer } = access;
  me = signer.account.address;
  const journal = openVerifierJournal(join(config.data, "journal.sqlite"));
  const peer = createHttpPeer({ url: config.net, account: signer.account });
  const [computing, playing] = [startExecutor(threads), startExecutor()];
  const source = createJobSource(peer.fetch, computing);
  const act = createActor({ access, peer, journal, source, computing, playing, threads, lie, emit });

  /** Takes the results of a claim only if they fit its root. */
  async function prepare({ message }: Received): Promise<() => void> {
    if (message.kind !== "results" || !journal.asked.get(message.claim)) return () => {};
    try {
      const sight = await observer.look();
      const claim = sight.claims.get(message.claim)?.claim;
      const job = claim && sight.jobs.get(claim.job)?.job;
      if (!claim || !job) return () => {};
      const { units } = decodeDelivery(await peer.fetch(message.content), job, claim);
      const leaves = units.map(({ resultHash }) => resultHash.toLowerCase() as typeof resultHash);
      return () => void journal.leaves.add(message.claim, leaves);
    } catch {
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
  const loop = startLoop<VerifierView, VerifierAction>(
    {
      async glance() {
        const mail = await readMail(peer, journal.bookmark, prepare);
        const { block, now } = await latest(signer);
        reporter.setNow(now);
        return { block, now, mail };
      },
      async observe() {
        const sight = await observer.look();
        const { free } = await stakeOf(signer, deployment, signer.account.address);
        reportConvictions(sight);
        return viewOf(sight, journal, {
          me: signer.account.address,
          policy,
          freeStake: free,
          commitStake: CommitStakeWei,
          share,
        });
      },
      decide,
      act,
      keyOf,
    },
    { emit, pollMs: config.pollMs },
  );
  emit({ kind: "ready", address: signer.account.address });
  return {
    async stop() {
      await Promise.all([computing.stop(), playing.stop()]);
      await loop.stop();
      journal.close();
    },
  };
}

await runRole(() =>
  start(readConfig(process.argv.slice(2), () => options, { lie: { type: "string", option: "lie" } })),
);
