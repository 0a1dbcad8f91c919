// What happens to the network while it works, chosen by a seed. The same seed gives the same troubles in the same order; when each comes
// depends on the computer. Pure.
import { chances } from "../../offchain/devnet/programs/gallery.ts";

/** What a way over the network does to requests: see faulty-way.ts. */
export const faults = ["drop", "hang", "slow", "html", "limited", "cut"] as const;
export type Fault = (typeof faults)[number];

/** What a stranger throws at the network: see stranger.ts. */
export const bombs = ["lengths", "forged", "questions", "depth", "layers", "pages", "no-end"] as const;
export type Bomb = (typeof bombs)[number];

export type Trouble =
  /** killed as by a power cut, and started again later */
  | { readonly kind: "kill"; readonly who: string; readonly seconds: number }
  /** stopped where it stands (SIGSTOP), and continued later */
  | { readonly kind: "freeze"; readonly who: string; readonly seconds: number }
  /** its way to the chain or to the store is bad for a while */
  | {
      readonly kind: "bad-way";
      readonly to: "chain" | "store";
      readonly who: string;
      readonly fault: Fault;
      readonly seconds: number;
    }
  /** the last blocks of the chain are replaced by empty ones, and their transactions are lost */
  | { readonly kind: "reorganise"; readonly depth: number }
  /** many letters at once from keys that nobody knows */
  | { readonly kind: "flood"; readonly who: string; readonly letters: number }
  | { readonly kind: "bomb"; readonly bomb: Bomb };

export type Planned = {
  /** seconds of real time after the trouble before */
  readonly after: number;
  readonly trouble: Trouble;
};

/** How often each kind comes, in parts. */
const WEIGHTS: Readonly<Record<Trouble["kind"], number>> = {
  kill: 5,
  freeze: 3,
  "bad-way": 6,
  reorganise: 3,
  flood: 2,
  bomb: 4,
};

/** Blocks that a reorganisation replaces at most. */
export const DEEPEST = 6;

export const troubleKinds = Object.keys(WEIGHTS) as readonly Trouble["kind"][];

/**
 * Troubles without end.
 * @param only these kinds
 * @param mortal who is killed now and then
 * @param all who is disturbed otherwise
 */
export function* troubles(
  seed: number,
  only: readonly Trouble["kind"][],
  mortal: readonly string[],
  all: readonly string[],
): Generator<Planned, never> {
  const chance = chances(seed);
  const between = (least: number, most: number) => least + chance() * (most - least);
  const whole = (least: number, most: number) => Math.floor(between(least, most + 1));
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;
  const kinds = only.flatMap((kind) => Array<Trouble["kind"]>(WEIGHTS[kind]).fill(kind));

  function trouble(): Trouble {
    const kind = oneOf(kinds);
    switch (kind) {
      case "kill":
        return { kind, who: oneOf(mortal), seconds: between(0, 3) };
      case "freeze":
        return { kind, who: oneOf(all), seconds: between(0.5, 5) };
      case "bad-way":
        return {
          kind,
          to: oneOf(["chain", "store"]),
          who: oneOf(all),
          fault: oneOf(faults),
          seconds: between(0.5, 5),
        };
      case "reorganise":
        return { kind, depth: whole(1, DEEPEST) };
      case "flood":
        return { kind, who: oneOf(all), letters: whole(50, 300) };
      case "bomb":
        return { kind, bomb: oneOf(bombs) };
    }
  }

  for (;;) yield { after: between(1, 7), trouble: trouble() };
}

/** A trouble in words, for people. */
export function told(trouble: Trouble): string {
  const during = (seconds: number) => `for ${seconds.toFixed(1)} s`;
  switch (trouble.kind) {
    case "kill":
      return `${trouble.who} is killed, and away ${during(trouble.seconds)}`;
    case "freeze":
      return `${trouble.who} is stopped ${during(trouble.seconds)}`;
    case "bad-way":
      return `the way of ${trouble.who} to the ${trouble.to}: ${trouble.fault} ${during(trouble.seconds)}`;
    case "reorganise":
      return `the last ${trouble.depth} blocks are replaced`;
    case "flood":
      return `${trouble.letters} letters to ${trouble.who} from unknown keys`;
    case "bomb":
      return `a stranger's bomb: ${trouble.bomb}`;
  }
}
