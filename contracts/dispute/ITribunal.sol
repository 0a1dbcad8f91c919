// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Claim} from "../types/Claim.sol";
import {ClaimId, JobId} from "../types/Ids.sol";
import {Job} from "../types/Job.sol";

/// @notice What one challenge is about and what is at stake. Fixed when the game opens; part of the game's id.
struct Case {
    ClaimId claim;
    JobId job;
    uint32 batch;
    address miner;
    address challenger;
    /// wei of SNM, locked by the challenger
    uint128 bond;
    /// rank of the challenger's commitment; the lowest among the winners takes the pool
    uint64 rank;
}

/// @notice What a referee needs of the contract that keeps the claims. Only referees ever approved by the DAO may call.
interface ITribunal {
    /// @notice A game opens: checks that the claim can still be challenged, counts the game, locks the bond.
    /// @param committedAt when the challenge was announced, unix time
    /// @return about the case, for the referee to keep in the game's id
    function enter(
        Job calldata job,
        Claim calldata claim,
        address challenger,
        uint40 committedAt,
        uint64 rank
    ) external returns (Case memory about);

    /// @notice The challenger has won: the claim dies (if it has not yet), the bond goes back.
    function convict(Case calldata about) external;

    /// @notice The challenger has run out of time: its bond is forfeited.
    function acquit(Case calldata about) external;

    /// @notice The challenger leaves a claim that another game has convicted: the bond goes back.
    function dismiss(Case calldata about) external;

    /// @notice Divides the deposit of a convicted claim, once nobody can win any more: half to the challenger of the winning case, half to the
    /// Treasury.
    /// @param about the case whose commitment is the earliest of all that have won
    function award(Job calldata job, Claim calldata claim, Case calldata about) external;

    /// @notice When the claim was settled or convicted, unix time; 0 while it is live or unknown.
    function endedAt(ClaimId claim) external view returns (uint40);
}
