// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @dev Ids are content hashes. Each has a type of its own, so that mixing two of them does not compile.

/// @notice EIP-712 struct hash of a `Job`.
type JobId is bytes32;
/// @notice Hash of a `Claim`.
type ClaimId is bytes32;
/// @notice Hash of a game's fixed terms.
type GameId is bytes32;

function sameJob(JobId a, JobId b) pure returns (bool) {
    return JobId.unwrap(a) == JobId.unwrap(b);
}

function sameClaim(ClaimId a, ClaimId b) pure returns (bool) {
    return ClaimId.unwrap(a) == ClaimId.unwrap(b);
}

using {sameJob as ==} for JobId global;
using {sameClaim as ==} for ClaimId global;
