// `sonm job cancel`: does what can be done now about a job that its buyer does not want any more, and says when the rest can be.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parametersOf } from "@sonm/chain/government/parameters";
import { hubStandingOf } from "@sonm/chain/hub/standing";
import { refundBatches } from "@sonm/chain/market/jobs";
import { createObserver } from "@sonm/chain/market/observer";
import { Failure } from "@sonm/protocol/values/failure";
import { Command } from "commander";
import { isAddressEqual } from "viem";
import { cancellationOf, cancelOrders } from "../../agents/buyer/cancel.ts";
import { openBuyerJournal } from "../../agents/buyer/journal.ts";
import { refundableFrom } from "../../agents/buyer/observe.ts";
import { dataFolderOf } from "../../host/role/data-folder.ts";
import { isOpenElsewhere, JOURNAL_FILE } from "../../host/role/journal.ts";
import { sentenceOf } from "../../host/role/log.ts";
import { isCancelWished, wishCancel } from "../../host/role/wishes.ts";
import { type NetworkOptions, openAccount, takesAccount } from "../network.ts";
import { type Answer, answering, examples } from "../verb.ts";

/** How long a running buyer may take to notice, in milliseconds: it looks several times a second, unless its node is slow. */
const PATIENCE_MS = 30_000;

/** Lets the buyer that runs do it. */
async function tellRunning(folder: string): Promise<Answer> {
  wishCancel(folder);
  for (const end = Date.now() + PATIENCE_MS; isCancelWished(folder) && Date.now() < end; ) await pause(100);
  const taken = !isCancelWished(folder);
  const line = taken
    ? "The buyer that runs has cancelled what it had not finished. It says what comes back and when, and fetches that."
    : "The buyer that runs has not noticed yet: it does as soon as its node answers. `sonm buyer status` shows it.";
  return { lines: [line], data: { running: true, taken, jobs: [] } };
}

export function jobCancel(): Command {
  const command = takesAccount(new Command("cancel"))
    .option("--data <folder>", "of the buyer (default: its own below ~/.local/share/sonm)")
    .summary("do not want a job any more")
    .description(
      "Cancels what the buyer of your key has not finished, whether it runs or not. A job that is not posted yet is never posted, and costs nothing. " +
        "A posted one stays on the chain: the price of batches that nobody claims comes back from the deadline on (earlier if its hub is " +
        "suspected), by the buyer if it runs, or by this command given again. What is claimed is paid for when it settles, and its outputs are yours.",
    );
  examples(command, [["sonm job cancel", "of your key"]]);
  return answering<NetworkOptions & { readonly data?: string }>(command, async (_, options) => {
    const { reader, signer, deployment, address, now } = await openAccount(options);
    const folder = options.data ? resolve(options.data) : await dataFolderOf(reader, deployment, "buyer", address);
    const path = join(folder, JOURNAL_FILE);
    if (!existsSync(path))
      throw new Failure(
        "There is no job to cancel",
        `no buyer has worked in ${folder}`,
        "name its folder: --data FOLDER",
      );
    if (isOpenElsewhere(path)) return tellRunning(folder);

    const journal = openBuyerJournal(path);
    try {
      const sight = await createObserver(reader, deployment, {
        follows: () => false,
        keeps: ({ buyer }) => isAddressEqual(buyer, address),
      }).look();
      const { RefundAfterSuspicionSeconds: delay } = await parametersOf(reader, deployment);
      const jobs = [];
      for (const order of cancelOrders(journal)) {
        const { id, job } = order;
        const refundFrom = refundableFrom(job, await hubStandingOf(reader, job.hub), Number(delay));
        const { open, ...cancellation } = cancellationOf(order, sight, refundFrom);
        const refunds = open.length > 0 && now >= refundFrom;
        if (refunds) await refundBatches(signer, deployment, job, open);
        if (!cancellation.posted) journal.reported.put(id, true);
        jobs.push({ ...cancellation, open: open.length, refunded: refunds });
      }
      const sayer = { role: "buyer", name: "buyer", at: now } as const;
      return {
        lines:
          jobs.length === 0
            ? ["Nothing is to be cancelled: all jobs of this buyer are over."]
            : jobs.map(({ refunded, ...job }) => {
                if (refunded) return `Job ${job.job.slice(0, 10)}…: the price of ${job.open} batches came back now`;
                const words = sentenceOf({ ...sayer, kind: "cancelled", ...job });
                return words.charAt(0).toUpperCase() + words.slice(1);
              }),
        data: { running: false, taken: true, jobs },
      };
    } finally {
      journal.close();
    }
  });
}
