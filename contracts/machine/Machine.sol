// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IMachine} from "./IMachine.sol";
import {execute} from "./Instructions.sol";
import {Leaf, Witness, EMPTY_REGION, fetch, pair} from "./Memory.sol";
import {HALT, MASK32, PC, STEP, State, decodeWords, newState} from "./State.sol";
import {MISALIGNED, trap} from "./System.sol";

/// @title The provable machine
/// @notice Executes one step of RV64IM (PROTOCOL.md, section 3). Every state has exactly one successor; the only failure is a
/// witness that does not match. Nothing here depends on anything but the arguments.
contract Machine is IMachine {
    /// @inheritdoc IMachine
    function step(bytes32 state, bytes calldata witness) external pure returns (bytes32 next) {
        unchecked {
            uint256 start;
            assembly ("memory-safe") {
                start := witness.offset
            }
            (State s, uint256 end) = decodeWords(start);
            Witness memory w = Witness({state: state, at: end, end: start + witness.length});

            uint256 pc = s.get(PC) & MASK32;
            Leaf memory code = w.open(pc >> 5);
            s.setRoot(code.fold(code.value));
            // From here on the state is known to be true; every further leaf is checked against its root.
            w.check(s.hash() == state);

            if (s.get(HALT) != 0) return state;
            s.set(PC, pc & 3 == 0 ? execute(s, w, pc, fetch(code, pc)) : trap(s, MISALIGNED, pc));
            s.set(STEP, s.get(STEP) + 1);
            return s.hash();
        }
    }

    /// @inheritdoc IMachine
    function initialState(bytes32 programRoot, uint64 entry, bytes32 inputRoot) external pure returns (bytes32) {
        State s = newState();
        s.setRoot(pair(pair(programRoot, EMPTY_REGION), pair(inputRoot, EMPTY_REGION)));
        s.set(PC, entry);
        return s.hash();
    }
}
