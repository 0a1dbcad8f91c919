// `sonm rating claim`: takes what ratings have come to.
import { Command } from "commander";
import { isAddressEqual } from "viem";
import { showSnm } from "../../core/amounts.ts";
import {
  claimRating,
  type Position,
  positionsWhere,
  verdictOf,
  type Worth,
  worthOf,
} from "../../core/chain/ratings.ts";
import { type HubRecord, hubRecordOf } from "../../core/chain/wallet.ts";
import { notYet, showDate, showMoment } from "../../core/dates.ts";
import { Failure } from "../../core/failure.ts";
import { plain } from "../../core/plain.ts";
import { closableByAnyoneFrom, earliestPayDay, rehabFrom } from "../hub/rules.ts";
import { type Account, type NetworkOptions, openAccount, takesAccount } from "../network.ts";
import { answering, examples } from "../verb.ts";

/** What can be paid out of a position now, wei of SNM, or why nothing can. */
type Due = { readonly position: Position; readonly amount: bigint; readonly refusal?: Failure };

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

/** What a decided position pays now. */
function dueOf(position: Position, worth: Worth, now: number): bigint {
  const winnings = worth.winningsFrom <= now ? worth.winnings : 0n;
  if (position.claimed === "all") return 0n;
  return position.claimed === "stake" ? winnings : worth.stake + winnings;
}

async function lookAt({ reader, deployment, now }: Account, position: Position): Promise<Due> {
  if (position.claimed === "all") {
    const why = `position ${position.number} has been paid`;
    return { position, amount: 0n, refusal: new Failure("Nothing is left to pay", why, "do nothing") };
  }
  if ((await verdictOf(reader, deployment, position.hub, position.period)) === "open") {
    const hub = await hubRecordOf(reader, deployment, position.hub);
    return { position, amount: 0n, refusal: undecided(position, hub, now) };
  }
  const worth = await worthOf(reader, deployment, position.number);
  if (position.claimed === "stake" && worth.winningsFrom > now) {
    const why = `position ${position.number}: the stake has been paid, the winnings are frozen like what was seized`;
    return { position, amount: 0n, refusal: notYet(NOTHING, why, worth.winningsFrom, now) };
  }
  return { position, amount: dueOf(position, worth, now) };
}

export function ratingClaim(): Command {
  const command = takesAccount(
    new Command("claim").argument("[positions...]", "their numbers (default: all of your own that are due)"),
  )
    .summary("take what your ratings have come to")
    .description(
      "Pays out decided ratings: stakes at once, winnings after a ban when the seized funds are released. Anyone may claim for anyone; the " +
        "money goes to the rater.",
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
    const payable = dues.filter(({ refusal }) => refusal === undefined);
    if (payable.length === 0) throw soonest(dues);
    for (const { position } of payable) await claimRating(signer, deployment.addresses, position.number);
    const waiting = dues.flatMap(({ refusal }) => (refusal ? [`  ${plain(refusal.why)}: ${refusal.todo}`] : []));
    const total = payable.reduce((sum, { amount }) => sum + amount, 0n);
    return {
      lines: [
        ...payable.map(
          ({ position, amount }) =>
            `${terminal.paint("green", "✓")} position ${position.number}: ${showSnm(amount)} to ${position.rater}`,
        ),
        ...waiting.map((line) => terminal.paint("dim", line)),
      ],
      data: {
        total,
        paid: payable.map(({ position, amount }) => ({ position: position.number, rater: position.rater, amount })),
        waiting: dues.flatMap(({ position, refusal }) =>
          refusal ? [{ position: position.number, why: refusal.why, possibleFrom: refusal.possibleFrom ?? null }] : [],
        ),
        now,
      },
    };
  });
}

/** Of several refusals the one that ends first. */
function soonest(dues: readonly Due[]): Failure {
  const refusals = dues.flatMap(({ refusal }) => (refusal ? [refusal] : []));
  const [first] = refusals.sort((a, b) => (a.possibleFrom ?? Infinity) - (b.possibleFrom ?? Infinity));
  return first ?? new Failure("Nothing to pay", "you have no ratings that are not paid", "rate a hub: `sonm rate`");
}
