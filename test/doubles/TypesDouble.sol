// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Claim} from "../../contracts/types/Claim.sol";
import {ClaimId, JobId} from "../../contracts/types/Ids.sol";
import {Job} from "../../contracts/types/Job.sol";

/// @notice Shows what the types compute, so that tests can compare the off-chain encodings with them.
contract TypesDouble {
    function jobId(Job calldata job) external pure returns (JobId) {
        return job.id();
    }

    function claimId(Claim calldata claim) external pure returns (ClaimId) {
        return claim.id();
    }

    function range(Job calldata job, uint32 batch) external pure returns (uint32 first, uint32 count) {
        return job.range(batch);
    }
}
