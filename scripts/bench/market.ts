// What the chain charges: claims, settlements, splits, proofs, whole convictions.
import { settleClaim } from "@sonm/chain/market/claims";
import { rowOf } from "@sonm/protocol/machine/isa/decode";
import { INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";
import { HALT, PC } from "@sonm/protocol/machine/layout";
import { load32 } from "@sonm/protocol/machine/memory";
import { settleableFrom } from "@sonm/protocol/result/claim";
import { type Bench, type Figure, figure } from "./figure.ts";
import { type Conviction, honestTrace, setTable, type Table } from "./table.ts";

const EXPONENT = 8;
/** A place in the middle of the run, where memory is in use. */
const MIDDLE = 1_000_000;

const gas = (target: number | undefined, reference?: string) => ({
  unit: "gas",
  better: "lower" as const,
  ...(target === undefined ? {} : { target }),
  ...(reference === undefined ? {} : { reference }),
});

/** A reserved word: no instruction touches it, so a lie in it lasts. */
const UNTOUCHED = 47;

/** A lie in the state that follows `step`. */
function lieAfter(step: number) {
  return { step: step + 1, change: { register: UNTOUCHED }, xor: 1n };
}

async function claimAndSettle(table: Table, units: number): Promise<Record<"post" | "claim" | "settle", number>> {
  const { job, receipt: posted } = await table.post(units, EXPONENT);
  const { claim, receipt: claimed } = await table.claim(job);
  const { timestamp } = await table.reader.client.getBlock();
  await table.jumpTo(settleableFrom(job, Number(timestamp)));
  const settled = await settleClaim(table.miner, table.deployment, job, claim);
  return { post: Number(posted.gasUsed), claim: Number(claimed.gasUsed), settle: Number(settled.gasUsed) };
}

async function honestPath(table: Table): Promise<Figure[]> {
  // The first settlement also opens the miner's allowance and the wallet's storage: what follows is the usual case.
  const first = await claimAndSettle(table, 1024);
  const usual = await claimAndSettle(table, 1024);
  const figures = [
    figure("post a job", usual.post, gas(undefined)),
    figure("claim, 1,024 units", usual.claim, gas(undefined)),
    figure("settle, 1,024 units", usual.settle, gas(undefined)),
    figure(
      "claim + settle, 1,024 units, first ever",
      first.claim + first.settle,
      gas(250_000, "iExec ~1.0M for one task with one worker"),
    ),
    figure(
      "claim + settle, 1,024 units",
      usual.claim + usual.settle,
      gas(250_000, "iExec ~1.0M for one task with one worker"),
    ),
  ];
  for (const units of [1, 64, 1024, 16_384]) {
    const { claim, settle } = await claimAndSettle(table, units);
    const goal = units >= 1024 ? gas(250) : gas(undefined);
    figures.push(figure(`gas a unit, ${units.toLocaleString("en-US")} a claim`, (claim + settle) / units, goal));
  }
  return figures;
}

function worst(conviction: Conviction, call: string): number {
  return Math.max(...conviction.steps.filter((step) => step.call === call).map(({ gas }) => gas));
}

async function convictions(table: Table): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const exponent of [8, 12]) {
    const { job } = await table.post(1024, exponent);
    const start = performance.now();
    const conviction = await table.convict(await table.claim(job, lieAfter(MIDDLE)));
    const seconds = (performance.now() - start) / 1000;
    const steps = `2^${3 * exponent} steps`;
    const goal = exponent === 12 ? gas(1_100_000, "~10M (PRT), ~15M (OP), ~27M (BoLD)") : gas(undefined);
    figures.push(
      figure(`commit, ${steps}`, worst(conviction, "commit"), gas(undefined)),
      figure(`open, ${steps}`, worst(conviction, "open"), gas(undefined)),
      figure(
        `dearest split, ${steps}`,
        worst(conviction, "split"),
        gas(60_000, "~90k for a binary move (Cartesi PRT)"),
      ),
      figure(`whole conviction, ${steps}`, conviction.total, goal),
      figure(`claim to conviction, ${steps}, local chain`, seconds, { unit: "s", better: "lower" }),
    );
  }
  return figures;
}

/** For each instruction a step that executes it: in the middle of the run if there is one, else in the prologue. */
function stepsOfKinds(): Map<string, number> {
  const found = new Map<string, number>();
  const trace = honestTrace(EXPONENT);
  const look = (from: number, to: number) => {
    const machine = trace.machineAt(from);
    for (let step = from; step < to && machine.words[HALT] === 0n; step++) {
      const { name } = rowOf(load32(machine.memory, Number(machine.words[PC])));
      if (!found.has(name)) found.set(name, step);
      machine.advance(1);
    }
  };
  look(MIDDLE, MIDDLE + 200_000);
  look(0, 200);
  return found;
}

const STORES = /^s[bhwd]$/;
const LOADS = /^l(b|h|w|d|bu|hu|wu)$/;

function proofGoal(name: string) {
  if (STORES.test(name)) return gas(170_000, "207k (asterisc), 852k (Cartesi)");
  if (LOADS.test(name)) return gas(150_000, "184k (asterisc), 852k (Cartesi)");
  return gas(110_000, "107k (asterisc), 852k (Cartesi)");
}

async function proofs(table: Table, wanted: (name: string) => boolean): Promise<Figure[]> {
  const steps = stepsOfKinds();
  const figures: Figure[] = [];
  for (const { name } of INSTRUCTIONS) {
    const step = steps.get(name);
    if (step === undefined || !wanted(`prove ${name}`)) continue;
    const { job } = await table.post(1024, EXPONENT);
    const conviction = await table.convict(await table.claim(job, lieAfter(step)));
    figures.push(figure(`prove ${name}`, worst(conviction, "prove"), proofGoal(name)));
  }
  return figures;
}

/** A group that plays on a table of its own. */
function onTable(
  name: string,
  about: string,
  names: RegExp,
  measure: (table: Table, wanted: (name: string) => boolean) => Promise<Figure[]>,
): Bench {
  return {
    name,
    about,
    async measure(wanted) {
      const samples = names.source.split("|");
      if (!wanted(name) && !samples.some(wanted)) return [];
      const table = await setTable();
      try {
        return await measure(table, (figureName) => wanted(name) || wanted(figureName));
      } finally {
        await table.stop();
      }
    },
  };
}

export const marketBenches: readonly Bench[] = [
  onTable("honest-path", "The honest path", /post|claim|settle|gas a unit/, honestPath),
  onTable(
    "conviction",
    "A challenge, from the announcement to the conviction",
    /commit|open|split|conviction/,
    convictions,
  ),
  onTable("prove", "The disputed instruction, executed by the chain", /prove/, proofs),
];
