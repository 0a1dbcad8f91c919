// The good hub's reward: its period ends, it pays the tax, and then its money is free.

import { closeHubPeriod, payDayOfHub, withdrawFromHub } from "@sonm/chain/hub/wallet";
import { balanceOf } from "@sonm/chain/money/snm";
import { closableFrom, payDayOf } from "@sonm/chain/rules/hub-times";
import { showSnm } from "@sonm/protocol/values/amounts";
import { type Hubs, recordOf } from "./hubs.ts";
import { checkZeroSum, payRater } from "./raters.ts";
import { DAY, type Stage } from "./stage.ts";

export async function paydayOfAurora(stage: Stage, { aurora }: Hubs): Promise<void> {
  const { cast, devnet, chapter, tell } = stage;
  const { reader, deployment } = devnet;
  const { treasury } = deployment.addresses;
  const { wallet, owner } = aurora;
  await stage.day(25);
  chapter("Aurora reaches its pay-day, is taxed, and withdraws");
  const close = () => closeHubPeriod(owner.signer, wallet);
  await stage.refused(owner.name, "tries to close the period early", "HubWalletTooEarly", close);
  await stage.until(closableFrom(await recordOf(stage, aurora)));
  await close();
  const closed = await recordOf(stage, aurora);
  await tell("closed", "Aurora", "closes its period: no more payments, so that the DAO can look", { wallet });
  const payDay = () => payDayOfHub(owner.signer, wallet);
  await stage.until(closed.registration.closedAt + DAY);
  await stage.refused(owner.name, "tries to have pay-day early", "HubWalletTooEarly", payDay);
  await stage.until(payDayOf(closed.registration));

  const purse = await balanceOf(reader, deployment, treasury);
  await payDay();
  const tax = (await balanceOf(reader, deployment, treasury)) - purse;
  const after = await recordOf(stage, aurora);
  const frozen = closed.registration.reserve + closed.locked;
  const bps = BigInt(closed.registration.terms.taxShareBps);
  await tell(
    "pay-day",
    "Aurora",
    `reaches pay-day: ${showSnm(tax)} of tax on ${showSnm(frozen)}, ${showSnm(after.free)} are free`,
    {
      wallet,
      tax,
      frozen,
      free: after.free,
    },
  );
  stage.equal("the tax is half a percent of reserve and locks, rounded up", tax, (frozen * bps + 9_999n) / 10_000n);
  stage.equal("nothing is locked any more", after.locked, 0n);
  const had = await balanceOf(reader, deployment, owner.address);
  await withdrawFromHub(owner.signer, wallet, after.free);
  const home = (await balanceOf(reader, deployment, owner.address)) - had;
  await tell("withdrew", owner.name, `takes ${showSnm(home)} home`, { amount: home });
  stage.equal("all that was free comes home", home, closed.free - tax);
  stage.equal("the wallet is empty", (await recordOf(stage, aurora)).balance, 0n);

  const { optimist, sceptic } = cast;
  await checkZeroSum(stage, aurora, optimist, sceptic);
  await payRater(stage, optimist, aurora, "the hub reached its pay-day, those for it win");
  await payRater(stage, sceptic, aurora, "the remainder of the stake");
}
