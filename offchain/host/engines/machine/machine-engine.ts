// The engine of proved jobs: runs `linux/riscv64` programs in the provable machine.
import { randomBytes } from "node:crypto";
import { inputsRoot } from "@sonm/protocol/job/inputs";
import type { Job } from "@sonm/protocol/job/job";
import { encodeManifest } from "@sonm/protocol/job/manifest";
import type { Corruption } from "@sonm/protocol/machine/trace";
import { checkOutput, contentIdOf } from "@sonm/protocol/result/delivery";
import type { Address, ContentId } from "@sonm/protocol/values/ids";
import { bytesToHex, isAddressEqual } from "viem";
import { readProgram } from "../../image/program.ts";
import type { Engine, Corruption as KeptCorruption } from "../engine.ts";
import { type Executor, startExecutor } from "./executor.ts";
import { createJobSource, type JobSource } from "./job-source.ts";
import type { Lie } from "./lie.ts";
import type { UnitRun } from "./tasks.ts";

/** The machine as an engine, and what a referee needs in addition to have instructions repeated on the chain. */
export type MachineEngine = Engine & {
  /**
   * The run behind a result, for games about that result.
   * @param corruption as `compute` has given it
   */
  runOf(job: Job, unit: number, corruption: KeptCorruption | undefined): Promise<UnitRun>;
  readonly openInput: JobSource["openInput"];
  /** Carries out a task of a game, without waiting for units that are being computed. */
  readonly play: Executor["ask"];
};

export type MachineOptions = {
  /** the contract that executes one instruction */
  readonly machine: Address;
  /** content by its hash, checked */
  readonly fetch: (id: ContentId, most?: number) => Promise<Uint8Array>;
  /** units computed at the same time; 1, if not given */
  readonly threads?: number;
  /** for demonstrations and tests */
  readonly lie?: Lie | undefined;
};

/** Threads are started when they are first needed. */
export function createMachineEngine({ machine, fetch, threads = 1, lie }: MachineOptions): MachineEngine {
  const [computing, playing] = [startExecutor(threads), startExecutor()];
  const source = createJobSource(fetch, computing);

  return {
    guarantee: "proved",
    machine,
    parallel: threads,
    runs: (job) => isAddressEqual(job.machine, machine),
    async describe(image, inputs) {
      const program = await readProgram(image);
      const inputRoots = await computing.ask("inputRoots", inputs);
      const id = contentIdOf(image);
      const nonce = bytesToHex(randomBytes(32));
      const manifest = encodeManifest({ image: id, inputs: inputs.map(contentIdOf), inputRoots, nonce });
      const content = {
        machine,
        image: id,
        programRoot: await computing.ask("programRoot", program),
        entry: BigInt(program.entry),
        inputsRoot: inputsRoot(inputRoots),
        units: inputs.length,
        salt: contentIdOf(manifest),
      };
      return { content, manifest };
    },
    async check(job) {
      await source.program(job);
      for (let unit = 0; unit < job.units; unit++) await source.input(job, unit);
    },
    async compute(job, unit, lying) {
      const run = { program: await source.program(job), input: await source.input(job, unit), exponent: job.exponent };
      return computing.ask("compute", { run, lie: lying ? lie : undefined });
    },
    checkOutput,
    async runOf(job, unit, corruption) {
      const [program, input] = [await source.program(job), await source.inputInPlay(job, unit)];
      return { program, input, exponent: job.exponent, corruption: corruption as Corruption | undefined };
    },
    openInput: source.openInput,
    play: playing.ask,
    async stop() {
      await Promise.all([computing.stop(), playing.stop()]);
    },
  };
}
