// What a large unit takes of memory, and of the time in which a role answers others: whole networks whose program copies its input to its
// output, each role a process of its own.
import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { hubWalletOf } from "@sonm/chain/hub/factory";
import { parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { guardChild } from "../../offchain/devnet/guard.ts";
import { FIRST_WALLET } from "../../offchain/devnet/local-chain.ts";
import type { Network, Player } from "../../offchain/devnet/network.ts";
import { buildImage } from "../../offchain/host/image/build.ts";
import { createHttpPeer } from "../../offchain/host/net/http-peer.ts";
import { sonmCommand } from "../../test/unit/cli/sonm.ts";
import { programOf, word } from "../../test/unit/protocol/machine/assemble.ts";
import { elfFile } from "../../test/unit/protocol/machine/elf-file.ts";
import { type Bench, type Figure, figure } from "./figure.ts";
import { inNetwork } from "./network.ts";
import { PAUSES_FOLDER, type Pause } from "./pauses.ts";

const MEBIBYTES = [64, 192] as const;
const MEBIBYTE = 2 ** 20;
const ROLES = ["buyer", "hub", "miner", "verifier"] as const;
type Measured = (typeof ROLES)[number] | "store";
/** MiB of peak memory for each MiB of input with as much output, and what it was before. */
const GOALS: Readonly<Record<Measured, { readonly target: number; readonly reference: string }>> = {
  buyer: { target: 0.5, reference: "16 before" },
  hub: { target: 0.5, reference: "5 before" },
  miner: { target: 3, reference: "13 before" },
  verifier: { target: 3, reference: "10 before" },
  store: { target: 0.5, reference: "3 before" },
};

/** Milliseconds for which no thread that answers others may be busy with something else. */
const MOST_PAUSE = 100;

/** What a process has taken: MiB of memory at most, and its longest pause. */
type Taken = { readonly peak: number; readonly pause: Pause };

/** How a process is run that measures its pauses. */
const [NODE, ...ARGUMENTS] = sonmCommand;
const measuringCommand = [NODE, "--import", new URL("./pauses.ts", import.meta.url).href, ...ARGUMENTS] as const;

/** MiB of memory that a process has taken at most (proc(5): VmHWM). */
async function peakOf(pid: number | undefined): Promise<number> {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

/** Begins to measure the pauses of a process. */
function beginPauses(pid: number | undefined): void {
  if (pid !== undefined) process.kill(pid, "SIGUSR2");
}

async function takenBy(pid: number | undefined): Promise<Taken> {
  // Its last word is a moment old.
  await setTimeout(1000);
  const pause = JSON.parse(await readFile(join(process.env[PAUSES_FOLDER] ?? "", String(pid)), "utf8")) as Pause;
  return { peak: await peakOf(pid), pause };
}

/** Bytes that the program copies in one turn of its loop. */
const TURN = 256;
/** 8^10 steps: the copy of 64 MiB takes a little more than 8^8, that of 192 MiB three times as many. */
const EXPONENT = 10;

/** Copies its input to its output. The input is a multiple of `TURN`, and not empty. */
function copier(): Uint8Array {
  const [from, to, size, end, moved] = [5, 6, 7, 8, 9];
  const [a0, a7, exit] = [10, 17, 93];
  const doublewords = Array.from({ length: TURN / 8 }, (_, i) => 8 * i);
  const loop = [
    ...doublewords.flatMap((imm) => [
      word("ld", { rd: moved, rs1: from, imm }),
      word("sd", { rs1: to, rs2: moved, imm }),
    ]),
    word("addi", { rd: from, rs1: from, imm: TURN }),
    word("addi", { rd: to, rs1: to, imm: TURN }),
  ];
  const { entry, segments } = programOf([
    // Where the regions of input and output begin: each with its length.
    word("addi", { rd: from, imm: 2 }),
    word("slli", { rd: from, rs1: from, imm: 30 }),
    word("addi", { rd: to, imm: 3 }),
    word("slli", { rd: to, rs1: to, imm: 30 }),
    word("ld", { rd: size, rs1: from }),
    word("sd", { rs1: to, rs2: size }),
    word("addi", { rd: from, rs1: from, imm: 8 }),
    word("addi", { rd: to, rs1: to, imm: 8 }),
    word("add", { rd: end, rs1: from, rs2: size }),
    ...loop,
    word("bltu", { rs1: from, rs2: end, imm: -4 * loop.length }),
    word("addi", { rd: a0 }),
    word("addi", { rd: a7, imm: exit }),
    word("ecall"),
  ]);
  return elfFile({ entry, segments });
}

/** What each role takes for a job of one unit of so many MiB. */
async function ofRoles(network: Network, folder: string, mebibytes: number): Promise<Map<Measured, Taken>> {
  const { reader, deployment } = network.devnet;
  const players: Player[] = [];
  async function launch(role: (typeof ROLES)[number], funds: number, options: object): Promise<Player> {
    const player = await network.enroll(role, role, parseEther(String(funds)));
    players.push(player);
    await network.launch(player, options);
    await network.until(({ kind, name }) => kind === "ready" && name === role);
    beginPauses(network.pidOf(player));
    return player;
  }

  const [image, input, out] = ["image.tar", "input", "out"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(image, await buildImage(copier()));
  await writeFile(input, randomFillSync(new Uint8Array(mebibytes * MEBIBYTE)));
  const { address } = await launch("hub", 5000, { name: "Hub", endpoint: "/ip4/127.0.0.1", funds: "50 SNM" });
  const hub = await hubWalletOf(reader, deployment, address, FIRST_WALLET);
  await launch("miner", 1000, { hub, stake: "1000 SNM" });
  await launch("verifier", 1000, { stake: "1000 SNM" });
  const options = { hub, image, inputs: [input], out, price: "0.1 SNM", batchSize: 1, exponent: EXPONENT };
  await launch("buyer", 100, options);
  let refusal: string | undefined;
  await network.until((event) => {
    if (event.kind === "refused") refusal = event.reason;
    return event.kind === "done" || event.kind === "refused";
  });
  if (refusal !== undefined) throw new Error(`the hub refuses a unit of ${mebibytes} MiB: ${refusal}`);
  const copy = await readFile(join(out, "unit-000000.bin"));
  if (!copy.equals(await readFile(input))) throw new Error("the output is not the input");
  const rows = await Promise.all(players.map(async (one) => [one.role, await takenBy(network.pidOf(one))] as const));
  return new Map(rows as [Measured, Taken][]);
}

/** What a store takes that gets and gives content of so many MiB. */
async function ofStore(folder: string, mebibytes: number): Promise<Taken> {
  const [program, ...before] = measuringCommand;
  const args = [...before, "store", "start", "--port", "0", "--data", join(folder, "store"), "--json"];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  guardChild(child);
  try {
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const { url } = JSON.parse(String(line)) as { url: string };
    beginPauses(child.pid);
    const peer = createHttpPeer({ url, account: privateKeyToAccount(generatePrivateKey()) });
    const id = await peer.publish(randomFillSync(new Uint8Array(mebibytes * MEBIBYTE)));
    await peer.fetch(id);
    return await takenBy(child.pid);
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}

/** What everybody takes. */
async function takenAt(mebibytes: number): Promise<Map<Measured, Taken>> {
  const pauses = await mkdtemp(join(tmpdir(), "sonm-pauses-"));
  process.env[PAUSES_FOLDER] = pauses;
  try {
    return await inNetwork(async (network, folder) => {
      const roles = await ofRoles(network, folder, mebibytes);
      return roles.set("store", await ofStore(folder, mebibytes));
    }, measuringCommand);
  } finally {
    delete process.env[PAUSES_FOLDER];
    await rm(pauses, { recursive: true });
  }
}

const slopeName = (who: Measured) => `memory a MiB of input and its copy: ${who}`;
const peakName = (who: Measured, mebibytes: number) => `peak memory, a unit of ${mebibytes} MiB: ${who}`;
const pauseName = (who: Measured) => `longest pause, a unit of ${MEBIBYTES[1]} MiB: ${who}`;
const computedName = (who: Measured) => `longest computing in one turn: ${who}`;

async function measureMemory(wanted: (name: string) => boolean): Promise<Figure[]> {
  const all = Object.keys(GOALS) as Measured[];
  const [few, many] = MEBIBYTES;
  const namesOf = (who: Measured) => [
    slopeName(who),
    peakName(who, few),
    peakName(who, many),
    pauseName(who),
    computedName(who),
  ];
  if (!all.some((who) => namesOf(who).some(wanted))) return [];
  const [small, large] = [await takenAt(few), await takenAt(many)];
  return all.flatMap((who) => {
    const [least, most] = [small.get(who), large.get(who)];
    if (!least || !most) return [];
    const slope = (most.peak - least.peak) / (many - few);
    const pause = { unit: "ms", better: "lower", target: MOST_PAUSE } as const;
    return [
      figure(peakName(who, few), least.peak, { unit: "MiB", better: "lower" }),
      figure(peakName(who, many), most.peak, { unit: "MiB", better: "lower" }),
      figure(slopeName(who), slope, { unit: "MiB/MiB", better: "lower", ...GOALS[who] }),
      figure(pauseName(who), most.pause.passed, { ...pause, reference: "8,000 in the buyer before" }),
      figure(computedName(who), most.pause.computed, { ...pause, reference: "whatever else runs here" }),
    ];
  });
}

export const memoryBench: Bench = {
  name: "growth",
  about: "What a unit takes whose output is as large as its input: memory, and time in which nobody is answered",
  measure: measureMemory,
};
