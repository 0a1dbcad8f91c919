// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {GameState} from "./Game.sol";

/// @notice Two players' thinking time (PROTOCOL.md, section 6.3). A turn may last `max(rest, grace)`; the time that it
/// takes is subtracted from the rest. Times in unix seconds, rests and grace in seconds.
library Clock {
    /// @notice Gives both players their allowance and the miner the first turn.
    function start(GameState memory state, uint32 allowance, uint32 grace) internal view {
        state.minerRest = allowance;
        state.challengerRest = allowance;
        state.deadline = _deadline(allowance, grace);
    }

    /// @notice Ends the turn of the miner if `fromMiner`, else that of the challenger, and begins the other player's
    /// turn. The deadline must not have passed.
    function pass(GameState memory state, bool fromMiner, uint32 grace) internal view {
        if (fromMiner) {
            state.minerRest = _rest(state.minerRest, state.deadline, grace);
            state.deadline = _deadline(state.challengerRest, grace);
        } else {
            state.challengerRest = _rest(state.challengerRest, state.deadline, grace);
            state.deadline = _deadline(state.minerRest, grace);
        }
    }

    function isOver(GameState memory state) internal view returns (bool) {
        return block.timestamp > state.deadline;
    }

    /// @dev `max(0, rest − elapsed)`: the turn began `max(rest, grace)` before its deadline.
    function _rest(uint32 rest, uint40 deadline, uint32 grace) private view returns (uint32) {
        uint256 elapsed = block.timestamp + (rest > grace ? rest : grace) - deadline;
        return elapsed < rest ? uint32(rest - elapsed) : 0;
    }

    function _deadline(uint32 rest, uint32 grace) private view returns (uint40) {
        return uint40(block.timestamp + (rest > grace ? rest : grace));
    }
}
