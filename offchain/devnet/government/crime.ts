// One hub works and pays; another pays itself, while its miner's false claim is convicted. The DAO suspects it on that evidence.

import { parametersOf } from "@sonm/chain/government/parameters";
import { payFromHub, withdrawFromHub } from "@sonm/chain/hub/wallet";
import { bisectionIn, winningGame } from "@sonm/chain/market/bisection";
import { awardPool } from "@sonm/chain/market/challenges";
import { settleClaim } from "@sonm/chain/market/claims";
import { refundBatches } from "@sonm/chain/market/jobs";
import { allowanceOf, balanceOf, pullSnm, transferSnm } from "@sonm/chain/money/snm";
import { deposit, stakeOf } from "@sonm/chain/money/stake";
import { claimId } from "@sonm/protocol/result/claim";
import { showSnm } from "@sonm/protocol/values/amounts";
import { parseEther } from "viem";
import type { Person } from "./cast.ts";
import { carryOut, decide, publish } from "./decisions.ts";
import { type Hub, type Hubs, rate, recordOf } from "./hubs.ts";
import { type Claimed, claimWork, convictClaim, type Posted, type Proof, postWork } from "./market.ts";
import type { Stage } from "./stage.ts";

/** The unit that Mirage's miner lies about. */
const LYING_UNIT = 2;

export type Crime = { readonly posted: Posted; readonly proof: Proof };

/** Pays from a hub's wallet. Returns what stays locked, wei. */
export async function pay(stage: Stage, hub: Hub, payee: Person, amount: bigint, forWhat: string): Promise<bigint> {
  const before = await recordOf(stage, hub);
  await payFromHub(hub.owner.signer, hub.wallet, payee.address, amount);
  const after = await recordOf(stage, hub);
  const lock = after.locked - before.locked;
  await stage.tell(
    "paid",
    hub.name,
    `pays ${payee.name} ${showSnm(amount)} ${forWhat}: ${showSnm(lock)} of it stay locked`,
    {
      payee: payee.address,
      amount,
      lock,
    },
  );
  return lock;
}

/** Takes what a hub has approved. Returns how much, wei. */
export async function pull(stage: Stage, payee: Person, hub: Hub): Promise<bigint> {
  const { reader, deployment } = stage.devnet;
  const amount = await allowanceOf(reader, deployment, hub.wallet, payee.address);
  await pullSnm(payee.signer, deployment, hub.wallet, amount);
  await stage.tell("pulled", payee.name, `takes ${showSnm(amount)} out of ${hub.name}'s wallet`, { amount });
  return amount;
}

export async function conviction(stage: Stage, { aurora, mirage }: Hubs): Promise<Crime> {
  const { cast, devnet, chapter, tell } = stage;
  const { deployment } = devnet;
  const { buyer, auroraMiner, mirageMiner } = cast;
  await stage.day(1);
  chapter("Aurora works. Mirage has its customers prepay, and pays itself");
  const honest = await postWork(stage, aurora.wallet, aurora.owner);
  const price = honest.job.price * BigInt(honest.job.units);
  await tell("posted", buyer.name, `posts a job to Aurora, ${showSnm(price)} in escrow`, { job: honest.job });
  const claimed = await claimWork(stage, auroraMiner, honest);
  await tell("claimed", auroraMiner.name, "computes all four units and claims them");

  const prepaid = parseEther("150");
  await transferSnm(buyer.signer, deployment, mirage.wallet, prepaid);
  await tell("prepaid", buyer.name, `prepays ${showSnm(prepaid)} to Mirage`, { amount: prepaid });
  const posted = await postWork(stage, mirage.wallet, mirage.owner);
  await tell("posted", buyer.name, `posts a job to Mirage, ${showSnm(price)} in escrow`, { job: posted.job });
  const lie = await claimWork(stage, mirageMiner, posted, LYING_UNIT);
  await tell("claimed", mirageMiner.name, `claims all four units, and lies about unit ${LYING_UNIT}`);

  const { available } = await recordOf(stage, mirage);
  const lock = await pay(stage, mirage, mirageMiner, available, "for nothing, who is its owner's other self");
  const taken = await pull(stage, mirageMiner, mirage);
  stage.equal("what an owner pays itself is cut by the lock share", taken, available - lock);
  stage.must("no more than 70 % of it leaves, rounded down", taken * 10n <= available * 7n, `${taken} of ${available}`);

  const proof = await exposeLie(stage, posted, lie);
  await settleHonest(stage, aurora, honest, claimed);
  return { posted, proof };
}

/** The verifier's part, up to its reward. */
async function exposeLie(stage: Stage, posted: Posted, lie: Claimed): Promise<Proof> {
  const { cast, devnet, tell } = stage;
  const { reader, deployment } = devnet;
  const { verifier, mirageMiner } = cast;
  const { CommitStakeWei } = await parametersOf(reader, deployment);
  const stake = posted.job.bond + CommitStakeWei;
  await deposit(verifier.signer, deployment, stake);
  const proof = await convictClaim(stage, lie, posted, LYING_UNIT);
  await tell(
    "convicted",
    verifier.name,
    `proves the lie: the chain executes step ${proof.step.toLocaleString("en-US")} of unit ${proof.unit}, ${proof.instruction}, and convicts`,
    { ...proof },
  );
  await stage.until((await stage.now()) + posted.job.opening + 2);
  const before = await stakeOf(reader, deployment, verifier.address);
  const sight = await stage.observer.look();
  const { winner } = sight.claims.get(claimId(lie.claim)) ?? {};
  const won = winner && winningGame(bisectionIn(sight, deployment.addresses.bisection), winner);
  if (!won) throw new Error("nobody has won");
  await awardPool(verifier.signer, deployment, posted.job, lie.claim, won);
  const after = await stakeOf(reader, deployment, verifier.address);
  const reward = after.free - before.free;
  await tell("awarded", verifier.name, `earns ${showSnm(reward)} of the liar's ${showSnm(posted.job.deposit)}`, {
    reward,
  });
  stage.equal("the verifier earns half the deposit, rounded down", reward, posted.job.deposit / 2n);
  const liar = await stakeOf(reader, deployment, mirageMiner.address);
  stage.equal("the liar's deposit is gone", liar.free + liar.locked, 0n);
  stage.equal("the verifier has its bond back", after.free, stake + reward);
  return proof;
}

async function settleHonest(stage: Stage, aurora: Hub, { job }: Posted, { claim }: Claimed): Promise<void> {
  const { cast, devnet, tell } = stage;
  const { auroraMiner, electrician } = cast;
  await stage.day(3);
  const before = await recordOf(stage, aurora);
  await settleClaim(auroraMiner.signer, devnet.deployment, job, claim);
  const after = await recordOf(stage, aurora);
  const received = after.balance - before.balance;
  const locked = after.locked - before.locked;
  await tell(
    "settled",
    "Aurora",
    `receives ${showSnm(received)} for accepted work, of which ${showSnm(locked)} are locked`,
    {
      received,
      locked,
    },
  );
  stage.equal("a settlement brings the whole price", received, job.price * BigInt(job.units));
  stage.equal("and locks 30 % of it", locked, (received * 3n) / 10n);
  const wage = await pull(stage, auroraMiner, aurora);
  stage.equal("the miner has its pay", wage, claim.pay * BigInt(job.units));
  await pay(stage, aurora, electrician, parseEther("30"), "for its wiring");
  await pull(stage, electrician, aurora);
}

export async function suspicion(stage: Stage, { mirage }: Hubs, { posted, proof }: Crime): Promise<void> {
  const { cast, devnet, chapter, tell } = stage;
  const { reader, deployment } = devnet;
  const { alice, bob, carol, buyer, latecomer } = cast;
  await stage.day(3.5);
  chapter("The DAO looks at the evidence, and suspects Mirage on its fast lane");
  await rate(stage, latecomer, mirage, false, parseEther("100"));
  await stage.day(4.2);
  const about = {
    what: "suspect Mirage",
    text: "Mirage's miner was convicted, and Mirage pays itself",
    evidence: publish({ hub: mirage.wallet, ...proof }),
  };
  const { registrations: registration } = await recordOf(stage, mirage);
  const decision = await decide(stage, alice, { kind: "suspect", hub: mirage.wallet, registration }, about, [
    [alice, "for", "I have recomputed the step"],
    [bob, "for", "the transaction says so"],
    [carol, "abstain", "I was away"],
  ]);
  const before = await recordOf(stage, mirage);
  await carryOut(stage, alice, decision);
  const after = await recordOf(stage, mirage);
  await tell("suspected", "Mirage", `is suspected: ${showSnm(after.free)} in its wallet are blocked`, {
    wallet: mirage.wallet,
    blocked: after.free,
  });
  stage.equal("Mirage is suspected", after.status, "suspected");
  stage.equal("a suspicion moves nothing", after.free, before.free);
  stage.equal("what is blocked is what it could not take", after.free, after.registration.reserve + after.locked);

  const { owner, wallet } = mirage;
  await stage.refused(owner.name, "tries to pay himself more", "HubWalletWrongStatus", () =>
    payFromHub(owner.signer, wallet, cast.mirageMiner.address, 1n),
  );
  await stage.refused(owner.name, "tries to withdraw", "HubWalletWrongStatus", () =>
    withdrawFromHub(owner.signer, wallet, 1n),
  );
  const { RefundAfterSuspicionSeconds } = await parametersOf(reader, deployment);
  await stage.until(after.registration.suspectedAt + Number(RefundAfterSuspicionSeconds) + 1);
  const had = await balanceOf(reader, deployment, buyer.address);
  await refundBatches(buyer.signer, deployment, posted.job, [0]);
  const refund = (await balanceOf(reader, deployment, buyer.address)) - had;
  await tell("refunded", buyer.name, `gets ${showSnm(refund)} back for units that nobody does any more`, { refund });
  stage.equal("the buyer's escrow comes back", refund, posted.job.price * BigInt(posted.job.units));
}
