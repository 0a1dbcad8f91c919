// `npm run fuzz`: gives wrong bytes to every decoder, for longer than `npm test` does.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decoders } from "../test/unit/fuzz/decoders.ts";
import { type Reading, watch } from "../test/unit/fuzz/watch.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string" }, only: { type: "string", multiple: true }, seed: { type: "string" } },
});
const minutes = Number(values.minutes ?? 1);
const seed = Number(values.seed ?? 1);
const all = decoders.map(({ name }) => name);
const names = values.only ?? all;
if (!(minutes > 0) || !Number.isSafeInteger(seed) || !names.every((name) => all.includes(name))) {
  console.error("npm run fuzz -- [--minutes N of each decoder] [--only DECODER] [--seed N]");
  console.error(`The decoders: ${all.join(", ")}`);
  process.exit(2);
}
/** Cases between two looks at the clock. */
const RUNS = 1000;

for (const name of names) {
  const sum = { cases: 0, returned: 0, slowest: 0 };
  const wrong: Reading[] = [];
  await watch({ names: [name], seed, runs: RUNS, until: Date.now() + 60_000 * minutes }, (reading) => {
    sum.cases += reading.cases;
    sum.returned += reading.returned;
    sum.slowest = Math.max(sum.slowest, reading.slowest);
    if (reading.finding) wrong.push(reading);
  });
  console.log(`${name}: ${sum.cases} cases, ${sum.returned} read; the slowest took ${sum.slowest} ms`);
  for (const { finding, seed } of wrong) {
    const folder = join(import.meta.dirname, "..", ".sonm", "fuzz");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name.replaceAll(" ", "-")}-${seed}`);
    writeFileSync(file, Buffer.from(finding?.hex ?? "", "hex"));
    console.log(`  seed ${seed}, the case is in ${file}\n  ${finding?.why.split("\n").slice(0, 12).join("\n  ")}`);
  }
  if (wrong.length > 0) process.exitCode = 1;
}
