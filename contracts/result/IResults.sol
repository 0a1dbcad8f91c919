// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ITribunal} from "../dispute/ITribunal.sol";
import {Claim} from "../types/Claim.sol";
import {ClaimId, JobId} from "../types/Ids.sol";
import {Job} from "../types/Job.sol";

/// @notice The status of a claim (PROTOCOL.md, section 5).
enum ClaimStatus {
    None,
    Live,
    Settled,
    Convicted,
    Awarded
}

/// @notice All that is kept of a claim: one word.
struct ClaimState {
    ClaimStatus status;
    /// games that are open
    uint32 games;
    /// unix time of the claim
    uint40 claimedAt;
    /// unix time of the settlement or the first conviction; 0 before
    uint40 endedAt;
    /// rank of the earliest commitment that has won a game; 0 before the first conviction
    uint64 winner;
}

/// @notice Claims: a miner posts one root for a batch; the window passes; it settles, or a game convicts it.
/// @dev Relies on its referees: they pass to `convict`, `acquit`, `dismiss` and `award` a case that `enter` has given
/// them, and end each case once.
interface IResults is ITribunal {
    /// @notice A miner claims a batch. Carries all of the claim: later calls must bring it.
    event ClaimPosted(
        ClaimId indexed id,
        JobId indexed job,
        address indexed miner,
        uint32 batch,
        uint32 attempt,
        uint128 pay,
        bytes32 root
    );
    /// @param confirmed whether the buyer has ended the window early
    event ClaimSettled(ClaimId indexed id, bool confirmed);
    event ClaimConvicted(ClaimId indexed id, JobId indexed job, uint32 batch);
    /// @notice A challenger has won a game with a commitment earlier than those of all other winners so far.
    event WinnerChanged(ClaimId indexed id, address indexed winner, uint64 rank);
    event PoolAwarded(ClaimId indexed id, address indexed winner, uint256 amount);

    error ResultsWrongJob(JobId given, JobId claimed);
    error ResultsNotMiner(address caller, address miner);
    error ResultsNotBuyer(address caller, address buyer);
    error ResultsNotReferee(address caller);
    error ResultsPayTooHigh(uint256 pay, uint256 max);
    error ResultsAssignmentExpired(uint256 expiry);
    error ResultsBadAssignmentSignature(address hub);
    error ResultsClaimNot(ClaimStatus needed, ClaimId claim, ClaimStatus status);
    error ResultsGamesOpen(ClaimId claim, uint256 games);
    error ResultsNoGame(ClaimId claim);
    /// @notice The claim's pool was won by another commitment than the one with this rank.
    error ResultsNotWinner(ClaimId claim, uint64 rank);
    /// @notice Possible from `from` on, this second included.
    error ResultsNotYet(ClaimId claim, uint256 from);
    /// @notice The challenge was announced after `until`.
    error ResultsCommittedTooLate(ClaimId claim, uint256 committedAt, uint256 until);

    /// @notice Claims a batch with the hub's assignment and locks `job.deposit`. The miner only.
    /// @param claim_ what is claimed; its miner is the caller, its pay at most 70 % of the job's price
    /// @param expiry last second in which the assignment is valid
    /// @param signature the hub's, over `Assignment(address wallet,bytes32 job,uint32 batch,uint32 attempt,address miner,uint128 pay,uint64
    /// expiry)` (EIP-712; ERC-1271 or ECDSA)
    function claim(
        Job calldata job,
        Claim calldata claim_,
        uint64 expiry,
        bytes calldata signature
    ) external returns (ClaimId);

    /// @notice Settles a Live claim whose window and opening time are over and on which no game is open. Anyone.
    function settle(Job calldata job, Claim calldata claim_) external;

    /// @notice Settles a Live claim on which no game is open, at once. The buyer only.
    function confirm(Job calldata job, Claim calldata claim_) external;

    /// @notice What is kept of a claim.
    function stateOf(ClaimId claim_) external view returns (ClaimState memory);

    /// @notice What a hub signs to assign a batch (EIP-712).
    function assignmentDigest(
        address hub,
        JobId job,
        uint32 batch,
        uint32 attempt,
        address miner,
        uint128 pay,
        uint64 expiry
    ) external view returns (bytes32);
}
