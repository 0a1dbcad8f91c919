// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The hands of a governor
/// @notice What a governor has decided waits here for `minDelay` seconds; then anyone may execute it. Nobody but the governor
/// can schedule or cancel, and nobody administers but the timelock itself.
contract Timelock is TimelockController {
    constructor(
        uint256 minDelay,
        address governor
    ) TimelockController(minDelay, _only(governor), _only(address(0)), address(0)) {} // solhint-disable-line no-empty-blocks

    function _only(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }
}
