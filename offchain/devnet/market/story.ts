// Turns what the roles report into what a person wants to follow: the progress of the work, and one dispute, move by move.

import { showSnm } from "@sonm/protocol/values/amounts";
import type { ClaimId, GameId } from "@sonm/protocol/values/ids";
import { plainly } from "@sonm/protocol/values/plain";
import type { RoleEvent } from "../../host/role/happenings.ts";
import { bar, type Paint, type Style } from "../../host/terminal/terminal.ts";

type Claimed = { readonly miner: string; readonly batch: number; readonly units: number };

export type Story = {
  /** The lines that report this event. */
  readonly hear: (event: RoleEvent) => string[];
  /** The line at the bottom. A log shows it again when `milestone` changes. */
  readonly status: () => { text: string; milestone: string };
};

const NUMBER = new Intl.NumberFormat("en-US");

/**
 * @param nameOf name of a role by its address
 * @param units units of the job
 * @param batches batches of the job
 * @param exponent m: a run has 8^m steps
 */
export function tellStory(
  nameOf: (address: string) => string,
  { units, batches, exponent }: { units: number; batches: number; exponent: number },
  paint: Paint,
): Story {
  const claims = new Map<ClaimId, Claimed>();
  const computed = new Set<string>();
  const settled = new Set<ClaimId>();
  const convicted = new Set<ClaimId>();
  const overGames = new Set<GameId>();
  /** Claims on which the chain has executed an instruction. */
  const executed = new Set<ClaimId>();
  /** The game that is reported move by move: the first one opened, which need not be the first one won. */
  let told: GameId | undefined;
  let settledUnits = 0;
  let checkedClaims = 0;

  const head = (mark: string, style: Style, label: string, text: string) =>
    `  ${paint(style, mark)} ${paint("bold", label.padEnd(11))} ${text}`;
  const more = (text: string) => `      ${text}`;

  function claimName(claim: ClaimId): string {
    const known = claims.get(claim);
    return known ? `${known.miner}, batch ${known.batch}` : "a claim";
  }

  function splitLine(by: string, depth: number, from: number, to: number): string {
    const apart = 8 ** (exponent - depth);
    const distance = apart === 1 ? "one step" : `${NUMBER.format(apart)} steps`;
    const range = `${NUMBER.format(from)} … ${NUMBER.format(to)}`;
    return more(
      `${paint("dim", `split ${String(depth).padStart(2)}`)}  ${by.padEnd(11)} steps ${range.padEnd(24)} ${paint("dim", `eight states, ${distance} apart`)}`,
    );
  }

  function hearProof(event: Extract<RoleEvent, { kind: "proved" }>): string[] {
    overGames.add(event.game);
    const aside = more(paint("dim", `${event.name} wins its own game on the same claim`));
    // One execution convicts, in whichever game it comes first. A game that goes on after that only pays its bond back.
    if (executed.has(event.claim)) return [aside];
    executed.add(event.claim);
    const changed = event.registers.filter(({ before, after }) => before !== after);
    const shown = event.registers.filter(
      ({ name, before, after }) => before !== after || new RegExp(`\\b${name}\\b`).test(event.instruction),
    );
    return [
      ...(event.game === told ? [] : [aside]),
      more(
        `${paint("cyan", "the chain executes")} step ${NUMBER.format(event.step)}:  ${paint("bold", event.instruction)}  ${paint("dim", `at pc ${event.pc}`)}`,
      ),
      ...(shown.length > 0 ? shown : changed).map(({ name, before, after }) =>
        more(
          `    ${name.padEnd(8)} ${before.padStart(18)} ${before === after ? paint("dim", "  unchanged") : `→ ${paint("bold", after)}`}`,
        ),
      ),
    ];
  }

  /** Roles pass on text of strangers: all of it is made plain first. */
  function hear(reported: RoleEvent): string[] {
    const event = plainly(reported);
    switch (event.kind) {
      case "posted":
        return [
          head(
            "✓",
            "green",
            "Posted",
            `${event.units} units in ${event.batches} batches, ${showSnm(event.escrow)} in escrow`,
          ),
        ];
      case "unit-computed":
        computed.add(`${event.batch}/${event.unit}`);
        if (event.lie) return [head("!", "yellow", "A lie", `${event.name} alters one state of unit ${event.unit}`)];
        if (!event.vain) return [];
        return [
          head(
            "!",
            "yellow",
            "No lie",
            `what ${event.name} alters in unit ${event.unit} changes nothing: its result is true`,
          ),
        ];
      case "claimed":
        claims.set(event.claim, { miner: nameOf(event.miner), batch: event.batch, units: event.units });
        return event.attempt > 0
          ? [head("↻", "cyan", "Done again", `batch ${event.batch} by ${nameOf(event.miner)}`)]
          : [];
      case "checked":
        if (event.ok) {
          checkedClaims++;
          return [];
        }
        return [head("✗", "red", "Mismatch", `${event.name} gets another result than ${claimName(event.claim)}`)];
      case "opened":
        if (told === undefined) {
          told = event.game;
          const unit = event.unit === null ? "which unit, the tree will tell" : `unit ${event.unit}`;
          const lines = [head("⚔", "magenta", "Challenge", `${event.name} against ${claimName(event.claim)}: ${unit}`)];
          // An opening with a known unit includes the first split.
          return event.unit === null ? lines : [...lines, splitLine(event.name, 1, 0, 8 ** exponent)];
        }
        return [more(paint("dim", `${event.name} plays a game of its own beside it`))];
      case "split":
        return event.game === told ? [splitLine(nameOf(event.by), event.depth, event.from, event.to)] : [];
      case "revealed":
        return event.game === told
          ? [more(paint("dim", `${event.name} reveals eight hashes, level ${event.level}`))]
          : [];
      case "picked":
        return event.game === told ? [more(paint("dim", `${event.name} rejects one of them`))] : [];
      case "proved":
        return hearProof(event);
      case "timed-out":
        if (overGames.has(event.game)) return [];
        overGames.add(event.game);
        return [more(`${nameOf(event.loser)} ${paint("cyan", "kept silent")} until its time was over`)];
      case "left":
        return [more(paint("dim", `${event.name} leaves its game with its bond: the claim is dead already`))];
      case "convicted":
        if (convicted.has(event.claim)) return [];
        convicted.add(event.claim);
        return [
          head(
            "⚖",
            "red",
            "Convicted",
            `${nameOf(event.miner)} loses ${showSnm(event.slashed)}; the batch is open again`,
          ),
        ];
      case "awarded":
        return [head("★", "yellow", "Rewarded", `${event.name} receives ${showSnm(event.amount)}`)];
      case "settled":
        if (settled.has(event.claim)) return [];
        settled.add(event.claim);
        settledUnits += event.units;
        return [];
      case "rejected":
        return [head("✗", "red", "Rejected", `${event.name} cannot use batch ${event.batch}: ${event.why}`)];
      case "failed":
        // A failure that is tried again at once is not reported: it is mostly a race with another role.
        return event.retryIn >= 2
          ? [head("…", "yellow", "Retrying", `${event.name}: ${event.what}: ${event.why}; ${event.todo}`)]
          : [];
      default:
        return [];
    }
  }

  return {
    hear,
    status() {
      const done = Math.min(computed.size, units);
      const text =
        `    ${bar(done, units, 24)}  ${done}/${units} computed · ${Math.min(checkedClaims, batches * 2)} claims found right · ` +
        `${settledUnits}/${units} settled`;
      return { text, milestone: `${Math.floor((4 * done) / units)}/${Math.floor((4 * settledUnits) / units)}` };
    },
  };
}
