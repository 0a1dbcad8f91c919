// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {GameId} from "../../types/Ids.sol";
import {Case} from "../ITribunal.sol";

/// @notice A game's fixed terms. Never stored: calls bring them and their hash, the `GameId`, is checked. Two games never
/// have the same terms, because no two commitments have the same `about.rank`.
struct Game {
    Case about;
    /// number, within the job, of the batch's first unit
    uint32 first;
    /// units in the batch
    uint32 count;
    /// m: a run has 8^m steps
    uint8 exponent;
    /// seconds that any turn has at least (G)
    uint32 grace;
}

/// @notice The phase of a game (PROTOCOL.md, section 6.2).
enum Phase {
    None,
    Reveal,
    Pick,
    Split,
    Over
}

/// @notice All that is stored of a game: one hash and one word.
struct GameState {
    /// Reveal: the disputed node · Pick: hash of its children · Split: hash of the nine states; 0 once Over
    bytes32 content;
    Phase phase;
    /// Reveal, Pick: a third of the disputed node's height · Split: splits posted so far, this one included
    uint8 level;
    /// index of the disputed node among those of its height; from the first split on, of the unit within its batch
    uint32 position;
    /// last second of this turn, unix time
    uint40 deadline;
    /// seconds of thinking time left, as of the beginning of this turn
    uint32 minerRest;
    uint32 challengerRest;
}

/// @notice Whether it is the miner's turn. The miner reveals, and answers the challenger's splits (the odd ones).
function minerMoves(GameState memory state) pure returns (bool) {
    return state.phase == Phase.Reveal || (state.phase == Phase.Split && state.level % 2 == 1);
}

function idOf(Game memory game) pure returns (GameId) {
    return GameId.wrap(keccak256(abi.encode(game)));
}

using {minerMoves} for GameState global;
