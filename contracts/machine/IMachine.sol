// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice The provable machine: one step of RV64IM from a compact witness (PROTOCOL.md, section 3). Pure and total.
interface IMachine {
    /// @notice The witness does not hash to the state that it is said to describe.
    /// @param state the state asked for
    error MachineWitnessMismatch(bytes32 state);

    /// @notice Executes one step.
    /// @param state hash of the state before
    /// @param witness the state's words and the leaves that the step touches, with their paths (section 3.4)
    /// @return next hash of the state after
    function step(bytes32 state, bytes calldata witness) external pure returns (bytes32 next);

    /// @notice Hash of the state at step 0.
    /// @param programRoot root of the program region
    /// @param entry program counter at step 0
    /// @param inputRoot root of the input region
    function initialState(bytes32 programRoot, uint64 entry, bytes32 inputRoot) external pure returns (bytes32);
}
