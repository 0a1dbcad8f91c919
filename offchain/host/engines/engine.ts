// What a role needs of whatever runs units. Roles know this interface only; `machine/` makes one.

import type { Guarantee } from "@sonm/protocol/job/guarantee";
import type { Job } from "@sonm/protocol/job/job";
import type { Delivery } from "@sonm/protocol/result/delivery";
import type { Value } from "@sonm/protocol/values/codec";
import type { Address, Hex } from "@sonm/protocol/values/ids";

/** All of a job that follows from what runs it, from its image and from its inputs. */
export type JobContent = Pick<Job, "machine" | "image" | "programRoot" | "entry" | "inputsRoot" | "units" | "salt">;

/** What a liar's engine has done to a run. Written down and given back as it is: only the engine and its referee read it. */
export type Corruption = Value;

/** What a unit's run has come to. */
export type Computed = {
  readonly resultHash: Hex;
  /** what the run has cost, in the engine's own measure: executed instructions in the machine */
  readonly steps: number;
  /** why the run ended, in the engine's own numbers */
  readonly halt: number;
  /** undefined unless the program ended by itself */
  readonly exitCode: number | undefined;
  readonly output: Uint8Array;
  /** shows `output` in `resultHash` (`checkOutput`) */
  readonly proof: Uint8Array;
  /** undefined if the run is honest, or if the lie makes no difference */
  readonly corruption: Corruption | undefined;
};

/** Whatever runs units. */
export interface Engine {
  /** what can be promised of its jobs: their referee has to give the same */
  readonly guarantee: Guarantee;
  /** what its jobs name as their machine; zero for an engine that no contract can repeat */
  readonly machine: Address;
  /** units that are computed at the same time */
  readonly parallel: number;
  /** Whether this engine is the one for a job, by the job's terms. */
  runs(job: Job): boolean;
  /**
   * What a job of this image and these inputs says of them, one unit an input. Every call makes another job.
   * @returns the job's part and the bytes of its manifest, whose content id is `salt`
   */
  describe(
    image: Uint8Array,
    inputs: readonly Uint8Array[],
  ): Promise<{ readonly content: JobContent; readonly manifest: Uint8Array }>;
  /** Fetches image, manifest and all inputs. Throws `Failure` if one of them does not fit the job. */
  check(job: Job): Promise<void>;
  /**
   * Runs a unit to its end.
   * @param lying whether to tell the lie that this engine was made with, if it was made with one
   */
  compute(job: Job, unit: number, lying: boolean): Promise<Computed>;
  /** Throws unless `output` is what the delivered unit's result says. */
  checkOutput(unit: Delivery["units"][number], output: Uint8Array): void;
  /** Ends at once. What is not done fails. */
  stop(): Promise<void>;
}
