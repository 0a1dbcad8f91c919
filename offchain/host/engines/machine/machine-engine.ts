// The engine of proved jobs: runs `linux/riscv64` programs in the provable machine.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { inputsRoot } from "@sonm/protocol/job/inputs";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { encodeManifest } from "@sonm/protocol/job/manifest";
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import type { Corruption } from "@sonm/protocol/machine/trace";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import type { Address, ContentId, Hex } from "@sonm/protocol/values/ids";
import { bytesToHex, isAddressEqual } from "viem";
import { type Content, writeAll } from "../../disk/content-file.ts";
import { readProgram } from "../../image/program.ts";
import {
  type Computed,
  type Engine,
  type Corruption as KeptCorruption,
  NeedsMoreMemory,
  type Turn,
} from "../engine.ts";
import { sweepCheckpoints } from "./checkpoint-files.ts";
import { type Executor, startExecutor } from "./executor.ts";
import { createGate } from "./gate.ts";
import { type InputFiles, type InputPlace, openInputFiles } from "./input-files.ts";
import { createJobSource, type JobSource, type Reading } from "./job-source.ts";
import type { Lie } from "./lie.ts";
import type { Computing, UnitRun } from "./tasks.ts";
import { createTrials } from "./trial-runner.ts";

/** The machine as an engine, and what a referee needs in addition to have instructions repeated on the chain. */
export type MachineEngine = Engine & {
  /**
   * The run behind a result, for games about that result.
   * @param corruption as `compute` has given it
   */
  runOf(job: Job, unit: number, corruption: KeptCorruption | undefined): Promise<UnitRun>;
  readonly openInput: JobSource["openInput"];
  /** Carries out a task of a game, those that are due first before others. Units that are being computed stand still meanwhile. */
  readonly play: Executor["ask"];
};

export type MachineOptions = {
  /** the contract that executes one instruction */
  readonly machine: Address;
  /** content by its hash, checked */
  readonly fetch: (id: ContentId, most?: number) => Promise<Uint8Array>;
  /** where inputs are kept; if not given, in a temporary folder, and in memory while they come */
  readonly inputs?: InputPlace;
  /** how content is read; as it comes, if not given */
  readonly reading?: Reading;
  /** units computed at the same time; 1, if not given */
  readonly threads?: number;
  /** MiB that all runs may take together, the games' too; half of the computer's memory, if not given */
  readonly memory?: number | undefined;
  /** where checkpoints of runs are kept; nowhere, if not given */
  readonly folder?: string | undefined;
  /** hears why a checkpoint could not be kept, once for each reason */
  readonly onTrouble?: (why: string) => void;
  /** how far the threads that compute stand back behind other programs, 0 … 19; those of games do not */
  readonly niceness?: number;
  /** for demonstrations and tests */
  readonly lie?: Lie | undefined;
};

/** Bytes of all checkpoints of a role. */
const MOST_CHECKPOINTS = 8 * 2 ** 30;

/** Half of what the computer, or the container, has. */
function usualMemory(): number {
  const limit = process.constrainedMemory();
  return (limit > 0 ? Math.min(limit, totalmem()) : totalmem()) / 2 / 2 ** 20;
}

/** Inputs in a folder that is made when it is first needed. */
function temporaryInputs(fetch: MachineOptions["fetch"]): InputFiles & { remove(): void } {
  let folder: string | undefined;
  let files: InputFiles | undefined;
  return {
    hold(id) {
      if (!files) {
        folder = mkdtempSync(join(tmpdir(), "sonm-inputs-"));
        const fetchFile = async (id: ContentId, path: string) => writeAll(path, [await fetch(id)]);
        files = openInputFiles({ folder: join(folder, "inputs"), fetchFile });
      }
      return files.hold(id);
    },
    remove() {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Threads are started when they are first needed. */
export function createMachineEngine(options: MachineOptions): MachineEngine {
  const { machine, fetch, reading, threads = 1, memory = usualMemory(), niceness, folder, onTrouble, lie } = options;
  const troubles = new Set<string>();
  const settings = {
    // Each thread may run something, and one more plays.
    memory: Math.floor((memory * 2 ** 20) / (threads + 1)),
    checkpoints: folder === undefined ? undefined : { folder, most: MOST_CHECKPOINTS },
    onTrouble(why: string) {
      if (!troubles.has(why)) onTrouble?.(why);
      troubles.add(why);
    },
  };
  if (settings.checkpoints) sweepCheckpoints(settings.checkpoints);
  // A run stays in the thread in which it has begun. A move must not wait for a run, nor for others' inputs to be hashed behind one.
  const computing = Array.from({ length: threads }, () => ({
    executor: startExecutor(1, { ...settings, niceness }),
    runs: 0,
  }));
  const [playing, hashing] = [startExecutor(1, settings), startExecutor()];
  const temporary = options.inputs ? undefined : temporaryInputs(fetch);
  const files = temporary ?? openInputFiles(options.inputs as InputPlace);
  const source = createJobSource(fetch, files, hashing, reading);
  const games = createGate();
  const trials = createTrials();
  let begun = 0;

  /** jobs of which a unit did not fit into memory: they are not tried again until the next start */
  const tooLarge = new Set<string>();

  /** programs of images that were given, which are read once */
  const programs = new WeakMap<Uint8Array, Promise<ProgramImage>>();
  function programIn(image: Uint8Array): Promise<ProgramImage> {
    const program = programs.get(image) ?? readProgram(image);
    programs.set(image, program);
    return program;
  }

  async function runOf(job: Job, unit: number, input: Content): Promise<UnitRun> {
    return { program: await source.program(job), input, exponent: job.exponent, name: `${jobId(job)}/${unit}` };
  }

  /** Computes a unit slice by slice, where the fewest runs are. */
  async function computeBySlices(unit: Computing, turn: Turn): Promise<Computed> {
    const thread = computing.reduce((best, one) => (one.runs < best.runs ? one : best));
    const key = String(begun++);
    thread.runs++;
    try {
      await games.passed();
      let answer = await thread.executor.ask("computeOn", { key, unit });
      while ("at" in answer) {
        await turn(answer.at);
        await games.passed();
        answer = await thread.executor.ask("computeOn", { key });
      }
      return answer;
    } catch (error) {
      // Nobody waits for it; it fails only if its thread has ended, and the run with it.
      void thread.executor.ask("giveUp", { key }).catch(() => {});
      throw error;
    } finally {
      thread.runs--;
    }
  }

  return {
    guarantee: "proved",
    machine,
    parallel: threads,
    runs: (job) => isAddressEqual(job.machine, machine) && !(tooLarge.size > 0 && tooLarge.has(jobId(job))),
    async describe(image, inputs) {
      const program = await programIn(image);
      const ids: ContentId[] = [];
      const inputRoots: Hex[] = [];
      for (const input of inputs) {
        const { id, root } = await hashing.ask("inputRoot", input);
        ids.push(id);
        inputRoots.push(root);
      }
      const id = contentIdOf(image);
      const nonce = bytesToHex(randomBytes(32));
      const manifest = encodeManifest({ image: id, inputs: ids, inputRoots, nonce });
      const content = {
        machine,
        image: id,
        programRoot: await hashing.ask("programRoot", program),
        entry: BigInt(program.entry),
        inputsRoot: inputsRoot(inputRoots),
        units: inputs.length,
        salt: contentIdOf(manifest),
      };
      return { content, manifest };
    },
    async check(job) {
      await source.program(job);
      for (let unit = 0; unit < job.units; unit++) await source.withInput(job, unit, async () => {});
    },
    async compute(job, unit, lying, turn = async () => {}, into) {
      if (tooLarge.has(jobId(job))) throw new NeedsMoreMemory(settings.memory);
      return source.withInput(job, unit, async (input) => {
        const run = await runOf(job, unit, input);
        try {
          return await computeBySlices({ run, lie: lying ? lie : undefined, into }, turn);
        } catch (error) {
          if (error instanceof NeedsMoreMemory) tooLarge.add(jobId(job));
          throw error;
        }
      });
    },
    async tryOut(image, input, exponent, onProgress = () => {}) {
      const question = { program: await programIn(image), input, exponent, memory: memory * 2 ** 20 };
      return trials.make(question, onProgress);
    },
    checkOutput: (unit, output) => hashing.ask("checkOutput", { unit, output }),
    async runOf(job, unit, corruption) {
      // If it makes room for others before the move is computed, the move fails, and is made with it fetched again.
      const run = await source.withInput(job, unit, (input) => runOf(job, unit, input));
      return { ...run, corruption: corruption as Corruption | undefined };
    },
    openInput: source.openInput,
    play: (name, question, due) => games.hold(playing.ask(name, question, due)),
    async stop() {
      trials.stop();
      await Promise.all([...computing.map(({ executor }) => executor), playing, hashing].map((one) => one.stop()));
      temporary?.remove();
    },
  };
}
