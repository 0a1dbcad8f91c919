// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Case, ITribunal} from "../dispute/ITribunal.sol";
import {IParameters, RefereeStatus} from "../government/IParameters.sol";
import {Claim} from "../types/Claim.sol";
import {ClaimId, JobId} from "../types/Ids.sol";
import {Job, MAX_PAY_BPS} from "../types/Job.sol";
import {IBatches} from "./IBatches.sol";
import {IDeposits} from "./IDeposits.sol";
import {ClaimState, ClaimStatus, IResults} from "./IResults.sol";

/// @title Claims and how they end
/// @notice Every claim ends: it settles, or it is convicted and its batch is free again (PROTOCOL.md, section 5).
contract Results is IResults, EIP712, Multicall {
    bytes32 private constant ASSIGNMENT_TYPEHASH = keccak256(
        "Assignment(address wallet,bytes32 job,uint32 batch,uint32 attempt,address miner,uint128 pay,uint64 expiry)"
    );
    uint256 private constant BPS = 10_000;

    IDeposits public immutable deposits;
    IBatches public immutable batches;
    IParameters public immutable parameters;

    mapping(ClaimId => ClaimState) private claims;

    /// @dev A referee may have been retired in the meantime: its open games go on.
    modifier onlyReferee() {
        require(parameters.refereeStatus(msg.sender) != RefereeStatus.Unknown, ResultsNotReferee(msg.sender));
        _;
    }

    constructor(IDeposits deposits_, IBatches batches_, IParameters parameters_) EIP712("SONM Results", "1") {
        deposits = deposits_;
        batches = batches_;
        parameters = parameters_;
    }

    /// @inheritdoc IResults
    function claim(
        Job calldata job,
        Claim calldata claim_,
        uint64 expiry,
        bytes calldata signature
    ) external returns (ClaimId claimId) {
        _checkJob(job, claim_);
        require(msg.sender == claim_.miner, ResultsNotMiner(msg.sender, claim_.miner));
        uint256 maxPay = (uint256(job.price) * MAX_PAY_BPS) / BPS;
        require(claim_.pay <= maxPay, ResultsPayTooHigh(claim_.pay, maxPay));
        require(block.timestamp <= expiry, ResultsAssignmentExpired(expiry));
        // This comes before the signature check, so that the hub is known to be a real wallet when it is asked.
        batches.take(claim_.job, claim_.batch, claim_.attempt);
        bytes32 digest = assignmentDigest(
            job.hub,
            claim_.job,
            claim_.batch,
            claim_.attempt,
            claim_.miner,
            claim_.pay,
            expiry
        );
        require(
            SignatureChecker.isValidSignatureNow(job.hub, digest, signature),
            ResultsBadAssignmentSignature(job.hub)
        );
        claimId = claim_.id();
        // No such claim can exist: its attempt has just been used up.
        claims[claimId] = ClaimState(ClaimStatus.Live, 0, uint40(block.timestamp), 0, 0);
        emit ClaimPosted(claimId, claim_.job, claim_.miner, claim_.batch, claim_.attempt, claim_.pay, claim_.root);
        deposits.lock(claim_.miner, job.deposit);
    }

    /// @inheritdoc IResults
    function settle(Job calldata job, Claim calldata claim_) external {
        _checkJob(job, claim_);
        ClaimId claimId = claim_.id();
        ClaimState memory state = _quiet(claimId, ClaimStatus.Live);
        // A challenger who had committed by the end of the window could open a game until then.
        uint256 from = uint256(state.claimedAt) + job.window + job.opening + 1;
        require(block.timestamp >= from, ResultsNotYet(claimId, from));
        _settle(job, claim_, claimId, state, false);
    }

    /// @inheritdoc IResults
    function confirm(Job calldata job, Claim calldata claim_) external {
        _checkJob(job, claim_);
        require(msg.sender == job.buyer, ResultsNotBuyer(msg.sender, job.buyer));
        ClaimId claimId = claim_.id();
        _settle(job, claim_, claimId, _quiet(claimId, ClaimStatus.Live), true);
    }

    /// @inheritdoc ITribunal
    function enter(
        Job calldata job,
        Claim calldata claim_,
        address challenger,
        uint40 committedAt,
        uint64 rank
    ) external returns (Case memory about) {
        // The job was checked when it was posted, so its referee is one that the DAO has approved.
        require(msg.sender == job.referee, ResultsNotReferee(msg.sender));
        _checkJob(job, claim_);
        ClaimId claimId = claim_.id();
        ClaimState memory state = claims[claimId];
        uint256 until = uint256(state.claimedAt) + job.window;
        if (state.status != ClaimStatus.Convicted) _require(claimId, state, ClaimStatus.Live);
        else if (state.endedAt < until) until = state.endedAt;
        require(committedAt <= until, ResultsCommittedTooLate(claimId, committedAt, until));
        state.games += 1;
        claims[claimId] = state;
        about = Case({
            claim: claimId,
            job: claim_.job,
            batch: claim_.batch,
            miner: claim_.miner,
            challenger: challenger,
            bond: job.bond,
            rank: rank
        });
        deposits.lock(challenger, job.bond);
    }

    /// @inheritdoc ITribunal
    function convict(Case calldata about) external onlyReferee {
        ClaimState memory state = _closeGame(about.claim);
        bool first = state.status == ClaimStatus.Live;
        if (first) {
            state.status = ClaimStatus.Convicted;
            state.endedAt = uint40(block.timestamp);
            emit ClaimConvicted(about.claim, about.job, about.batch);
        }
        if (first || about.rank < state.winner) {
            state.winner = about.rank;
            emit WinnerChanged(about.claim, about.challenger, about.rank);
        }
        claims[about.claim] = state;
        // The deposit is forfeited from now on. Only `award` touches it any more, to divide it. This is not done here
        // because proving is already expensive.
        deposits.unlock(about.challenger, about.bond);
        if (first) batches.reopen(about.job, about.batch);
    }

    /// @inheritdoc ITribunal
    function acquit(Case calldata about) external onlyReferee {
        claims[about.claim] = _closeGame(about.claim);
        deposits.slash(about.challenger, about.bond, about.miner, _half(about.bond));
    }

    /// @inheritdoc ITribunal
    function dismiss(Case calldata about) external onlyReferee {
        ClaimState memory state = _closeGame(about.claim);
        _require(about.claim, state, ClaimStatus.Convicted);
        claims[about.claim] = state;
        deposits.unlock(about.challenger, about.bond);
    }

    /// @inheritdoc ITribunal
    function award(Job calldata job, Claim calldata claim_, Case calldata about) external {
        require(msg.sender == job.referee, ResultsNotReferee(msg.sender));
        _checkJob(job, claim_);
        ClaimId claimId = claim_.id();
        ClaimState memory state = _quiet(claimId, ClaimStatus.Convicted);
        // A challenger who had committed before the conviction could open a game until then.
        uint256 from = uint256(state.endedAt) + job.opening + 1;
        require(block.timestamp >= from, ResultsNotYet(claimId, from));
        require(about.claim == claimId && about.rank == state.winner, ResultsNotWinner(claimId, about.rank));
        state.status = ClaimStatus.Awarded;
        claims[claimId] = state;
        uint256 pool = _half(job.deposit);
        emit PoolAwarded(claimId, about.challenger, pool);
        deposits.slash(claim_.miner, job.deposit, about.challenger, pool);
    }

    /// @inheritdoc ITribunal
    function endedAt(ClaimId claimId) external view returns (uint40) {
        return claims[claimId].endedAt;
    }

    /// @inheritdoc IResults
    function stateOf(ClaimId claimId) external view returns (ClaimState memory) {
        return claims[claimId];
    }

    /// @inheritdoc IResults
    function assignmentDigest(
        address hub,
        JobId job,
        uint32 batch,
        uint32 attempt,
        address miner,
        uint128 pay,
        uint64 expiry
    ) public view returns (bytes32) {
        return
            _hashTypedDataV4(keccak256(abi.encode(ASSIGNMENT_TYPEHASH, hub, job, batch, attempt, miner, pay, expiry)));
    }

    function _settle(
        Job calldata job,
        Claim calldata claim_,
        ClaimId claimId,
        ClaimState memory state,
        bool confirmed
    ) private {
        state.status = ClaimStatus.Settled;
        state.endedAt = uint40(block.timestamp);
        claims[claimId] = state;
        emit ClaimSettled(claimId, confirmed);
        deposits.unlock(claim_.miner, job.deposit);
        batches.pay(job, claim_.batch, claim_.miner, claim_.pay);
    }

    /// @dev The claim's state with one game fewer, not yet stored.
    function _closeGame(ClaimId claimId) private view returns (ClaimState memory state) {
        state = claims[claimId];
        require(state.games != 0, ResultsNoGame(claimId));
        state.games -= 1;
    }

    /// @dev The state of a claim that must have this status and no open game.
    function _quiet(ClaimId claimId, ClaimStatus needed) private view returns (ClaimState memory state) {
        state = claims[claimId];
        _require(claimId, state, needed);
        require(state.games == 0, ResultsGamesOpen(claimId, state.games));
    }

    function _require(ClaimId claimId, ClaimState memory state, ClaimStatus needed) private pure {
        require(state.status == needed, ResultsClaimNot(needed, claimId, state.status));
    }

    function _checkJob(Job calldata job, Claim calldata claim_) private pure {
        JobId jobId = job.id();
        require(jobId == claim_.job, ResultsWrongJob(jobId, claim_.job));
    }

    /// @dev Halves round down for the receiver and up for the Treasury.
    function _half(uint128 amount) private pure returns (uint256) {
        return amount / 2;
    }
}
