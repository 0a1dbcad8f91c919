// `npm run soak -- --minutes N [--seed S] [--only KIND …] [--json] [--keep]`: a network under trouble, and whether everybody has at the end what it must
// have. Exit code 0 only then.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inGuardedFolder } from "../../offchain/devnet/guard.ts";
import { openTerminal, toJson } from "../../offchain/host/terminal/terminal.ts";
import { sonmCommand } from "../unit/cli/sonm.ts";
import { shown } from "./report.ts";
import { soak } from "./soak.ts";
import { troubleKinds } from "./trouble.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "3" },
    only: { type: "string", multiple: true },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error("--minutes is a number above 0, --seed a whole number");
  process.exit(2);
}
const only = troubleKinds.filter((kind) => values.only?.includes(kind) ?? true);
const screen = openTerminal(process.stderr);
const begun = performance.now();

async function run(folder: string): Promise<void> {
  const report = await soak({
    minutes,
    seed,
    only,
    folder,
    command: sonmCommand,
    say: (line) => screen.say(`  ${((performance.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}`),
  });
  screen.say(...shown(report, screen.paint));
  if (values.json) console.log(toJson(report));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}

const PREFIX = "sonm-soak-";
if (values.keep) {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await run(folder).finally(() => console.error(`  everything is kept in ${folder}`));
} else await inGuardedFolder(PREFIX, run);
process.exit();
