// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @notice A participant that is a contract: it makes the calls that its creator orders. Any other call to it burns all its gas.
contract RejectingPlayer {
    address private immutable maker = msg.sender;

    fallback() external {
        assembly ("memory-safe") {
            invalid()
        }
    }

    function act(address target, bytes calldata data) external {
        assert(msg.sender == maker);
        Address.functionCall(target, data);
    }
}
