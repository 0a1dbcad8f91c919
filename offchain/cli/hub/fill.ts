// Ways to bring SNM into a hub's wallet besides settlements: a transfer by anyone, its money in the escrow, and pay that other hubs owe it.

import { collectIntoHub, type Owed, owedTo } from "@sonm/chain/hub/earnings";
import { collectForHub, lockOfWaiting, waitingFor } from "@sonm/chain/hub/wallet";
import { transferSnm } from "@sonm/chain/money/snm";
import { isCollectable } from "@sonm/chain/rules/hub";
import { readSnm, showSnm } from "@sonm/protocol/values/amounts";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { carryOut } from "../batch.ts";
import { openAccount, takesAccount } from "../network.ts";
import { bringing, type Source, sourcesOf } from "../sources.ts";
import { answering, examples } from "../verb.ts";
import { answerWith, requireBalance } from "./act.ts";
import { type HubOptions, hubFor, takesOwnHub } from "./which.ts";

export function hubFund(): Command {
  const command = takesOwnHub(takesAccount(new Command("fund").argument("<amount>", "SNM")))
    .summary("put SNM into a hub's wallet")
    .description(
      "Sends SNM of yours to a hub's wallet, for its next payments or its registration. They come out again as the hub's funds do: its " +
        "owner pays with them, or withdraws them after pay-day.",
    );
  examples(command, [["sonm hub fund 100", "your own hub"]]);
  return answering<HubOptions>(command, async ([text = ""], options, terminal) => {
    const account = await openAccount(options);
    const amount = readSnm(text);
    const { wallet, name } = await hubFor(account, options, () => ({ kind: "fund", amount }));
    await requireBalance(account, "The hub was not funded", amount);
    await transferSnm(account.signer, account.deployment, wallet, amount);
    const answer = await answerWith(account, wallet, `Put ${showSnm(amount)} into ${plain(name)}`, terminal);
    return { ...answer, data: { ...answer.data, amount } };
  });
}

export function hubCollect(): Command {
  const command = takesOwnHub(takesAccount(new Command("collect")))
    .summary("bring in what waits for a hub elsewhere")
    .description(
      "Brings into the wallet what settlements have left in the escrow while the hub was not registered, and what other hubs owe it. " +
        "Of what the escrow brings, the lock share of the prices stays locked until pay-day, as with every settlement. " +
        "Anyone may, for any hub. Each part by itself: exit code 1 if any was refused, 0 if nothing is left, whoever collected it.",
    );
  examples(command, [["sonm hub collect", "after registering again"]]);
  return answering<HubOptions>(command, async (_, options, terminal) => {
    const account = await openAccount(options);
    const { reader, deployment, signer } = account;
    let owed: Owed[] = [];
    const before = await hubFor(account, options, async ({ wallet }) => {
      owed = await owedTo(reader, deployment, wallet);
      return { kind: "collect", owed: owed.reduce((sum, { amount }) => sum + amount, 0n) };
    });
    const { wallet } = before;
    const escrow: Source = {
      hub: null,
      name: "the escrow",
      bring: () => collectForHub(signer, deployment, wallet),
      left: async () => (await waitingFor(reader, deployment, wallet)).remainder,
    };
    const hubs = sourcesOf(account, wallet, owed, ({ hub }) => collectIntoHub(signer, wallet, hub.wallet));
    const sources = before.waiting > 0n && isCollectable(before) ? [escrow, ...hubs] : hubs;
    const { done, total, data, exitCode } = await carryOut(sources, bringing(account, wallet), terminal);
    const parts = done.map(({ item: { hub, name }, amount }) => ({ hub, name, amount }));
    const waiting = parts.find(({ hub }) => hub === null)?.amount ?? 0n;
    const lock = waiting > 0n && before.status === "registered" ? lockOfWaiting(before) : 0n;
    const locked = lock > 0n ? `, ${showSnm(lock)} of it locked until pay-day` : "";
    const answer = await answerWith(account, wallet, `Collected ${showSnm(total)}${locked}`, terminal);
    const from = parts.filter(({ hub }) => hub !== null);
    return { ...answer, data: { ...answer.data, ...data, amount: total, waiting, lock, from }, exitCode };
  });
}
