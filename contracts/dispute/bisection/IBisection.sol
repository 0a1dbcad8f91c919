// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Claim} from "../../types/Claim.sol";
import {ClaimId, GameId} from "../../types/Ids.sol";
import {Job} from "../../types/Job.sol";
import {Game, GameState, Phase} from "./Game.sol";
import {IReferee} from "../IReferee.sol";

/// @notice A unit of a batch as the miner's tree shows it.
struct UnitResult {
    /// number within the batch
    uint32 position;
    /// the miner's s(8^m)
    bytes32 resultHash;
    /// siblings of its leaf, from the leaf upwards
    bytes32[] path;
}

/// @notice Root of a unit's input region, and its siblings in the job's tree of inputs, from the leaf upwards.
struct UnitInput {
    bytes32 root;
    bytes32[] path;
}

/// @notice An announced challenge.
struct Commitment {
    bool announced;
    /// unix time
    uint40 committedAt;
    /// number among all commitments, from 1
    uint64 rank;
    /// wei of SNM locked
    uint128 stake;
}

/// @notice How a game ended.
enum GameOutcome {
    /// the contract executed the disputed instruction, and the miner was wrong
    Proved,
    MinerTimedOut,
    ChallengerTimedOut,
    ChallengerLeft
}

/// @notice The verification game (PROTOCOL.md, section 6): it narrows a run of 8^m steps down to one and executes that one.
/// @dev Relies on the machine: `step` is pure and reverts only on a witness that does not match.
interface IBisection is IReferee {
    event Committed(address indexed challenger, bytes32 indexed hash, uint64 rank, uint256 stake);
    event Forfeited(address indexed challenger, bytes32 indexed hash, uint256 stake);
    event Retracted(address indexed challenger, bytes32 indexed hash, uint256 stake);
    /// @notice Carries all of the game's terms: later calls must bring them.
    event GameOpened(GameId indexed id, ClaimId indexed claim, address indexed challenger, Game game);
    /// @notice The children of the disputed node; at level 1 they are result hashes.
    event Revealed(GameId indexed id, uint8 level, bytes32[] children);
    /// @notice Eight states, 8^(m − level) steps apart, have been posted after `start`.
    /// @param segment which of the opponent's segments they split, 1 … 8; 0 for the whole run
    event StatesPosted(GameId indexed id, uint8 level, uint8 segment, bytes32 start, bytes32[8] states);
    event GameOver(GameId indexed id, ClaimId indexed claim, GameOutcome outcome);
    event OperatorSet(address indexed party, address indexed operator);

    error BisectionAlreadyCommitted(address challenger, bytes32 hash);
    error BisectionNotCommitted(address challenger, bytes32 hash);
    error BisectionOpeningOver(uint256 until);
    /// @notice Possible from `from` on, this second included.
    error BisectionNotForfeitable(uint256 from);
    error BisectionNotRetractable(ClaimId claim, uint256 endedAt, uint256 until);
    error BisectionWrongPhase(GameId game, Phase phase, uint8 level);
    error BisectionNotYourTurn(address caller, address player);
    error BisectionNotChallenger(address caller, address challenger);
    error BisectionTooLate(GameId game, uint256 deadline);
    error BisectionTooEarly(GameId game, uint256 deadline);
    /// @notice The values shown are not those the game is about.
    error BisectionContentMismatch(GameId game);
    error BisectionWrongJob(GameId game);
    error BisectionNoSuchUnit(uint256 position, uint256 count);
    error BisectionNoSuchSegment(uint8 segment);
    error BisectionChildrenCount(uint256 given, uint256 needed);
    error BisectionPathLength(uint256 given, uint256 needed);
    error BisectionNodeMismatch(bytes32 computed, bytes32 needed);
    /// @notice The last of the states posted agrees with the one it has to dispute.
    error BisectionNothingDisputed(bytes32 state);
    /// @notice The executed instruction gives the state that the miner has posted.
    error BisectionProvesNothing(bytes32 state);

    /// @notice Announces a challenge without naming the claim; locks `Parameter.CommitStakeWei`. The caller is the
    /// challenger.
    /// @param hash `keccak256(abi.encode(challenger, claimId, salt))`
    function commit(bytes32 hash) external returns (uint64 rank);

    /// @notice Opens a game against a miner whose leaf the challenger knows: shows the leaf and posts the first split.
    /// Possible within `job.opening` seconds of the commitment. The commitment is spent: its stake is freed and
    /// `job.bond` is locked. The challenger only.
    /// @param states eight states of the run at equal distances, the last of them different from the miner's
    function open(
        Job calldata job,
        Claim calldata claim,
        bytes32 salt,
        UnitResult calldata result,
        UnitInput calldata input,
        bytes32[8] calldata states
    ) external returns (GameId);

    /// @notice Opens a game against a miner who has not shown its leaves. Otherwise like `open`.
    function openTree(Job calldata job, Claim calldata claim, bytes32 salt) external returns (GameId);

    /// @notice Shows what is three levels below the disputed node: nodes, or at level 1 result hashes, without those
    /// beyond the last unit. By the miner.
    function reveal(Game calldata game, bytes32[] calldata children) external;

    /// @notice Disputes one of the children that the miner has shown, above level 1. By the challenger.
    /// @param child 0 … 7
    function pick(Game calldata game, bytes32[] calldata children, uint8 child) external;

    /// @notice Disputes one of the results that the miner has shown at level 1, and posts the first split. By the
    /// challenger.
    /// @param child 0 … 7
    function pickLeaf(
        Game calldata game,
        Job calldata job,
        bytes32[] calldata children,
        uint8 child,
        UnitInput calldata input,
        bytes32[8] calldata states
    ) external;

    /// @notice Rejects one of the opponent's states and splits the segment before it. By the player who has the turn,
    /// but not at the last level.
    /// @param stored the start and the eight states that the opponent has posted
    /// @param segment 1 … 8: `stored[segment]` is the first state rejected
    /// @param states eight states of that segment at equal distances, the last of them different from `stored[segment]`
    function split(Game calldata game, bytes32[9] calldata stored, uint8 segment, bytes32[8] calldata states) external;

    /// @notice Executes the disputed step and wins. By the challenger, at the last level.
    /// @param segment 1 … 8: the step from `stored[segment − 1]` does not lead to `stored[segment]`
    /// @param witness what the machine needs to execute it (PROTOCOL.md, section 3.4)
    function prove(Game calldata game, bytes32[9] calldata stored, uint8 segment, bytes calldata witness) external;

    /// @notice Ends a game in which the player to move has let the deadline pass: the other player wins. By anyone.
    function timeOut(Game calldata game) external;

    /// @notice Ends a game on a claim that another game has convicted; the bond is freed. By the challenger.
    function leave(Game calldata game) external;

    /// @notice Divides a convicted claim's deposit, once nobody can win any more: half to the winner, half to the
    /// Treasury. By anyone.
    /// @param game the game of the winner: of all who have won, the one who committed first
    function award(Job calldata job, Claim calldata claim, Game calldata game) external;

    /// @notice Gives back the stake of an unopened commitment whose claim ended before the opening time was over. By
    /// the challenger.
    function retract(Job calldata job, Claim calldata claim, bytes32 salt) external;

    /// @notice Sends to the Treasury the stake of a commitment that was neither opened nor retracted in time. By
    /// anyone.
    function forfeit(address challenger, bytes32 hash) external;

    /// @notice Lets `operator` move in the caller's name, in all of its games; zero for nobody.
    function setOperator(address operator) external;

    /// @notice Who may move in the name of `party` besides itself.
    function operatorOf(address party) external view returns (address);

    /// @notice A commitment that has been neither opened, retracted nor forfeited.
    function commitmentOf(address challenger, bytes32 hash) external view returns (Commitment memory);

    /// @notice What is stored of a game.
    function stateOf(GameId game) external view returns (GameState memory);

    /// @notice s(0) of a unit, from the job's program and the unit's input.
    /// @param unit number within the job
    function initialState(Job calldata job, uint32 unit, UnitInput calldata input) external view returns (bytes32);
}
