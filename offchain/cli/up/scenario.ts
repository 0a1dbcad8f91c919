// The whole path in one run: a job is computed, a lie is caught, the chain convicts, the buyer gets a correct result.
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseEther } from "viem";
import { outputName } from "../../agents/buyer/act.ts";
import { FIRST_WALLET } from "../../core/chain/devnet.ts";
import { hubWalletOf } from "../../core/chain/hub.ts";
import type { RoleEvent } from "../../core/events.ts";
import type { Address } from "../../core/types.ts";
import { buildImage } from "../../runtime/image/build.ts";
import { showSnm } from "../amounts.ts";
import { grouped, openTerminal, type Terminal, table } from "../terminal.ts";
import { type Network, type Player, startNetwork } from "./network.ts";
import { type Accounts, type Conviction, convictionsOf, gasOf, type Holding, takeStock } from "./report.ts";
import { tellStory } from "./story.ts";
import { computeHere, EXPONENT, renderWork, type Work, wordWork } from "./work.ts";

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
};

/** What `--json` prints. Amounts are wei of SNM in decimal digits. */
export type ScenarioResult = {
  readonly ok: boolean;
  readonly units: number;
  readonly settledUnits: number;
  readonly claims: number;
  readonly convictions: readonly Conviction[];
  readonly balances: readonly { role: string; address: string; before: string; after: string }[];
  readonly snmConserved: boolean;
  readonly gas: ReturnType<typeof gasOf>;
  /** the picture, or the table of words */
  readonly picture: string;
  readonly seconds: number;
};

const BATCHES = 8;
const MINERS = 3;
const VERIFIERS = 2;
const PRICE = "0.1 SNM";
/** The least deposit that the chain accepts for a claim. */
const DEPOSIT = parseEther("100");

/** Where the network lives while it is up; a directory of its own each time, so that runs do not meet. */
function home(): Promise<string> {
  return mkdtemp(join(tmpdir(), "sonm-"));
}

/** The lie of a seed: a wrong step somewhere in the middle of the run. */
function lieOf(seed: number): string {
  return `step:${20_000 + ((seed * 104_729) % 60_000)}`;
}

type Cast = {
  readonly hub: Player;
  readonly buyer: Player;
  readonly miners: readonly Player[];
  readonly verifiers: readonly Player[];
};

async function enrollAll(network: Network, liar: number | undefined): Promise<Cast> {
  const each = async (role: "miner" | "verifier", count: number, funds: (i: number) => bigint) => {
    const players: Player[] = [];
    for (let i = 0; i < count; i++) players.push(await network.enroll(role, `${role}-${i + 1}`, funds(i)));
    return players;
  };
  return {
    hub: await network.enroll("hub", "hub", parseEther("100")),
    buyer: await network.enroll("buyer", "buyer", parseEther("1000")),
    // A liar has one deposit to lose; the honest ones can hold many claims at once.
    miners: await each("miner", MINERS, (i) => (i === liar ? DEPOSIT : DEPOSIT * BigInt(BATCHES + 2))),
    verifiers: await each("verifier", VERIFIERS, () => parseEther("500")),
  };
}

/** Starts all roles. The hub comes first, for the others ask for its wallet; then the liar, who so gets the first batch. */
async function launchAll(
  network: Network,
  { hub, buyer, miners, verifiers }: Cast,
  wallet: Address,
  job: { image: string; inputs: readonly string[]; out: string; batchSize: number },
  lie: { readonly by: Player; readonly kind: string } | undefined,
): Promise<void> {
  await network.launch(hub, { name: "Local hub", endpoint: "/ip4/127.0.0.1", funds: "50 SNM" });
  await network.until(({ kind, name }) => kind === "ready" && name === hub.name);
  if (lie) {
    await network.launch(lie.by, { hub: wallet, stake: "100 SNM", lie: lie.kind, lieUnit: "last" });
    await network.until((event) => event.kind === "announced" && event.miner === lie.by.address);
  }
  for (const miner of miners) {
    if (miner !== lie?.by) await network.launch(miner, { hub: wallet, stake: `${100 * (BATCHES + 2)} SNM` });
  }
  for (const verifier of verifiers) await network.launch(verifier, { stake: "400 SNM" });
  await network.launch(buyer, { hub: wallet, price: PRICE, exponent: EXPONENT, ...job });
}

/** Runs the scenario and tells it on the screen. */
export async function runScenario(options: ScenarioOptions): Promise<ScenarioResult> {
  const started = performance.now();
  const screen = openTerminal(process.stderr);
  const { paint, say } = screen;
  const seed = options.seed ?? 1;
  const liarNumber = options.honest ? undefined : seed % MINERS;
  const work = options.input === undefined ? await renderWork(options.seed) : await wordWork(options.input);
  const units = work.inputs.length;
  const batchSize = Math.ceil(units / BATCHES);
  const batches = Math.ceil(units / batchSize);
  const directory = await home();
  const out = resolve(options.out);
  await mkdir(out, { recursive: true });

  say(
    "",
    `  ${paint("bold", "SONM")}  ${paint("dim", options.honest ? "an honest network at work" : "a job is computed, a lie is caught, the chain convicts")}`,
    "",
  );

  const names = new Map<string, string>();
  const nameOf = (address: string) => names.get(address.toLowerCase()) ?? address;
  const story = tellStory(nameOf, { units, batches, exponent: EXPONENT }, paint);
  const events: RoleEvent[] = [];
  const network = await startNetwork(directory, (event) => {
    events.push(event);
    say(...story.hear(event));
    const { text, milestone } = story.status();
    screen.status(text, milestone);
  });
  try {
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
    const contracts = Object.keys(deployment.addresses).length;
    say(
      line(
        screen,
        "Chain",
        `${contracts} contracts at ${network.devnet.url}, keeping the real times: its clock jumps when all are idle`,
      ),
    );
    const who = liar === undefined ? "all honest" : `${liar.name} lies`;
    say(
      line(
        screen,
        "Roles",
        `a hub, ${MINERS} miners (${who}), ${VERIFIERS} verifiers, a buyer: each a process of its own`,
      ),
    );
    say(line(screen, "Job", work.title));

    const before = await takeStock(network.devnet, parties);
    const job = await layOut(directory, work, batchSize);
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
    say(line(screen, "Delivered", `${finished.file}: every unit's Merkle proof fits its settled root`));
    for (const text of finished.lines) say(`      ${text}`);
    const right = checkResult(work, outputs, screen);
    screen.done();
    say(
      right
        ? line(screen, "Right", `all ${units} outputs are what this process computes itself`)
        : `  ${paint("red", "✗")} ${paint("bold", "Wrong      ")} the result differs from what this process computes itself`,
    );

    const after = await takeStock(network.devnet, parties);
    const convictions = await convictionsOf(network.devnet, events);
    const settledUnits = events.reduce((sum, event) => sum + (event.kind === "done" ? event.settledUnits : 0), 0);
    // Nobody is convicted but the liar, and the liar is.
    const asExpected =
      convictions.every(({ miner }) => miner === liar?.address) && convictions.length > 0 === (liar !== undefined);
    const conserved = before.conserved && after.conserved;
    const result: ScenarioResult = {
      ok: right && asExpected && conserved && settledUnits === units,
      units,
      settledUnits,
      claims: new Set(events.flatMap((event) => (event.kind === "claimed" ? [event.claim] : []))).size,
      convictions,
      balances: changes(before, after),
      snmConserved: conserved,
      gas: gasOf(events),
      picture: finished.file,
      seconds: Math.round((performance.now() - started) / 1000),
    };
    tellResult(screen, result);
    if (options.keep) await stayUp(network, screen);
    return result;
  } finally {
    screen.done();
    await network.stop();
  }
}

function line({ paint }: Terminal, label: string, text: string): string {
  return `  ${paint("green", "✓")} ${paint("bold", label.padEnd(11))} ${text}`;
}

/** Writes the job's image and inputs to files, as the buyer takes them. */
async function layOut(directory: string, { elf, inputs }: Work, batchSize: number) {
  const folder = join(directory, "job");
  await mkdir(folder);
  const image = join(folder, "image.tar");
  await writeFile(image, await buildImage(elf));
  const files = inputs.map((_, unit) => join(folder, `input-${String(unit).padStart(6, "0")}.bin`));
  await Promise.all(inputs.map((input, unit) => writeFile(files[unit] as string, input)));
  return { image, inputs: files, out: join(folder, "outputs"), batchSize };
}

/** Whether every output is what an own run of its unit gives. */
function checkResult(work: Work, outputs: readonly Uint8Array[], screen: Terminal): boolean {
  const compute = computeHere(work);
  return outputs.every((output, unit) => {
    screen.status(`    comparing with a run of our own: ${unit + 1}/${outputs.length}`, "comparing");
    return Buffer.compare(output, compute(unit)) === 0;
  });
}

function changes(before: Accounts, after: Accounts): ScenarioResult["balances"] {
  const amountIn = ({ holdings }: Accounts, { address }: Holding) =>
    String(holdings.find((one) => one.address === address)?.amount ?? 0n);
  return after.holdings.map((one) => ({
    role: one.role,
    address: one.address,
    before: amountIn(before, one),
    after: amountIn(after, one),
  }));
}

function tellResult({ say, paint }: Terminal, result: ScenarioResult): void {
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
  for (const { unit, step, instruction, moves, gas } of result.convictions) {
    const where = step === null ? "by silence" : `unit ${unit}, step ${grouped(step)}: ${instruction}`;
    say("", `  Convicted ${where}; ${moves} splits, ${grouped(gas)} gas for the whole challenge`);
  }
  say(
    "",
    result.ok
      ? `  ${paint("green", "✓")} ${result.settledUnits} units settled, ${result.convictions.length} lie${result.convictions.length === 1 ? "" : "s"} convicted, in ${result.seconds} s`
      : `  ${paint("red", "✗")} not as it must be: ${result.settledUnits} of ${result.units} units settled, ${result.convictions.length} convictions`,
    "",
  );
}

/** Until SIGINT or SIGTERM. */
async function stayUp({ devnet, directory }: Network, { say, paint }: Terminal): Promise<void> {
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
  await new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done());
  });
}
