// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ClaimId, JobId} from "./Ids.sol";

/// @notice What a miner claims: that `root` commits to the results of one batch (PROTOCOL.md, section 5).
struct Claim {
    JobId job;
    uint32 batch;
    /// the batch's attempt; one more after each conviction
    uint32 attempt;
    address miner;
    /// wei of SNM a unit, from the hub's assignment
    uint128 pay;
    /// root of the batch's result tree
    bytes32 root;
}

/// @notice The claim's id: the hash of its content.
function id(Claim calldata claim) pure returns (ClaimId) {
    return ClaimId.wrap(keccak256(abi.encode(claim)));
}

using {id} for Claim global;
