// What a role needs of an engine, which runs units. Roles know only this interface; `machine/` implements it.

import type { Guarantee } from "@sonm/protocol/job/guarantee";
import type { Job } from "@sonm/protocol/job/job";
import type { Delivery } from "@sonm/protocol/result/delivery";
import type { Value } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, ContentId, Hex } from "@sonm/protocol/values/ids";
import type { Content } from "../disk/content-file.ts";

/** The part of a job that follows from its engine, its image and its inputs. */
export type JobContent = Pick<Job, "machine" | "image" | "programRoot" | "entry" | "inputsRoot" | "units" | "salt">;

/** What a liar's engine has changed in a run. A role stores it and gives it back unread: only the engine and its referee use it. */
export type Corruption = Value;

/** A run that needs more memory than this role gives to one. */
export class NeedsMoreMemory extends Failure {
  override readonly name = "NeedsMoreMemory";
  readonly given: number;

  /** @param given bytes */
  constructor(given: number) {
    super(
      "The unit cannot be run here",
      `it needs more memory than this role gives to a run, which is ${Math.floor(given / 2 ** 20)} MiB`,
      "Leave the job to others, or start the role with more --memory.",
    );
    this.given = given;
  }
}

/** The result of running a unit. */
export type Computed = {
  readonly resultHash: Hex;
  /** what the run has cost, in the engine's own measure: executed instructions in the machine */
  readonly steps: number;
  /** bytes of memory that the run needs */
  readonly memory: number;
  /** why the run ended, as a number that the engine defines */
  readonly halt: number;
  /** undefined unless the program ended by itself */
  readonly exitCode: number | undefined;
  /** what ended the program against its will, in words; absent if nothing did */
  readonly fault?: string | undefined;
  /** what a dispute about this result is opened with, if the engine's referee asks for anything; given back unread, like `corruption` */
  readonly opening?: Value;
  /** id of the output, if it was to be kept */
  readonly output?: ContentId | undefined;
  /** proves that `resultHash` contains the output (see `checkOutput`) */
  readonly proof: Uint8Array;
  /** undefined if the run is honest, or if the lie makes no difference */
  readonly corruption: Corruption | undefined;
};

/**
 * Called by an engine in the middle of a run, every few seconds at most: the run goes on when the promise resolves, and is given up, with all
 * that it holds, when it rejects.
 * @param steps that the run has taken so far
 */
export type Turn = (steps: number) => Promise<void>;

/** How a run ended. `exitCode` is undefined unless the program ended by itself; `fault` says what ended it against its will. */
export type Ending = Pick<Computed, "steps" | "halt" | "exitCode" | "fault">;

/** Runs units. */
export interface Engine {
  /** the guarantee that its jobs can have; their referee must give the same one */
  readonly guarantee: Guarantee;
  /** the machine that its jobs name; zero if no contract can repeat what the engine does */
  readonly machine: Address;
  /** units that are computed at the same time */
  readonly parallel: number;
  /** Whether this engine can run a job, judged by the job's terms, and by its units that did not fit into memory. */
  runs(job: Job): boolean;
  /**
   * The part of a job that describes this image and these inputs, which are read one after the other. Each input is one unit. Every call
   * makes a different job.
   * @returns the job's part and the bytes of its manifest, whose content id is `salt`
   */
  describe(
    image: Uint8Array,
    inputs: readonly Content[],
  ): Promise<{ readonly content: JobContent; readonly manifest: Uint8Array }>;
  /** Fetches image, manifest and all inputs. Throws `Failure` if one of them does not fit the job. */
  check(job: Job): Promise<void>;
  /**
   * Runs a unit to its end.
   * @throws NeedsMoreMemory if it does not fit into what a run may have
   * @param lying whether to tell the lie that this engine was made with, if it was made with one
   * @param turn lets a long run wait for others, or end early; without it, it goes on without a break
   * @param into the file that gets the output; without it, the output is not kept
   */
  compute(job: Job, unit: number, lying: boolean, turn?: Turn, into?: string): Promise<Computed>;
  /**
   * Runs a program on an input of no job, to its end or for as many steps as a unit of this exponent has. Keeps nothing of it, and takes its
   * memory from nobody here.
   * @throws NeedsMoreMemory if it does not fit into what a run may have
   * @param onProgress hears the number of steps so far, every few seconds at most
   */
  tryOut(image: Uint8Array, input: Content, exponent: number, onProgress?: (steps: number) => void): Promise<Ending>;
  /** Throws unless the delivered unit's result contains `output`. */
  checkOutput(unit: Delivery["units"][number], output: Content): Promise<void>;
  /** Stops at once. Unfinished calls fail. */
  stop(): Promise<void>;
}
