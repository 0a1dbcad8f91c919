// What memory a large unit takes: whole networks whose program copies its input to its output, each role a process of its own.
import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
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

const MEBIBYTES = [16, 64] as const;
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

/** MiB of memory that a process has taken at most (proc(5): VmHWM). */
async function peakOf(pid: number | undefined): Promise<number> {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

/** Bytes that the program copies in one turn of its loop. */
const TURN = 256;
/** 8^10 steps: the copy of 64 MiB takes a little more than 8^8. */
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

/** MiB at most of each role, for a job of one unit of so many MiB. */
async function ofRoles(network: Network, folder: string, mebibytes: number): Promise<Map<Measured, number>> {
  const { reader, deployment } = network.devnet;
  const players: Player[] = [];
  async function launch(role: (typeof ROLES)[number], funds: number, options: object): Promise<Player> {
    const player = await network.enroll(role, role, parseEther(String(funds)));
    players.push(player);
    await network.launch(player, options);
    await network.until(({ kind, name }) => kind === "ready" && name === role);
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
  const rows = await Promise.all(players.map(async (one) => [one.role, await peakOf(network.pidOf(one))] as const));
  return new Map(rows as [Measured, number][]);
}

/** MiB at most of a store that takes and gives content of so many MiB. */
async function ofStore(folder: string, mebibytes: number): Promise<number> {
  const [program, ...before] = sonmCommand;
  const args = [...before, "store", "start", "--port", "0", "--data", join(folder, "store"), "--json"];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  guardChild(child);
  try {
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const { url } = JSON.parse(String(line)) as { url: string };
    const peer = createHttpPeer({ url, account: privateKeyToAccount(generatePrivateKey()) });
    const id = await peer.publish(randomFillSync(new Uint8Array(mebibytes * MEBIBYTE)));
    await peer.fetch(id);
    return await peakOf(child.pid);
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}

/** MiB at most of everybody. */
function peaksAt(mebibytes: number): Promise<Map<Measured, number>> {
  return inNetwork(async (network, folder) => {
    const roles = await ofRoles(network, folder, mebibytes);
    return roles.set("store", await ofStore(folder, mebibytes));
  });
}

const slopeName = (who: Measured) => `memory a MiB of input and its copy: ${who}`;
const peakName = (who: Measured, mebibytes: number) => `peak memory, a unit of ${mebibytes} MiB: ${who}`;

async function measureMemory(wanted: (name: string) => boolean): Promise<Figure[]> {
  const all = Object.keys(GOALS) as Measured[];
  const [few, many] = MEBIBYTES;
  if (!all.some((who) => wanted(slopeName(who)) || MEBIBYTES.some((size) => wanted(peakName(who, size))))) return [];
  const [small, large] = [await peaksAt(few), await peaksAt(many)];
  return all.flatMap((who) => {
    const [least, most] = [small.get(who) ?? Number.NaN, large.get(who) ?? Number.NaN];
    return [
      figure(peakName(who, few), least, { unit: "MiB", better: "lower" }),
      figure(peakName(who, many), most, { unit: "MiB", better: "lower" }),
      figure(slopeName(who), (most - least) / (many - few), { unit: "MiB/MiB", better: "lower", ...GOALS[who] }),
    ];
  });
}

export const memoryBench: Bench = {
  name: "growth",
  about: "What memory a unit takes whose output is as large as its input, each role a process of its own",
  measure: measureMemory,
};
