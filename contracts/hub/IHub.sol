// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice What the market needs of a hub: a signature on quotes and assignments (ERC-1271), its status, and functions
/// that receive the money of settlements.
interface IHub is IERC1271 {
    enum Status {
        Created,
        Registered,
        Idle,
        Suspected,
        Punished
    }

    /// @notice The wallet's status.
    function status() external view returns (Status);

    /// @notice Unix time of the suspicion; meaningful while Suspected.
    function suspectedAt() external view returns (uint64);

    /// @notice `amount` of SNM has just been transferred here for accepted work. Locks the lock share (at most what the pay leaves)
    /// and raises the miner's allowance by `pay`. `JobBoard` only; never fails while Registered.
    function settled(address miner, uint256 amount, uint256 pay) external;

    /// @notice `remainder` of SNM has just been transferred here. Buyers have paid `prices` for work accepted while the
    /// wallet was not Registered; `remainder` is what is left of it after the miners' pay. Locks what `settled` would:
    /// the lock share of the prices (at most the remainder). `JobBoard` only; never fails while Registered.
    function settledEarlier(uint256 prices, uint256 remainder) external;
}
