// Hands for playing the market without its roles: whoever holds the keys posts, claims, and plays a challenge to its end. For
// scenarios and measurements; roles decide for themselves.

import { latest } from "@sonm/chain/clients";
import type { Deployment } from "@sonm/chain/deployment";
import { bisectionIn, viewIn } from "@sonm/chain/market/bisection";
import { commitChallenge, openGame, playMove } from "@sonm/chain/market/challenges";
import { postClaim } from "@sonm/chain/market/claims";
import { postJob } from "@sonm/chain/market/jobs";
import type { Observer } from "@sonm/chain/market/observer";
import type { Signer } from "@sonm/chain/signer";
import { nextMove, statesOf } from "@sonm/protocol/dispute/next-move";
import { commitmentOf } from "@sonm/protocol/dispute/opening";
import type { Trace } from "@sonm/protocol/dispute/trace";
import { inputPath } from "@sonm/protocol/job/inputs";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { quoteTypedData } from "@sonm/protocol/job/quote";
import { assignmentTypedData, type Claim, claimId } from "@sonm/protocol/result/claim";
import type { ResultTree } from "@sonm/protocol/result/tree";
import type { Hex } from "@sonm/protocol/values/ids";
import type { TransactionReceipt } from "viem";

/** Seconds for which a quote holds. */
const QUOTE_SECONDS = 3600;

/** Posts a job against a quote that its hub's owner signs now. The escrow must have been approved. */
export async function postQuoted(
  buyer: Signer,
  owner: Signer,
  deployment: Deployment,
  job: Job,
): Promise<TransactionReceipt> {
  const expiry = BigInt((await latest(buyer)).now + QUOTE_SECONDS);
  const typed = quoteTypedData({ job: jobId(job), expiry }, deployment.chainId, deployment.addresses.jobBoard);
  return postJob(buyer, deployment, job, expiry, await owner.signTypedData(typed));
}

/** Claims a batch that the hub's owner assigns now. */
export async function claimAssigned(
  miner: Signer,
  owner: Signer,
  deployment: Deployment,
  job: Job,
  claim: Claim,
): Promise<TransactionReceipt> {
  const { root: _, ...about } = claim;
  const expiry = job.deadline - 1n;
  const typed = assignmentTypedData(
    { wallet: job.hub, ...about, expiry },
    deployment.chainId,
    deployment.addresses.results,
  );
  return postClaim(miner, deployment, job, claim, expiry, await owner.signTypedData(typed));
}

/** A claim whose leaves the miner has shown. */
export type Shown = {
  readonly job: Job;
  readonly claim: Claim;
  readonly tree: ResultTree;
  /** of the whole job */
  readonly inputRoots: readonly Hex[];
};

/** Somebody with a run of the disputed unit. */
export type Hand = { readonly signer: Signer; readonly run: Trace };

/** A transaction of a challenge, by its call's name. */
export type Played = { readonly call: string; readonly receipt: TransactionReceipt };

/**
 * A challenge on the unit at `position` of a claim, from the announcement to the end of the game, both sides moving at once.
 * @param salt of the announcement, never used before
 */
export async function playChallenge(
  observer: Observer,
  deployment: Deployment,
  { job, claim, tree, inputRoots }: Shown,
  position: number,
  miner: Hand,
  challenger: Hand,
  salt: Hex,
): Promise<Played[]> {
  const id = claimId(claim);
  const played: Played[] = [];
  const note = async (call: string, sent: Promise<TransactionReceipt>) => played.push({ call, receipt: await sent });
  const commitment = commitmentOf(challenger.signer.address, id, salt);
  await note("commit", commitChallenge(challenger.signer, deployment, commitment));

  const resultHash = tree.resultHashes[position];
  if (resultHash === undefined) throw new RangeError(`there is no unit ${position} in the batch`);
  const unit = { position, resultHash, path: tree.path(position) };
  const number = tree.first + position;
  const input = { root: inputRoots[number] as Hex, path: inputPath(inputRoots, number) };
  const states = statesOf(challenger.run, 0, 8 ** (job.exponent - 1));
  await note("open", openGame(challenger.signer, deployment, job, claim, salt, unit, input, states));

  for (;;) {
    const sight = await observer.look();
    const own = [...bisectionIn(sight, deployment.addresses.bisection).games.values()].filter(
      ({ game }) => game.about.claim === id && game.about.challenger === challenger.signer.address,
    );
    const game = own.at(-1);
    if (game?.shown.outcome !== undefined) return played;
    const view = game && viewIn(game);
    if (!view) throw new Error("the game cannot be seen");
    for (const [side, { signer, run }] of [["miner", miner] as const, ["challenger", challenger] as const]) {
      const move = nextMove(view, { side, tree, traceOf: () => run }, { winner: undefined }, sight.now);
      const sent = playMove(signer, deployment, view, move, { job, inputOf: () => input });
      if (sent) await note(move.kind, sent);
    }
  }
}
