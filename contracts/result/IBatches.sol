// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {JobId} from "../types/Ids.sol";
import {Job} from "../types/Job.sol";

/// @notice What `Results` needs of the contract that keeps the jobs' batches and the escrow. Only `Results` may call.
interface IBatches {
    /// @notice A claim takes an Open batch of a posted job at exactly this attempt, until the job's deadline.
    function take(JobId job, uint32 batch, uint32 attempt) external;

    /// @notice A conviction gives a Taken batch back, with the next attempt.
    function reopen(JobId job, uint32 batch) external;

    /// @notice A settlement pays for a Taken batch: `price × units` leave the escrow (section 7). Cannot fail.
    /// @param pay wei of SNM per unit for the miner
    function pay(Job calldata job, uint32 batch, address miner, uint128 pay) external;
}
