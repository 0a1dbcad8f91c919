// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IParameters, Parameter} from "../../government/IParameters.sol";
import {IDeposits} from "../../result/IDeposits.sol";
import {Claim} from "../../types/Claim.sol";
import {ClaimId} from "../../types/Ids.sol";
import {Job} from "../../types/Job.sol";
import {Commitment, IBisection} from "./IBisection.sol";
import {ITribunal} from "../ITribunal.sol";

/// @notice Announced challenges (PROTOCOL.md, section 6.1). Stored by challenger and hash, so that nobody can occupy
/// the hash of somebody else.
abstract contract Commitments is IBisection {
    /// @dev A day for opening, the most that any job can give (hard bound of `Parameter.MaxOpeningSeconds`), and a day for retracting.
    uint256 private constant FORFEIT_AFTER = 2 days;

    IDeposits public immutable deposits;
    ITribunal public immutable tribunal;
    IParameters public immutable parameters;

    mapping(address challenger => mapping(bytes32 hash => Commitment)) private commitments;
    uint64 private lastRank;

    constructor(IDeposits deposits_, ITribunal tribunal_, IParameters parameters_) {
        deposits = deposits_;
        tribunal = tribunal_;
        parameters = parameters_;
    }

    /// @inheritdoc IBisection
    function commit(bytes32 hash) external returns (uint64 rank) {
        require(!commitments[msg.sender][hash].announced, BisectionAlreadyCommitted(msg.sender, hash));
        rank = ++lastRank;
        uint256 stake = parameters.get(Parameter.CommitStakeWei);
        commitments[msg.sender][hash] = Commitment(true, uint40(block.timestamp), rank, uint128(stake));
        emit Committed(msg.sender, hash, rank, stake);
        deposits.lock(msg.sender, stake);
    }

    /// @inheritdoc IBisection
    function retract(Job calldata job, Claim calldata claim, bytes32 salt) external {
        ClaimId claimId = claim.id();
        (Commitment memory commitment, bytes32 hash) = _spend(claimId, salt);
        uint256 until = _openUntil(commitment, job);
        uint256 endedAt = tribunal.endedAt(claimId);
        require(
            job.id() == claim.job && endedAt != 0 && endedAt <= until,
            BisectionNotRetractable(claimId, endedAt, until)
        );
        emit Retracted(msg.sender, hash, commitment.stake);
        deposits.unlock(msg.sender, commitment.stake);
    }

    /// @inheritdoc IBisection
    function forfeit(address challenger, bytes32 hash) external {
        Commitment memory commitment = commitments[challenger][hash];
        require(commitment.announced, BisectionNotCommitted(challenger, hash));
        uint256 from = commitment.committedAt + FORFEIT_AFTER + 1;
        require(block.timestamp >= from, BisectionNotForfeitable(from));
        delete commitments[challenger][hash];
        emit Forfeited(challenger, hash, commitment.stake);
        deposits.slash(challenger, commitment.stake, challenger, 0);
    }

    /// @inheritdoc IBisection
    function commitmentOf(address challenger, bytes32 hash) external view returns (Commitment memory) {
        return commitments[challenger][hash];
    }

    /// @dev Spends the caller's commitment to a game, if there is still time, and frees its stake.
    function _redeem(Job calldata job, ClaimId claimId, bytes32 salt) internal returns (Commitment memory commitment) {
        (commitment, ) = _spend(claimId, salt);
        uint256 until = _openUntil(commitment, job);
        require(block.timestamp <= until, BisectionOpeningOver(until));
        deposits.unlock(msg.sender, commitment.stake);
    }

    function _spend(ClaimId claimId, bytes32 salt) private returns (Commitment memory commitment, bytes32 hash) {
        hash = keccak256(abi.encode(msg.sender, claimId, salt));
        commitment = commitments[msg.sender][hash];
        require(commitment.announced, BisectionNotCommitted(msg.sender, hash));
        delete commitments[msg.sender][hash];
    }

    function _openUntil(Commitment memory commitment, Job calldata job) private pure returns (uint256) {
        return uint256(commitment.committedAt) + job.opening;
    }
}
