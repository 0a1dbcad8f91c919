// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IMachine} from "../../contracts/machine/IMachine.sol";

/// @notice A machine that is small enough to test whole games: its state is a counter that stops at `halt`. The program's root is read as
/// `halt`, and the input's root distinguishes runs. The witness is the state itself, as 96 bytes.
contract TestMachine is IMachine {
    function step(bytes32 state, bytes calldata witness) external pure returns (bytes32) {
        (bytes32 input, uint256 halt, uint256 counter) = abi.decode(witness, (bytes32, uint256, uint256));
        require(_hash(input, halt, counter) == state, MachineWitnessMismatch(state));
        return _hash(input, halt, counter < halt ? counter + 1 : counter);
    }

    function initialState(bytes32 programRoot, uint64, bytes32 inputRoot) external pure returns (bytes32) {
        return _hash(inputRoot, uint256(programRoot), 0);
    }

    function _hash(bytes32 input, uint256 halt, uint256 counter) private pure returns (bytes32) {
        return keccak256(abi.encode(input, halt, counter));
    }
}
