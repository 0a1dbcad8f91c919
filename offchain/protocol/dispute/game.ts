// The terms of a game and what the chain stores of it, as contracts/dispute/bisection/Game.sol has them (PROTOCOL.md, section 6.2). Field
// types are those of the chain's ABI, so that values are hashed and sent without conversion.
import { concat, encodeAbiParameters, keccak256, numberToHex } from "viem";
import type { Address, ClaimId, GameId, Hex, JobId } from "../values/ids.ts";

/** What one challenge is about and what is at stake. */
export type Case = {
  readonly claim: ClaimId;
  readonly job: JobId;
  readonly batch: number;
  readonly miner: Address;
  readonly challenger: Address;
  /** wei of SNM, locked by the challenger */
  readonly bond: bigint;
  /** rank of the challenger's commitment; the lowest among the winners takes the pool */
  readonly rank: bigint;
};

/** A game's fixed terms. The chain keeps only their hash: calls bring them. */
export type Game = {
  readonly about: Case;
  /** number, within the job, of the batch's first unit */
  readonly first: number;
  /** units in the batch */
  readonly count: number;
  /** m: a run has 8^m steps */
  readonly exponent: number;
  /** seconds that any turn has at least (G) */
  readonly grace: number;
};

/** The phases of a game, in the order of the contract's `Phase`. */
export const phaseNames = ["none", "reveal", "pick", "split", "over"] as const;

/** How a game ended, in the order of the contract's `GameOutcome`. */
export const outcomes = ["proved", "minerTimedOut", "challengerTimedOut", "challengerLeft"] as const;
/** How a game ended. */
export type GameOutcome = (typeof outcomes)[number];

/** All that the chain stores of a game. */
export type GameState = {
  /** Reveal: the disputed node · Pick: hash of its children · Split: hash of the nine states */
  readonly content: Hex;
  /** index into `phaseNames` */
  readonly phase: number;
  /** Reveal, Pick: a third of the disputed node's height · Split: splits posted so far */
  readonly level: number;
  /** index of the disputed node among those of its height; from the first split on, of the unit within its batch */
  readonly position: number;
  /** last second of this turn, unix time */
  readonly deadline: number;
  /** seconds of thinking time left, as of the beginning of this turn */
  readonly minerRest: number;
  readonly challengerRest: number;
};

const gameParameters = [
  {
    type: "tuple",
    components: [
      {
        name: "about",
        type: "tuple",
        components: [
          { name: "claim", type: "bytes32" },
          { name: "job", type: "bytes32" },
          { name: "batch", type: "uint32" },
          { name: "miner", type: "address" },
          { name: "challenger", type: "address" },
          { name: "bond", type: "uint128" },
          { name: "rank", type: "uint64" },
        ],
      },
      { name: "first", type: "uint32" },
      { name: "count", type: "uint32" },
      { name: "exponent", type: "uint8" },
      { name: "grace", type: "uint32" },
    ],
  },
] as const;

/** The game's id: the hash of its terms. */
export function gameId(game: Game): GameId {
  return keccak256(encodeAbiParameters(gameParameters, [game])) as GameId;
}

/**
 * What the chain stores of the values shown: in `pick` the children, in `split` the start and the eight states.
 * @param level as in `GameState`
 */
export function contentOf(id: GameId, level: number, values: readonly Hex[]): Hex {
  return keccak256(concat([id, numberToHex(level, { size: 32 }), ...values]));
}

/** Distance between two neighbouring states after `depth` splits of a run of `8^exponent` steps, in steps. */
export function distanceAt(exponent: number, depth: number): number {
  return 8 ** (exponent - depth);
}
