// The end of the bad hub. It is banned after its time to defend itself, its funds are frozen in the Treasury, and those who warned of it
// are paid.

import { releaseSeizure, treasuryRecordOf } from "@sonm/chain/government/treasury";
import { claimRating } from "@sonm/chain/hub/ratings";
import { withdrawFromHub } from "@sonm/chain/hub/wallet";
import { balanceOf } from "@sonm/chain/money/snm";
import { requestWithdrawal, stakeOf, withdraw } from "@sonm/chain/money/stake";
import { bannableFrom } from "@sonm/chain/rules/hub-times";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate } from "@sonm/protocol/values/dates";
import type { Crime } from "./crime.ts";
import { carryOut, decide, publish } from "./decisions.ts";
import { type Hubs, positionOn, recordOf } from "./hubs.ts";
import { checkZeroSum, payRater, worthTo } from "./raters.ts";
import { DAY, type Stage } from "./stage.ts";

export async function banOfMirage(stage: Stage, { mirage }: Hubs, { proof }: Crime): Promise<void> {
  const { cast, devnet, chapter, tell } = stage;
  const { reader, deployment } = devnet;
  const { alice, bob, carol, sceptic, optimist, latecomer } = cast;
  await stage.day(112);
  chapter("Mirage had 120 days to defend itself, and is banned");
  const about = {
    what: "ban Mirage",
    text: "Mirage has not answered",
    evidence: publish({ hub: mirage.wallet, ...proof }),
  };
  const { registrations: registration } = await recordOf(stage, mirage);
  const decision = await decide(stage, bob, { kind: "ban", hub: mirage.wallet, registration }, about, [
    [alice, "for", "nobody has shown the conviction to be wrong"],
    [bob, "for", "nor given the money back"],
    [carol, "for", "I am back"],
  ]);
  const ban = () => carryOut(stage, bob, decision);
  await stage.refused(bob.name, "tries to carry the ban out early", "HubWalletTooEarly", ban);
  const before = await recordOf(stage, mirage);
  const purse = await treasuryRecordOf(reader, deployment);
  await stage.until(bannableFrom(before));
  await ban();
  const after = await recordOf(stage, mirage);
  const seized = await treasuryRecordOf(reader, deployment);
  const seizure = seized.seizures.at(-1);
  if (!seizure) throw new Error("nothing was seized");
  await tell(
    "banned",
    "Mirage",
    `is banned for ever: ${showSnm(seizure.amount)} go to the Treasury, frozen until ${showDate(seizure.releaseAt)}`,
    { wallet: mirage.wallet, seized: seizure.amount, releaseAt: seizure.releaseAt },
  );
  stage.equal("Mirage is punished", after.status, "punished");
  stage.equal("all that was free is seized", seizure.amount, before.free);
  stage.equal("the wallet is empty", after.balance, 0n);
  stage.equal("what is seized is frozen", seized.frozen - purse.frozen, seizure.amount);
  stage.equal("the DAO can spend no more than before", seized.available, purse.available);
  const waited = after.registration.endedAt - after.registration.suspectedAt;
  stage.must("it had 120 days", waited >= 120 * DAY, `${waited} s`);

  const { owner, wallet } = mirage;
  await stage.refused(owner.name, "tries to withdraw", "HubWalletWrongStatus", () =>
    withdrawFromHub(owner.signer, wallet, 1n),
  );
  await stage.refused(alice.name, "tries to release the seizure at once", "TreasuryTooEarly", () =>
    releaseSeizure(alice.signer, deployment, seizure.number),
  );
  await checkZeroSum(stage, mirage, sceptic, optimist, seizure.amount);
  const late = await worthTo(stage, latecomer, mirage);
  stage.equal(
    "who rated when everybody knew gets the stake back, no more",
    [late.stake, late.winnings].join(),
    [late.staked, 0n].join(),
  );
  await payRater(stage, optimist, mirage, "the remainder of the stake");
  await payRater(stage, latecomer, mirage, "too late to count, so the stake");
  await payRater(stage, sceptic, mirage, "the stake at once, the winnings when the seizure is released");
  const { number } = await positionOn(stage, sceptic, mirage);
  await stage.refused(sceptic.name, "asks for the winnings", "RatingsTooEarly", () =>
    claimRating(sceptic.signer, deployment, number),
  );
}

export async function aftermath(stage: Stage, { mirage }: Hubs): Promise<void> {
  const { cast, devnet, chapter, tell } = stage;
  const { reader, deployment } = devnet;
  const { addresses } = deployment;
  const { sceptic, optimist, alice } = cast;
  const frozen = await treasuryRecordOf(reader, deployment);
  const seizure = frozen.seizures.at(-1);
  if (!seizure) throw new Error("nothing was seized");
  await stage.until(seizure.releaseAt);
  chapter("The freeze ends: the seizure is the DAO's to spend, the winnings are paid");
  const { winnings } = await worthTo(stage, sceptic, mirage);
  const lost = await worthTo(stage, optimist, mirage);
  const purse = await balanceOf(reader, deployment, addresses.treasury);
  const why = "the winnings, no more than was seized: its owner might be among the winners";
  stage.equal("the winnings are what was said", await payRater(stage, sceptic, mirage, why), winnings);
  const remainder = (await balanceOf(reader, deployment, addresses.treasury)) - purse;
  await tell("ratings-closed", "the Treasury", `receives the other ${showSnm(remainder)} that were lost on Mirage`, {
    remainder,
  });
  stage.equal("what is lost and not won is the Treasury's", remainder, lost.staked - lost.stake - winnings);
  await releaseSeizure(alice.signer, deployment, seizure.number);
  const after = await treasuryRecordOf(reader, deployment);
  await tell("released", "the Treasury", `has ${showSnm(after.available)} that the DAO can spend`, { ...after });
  stage.equal("nothing is frozen", after.frozen, 0n);
  stage.equal("the seizure is the DAO's", after.available, frozen.available + seizure.amount + remainder);

  for (const player of [cast.auroraMiner, cast.verifier]) {
    const { free } = await stakeOf(reader, deployment, player.address);
    await requestWithdrawal(player.signer, deployment, free);
    const { withdrawing } = await stakeOf(reader, deployment, player.address);
    await stage.until(withdrawing.availableAt + 1);
    await withdraw(player.signer, deployment);
    await tell("withdrew", player.name, `takes the stake of ${showSnm(free)} home`, { amount: free });
  }
  for (const [name, address] of [
    ["Deposits", addresses.deposits],
    ["JobBoard", addresses.jobBoard],
    ["Ratings", addresses.ratings],
    ["Mirage's wallet", mirage.wallet],
  ] as const) {
    stage.equal(`nothing is left in ${name}`, await balanceOf(reader, deployment, address), 0n);
  }
}
