/** One measured figure beside what it should be and what others reach. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  /** gas, instructions/s, ms, s … */
  readonly unit: string;
  /** null if there is nothing to reach */
  readonly target: number | null;
  readonly better: "lower" | "higher";
  /** best known elsewhere, in words */
  readonly reference: string;
  /** target met; true if there is none */
  readonly ok: boolean;
};

/** A group of figures that share their set-up. */
export type Bench = {
  readonly name: string;
  readonly about: string;
  /** Measures the figures for which `wanted` holds; asks before it does anything long. */
  readonly measure: (wanted: (name: string) => boolean) => Promise<Figure[]>;
};

type Goal = { unit: string; target?: number; better: "lower" | "higher"; reference?: string };

/** Makes a figure of a measured value. */
export function figure(name: string, value: number, goal: Goal): Figure {
  const target = goal.target ?? null;
  const ok = target === null || (goal.better === "lower" ? value <= target : value >= target);
  return { name, value, unit: goal.unit, target, better: goal.better, reference: goal.reference ?? "–", ok };
}
