// Invents what happens next: mostly something that makes sense now, sometimes by somebody else or a second too early. The time is often
// a second at which something changes.
import { nextMove } from "@sonm/protocol/dispute/next-move";
import { turnOf } from "@sonm/protocol/dispute/view";
import type { Amount } from "../../support/government/commands.ts";
import { type Dice, diceOf } from "../generator.ts";
import { playerOn } from "../table.ts";
import { type Command, type Deed, runOf, SHAPES, type Sum, viewAt } from "./commands.ts";
import type { Play } from "./play.ts";
import { claimNameOf, isDecided, isOver } from "./rules.ts";
import { batchesOf, payDayOf, type Sight } from "./sight.ts";
import { type Caller, HUBS, type Hub, MINERS, OWNER_OF, PAYEES, PEOPLE } from "./world.ts";

const DAY = 86_400;
const HOUR = 3_600;
const CALLERS: readonly Caller[] = [...PEOPLE, "government", "fastLane"];

/** How far ahead a command looks, seconds. */
const REACHES = [
  ...Array.from({ length: 7 }, () => (wait: number) => wait < 300),
  ...Array.from({ length: 2 }, () => (wait: number) => wait < 2 * HOUR),
  (wait: number) => wait >= 2 * HOUR,
];

/** One thing that could happen, and from when it would make sense, unix time. */
type Choice = { readonly weight: number; readonly by: Caller; readonly deed: Deed; readonly from?: number };
/** What choices are made of. */
type Scene = {
  readonly play: Play;
  readonly dice: Dice;
  readonly now: number;
  readonly sight: Sight;
  readonly name: string;
};

function one<T>(dice: Dice, options: readonly [T, ...T[]] | readonly T[]): T {
  return options[dice(options.length)] as T;
}

function weighted<T extends { readonly weight: number }>(dice: Dice, options: readonly T[]): T {
  let ticket = dice(options.reduce((sum, { weight }) => sum + weight, 0));
  return options.find(({ weight }) => {
    ticket -= weight;
    return ticket < 0;
  }) as T;
}

/** The next command of a history; `number` is its number. */
export function nextCommand(play: Play, seed: number, number: number): Command {
  const dice = diceOf(seed);
  const now = play.world.start + play.elapsed();
  const scene = { play, dice, now, sight: play.sight(), name: `n${number}` };
  const subjects = [
    { weight: 45, choices: gameChoices(scene) },
    { weight: 20, choices: claimChoices(scene) },
    { weight: 40, choices: commitmentChoices(scene) },
    { weight: 25, choices: jobChoices(scene) },
    { weight: 22, choices: HUBS.flatMap((hub) => hubChoices(scene, hub)) },
    { weight: 10, choices: HUBS.flatMap((hub) => moneyChoices(scene, hub)) },
    { weight: 8, choices: otherChoices(scene) },
  ];
  // Mostly what makes sense now. Otherwise every claim would be old before anything happened to it.
  const reach = one(dice, REACHES);
  const within = subjects
    .map(({ weight, choices }) => ({ weight, choices: choices.filter(({ from = now }) => reach(from - now)) }))
    .filter(({ choices }) => choices.length > 0);
  const chosen = within.length > 0 ? within : subjects.filter(({ choices }) => choices.length > 0);
  const { by, deed, from } = weighted(dice, weighted(dice, chosen).choices);
  const wait = dice(3) === 0 ? dice(200) : 0;
  const at = from === undefined ? now + wait : Math.max(now, from + (dice(5) === 0 ? -1 : dice(2) * wait));
  // Sometimes somebody else tries it.
  return { at: at - play.world.start, by: dice(20) === 0 ? one(dice, CALLERS) : by, ...deed };
}

const part = (dice: Dice): Amount =>
  dice(4) === 0
    ? { wei: dice(12) }
    : { thousandths: one(dice, [1, 100, 500, 1_000]), plus: one(dice, [-1, 0, 0, 0, 1]) };
const sum = (dice: Dice): Sum => (dice(4) === 0 ? [0, dice(12)] : [dice(12), dice(3)]);

/** The turn of each open game. A player that has lied mostly continues to lie; one that has not lied posts nothing false. */
function gameChoices({ play, dice, now, sight }: Scene): Choice[] {
  const { script, world } = play;
  return sight.games.flatMap((state, game): Choice[] => {
    const [view, table] = [viewAt(script, sight, game), script.tables[game]];
    if (!view || !table || isOver(state)) return [];
    const { about } = table.game;
    const [miner, challenger] = [about.miner, about.challenger].map((party) => world.nameOf(party) as Caller) as [
      Caller,
      Caller,
    ];
    const side = turnOf(view.phase) ?? "miner";
    const by = side === "miner" ? miner : challenger;
    const lie = side === "challenger" && dice(4) === 0 ? { lie: dice(64) } : {};
    const runs = table.work.runs.map((own, i) => (side === "miner" ? own : runOf(world, table.work, i, lie.lie)));
    const move = nextMove(view, playerOn(side, table.work, runs), { winner: undefined }, 0);
    const convicted = sight.claims[claimNameOf(script, game)]?.status === "Convicted";
    return [
      ...(move.kind === "none"
        ? []
        : [{ weight: now > state.deadline ? 3 : 60, by, deed: { do: "answer", game, ...lie } } as const]),
      {
        weight: move.kind === "none" ? 40 : 5,
        by: "stranger",
        deed: { do: "timeOut", game },
        from: state.deadline + 1,
      },
      { weight: convicted ? 8 : 1, by: challenger, deed: { do: "leave", game } },
    ];
  });
}

/** What can be done about claims: they are challenged, confirmed, settled when it is time, awarded. */
function claimChoices({ play, dice, now, sight, name }: Scene): Choice[] {
  const { script } = play;
  return [...script.works].flatMap(([claim, { job, id }]): Choice[] => {
    const { status, claimedAt = 0, endedAt = 0, games = 0 } = sight.claims[claim] ?? {};
    const by = one(dice, ["v0", "v0", "v1", "m1"] as const);
    const commit = { do: "commit", as: name, claim } as const;
    const due = claimedAt + job.window + job.opening + 1;
    if (status === "Live")
      return [
        { weight: now > claimedAt + job.window ? 1 : games > 0 ? 4 : 12, by, deed: commit },
        { weight: 1, by, deed: commit, from: claimedAt + job.window },
        { weight: games > 0 ? 1 : 8, by: "stranger", deed: { do: "settle", claim }, from: due },
        { weight: 3, by: "buyer", deed: { do: "confirm", claim } },
      ];
    if (status !== "Convicted")
      return dice(30) === 0 ? [{ weight: 1, by: "stranger", deed: { do: "settle", claim } }] : [];
    return script.tables.flatMap(({ game: { about } }, game): Choice[] =>
      about.claim === id
        ? [{ weight: 12, by: "stranger", deed: { do: "award", claim, game }, from: endedAt + job.opening + 1 }]
        : [],
    );
  });
}

/** Announced challenges are mostly opened, on a lie where there is one. */
function commitmentChoices({ play, dice, now, sight }: Scene): Choice[] {
  const { script, world } = play;
  return [...script.commitments].flatMap(([commitment, { by, work, claim }]): Choice[] => {
    const { announced, committedAt = 0 } = sight.commitments[commitment] ?? {};
    if (!announced) return [];
    const end = 8 ** work.job.exponent;
    const lies = work.ends.flatMap((last, i) => (runOf(world, work, i, undefined).stateAt(end) === last ? [] : [i]));
    const position = lies.length > 0 ? one(dice, lies) : dice(work.count);
    const lie = lies.length > 0 && dice(6) > 0 ? {} : { lie: dice(end) };
    const ended = (sight.claims[claim]?.endedAt ?? 0) !== 0;
    const late = now > committedAt + work.job.opening;
    // If it is too late, there is nothing left to wait for.
    if (late && dice(8) > 0)
      return [{ weight: 2, by: "stranger", deed: { do: "forfeit", commitment }, from: committedAt + 2 * DAY + 1 }];
    return [
      { weight: 40, by, deed: { do: "open", commitment, position, ...lie } },
      { weight: 25, by, deed: { do: "open", commitment } },
      { weight: ended ? 30 : 1, by, deed: { do: "retract", commitment } },
      { weight: 2, by: "stranger", deed: { do: "forfeit", commitment }, from: committedAt + 2 * DAY + 1 },
    ];
  });
}

/** Jobs are posted, their batches claimed, true or false, and refunded when it is time. */
function jobChoices(scene: Scene): Choice[] {
  const { play, dice, now, sight, name } = scene;
  const { script, world } = play;
  const hub = one(dice, HUBS);
  const soon = play.elapsed() + one(dice, [3 * HOUR, 3 * DAY, 20 * DAY]);
  const open = batchesOf(script).filter(({ key }) => sight.batches[key]?.status === "Open").length;
  const post: Choice = {
    weight: sight.hubs[hub].status === "Registered" ? 40 : 1,
    by: "buyer",
    deed: { do: "post", as: name, hub, shape: dice(SHAPES.length), deadline: soon },
  };
  const batches = batchesOf(script).flatMap(({ key, job, number, units }): Choice[] => {
    const { status, attempt = 0 } = sight.batches[key] ?? {};
    const deadline = Number(job.deadline);
    const named = key.slice(0, key.indexOf("/"));
    const { status: standing, registrations } = sight.hubs[world.nameOf(job.hub) as Hub];
    const suspectedAt = registrations.at(-1)?.suspectedAt ?? 0;
    const refundable = standing === "Punished" ? 0 : standing === "Suspected" ? suspectedAt + DAY : deadline;
    const refund: Choice = {
      weight: standing === "Registered" ? 1 : 5,
      ...{ by: "stranger", deed: { do: "refund", job: named, batches: [number] } },
      from: Math.min(refundable, deadline),
    };
    if (status !== "Open") return dice(6) === 0 ? [refund] : [];
    const lies = dice(5) < 2 ? [[dice(Number(units)), dice(8 ** job.exponent)] as const] : [];
    const payBps = dice(25) === 0 ? 7_001 : one(dice, [0, 5_000, 6_999, 7_000, 7_000]);
    const given = dice(15) === 0 ? attempt + 1 : attempt;
    const flaw = dice(25) === 0 ? { forged: true } : {};
    const claimed = {
      do: "claim",
      as: name,
      job: named,
      batch: number,
      attempt: given,
      lies,
      payBps,
      ...flaw,
    } as const;
    return [
      { weight: now < deadline ? 12 : 1, by: one(dice, MINERS), deed: claimed },
      ...(dice(6) === 0 ? [{ weight: 1, by: one(dice, MINERS), deed: claimed, from: deadline }] : []),
      refund,
    ];
  });
  return sight.hubs[hub].status === "Registered" || dice(open === 0 ? 6 : 30) === 0 ? [post, ...batches] : batches;
}

/** A hub's own life, and what the DAO does with it. */
function hubChoices({ dice, sight }: Scene, hub: Hub): Choice[] {
  const { status, registrations, waiting, free } = sight.hubs[hub];
  const owner = OWNER_OF[hub];
  const last = registrations.at(-1);
  const lane = one(dice, ["fastLane", "fastLane", "government"] as const);
  const collectable = status === "Registered" || status === "Punished";
  const collect: Choice = {
    weight: waiting === 0n ? 1 : collectable ? 15 : 5,
    ...{ by: "stranger", deed: { do: "collect", hub } },
  };
  const poor = free <= 10n ** 18n && status === "Idle";
  const fund: Choice = { weight: poor ? 20 : 2, by: "holder", deed: { do: "fund", hub, sum: sum(dice) } };
  if (!last) {
    return [
      { weight: 30, by: owner, deed: { do: "fund", hub, sum: [10 + dice(90), dice(9)] } },
      { weight: 30, by: owner, deed: { do: "register", hub } },
    ];
  }
  const { registeredAt, closedAt, suspectedAt, terms } = last;
  const payDay = payDayOf(last);
  const closing = registeredAt + terms.payPeriod - terms.closedPeriod;
  switch (status) {
    case "Registered":
      return [
        ...[collect, fund],
        { weight: 4, by: lane, deed: { do: "suspect", hub } },
        closedAt === 0
          ? { weight: 2, by: owner, deed: { do: "closePeriod", hub }, from: closing }
          : { weight: 10, by: owner, deed: { do: "payDay", hub }, from: payDay ?? 0 },
        { weight: 1, by: "stranger", deed: { do: "closePeriod", hub }, from: closing + 2 * terms.closedPeriod },
        { weight: 1, by: owner, deed: { do: "payDay", hub }, from: payDay ?? 0 },
        { weight: 1, by: owner, deed: { do: "register", hub } },
      ];
    case "Suspected":
      return [
        ...[collect, fund],
        { weight: 3, by: "government", deed: { do: "rehab", hub } },
        { weight: 1, by: "stranger", deed: { do: "rehab", hub }, from: suspectedAt + terms.rehabAfter },
        { weight: 2, by: "government", deed: { do: "ban", hub }, from: suspectedAt + terms.suspicion },
        { weight: 1, by: owner, deed: { do: "withdraw", hub, part: part(dice) } },
        { weight: 1, by: owner, deed: { do: "payDay", hub } },
      ];
    case "Punished":
      return [
        ...[collect, fund],
        { weight: 6, by: "stranger", deed: { do: "sweep", hub } },
        { weight: 1, by: owner, deed: { do: "register", hub } },
        { weight: 1, by: "government", deed: { do: "rehab", hub } },
      ];
    default:
      return [
        ...[collect, fund],
        { weight: 12, by: owner, deed: { do: "register", hub } },
        { weight: 2, by: owner, deed: { do: "withdraw", hub, part: part(dice) } },
        { weight: 1, by: lane, deed: { do: "suspect", hub } },
      ];
  }
}

/** Payments, pulls and ratings of a hub. */
function moneyChoices({ dice, sight }: Scene, hub: Hub): Choice[] {
  const { status, allowances } = sight.hubs[hub];
  if (status !== "Registered" && dice(4) > 0) return [];
  const payee = one(dice, PAYEES);
  const approved = PAYEES.filter((name) => allowances[name] > 0n);
  const by = one(dice, ["r0", "r1", "v0", OWNER_OF[hub]] as const);
  const running = status === "Registered" ? 20 : 1;
  return [
    { weight: running, by: OWNER_OF[hub], deed: { do: "transfer", hub, payee, part: part(dice) } },
    { weight: running, by, deed: { do: "rate", hub, inFavour: dice(2) === 0, sum: sum(dice) } },
    ...approved.map((name): Choice => {
      if (name === "treasury" || name === "h0" || name === "h1")
        return { weight: 12, by: "stranger", deed: { do: "bringIn", hub, payee: name } };
      return { weight: 4, by: name, deed: { do: "pull", hub, part: part(dice) } };
    }),
  ];
}

/** Payouts of ratings, the Treasury, and stakes. */
function otherChoices({ dice, sight, now }: Scene): Choice[] {
  const someone = one(dice, [...MINERS, "v0", "v1"] as const);
  const asked = PEOPLE.filter((name) => (sight.stakes[name]?.withdrawing ?? 0n) > 0n);
  const ratings = sight.positions.flatMap(({ hub, registration, claimed }, position): Choice[] => {
    const about = sight.hubs[hub].registrations[registration - 1];
    if (claimed === 2 || !about) return [];
    const weight = isDecided(about, now) ? 8 : 1;
    return [{ weight, by: "stranger", deed: { do: "claimRating", position } }];
  });
  const seizures = sight.seizures.flatMap(({ released, releaseAt }, seizure): Choice[] =>
    released ? [] : [{ weight: 2, by: "stranger", deed: { do: "release", seizure }, from: releaseAt }],
  );
  return [
    ...[...ratings, ...seizures],
    { weight: 3, by: "government", deed: { do: "spend", part: part(dice) } },
    { weight: 2, by: someone, deed: { do: "deposit", sum: sum(dice) } },
    { weight: 2, by: someone, deed: { do: "requestWithdrawal", part: part(dice) } },
    ...asked.map(
      (by): Choice => ({
        ...{ weight: 6, by, deed: { do: "withdrawStake" } },
        from: sight.stakes[by]?.availableAt ?? now,
      }),
    ),
  ];
}
