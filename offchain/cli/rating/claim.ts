// `sonm rating claim`: takes what ratings have come to.
import { Command } from "commander";
import { isAddressEqual } from "viem";
import {
  claimRating,
  type Position,
  positionAt,
  positionsWhere,
  verdictOf,
  worthOf,
} from "../../core/chain/hub/ratings.ts";
import { type HubRecord, hubRecordOf } from "../../core/chain/hub/wallet.ts";
import { broughtBy } from "../../core/chain/money/snm.ts";
import { notYet, showDate, showMoment } from "../../core/dates.ts";
import { Failure } from "../../core/failure.ts";
import { plain } from "../../core/plain.ts";
import { carryOut, summary, type Task } from "../batch.ts";
import { closableByAnyoneFrom, earliestPayDay, rehabFrom } from "../hub/rules.ts";
import { type Account, type NetworkOptions, openAccount, orWhen, takesAccount } from "../network.ts";
import { answering, examples } from "../verb.ts";

/** A position, and why nothing can be paid out of it now if so it is. */
type Due = { readonly position: Position; readonly refusal?: Failure };

const NOTHING = "Nothing is paid yet";

/** Why a registration is not decided, and when it can be at the earliest. */
function undecided(position: Position, hub: HubRecord, now: number): Failure {
  const about = `position ${position.number}: ${hub.name}`;
  if (hub.status === "suspected") {
    const todo = `wait for the DAO; anyone may rehabilitate the hub from ${showMoment(rehabFrom(hub), now)}`;
    return new Failure(NOTHING, `${about} is suspected, and neither banned nor rehabilitated`, todo, {
      possibleFrom: rehabFrom(hub),
    });
  }
  const from = earliestPayDay(hub, now);
  if (hub.registration.closedAt !== 0) return notYet(NOTHING, `${about} has not reached its pay-day`, from, now);
  const anyone = showDate(closableByAnyoneFrom(hub));
  const todo = `pay-day can be from ${showMoment(from, now)}; if the owner does not close the period, anyone can from ${anyone}`;
  return new Failure(NOTHING, `${about} has not reached its pay-day`, todo, { possibleFrom: from });
}

async function lookAt({ reader, deployment, now }: Account, position: Position): Promise<Due> {
  if (position.claimed === "all") {
    const why = `position ${position.number} has been paid`;
    return { position, refusal: new Failure("Nothing is left to pay", why, "do nothing") };
  }
  if ((await verdictOf(reader, deployment, position.hub, position.registration)) === "open") {
    const hub = await hubRecordOf(reader, deployment, position.hub);
    return { position, refusal: undecided(position, hub, now) };
  }
  if (position.claimed === "nothing") return { position };
  const { winningsFrom } = await worthOf(reader, deployment, position.number);
  if (winningsFrom <= now) return { position };
  const why = `position ${position.number}: the stake has been paid, the winnings are frozen like what was seized`;
  return { position, refusal: notYet(NOTHING, why, winningsFrom, now) };
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
    if (payable.length === 0 && (waiting.length > 0 || paid.length === 0)) throw soonest(waiting);
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
    terminal.say(...waiting.map(({ refusal }) => terminal.paint("dim", `  ${plain(refusal.why)}: ${refusal.todo}`)));
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

/** Of several refusals the one that ends first. */
function soonest(waiting: readonly { readonly refusal: Failure }[]): Failure {
  const [first] = waiting
    .map(({ refusal }) => refusal)
    .sort((a, b) => (a.possibleFrom ?? Infinity) - (b.possibleFrom ?? Infinity));
  return first ?? new Failure("Nothing to pay", "you have no ratings that are not paid", "rate a hub: `sonm rate`");
}
