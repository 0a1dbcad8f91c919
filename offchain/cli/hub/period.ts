// `sonm hub close | payday | rehab | sweep`: steps that end a period. These verbs have no arguments of their own.

import { closeHubPeriod, type HubRecord, hubRecordOf, payDayOfHub, rehabHub, sweepHub } from "@sonm/chain/hub/wallet";
import type { PlainWalletAction } from "@sonm/chain/rules/hub";
import { earliestPayDay } from "@sonm/chain/rules/hub-times";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showMoment } from "@sonm/protocol/values/dates";
import { Command } from "commander";
import { type Account, openAccount, orWhen, takesAccount } from "../network.ts";
import { answering, examples } from "../verb.ts";
import { answerWith } from "./act.ts";
import { type HubOptions, hubFor, takesOwnHub } from "./which.ts";

/** A verb without arguments of its own. */
function plain(
  name: string,
  about: { readonly summary: string; readonly description: string; readonly example: readonly [string, string] },
  kind: PlainWalletAction,
  act: (account: Account, hub: HubRecord) => Promise<unknown>,
  done: (before: HubRecord, after: HubRecord, now: number) => string,
): Command {
  const command = takesOwnHub(takesAccount(new Command(name)))
    .summary(about.summary)
    .description(about.description);
  examples(command, [about.example]);
  return answering<HubOptions>(command, async (_, options, terminal) => {
    const account = await openAccount(options);
    const before = await hubFor(account, options, () => ({ kind }));
    await orWhen(account.now, act(account, before));
    const after = await hubRecordOf(account.reader, account.deployment, before.wallet);
    return answerWith(account, before.wallet, done(before, after, account.now), terminal);
  });
}

export function hubClose(): Command {
  const about = {
    summary: "end the period's payments, so that pay-day can come",
    description:
      "Closes the period: no more payments until pay-day, so that the DAO can look before money leaves. A pay period has 30 d at first; the " +
      "owner can close it from 4 d before its end, anyone from 4 d after. `sonm hub status` says when.",
    example: ["sonm hub close", "then wait for pay-day"] as const,
  };
  return plain(
    "close",
    about,
    "close",
    ({ signer }, { wallet }) => closeHubPeriod(signer, wallet),
    (_, after, now) => `Closed; pay-day is from ${showMoment(earliestPayDay(after, now), now)}`,
  );
}

export function hubPayday(): Command {
  const about = {
    summary: "end the period: the tax goes, the locks fall, the rest is yours",
    description:
      "Ends the registration, once the period is closed and its time is over. The tax on the reserve and on what is locked (0.5 % at first) goes " +
      "to the Treasury; the rest is free.",
    example: ["sonm hub payday", "then `sonm hub withdraw` or `sonm hub register`"] as const,
  };
  return plain(
    "payday",
    about,
    "payday",
    ({ signer }, { wallet }) => payDayOfHub(signer, wallet),
    (before, after) => `Paid ${showSnm(before.balance - after.balance)} of tax; ${showSnm(after.free)} are free`,
  );
}

export function hubRehab(): Command {
  const about = {
    summary: "end a suspicion that the DAO has let grow old",
    description: "Rehabilitates a suspected hub, where the DAO has neither banned nor rehabilitated it. Anyone may.",
    example: ["sonm hub rehab --hub 0x5FbDB2315678afecb367f032d93F642f64180aa3", "another's hub"] as const,
  };
  return plain(
    "rehab",
    about,
    "rehab",
    ({ signer }, { wallet, registrations }) => rehabHub(signer, wallet, registrations),
    () => "Rehabilitated",
  );
}

export function hubSweep(): Command {
  const about = {
    summary: "send what has reached a banned hub to the Treasury",
    description:
      "Seizes what a banned hub's wallet has received since, frozen like what was seized before. Anyone may.",
    example: ["sonm hub sweep --hub 0x5FbDB2315678afecb367f032d93F642f64180aa3", "another's hub"] as const,
  };
  return plain(
    "sweep",
    about,
    "sweep",
    ({ signer }, { wallet }) => sweepHub(signer, wallet),
    (before) => `Swept ${showSnm(before.free)} into the Treasury`,
  );
}
