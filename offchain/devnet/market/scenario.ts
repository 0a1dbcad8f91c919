// The whole path in one run: a job is computed, a lie is caught, the chain convicts, the buyer gets a correct result.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { hubWalletOf } from "@sonm/chain/hub/factory";
import { outputName } from "../../agents/buyer/act.ts";
import { makeFolder } from "../../host/access/files.ts";
import type { RoleEvent } from "../../host/role/happenings.ts";
import { openTerminal } from "../../host/terminal/terminal.ts";
import { inGuardedFolder } from "../guard.ts";
import { watchSignals } from "../interruption.ts";
import { FIRST_WALLET } from "../local-chain.ts";
import { type Command, type Network, startNetwork } from "../network.ts";
import { BATCHES, enrollAll, launchAll, lieOf, MINERS } from "./cast.ts";
import { convictionsOf, resultOf, type ScenarioResult, takeStock } from "./report.ts";
import { tellStory } from "./story.ts";
import { tellCheck, tellDelivery, tellPlace, tellResult, tellSetUp, tellTitle, tellUnused } from "./telling.ts";
import { checkOutputs, EXPONENT, layOut, renderWork, wordWork } from "./work.ts";

export type ScenarioOptions = {
  /** a text file whose words are counted instead of rendering */
  readonly input?: string | undefined;
  readonly honest: boolean;
  /** chooses the picture, the liar and the lie */
  readonly seed?: number | undefined;
  /** how the liar lies, as a miner's configuration writes it; chosen by the seed otherwise */
  readonly lie?: string | undefined;
  /** leave the network up until a signal */
  readonly keep: boolean;
  /** directory for what is made */
  readonly out: string;
  /** how the `sonm` command is run, for the processes of the roles */
  readonly command: Command;
  /** how the roles reach the chain, given its URL */
  readonly reach?: (url: string) => Promise<readonly string[]>;
};

/**
 * Runs the scenario and shows it on the screen. A signal stops it in order.
 * @throws Failure if the options cannot be met, before anything is started; and if a signal has come before the end
 */
export async function runScenario(options: ScenarioOptions): Promise<ScenarioResult> {
  const started = performance.now();
  const screen = openTerminal(process.stderr);
  const { paint, say } = screen;
  const seed = options.seed ?? 1;
  const liarNumber = options.honest ? undefined : seed % MINERS;
  const out = resolve(options.out);
  await makeFolder(out);
  const work = options.input === undefined ? await renderWork(options.seed) : await wordWork(options.input);
  const units = work.inputs.length;
  const batchSize = Math.ceil(units / BATCHES);
  const batches = Math.ceil(units / batchSize);

  tellTitle(screen, options.honest);
  if (options.honest && options.lie !== undefined) tellUnused(screen, options.lie);

  const names = new Map<string, string>();
  const nameOf = (address: string) => names.get(address.toLowerCase()) ?? address;
  const story = tellStory(nameOf, { units, batches, exponent: EXPONENT }, paint);
  const events: RoleEvent[] = [];

  async function play(network: Network): Promise<ScenarioResult> {
    const cast = await enrollAll(network, liarNumber);
    const liar = liarNumber === undefined ? undefined : cast.miners[liarNumber];
    const players = [cast.hub, cast.buyer, ...cast.miners, ...cast.verifiers];
    for (const { address, name } of players) names.set(address.toLowerCase(), name);
    const { reader, deployment } = network.devnet;
    const wallet = await hubWalletOf(reader, deployment, cast.hub.address, FIRST_WALLET);
    const parties = [
      ...players.map(({ name, address }) => ({ role: name, address })),
      { role: "hub's wallet", address: wallet },
    ];
    tellSetUp(screen, network, liar, work.title);

    const before = await takeStock(network.devnet, parties);
    const job = await layOut(network.directory, work, batchSize);
    const lie = liar === undefined ? undefined : { by: liar, kind: options.lie ?? lieOf(seed) };
    await launchAll(network, cast, wallet, job, lie);

    await network.until((event) => event.kind === "done" || event.kind === "refused");
    await network.quiet();
    const convicted = new Set(events.flatMap((event) => (event.kind === "convicted" ? [event.claim] : [])));
    for (const claim of convicted) await network.until((event) => event.kind === "awarded" && event.claim === claim);
    await network.quiet();
    screen.done();

    const outputs = await Promise.all(work.inputs.map((_, unit) => readFile(join(job.out, outputName(unit)))));
    const finished = await work.finish(outputs, out);
    tellDelivery(screen, finished);
    const right = checkOutputs(work, outputs, (unit) =>
      screen.status(`    comparing with a run of our own: ${unit + 1}/${units}`, "comparing"),
    );
    screen.done();
    tellCheck(screen, right, units);

    const after = await takeStock(network.devnet, parties);
    const convictions = await convictionsOf(network.devnet, events);
    const result = resultOf({
      units,
      right,
      liar: liar?.address,
      before,
      after,
      convictions,
      events,
      picture: finished.file,
      seconds: Math.round((performance.now() - started) / 1000),
    });
    tellResult(screen, result);
    return result;
  }

  const interruption = watchSignals();
  try {
    // A folder of its own each time, so that runs do not disturb each other. It must not outlive the run, because it has keys in it.
    return await inGuardedFolder("sonm-", async (directory) => {
      const hear = (event: RoleEvent) => {
        events.push(event);
        say(...story.hear(event));
        const { text, milestone } = story.status();
        screen.status(text, milestone);
      };
      const network = await startNetwork(directory, options.command, hear, options.reach);
      try {
        const result = await interruption.orStop(() => play(network));
        if (options.keep) {
          tellPlace(network, screen);
          await interruption.signalled;
        }
        return result;
      } finally {
        screen.done();
        await network.stop();
      }
    });
  } finally {
    interruption.end();
  }
}
