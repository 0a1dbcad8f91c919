// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IMachine} from "../../contracts/machine/IMachine.sol";

/// @notice Steps many witnesses in one call, so that differential tests need not wait for one call each.
contract MachineBatch {
    struct StepOutcome {
        /// whether the machine returned
        bool ok;
        /// the next state, or the error's first 32 bytes
        bytes32 next;
        /// bytes of the answer
        uint256 size;
        /// the call's gas, at a warm address
        uint256 used;
    }

    /// @notice Calls `machine.step(states[i], witnesses[i])` for each `i`.
    function steps(
        IMachine machine,
        bytes32[] calldata states,
        bytes[] calldata witnesses
    ) external view returns (StepOutcome[] memory outcomes) {
        outcomes = new StepOutcome[](states.length);
        for (uint256 i = 0; i < states.length; i++) {
            outcomes[i] = raw(machine, abi.encodeCall(IMachine.step, (states[i], witnesses[i])));
        }
    }

    /// @notice Calls the machine with any calldata.
    function raw(IMachine machine, bytes memory data) public view returns (StepOutcome memory outcome) {
        bool ok;
        uint256 size;
        uint256 used;
        bytes32 answer;
        assembly ("memory-safe") {
            // The first access of an address costs 2,500 gas more, which are not part of the step. (An unused result would be optimized away.)
            if iszero(extcodesize(machine)) {
                revert(0, 0)
            }
            used := gas()
            ok := staticcall(gas(), machine, add(data, 32), mload(data), 0, 32)
            used := sub(used, gas())
            size := returndatasize()
            if size {
                answer := mload(0)
            }
        }
        outcome = StepOutcome(ok, answer, size, used);
    }
}
