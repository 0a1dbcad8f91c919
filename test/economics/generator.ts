// Invents what happens next: mostly something that makes sense now, sometimes anything. The time is often exactly a second at which
// something changes.
import { batchCount } from "@sonm/protocol/job/job";
import { chances } from "../../offchain/devnet/programs/gallery.ts";
import { claimIdOf, jobIdOf } from "../support/market/terms.ts";
import type { Command, Deed, Knowledge, Script } from "./commands.ts";
import { deadlineOf, moverOf } from "./model/games.ts";
import type { ClaimRecord, HubStatus } from "./model/state.ts";
import { type MarketStage, type Name, names } from "./stage.ts";

/** Numbers below a bound, made from a seed. */
export type Dice = (below: number) => number;

export function diceOf(seed: number): Dice {
  const chance = chances(seed);
  // A chance is a whole number of 32 bits, divided by 2^32. Frozen histories depend on the remainder.
  return (below) => (chance() * 2 ** 32) % below;
}

function one<T>(dice: Dice, options: readonly T[]): T | undefined {
  return options[dice(Math.max(1, options.length))];
}

/** The next command of a sequence; `number` is its number. */
export function nextCommand(stage: MarketStage, script: Script, seed: number, number: number): Command {
  const dice = diceOf(seed);
  const at = nextTime(stage, dice) - script.start;
  const made = { at, ...deed(stage, script, dice, number) };
  // Sometimes somebody else tries it.
  return dice(25) === 0 ? { ...made, by: one(dice, names) ?? made.by } : made;
}

/** Mostly now or a little later; else the second before, at or after which something changes. */
function nextTime({ state }: MarketStage, dice: Dice): number {
  const { now } = state;
  const kind = dice(20);
  if (kind < 9) return now;
  if (kind < 16) return now + dice(120);
  const rarely = dice(10) === 0;
  const instants = [
    ...Object.values(state.claims).flatMap(({ status, job, claimedAt, endedAt }) => {
      if (status === "Live") return [claimedAt + job.window, claimedAt + job.window + job.opening];
      return status === "Convicted" ? [endedAt + job.opening] : [];
    }),
    ...Object.values(state.commitments).flatMap(({ at }) => [at + 600, ...(rarely ? [at + 2 * 86_400] : [])]),
    ...Object.values(state.games).flatMap((game) => (game.phase === "over" ? [] : [deadlineOf(game)])),
    ...(rarely ? Object.values(state.jobs).map(({ job }) => Number(job.deadline)) : []),
    ...(rarely ? Object.values(state.stakes).map(({ availableAt }) => availableAt) : []),
    ...(state.hub.status === "Suspected" ? [state.hub.suspectedAt + 86_400] : []),
  ];
  const near = instants.filter((instant) => instant >= now).sort((a, b) => a - b);
  const chosen = near[dice(3) === 0 ? dice(Math.max(1, near.length)) : 0] ?? now;
  return Math.max(now, chosen + dice(3) - 1);
}

type Choice = readonly [weight: number, by: Name, deed: Deed];

/** Chooses the subject first, so that the many possible deeds about old claims do not displace all others. */
function deed(stage: MarketStage, script: Script, dice: Dice, number: number): { by: Name } & Deed {
  const subjects = [
    { weight: 45, choices: gameChoices(stage, dice) },
    { weight: 12, choices: claimChoices(stage, script, dice, number) },
    { weight: 30, choices: commitmentChoices(stage, script, dice) },
    { weight: 15, choices: newClaims(stage, script, dice, number) },
    { weight: 8, choices: otherChoices(stage, script, dice) },
  ].filter(({ choices }) => choices.length > 0);
  const { choices } = weighted(dice, subjects);
  const [, by, what] = weighted(
    dice,
    choices.map((choice) => ({ weight: choice[0], choice })),
  ).choice;
  return { by, ...what };
}

function weighted<T extends { readonly weight: number }>(dice: Dice, options: readonly T[]): T {
  let ticket = dice(options.reduce((sum, { weight }) => sum + weight, 0));
  for (const option of options) {
    ticket -= option.weight;
    if (ticket < 0) return option;
  }
  throw new Error("nothing to choose from");
}

function nameOf({ addresses }: MarketStage, address: string): Name {
  return names.find((name) => addresses[name] === address) ?? "stranger";
}

function knowledge(dice: Dice): Knowledge {
  return one(dice, ["truth", "truth", "truth", "claim", dice(65)] as const) ?? "truth";
}

/** What can be done about games: the turn of each open one. */
function gameChoices(stage: MarketStage, dice: Dice): Choice[] {
  return Object.values(stage.state.games).flatMap((game, number): Choice[] => {
    const { miner, challenger } = game.terms.about;
    const mover = moverOf(game);
    const by = nameOf(stage, mover === "miner" ? miner : challenger);
    if (game.phase === "over") return dice(40) === 0 ? [[1, by, { do: "answer", game: number, run: "truth" }]] : [];
    const run =
      mover === "miner"
        ? (one(dice, ["claim", "claim", "claim", knowledge(dice)] as const) ?? "claim")
        : knowledge(dice);
    const convicted = stage.state.claims[game.terms.about.claim]?.status === "Convicted";
    const move = game.phase === "split" ? (game.level === game.terms.exponent ? "prove" : "split") : game.phase;
    const leaf = game.phase === "pick" && game.level === 1;
    const any = one(dice, ["reveal", "pick", "pickLeaf", "split", "prove"] as const) ?? "split";
    const choice = game.phase === "reveal" ? 8 - dice(2) * dice(8) : dice(10);
    const mask = dice(2) === 0 ? 255 : dice(256);
    const stale = dice(6) === 0 ? { stale: true } : {};
    return [
      [60, by, { do: "answer", game: number, run }],
      [12, by, { do: "fumble", game: number, move: leaf ? "pickLeaf" : move, choice, mask, run, ...stale }],
      [2, by, { do: "fumble", game: number, move: any, choice, mask, run }],
      [stage.state.now > deadlineOf(game) ? 60 : 3, one(dice, names) ?? by, { do: "timeOut", game: number }],
      [convicted ? 60 : 2, nameOf(stage, challenger), { do: "leave", game: number }],
    ];
  });
}

/** What can be done about claims. */
function claimChoices(stage: MarketStage, script: Script, dice: Dice, number: number): Choice[] {
  const { state } = stage;
  return [...script.works].flatMap(([claim, work]): Choice[] => {
    const record = state.claims[work.id];
    const buyer = nameOf(stage, work.job.buyer);
    if (!record)
      return [
        [1, "verifier", { do: "commit", as: `c${number}`, claim }],
        [1, "stranger", { do: "settle", claim }],
      ];
    const live = record.status === "Live";
    const due = state.now > record.claimedAt + work.job.window + work.job.opening;
    const challenger = one(dice, ["verifier", "verifier", "second", "second", "rival", "miner"] as const) ?? "verifier";
    const thief = one(dice, [...script.commitments.keys()]);
    return [
      [
        live && state.now <= record.claimedAt + work.job.window ? 25 : 1,
        challenger,
        { do: "commit", as: `c${number}`, claim },
      ],
      [1, challenger, { do: "commit", as: `c${number}`, claim, ...(thief ? { thiefOf: thief } : {}) }],
      [live && due ? 30 : 2, "stranger", { do: "settle", claim }],
      [live ? 3 : 1, buyer, { do: "confirm", claim }],
      ...awardChoices(stage, dice, record, claim),
    ];
  });
}

/** Awards the pool for each game on the claim, also those that have not won, and for a game on another claim. */
function awardChoices({ state }: MarketStage, dice: Dice, { claim, status }: ClaimRecord, name: string): Choice[] {
  return Object.values(state.games).flatMap(({ terms: { about } }, game): Choice[] => {
    if (about.claim !== claimIdOf(claim) && dice(20) > 0) return [];
    return [[status === "Convicted" ? 12 : 1, "stranger", { do: "award", claim: name, game }]];
  });
}

/** What can be done about announced challenges. */
function commitmentChoices(stage: MarketStage, script: Script, dice: Dice): Choice[] {
  const { state } = stage;
  return [...script.commitments].flatMap(([commitment, { by, work, hash }]): Choice[] => {
    const made = state.commitments[`${stage.addresses[by]} ${hash}`];
    const ended = (state.claims[work.id]?.endedAt ?? 0) !== 0;
    if (!made)
      return dice(25) === 0
        ? [[1, by, { do: one(dice, ["openTree", "retract", "forfeit"] as const) ?? "retract", commitment }]]
        : [];
    const again = state.claims[work.id]?.status === "Convicted" ? 20 : 3;
    const tall = work.count > 8;
    const late = state.now > made.at + work.job.opening;
    const lies = work.ends.flatMap((end, i) =>
      end === stage.chain.market.runOf(work.job, work.firstUnit + i).stateAt(8 ** work.job.exponent) ? [] : [i],
    );
    const position = one(dice, lies) ?? dice(work.count + 1);
    const flaw = dice(8) === 0 ? { flaw: one(dice, ["result", "path", "input"] as const) ?? "result" } : {};
    const run = lies.length > 0 && dice(4) > 0 ? "truth" : knowledge(dice);
    return [
      [ended ? again : late ? 2 : 60, by, { do: "open", commitment, position, run, ...flaw }],
      [ended ? again : late ? 1 : tall ? 60 : 20, by, { do: "openTree", commitment }],
      [ended ? 8 : 1, by, { do: "retract", commitment }],
      [state.now > made.at + 2 * 86_400 ? 20 : 1, "stranger", { do: "forfeit", commitment }],
    ];
  });
}

/** Claims for batches that are open, and for some that are not. */
function newClaims({ state }: MarketStage, { jobs, works }: Script, dice: Dice, number: number): Choice[] {
  return Object.values(state.jobs).flatMap(({ job, batches }) => {
    const index = jobs.findIndex(({ salt }) => salt === job.salt);
    if (index < 0) return [];
    return batches.map(({ status, attempt }, batch): Choice => {
      const by = one(dice, ["miner", "rival"] as const) ?? "miner";
      const count = Math.min(job.batchSize, job.units - batch * job.batchSize);
      const lies = dice(5) < 3 ? [[dice(count), dice(8 ** job.exponent + 1)] as const] : [];
      const copied =
        dice(10) === 0
          ? one(
              dice,
              [...works].filter(([, work]) => work.job.salt === job.salt && work.claim.batch === batch),
            )
          : undefined;
      const flaw =
        dice(10) === 0 ? one(dice, ["expired", "forged", "foreign", "replayed", "overpaid"] as const) : undefined;
      const given = dice(12) === 0 ? Math.max(0, attempt + dice(3) - 1) : attempt;
      const what = { do: "claim", as: `w${number}`, job: index, batch, attempt: given, lies } as const;
      return [status === "Open" ? 20 : 1, by, { ...what, ...(copied && { copied: copied[0] }), ...(flaw && { flaw }) }];
    });
  });
}

/** Jobs, stakes, refunds and the hub's standing. */
function otherChoices({ state, addresses }: MarketStage, { jobs }: Script, dice: Dice): Choice[] {
  const someone = one(dice, names) ?? "stranger";
  const snm = one(dice, [1, 99.5, 150, 9_800, 10_000]) ?? 1;
  const status: HubStatus =
    one(dice, ["Registered", "Registered", "Idle", "Suspected", "Punished"] as const) ?? "Registered";
  const asked = one(
    dice,
    names.filter((name) => (state.stakes[addresses[name]]?.withdrawing ?? 0n) > 0n),
  );
  const missing = jobs.flatMap((terms, index) => (state.jobs[jobIdOf(terms)] ? [] : [index]));
  const job = (dice(4) > 0 ? one(dice, missing) : undefined) ?? dice(jobs.length);
  const terms = jobs[job];
  const posted = terms && state.jobs[jobIdOf(terms)];
  const refundable = posted?.batches.some(({ status }) => status === "Open") && state.now >= posted.job.deadline;
  const batches = Array.from({ length: 1 + dice(2) }, () =>
    dice(terms ? batchCount(terms) + (dice(8) === 0 ? 1 : 0) : 1),
  );
  const flaw = dice(12) === 0 ? { flaw: one(dice, ["expired", "forged"] as const) ?? "forged" } : {};
  return [
    [missing.length > 1 ? 200 : 8, job === 2 ? "stranger" : "buyer", { do: "post", job, ...flaw }],
    [refundable ? 30 : 2, "stranger", { do: "refund", job, batches }],
    [state.waiting.remainder > 0n ? 40 : 1, "stranger", { do: "collect" }],
    [state.hub.status === "Registered" ? 2 : 6, "stranger", { do: "setStatus", status }],
    [2, someone, { do: "deposit", snm }],
    [3, someone, { do: "requestWithdrawal", snm }],
    [asked ? 15 : 1, asked ?? someone, { do: "withdraw" }],
  ];
}
