// Verbs that do several things of a kind. Each thing is done by itself, so a failure of one does not stop the others, and every outcome is
// reported. Anybody may do most of these things for anybody. So somebody else may be first at any moment, and that is no failure.

import { failureOf } from "@sonm/chain/transact";
import { showSnm } from "@sonm/protocol/values/amounts";
import { Failure } from "@sonm/protocol/values/failure";
import { plain } from "@sonm/protocol/values/plain";
import type { Paint, Terminal } from "../host/terminal/terminal.ts";
import { failureData, todoOf } from "./advice.ts";
import type { Answer } from "./verb.ts";

export type ItemOutcome<Item> =
  /** `amount`: wei of SNM that it brought */
  | { readonly kind: "done"; readonly item: Item; readonly amount: bigint }
  | { readonly kind: "done before"; readonly item: Item }
  | { readonly kind: "refused"; readonly item: Item; readonly refusal: Failure };

export type Task<Item> = {
  /** Does it. Returns what it brought, wei of SNM. @throws Failure if it was refused */
  act(item: Item): Promise<bigint>;
  /** Looks again whether it is done, by anybody. Called after a refusal. */
  isDone(item: Item): Promise<boolean>;
  /** such as `position 3`, and who gains by it */
  nameOf(item: Item): string;
  /** for programs */
  dataOf(item: Item): Readonly<Record<string, unknown>>;
};

/** Does one thing after another. Never throws: an error is the outcome of its thing. */
export async function oneByOne<Item>(
  items: readonly Item[],
  { act, isDone }: Pick<Task<Item>, "act" | "isDone">,
  onOutcome: (outcome: ItemOutcome<Item>) => void = () => undefined,
): Promise<ItemOutcome<Item>[]> {
  const outcomes: ItemOutcome<Item>[] = [];
  for (const item of items) {
    const outcome = await act(item).then(
      (amount): ItemOutcome<Item> => ({ kind: "done", item, amount }),
      async (error: unknown): Promise<ItemOutcome<Item>> => {
        // If the look fails too, the refusal stays.
        const done = await isDone(item).catch(() => false);
        if (done) return { kind: "done before", item };
        const refusal = error instanceof Failure ? error : failureOf("It was not done", "the call", error);
        return { kind: "refused", item, refusal };
      },
    );
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

function linesOf<Item>(outcome: ItemOutcome<Item>, { nameOf }: Task<Item>, { paint }: Terminal): string[] {
  const name = nameOf(outcome.item);
  if (outcome.kind === "done") return [`${paint("green", "✓")} ${showSnm(outcome.amount)}: ${name}`];
  if (outcome.kind === "done before") return [paint("dim", `· ${name}: somebody has done it already`)];
  return refusalLines(name, outcome.refusal, paint);
}

/** The name of a thing that was not done, and the reason. */
export function refusalLines(name: string, refusal: Failure, paint: Paint): string[] {
  const { what, why } = refusal;
  return [`${paint("red", "✗")} ${name}: ${plain(what)}`, `  ${plain(why)}`, `  → ${plain(todoOf(refusal))}`];
}

/** The same for programs. */
export function refusalData(refusal: Failure): Readonly<Record<string, unknown>> {
  return { ...failureData(refusal), possibleFrom: refusal.possibleFrom ?? null };
}

/** The outcomes of a batch, for the answer of a verb. */
export type Report<Item> = {
  readonly done: readonly Extract<ItemOutcome<Item>, { kind: "done" }>[];
  /** of what was done, wei of SNM */
  readonly total: bigint;
  /** has an outcome for each thing, and `ok`: whether nothing is left to do */
  readonly data: Readonly<Record<string, unknown>>;
  readonly exitCode: 0 | 1;
};

/**
 * Does one thing after another and reports each at once, so that even after an interruption it is known what was done.
 * @param doneBefore things that were done already before this call
 * @throws Failure only if there was one thing to do, and it was refused
 */
export async function carryOut<Item>(
  items: readonly Item[],
  task: Task<Item>,
  terminal: Terminal,
  doneBefore: readonly Item[] = [],
): Promise<Report<Item>> {
  const alone = items.length === 1 && doneBefore.length === 0;
  const tell = (outcome: ItemOutcome<Item>) => {
    if (!alone || outcome.kind !== "refused") terminal.say(...linesOf(outcome, task, terminal));
  };
  const before = doneBefore.map((item): ItemOutcome<Item> => ({ kind: "done before", item }));
  for (const one of before) tell(one);
  const outcomes = [...before, ...(await oneByOne(items, task, tell))];
  const [only] = outcomes;
  if (alone && only?.kind === "refused") throw only.refusal;
  const done = outcomes.flatMap((one) => (one.kind === "done" ? [one] : []));
  const ok = outcomes.every(({ kind }) => kind !== "refused");
  const total = done.reduce((sum, { amount }) => sum + amount, 0n);
  return { done, total, data: { ok, total, outcomes: outcomes.map(shapeOf(task)) }, exitCode: ok ? 0 : 1 };
}

function shapeOf<Item>({ dataOf }: Task<Item>) {
  return (outcome: ItemOutcome<Item>) => {
    const { kind, item } = outcome;
    const amount = kind === "done" ? outcome.amount : 0n;
    if (kind !== "refused") return { ...dataOf(item), outcome: kind, amount };
    return { ...dataOf(item), outcome: kind, amount, error: refusalData(outcome.refusal) };
  };
}

/** The answer of a verb that has already reported its outcomes: their sum, if there were several. */
export function summary<Item>(
  { done, total, data, exitCode }: Report<Item>,
  more: Readonly<Record<string, unknown>>,
): Pick<Answer, "lines" | "data" | "exitCode"> {
  return { lines: done.length > 1 ? [`${showSnm(total)} in all`] : [], data: { ...data, ...more }, exitCode };
}
