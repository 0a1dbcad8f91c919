// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The timelock of a governor
/// @notice A governor's decision waits here for `minDelay` seconds; then anyone may have the governor execute it. Only
/// the governor can ever schedule, cancel or execute, because only the governor knows what has expired. Nobody
/// administers the roles, so they never change.
contract Timelock is TimelockController {
    uint256 private constant MIN_DELAY = 12 hours;
    uint256 private constant MAX_DELAY = 14 days;

    error TimelockDelayOutOfBounds(uint256 delay, uint256 min, uint256 max);

    /// @param minDelay seconds, 12 hours … 14 days
    constructor(
        uint256 minDelay,
        address governor
    ) TimelockController(minDelay, _only(governor), _only(governor), address(0)) {
        _requireDelay(minDelay);
        _revokeRole(DEFAULT_ADMIN_ROLE, address(this));
    }

    /// @notice Changes the delay, by a decision that has itself waited for the present delay.
    /// @param newDelay seconds, 12 hours … 14 days
    function updateDelay(uint256 newDelay) public override {
        super.updateDelay(newDelay);
        _requireDelay(newDelay);
    }

    function _only(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }

    function _requireDelay(uint256 delay) private pure {
        require(MIN_DELAY <= delay && delay <= MAX_DELAY, TimelockDelayOutOfBounds(delay, MIN_DELAY, MAX_DELAY));
    }
}
