// What is shown of a run besides its story: where it takes place, and what remains of it.
import { join } from "node:path";
import { showSnm } from "@sonm/protocol/values/amounts";
import { grouped, type Terminal, table } from "../../host/terminal/terminal.ts";
import type { Network, Player } from "../network.ts";
import { MINERS, VERIFIERS } from "./cast.ts";
import type { ScenarioResult } from "./report.ts";
import type { Finished } from "./work.ts";

/** What the run is about. */
export function tellTitle({ say, paint }: Terminal, honest: boolean): void {
  const about = honest ? "an honest network at work" : "a job is computed, a lie is caught, the chain convicts";
  say("", `  ${paint("bold", "SONM")}  ${paint("dim", about)}`, "");
}

/** A lie that nobody is there to tell. */
export function tellUnused({ say, paint }: Terminal, lie: string): void {
  say(`  ${paint("yellow", "!")} nobody tells the lie ${lie}, because all are --honest`, "");
}

/** Where it takes place, who plays, and what is computed. */
export function tellSetUp(screen: Terminal, { devnet }: Network, liar: Player | undefined, job: string): void {
  const contracts = Object.keys(devnet.deployment.addresses).length;
  const place = `${contracts} contracts at ${devnet.url}, keeping the real times: its clock jumps when all are idle`;
  const who = liar === undefined ? "all honest" : `${liar.name} lies`;
  const roles = `a hub, ${MINERS} miners (${who}), ${VERIFIERS} verifiers, a buyer: each a process of its own`;
  screen.say(line(screen, "Chain", place), line(screen, "Roles", roles), line(screen, "Job", job));
}

/** What the buyer has got. */
export function tellDelivery(screen: Terminal, { file, lines }: Finished): void {
  const delivered = line(screen, "Delivered", `${file}: every unit's Merkle proof fits its settled root`);
  screen.say(delivered, ...lines.map((text) => `      ${text}`));
}

/** Whether the result is right. */
export function tellCheck(screen: Terminal, right: boolean, units: number): void {
  const { paint, say } = screen;
  say(
    right
      ? line(screen, "Right", `all ${units} outputs are what this process computes itself`)
      : `  ${paint("red", "✗")} ${paint("bold", "Wrong      ")} the result differs from what this process computes itself`,
  );
}

function line({ paint }: Terminal, label: string, text: string): string {
  return `  ${paint("green", "✓")} ${paint("bold", label.padEnd(11))} ${text}`;
}

/** Balances, gas, convictions, and whether all is as it must be. */
export function tellResult({ say, paint }: Terminal, result: ScenarioResult): void {
  const indent = (lines: readonly string[]) => lines.map((text) => `  ${text}`);
  const signed = (wei: bigint) => (wei === 0n ? "" : `${wei > 0n ? "+" : "−"}${showSnm(wei < 0n ? -wei : wei)}`);
  const balances = result.balances.map(({ role, before, after }) => [
    role,
    showSnm(before),
    showSnm(after),
    signed(BigInt(after) - BigInt(before)),
  ]);
  const gas = result.gas.map(({ call, count, min, mean, max }) => [call, ...[count, min, mean, max].map(grouped)]);
  say("", ...indent(table(["SNM, stakes included", "before", "after", "change"], balances)));
  say(
    `  ${result.snmConserved ? paint("green", "every SNM is accounted for, to the wei") : paint("red", "SNM are missing")}`,
  );
  say("", ...indent(table(["gas", "count", "least", "mean", "most"], gas)));
  for (const { unit, step, instruction, splits, gas } of result.convictions) {
    const where = step === null ? "by silence" : `unit ${unit}, step ${grouped(step)}: ${instruction}`;
    say("", `  Convicted ${where}; ${splits} splits, ${grouped(gas)} gas for the whole challenge`);
  }
  say(
    "",
    result.ok
      ? `  ${paint("green", "✓")} ${result.settledUnits} units settled, ${result.convictions.length} lie${result.convictions.length === 1 ? "" : "s"} convicted, in ${result.seconds} s`
      : `  ${paint("red", "✗")} not as it must be: ${result.settledUnits} of ${result.units} units settled, ${result.convictions.length} convictions`,
    "",
  );
}

/** How to reach a network that stays up. */
export function tellPlace({ devnet, directory }: Network, { say, paint }: Terminal): void {
  say(
    `  The network stays up until Ctrl-C.`,
    `    chain       ${devnet.url}`,
    `    contracts   ${join(directory, "deployment.json")}`,
    `    keystores   ${join(directory, "<role>", "key.json")}, password in ${join(directory, "password")}`,
    paint(
      "dim",
      `    for example: npx sonm hubs --rpc ${devnet.url} --deployment ${join(directory, "deployment.json")}`,
    ),
    "",
  );
}
