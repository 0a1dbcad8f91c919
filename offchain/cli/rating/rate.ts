// `sonm rate`, `sonm ratings`: stakes for and against hubs.

import {
  type Position,
  positionsWhere,
  type Rating,
  rateHub,
  scoreOf,
  tallyOf,
  verdictOf,
  worthOf,
} from "@sonm/chain/hub/ratings";
import { registrationOf } from "@sonm/chain/hub/registration";
import { hubRecordOf } from "@sonm/chain/hub/wallet";
import { balanceOf } from "@sonm/chain/money/snm";
import { earliestPayDay } from "@sonm/chain/rules/hub-times";
import { ratingRefusal } from "@sonm/chain/rules/rating";
import { readSnm, showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showMoment } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { isAddressEqual } from "viem";
import { fields, table } from "../../host/terminal/terminal.ts";
import { showRating, showStatus } from "../hub/show.ts";
import {
  type NetworkOptions,
  openAccount,
  openNetwork,
  orWhen,
  readAddress,
  takesAccount,
  takesNetwork,
} from "../network.ts";
import { type Page, pageNote, takesPage } from "../paging.ts";
import { answering, examples, stopOn } from "../verb.ts";
import { largestFirst, showWorth } from "./show.ts";

export function rate(): Command {
  const command = takesAccount(
    new Command("rate")
      .argument("<hub>", "its wallet")
      .argument("<side>", "for | against")
      .argument("<amount>", "SNM that you stake"),
  )
    .summary("stake SNM for or against a hub")
    .description(
      "Rates a hub for its current pay period. If it reaches pay-day, those for it win of those against it; if it is banned, the other " +
        "way round; if it is rehabilitated, all get their stake back. An early stake weighs more than a late one; one that is only days " +
        "old when the hub is closed or suspected does not count, and comes back.",
    );
  examples(command, [
    ["sonm rate 0x5FbDB2315678afecb367f032d93F642f64180aa3 for 100", "you trust it"],
    ["sonm rate 0x5FbDB2315678afecb367f032d93F642f64180aa3 against 100", "you know better"],
  ]);
  return answering<NetworkOptions>(command, async ([text = "", side = "", given = ""], options, terminal) => {
    if (side !== "for" && side !== "against") {
      throw new Failure(`"${side}" is no side`, "a rating is for or against a hub", "write `for` or `against`");
    }
    const stake = readSnm(given);
    const wallet = readAddress(text, "a hub");
    const { reader, deployment, signer, address, now } = await openAccount(options);
    const hub = await hubRecordOf(reader, deployment, wallet);
    stopOn(ratingRefusal(hub, stake, await balanceOf(reader, deployment, address), now));
    const { position } = await orWhen(now, rateHub(signer, deployment, wallet, side === "for", stake));
    const risk = (stake * BigInt(hub.registration.terms.ratingRiskBps)) / 10_000n;
    const decided = earliestPayDay(hub, now);
    const counts = now + hub.registration.terms.ratingMaturity;
    return {
      lines: [
        `${terminal.paint("green", "✓")} Staked ${showSnm(stake)} ${side} ${plain(hub.name)}`,
        "",
        ...fields(terminal, [
          ["position", String(position)],
          ["at risk", `at most ${showSnm(risk)}`],
          [
            "counts",
            `if the hub is neither closed nor suspected before ${showMoment(counts, now)}; else it comes back`,
          ],
          ["decided", `at pay-day, from ${showMoment(decided, now)}, or when the hub is banned or rehabilitated`],
        ]),
      ],
      data: {
        position,
        hub: wallet,
        registration: hub.registrations,
        inFavour: side === "for",
        stake,
        atRisk: risk,
        counts,
        decided,
      },
    };
  });
}

const POSITIONS = 20;

type RatingsOptions = NetworkOptions & Page & { registration?: string };

export function ratings(): Command {
  const command = takesPage(takesNetwork(new Command("ratings").argument("<hub>", "its wallet")), POSITIONS)
    .option("--registration <n>", "an earlier registration (default: the current one)")
    .summary("who has staked what for and against a hub")
    .description(
      "Shows the ratings of one registration of a hub: both sides, what would change hands, and the positions, the largest stake first.",
    );
  examples(command, [
    ["sonm ratings 0x5FbDB2315678afecb367f032d93F642f64180aa3", "of its current registration"],
    ["sonm ratings 0x5FbDB2315678afecb367f032d93F642f64180aa3 --from 20", "the next page of positions"],
  ]);
  return answering<RatingsOptions>(command, async ([text = ""], options, terminal) => {
    const { reader, deployment, now } = await openNetwork(options);
    const wallet = readAddress(text, "a hub");
    const hub = await hubRecordOf(reader, deployment, wallet);
    const chosen = options.registration === undefined ? hub.registrations : Number(options.registration);
    if (!Number.isInteger(chosen) || chosen < Math.min(1, hub.registrations) || chosen > hub.registrations) {
      const why =
        hub.registrations === 0 ? "it has never been registered" : `it has been registered ${hub.registrations} times`;
      throw new Failure(`There is no registration ${options.registration} of ${hub.name}`, why, "name one of them");
    }
    const about = ({ hub: one, registration: number }: Position) => isAddressEqual(one, wallet) && number === chosen;
    const [registration, verdict, tally, positions] = await Promise.all([
      registrationOf(reader, wallet, chosen),
      verdictOf(reader, deployment, wallet, chosen),
      tallyOf(reader, deployment, wallet, chosen),
      positionsWhere(reader, deployment, about),
    ]);
    const shown = positions.sort(largestFirst).slice(options.from, options.from + options.limit);
    const worths = await Promise.all(
      shown.map(({ number }) => (verdict === "open" ? undefined : worthOf(reader, deployment, number))),
    );
    const staked = (inFavour: boolean) =>
      positions.reduce((sum, one) => sum + (one.inFavour === inFavour ? one.stake : 0n), 0n);
    const rating: Rating = { score: scoreOf(tally), stakedFor: staked(true), stakedAgainst: staked(false) };
    const rows = shown.map((one, i) => [
      String(one.number),
      one.rater,
      one.inFavour ? "for" : "against",
      showDate(registration.registeredAt + one.age),
      showSnm(one.stake),
      showWorth(one, worths[i], now),
    ]);
    const summary = fields(terminal, [
      ["hub", `${plain(hub.name)}, ${showStatus(hub.status, terminal)}, registration ${chosen}`],
      ["score", showRating(rating)],
      ["changes hands", showSnm(tally.matched)],
      ["verdict", verdict],
    ]);
    const header = ["position", "rater", "side", "since", "stake", "worth"];
    const again = `sonm ratings ${wallet}${options.registration === undefined ? "" : ` --registration ${chosen}`}`;
    const note = terminal.paint("dim", pageNote(options, shown.length, positions.length, "positions", again));
    return {
      lines: positions.length === 0 ? summary : [...summary, "", ...table(header, rows, 4), "", note],
      data: {
        hub: wallet,
        registration: chosen,
        ...rating,
        verdict,
        tally,
        count: positions.length,
        from: options.from,
        positions: shown.map((one, i) => ({ ...one, worth: worths[i] ?? null })),
      },
    };
  });
}
