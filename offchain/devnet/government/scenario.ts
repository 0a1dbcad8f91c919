// The blockchain government in one run, on a local chain whose clock is moved: a good hub is taxed and withdraws, a bad one is banned
// and its funds freeze, those who rated them are paid, and a malicious suspicion is taken back. Every SNM is accounted for.

import { openTerminal, toJson } from "../../host/terminal/terminal.ts";
import { startDevnet } from "../local-chain.ts";
import { balanceTable, institutions, takeStock } from "./accounts.ts";
import { aftermath, banOfMirage } from "./ban.ts";
import { gather } from "./cast.ts";
import { conviction, suspicion } from "./crime.ts";
import { openHubs } from "./hubs.ts";
import { stayUp } from "./keep.ts";
import { malice } from "./malice.ts";
import { paydayOfAurora } from "./payday.ts";
import { closingLines, resultOf } from "./result.ts";
import { setStage } from "./stage.ts";

export type GovernmentOptions = {
  /** chooses keys, odd amounts, and the lie; 1 if left out */
  readonly seed?: number;
  /** one object on stdout at the end */
  readonly json: boolean;
  /** leave the chain up until Ctrl-C */
  readonly keep?: boolean;
};

/** Plays the scenario. Returns the exit code: 0 only if everything came out as it must. */
export async function runGovernment(options: GovernmentOptions): Promise<number> {
  const started = performance.now();
  const terminal = openTerminal(process.stderr);
  const { say, paint } = terminal;
  const seed = options.seed ?? 1;
  say("", `  ${paint("bold", "SONM")}  ${paint("dim", "the blockchain government: what makes a hub worth trusting")}`);
  terminal.status("  starting a chain …", "start");
  const devnet = await startDevnet();
  try {
    const cast = await gather(devnet, seed);
    terminal.done();
    const stage = await setStage(devnet, cast, seed, terminal);
    const people = Object.values(cast).map(({ name, address }) => ({ role: name, address }));
    const before = await takeStock(devnet, [...people, ...institutions(devnet)]);

    const hubs = await openHubs(stage);
    const convicted = await conviction(stage, hubs);
    await suspicion(stage, hubs, convicted);
    await malice(stage, hubs);
    await paydayOfAurora(stage, hubs);
    await banOfMirage(stage, hubs, convicted);
    await aftermath(stage, hubs);

    const wallets = Object.values(hubs).map(({ name, wallet }) => ({ role: `${name}'s wallet`, address: wallet }));
    const after = await takeStock(devnet, [...people, ...wallets, ...institutions(devnet)]);
    const result = resultOf(before, after, stage, Math.round((performance.now() - started) / 1000));
    say("", ...balanceTable(result.balances).map((line) => `  ${line}`), "");
    say(...closingLines(result, after, terminal), "");
    if (options.json) process.stdout.write(`${toJson(result)}\n`);
    if (options.keep) await stayUp(devnet, cast, terminal);
    return result.ok ? 0 : 1;
  } finally {
    terminal.done();
    await devnet.stop();
  }
}
