// `sonm rating claim`: takes the payouts of ratings.

import { claimRating, type Position, positionAt, positionsWhere, verdictOf, worthOf } from "@sonm/chain/hub/ratings";
import { hubRecordOf } from "@sonm/chain/hub/wallet";
import { broughtBy } from "@sonm/chain/money/snm";
import { claimRefusal, nothingPaid } from "@sonm/chain/rules/rating";
import { Failure } from "@sonm/protocol/values/failure";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { isAddressEqual } from "viem";
import { todoOf } from "../advice.ts";
import { carryOut, summary, type Task } from "../batch.ts";
import { type Account, type NetworkOptions, openAccount, orWhen, takesAccount } from "../network.ts";
import { answering, examples } from "../verb.ts";

/** A position, and the reason if it cannot be paid out now. */
type Due = { readonly position: Position; readonly refusal?: Failure | undefined };

async function lookAt({ reader, deployment, now }: Account, position: Position): Promise<Due> {
  const { hub, registration, number } = position;
  const open = (await verdictOf(reader, deployment, hub, registration)) === "open";
  const decided = open
    ? { hub: await hubRecordOf(reader, deployment, hub) }
    : await worthOf(reader, deployment, number);
  return { position, refusal: claimRefusal(position, decided, now) };
}

export function ratingClaim(): Command {
  const command = takesAccount(
    new Command("claim").argument("[positions...]", "their numbers (default: all of your own that are due)"),
  )
    .summary("take what your ratings have come to")
    .description(
      "Pays out decided ratings: stakes at once, winnings after a ban when the seized funds are released. Anyone may claim for anyone; the " +
        "money goes to the rater. Each is claimed by itself: exit code 1 if any was refused, 0 if nothing that is due is left, whoever claimed it.",
    );
  examples(command, [
    ["sonm rating claim", "all that is due to you"],
    ["sonm rating claim 17", "one position"],
  ]);
  return answering<NetworkOptions>(command, async (texts, options, terminal) => {
    const account = await openAccount(options);
    const { reader, deployment, signer, address, now } = account;
    const named = texts.map((text) => {
      if (/^\d+$/.test(text)) return Number(text);
      throw new Failure(`"${text}" is no position`, "positions are numbers", "see `sonm ratings HUB`");
    });
    const mine = (one: Position) =>
      named.length === 0 ? isAddressEqual(one.rater, address) && one.claimed !== "all" : named.includes(one.number);
    const positions = await positionsWhere(reader, deployment, mine);
    const missing = named.find((number) => !positions.some((one) => one.number === number));
    if (missing !== undefined) {
      throw new Failure(`There is no position ${missing}`, "nobody has taken it", "see `sonm ratings HUB`");
    }
    const dues = await Promise.all(positions.map((position) => lookAt(account, position)));
    const paid = dues.filter(({ position }) => position.claimed === "all");
    const payable = dues.filter(({ refusal }) => refusal === undefined);
    const waiting = dues.flatMap(({ position, refusal }) =>
      refusal && position.claimed !== "all" ? [{ position, refusal }] : [],
    );
    if (payable.length === 0 && (waiting.length > 0 || paid.length === 0)) {
      throw nothingPaid(waiting.map(({ refusal }) => refusal));
    }
    const task: Task<Due> = {
      async act({ position: { number, rater } }) {
        return broughtBy(deployment, await orWhen(now, claimRating(signer, deployment, number)), rater);
      },
      async isDone({ position: { number, claimed } }) {
        const after = (await positionAt(reader, deployment, number)).claimed;
        return after === "all" || (after === "stake" && claimed === "nothing");
      },
      nameOf: ({ position: { number, rater } }) => `position ${number}, to ${rater}`,
      dataOf: ({ position: { number, rater } }) => ({ position: number, rater }),
    };
    const report = await carryOut(payable, task, terminal, paid);
    terminal.say(...waiting.map(({ refusal }) => terminal.paint("dim", `  ${plain(refusal.why)}: ${todoOf(refusal)}`)));
    return summary(report, {
      paid: report.done.map(({ item, amount }) => ({ ...task.dataOf(item), amount })),
      waiting: waiting.map(({ position, refusal }) => ({
        position: position.number,
        why: refusal.why,
        possibleFrom: refusal.possibleFrom ?? null,
      })),
      now,
    });
  });
}
