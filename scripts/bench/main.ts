// `npm run bench`: measures what the project promises and prints figure, target and reference.
//   npm run bench -- --json              an array of figures on stdout
//   npm run bench -- --only claim split  a part: groups and figures whose name contains one of the words
//   npm run bench -- --list              the groups
import { parseArgs, styleText } from "node:util";
import type { Bench, Figure } from "./figure.ts";
import { gameBenches } from "./games.ts";
import { governmentBenches } from "./government.ts";
import { growthBenches } from "./growth.ts";
import { growthParts } from "./growth-parts.ts";
import { machineBenches } from "./machine.ts";
import { marketBenches } from "./market.ts";

const { values, positionals } = parseArgs({
  options: {
    json: { type: "boolean" },
    list: { type: "boolean" },
    only: { type: "string", multiple: true },
  },
  allowPositionals: true,
});
const benches: readonly Bench[] = [
  ...machineBenches,
  ...gameBenches,
  ...marketBenches,
  ...governmentBenches,
  ...growthBenches,
  ...growthParts,
];
const words = [...(values.only ?? []), ...positionals];

function shown(value: number): string {
  const maximumFractionDigits = Math.abs(value) >= 100 ? 0 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits });
}

function row({ name, value, unit, target, better, reference, ok }: Figure): string {
  const goal = target === null ? "" : `${better === "lower" ? "≤" : "≥"} ${shown(target)}`;
  const mark = target === null ? " " : ok ? styleText("green", "✓") : styleText("red", "✗");
  return `  ${mark} ${name.padEnd(46)} ${shown(value).padStart(13)} ${unit.padEnd(15)} ${goal.padEnd(13)} ${styleText("dim", reference)}`;
}

if (values.list) {
  for (const { name, about } of benches) console.log(`${name.padEnd(12)} ${about}`);
  process.exit(0);
}

const figures: Figure[] = [];
for (const bench of benches) {
  const wanted = (name: string) =>
    words.length === 0 || words.some((word) => bench.name === word || name.includes(word));
  const measured = await bench.measure(wanted);
  if (measured.length === 0) continue;
  console.error(styleText("bold", `\n${bench.about}`));
  for (const figure of measured) console.error(row(figure));
  figures.push(...measured);
}
const missed = figures.filter((figure) => !figure.ok).map((figure) => figure.name);
console.error(
  missed.length === 0
    ? styleText("green", `\n✓ ${figures.length} figures, every target met`)
    : styleText("yellow", `\n✗ ${missed.length} of ${figures.length} figures miss their target: ${missed.join(", ")}`),
);
if (values.json) console.log(JSON.stringify(figures, null, 2));
