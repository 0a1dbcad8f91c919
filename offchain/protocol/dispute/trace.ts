// What a player knows: the run of a unit and the results of the batch. An honest player knows them as they are. A liar is wrong about them,
// and differs in nothing else.
import type { Hex } from "../values/ids.ts";

/** The run of one unit, seen as a function of the step. */
export type Trace = {
  /** Hash of the state after `step` steps, 0 … 8^m. */
  stateAt(step: number): Uint8Array;
  /** What the machine contract needs to execute the step that follows `stateAt(step)`. */
  witnessAt(step: number): Uint8Array;
};

/** The tree over a batch's results, as this player would have posted it in the name of the claim's miner. */
export type KnownTree = {
  /**
   * What lies three levels below node `index` of height `3·level`: result hashes at level 1, else nodes; without the zero
   * subtrees beyond the last unit.
   */
  children(level: number, index: number): readonly Hex[];
};
