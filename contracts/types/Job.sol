// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {JobId} from "./Ids.sol";

/// @notice The terms of a job (PROTOCOL.md, section 4). Never stored: calls bring it and its hash is checked.
struct Job {
    /// pays, may confirm, is refunded
    address buyer;
    /// the hub's wallet
    address hub;
    /// decides disputes
    address referee;
    /// executes the disputed instruction; the referee's
    address machine;
    /// keccak-256 of the image tar
    bytes32 image;
    /// root of the program region, height 25
    bytes32 programRoot;
    /// program counter at step 0
    uint64 entry;
    /// root of the tree of the units' input regions
    bytes32 inputsRoot;
    /// number of units
    uint32 units;
    /// units a batch; the last batch may be shorter
    uint32 batchSize;
    /// m: a run has 8^m steps
    uint8 exponent;
    /// wei of SNM a unit
    uint128 price;
    /// wei of SNM that a claim locks
    uint128 deposit;
    /// wei of SNM that a game locks
    uint128 bond;
    /// seconds in which a claim may be challenged
    uint32 window;
    /// seconds between announcing a challenge and opening it (R)
    uint32 opening;
    /// seconds of thinking time each player holds (A)
    uint32 allowance;
    /// seconds that any turn has at least (G)
    uint32 grace;
    /// unix time from which unclaimed units are refunded
    uint64 deadline;
    /// makes equal terms different jobs
    bytes32 salt;
}

bytes32 constant JOB_TYPEHASH = keccak256(
    "Job(address buyer,address hub,address referee,address machine,bytes32 image,bytes32 programRoot,uint64 entry,bytes32 inputsRoot,uint32 units,uint32 batchSize,uint8 exponent,uint128 price,uint128 deposit,uint128 bond,uint32 window,uint32 opening,uint32 allowance,uint32 grace,uint64 deadline,bytes32 salt)"
);

/// @dev The largest batch: five rounds of eight lead to any of its units.
uint32 constant MAX_BATCH_SIZE = 32_768;

/// @dev The highest pay of a miner, as a share of the unit's price in basis points: 70 % (whitepaper, hub wallet).
uint256 constant MAX_PAY_BPS = 7_000;

/// @notice The job's id: its EIP-712 struct hash.
function id(Job calldata job) pure returns (JobId) {
    return JobId.wrap(keccak256(abi.encode(JOB_TYPEHASH, job)));
}

/// @notice The units of one batch: `[first, first + count)`; `count` is 0 for a batch that the job does not have.
function range(Job calldata job, uint32 batch) pure returns (uint32 first, uint32 count) {
    uint256 start = uint256(batch) * job.batchSize;
    if (start >= job.units) return (0, 0);
    uint256 left = job.units - start;
    // Both are below 2^32: `start < units`, and `count <= batchSize`.
    return (uint32(start), left < job.batchSize ? uint32(left) : job.batchSize);
}

using {id, range} for Job global;
