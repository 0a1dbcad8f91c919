// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IParameters, Parameter} from "../government/IParameters.sol";
import {IHub} from "../hub/IHub.sol";
import {IHubRegistry} from "../hub/IHubRegistry.sol";
import {IBatches} from "../result/IBatches.sol";
import {JobId} from "../types/Ids.sol";
import {Job} from "../types/Job.sol";
import {BatchStatus, IJobBoard, Waiting} from "./IJobBoard.sol";
import {Terms} from "./Terms.sol";

/// @title Jobs, their batches and the buyers' escrow
/// @notice Holds `price ×` the units that are neither paid nor refunded, and what waits for hubs (INV-12).
contract JobBoard is IJobBoard, EIP712 {
    using SafeERC20 for IERC20;

    // Cells of a job: what must be known of it when a call does not bring it.
    /// @dev Number of its batches; 0 if it has not been posted.
    uint256 private constant COUNT = 0;
    /// @dev Its deadline, the lower half first.
    uint256 private constant DEADLINE = 1;
    /// @dev From here on its batches: `attempt × 4 + status`. No batch is convicted 2^30 times.
    uint256 private constant BATCHES = 3;

    bytes32 private constant QUOTE_TYPEHASH = keccak256("Quote(bytes32 job,uint64 expiry)");

    IERC20 public immutable snm;
    IParameters public immutable parameters;
    IHubRegistry public immutable registry;
    /// @notice The only contract that takes, reopens and pays batches.
    address public immutable results;

    /// @dev Eight cells share a slot: a claim writes to a slot that the job or nearby batches have already written. A
    /// new slot for each would cost a tenth of the honest path's gas.
    mapping(JobId => uint32[2 ** 32 + BATCHES]) private jobs;

    mapping(address hub => Waiting) private dues;

    modifier onlyResults() {
        require(msg.sender == results, JobBoardNotResults(msg.sender));
        _;
    }

    constructor(
        IERC20 snm_,
        IParameters parameters_,
        IHubRegistry registry_,
        address results_
    ) EIP712("SONM JobBoard", "1") {
        snm = snm_;
        parameters = parameters_;
        registry = registry_;
        results = results_;
    }

    /// @inheritdoc IJobBoard
    function post(Job calldata job, uint64 expiry, bytes calldata signature) external returns (JobId jobId) {
        jobId = job.id();
        require(msg.sender == job.buyer, JobBoardNotBuyer(msg.sender, job.buyer));
        require(!isPosted(jobId), JobBoardAlreadyPosted(jobId));
        require(block.timestamp <= expiry, JobBoardQuoteExpired(expiry));
        require(registry.isHub(job.hub), JobBoardUnknownHub(job.hub));
        IHub.Status standing = IHub(job.hub).status();
        require(standing == IHub.Status.Registered, JobBoardHubNotRegistered(job.hub, standing));
        require(
            SignatureChecker.isValidSignatureNow(job.hub, quoteDigest(jobId, expiry), signature),
            JobBoardBadQuoteSignature(job.hub)
        );
        Terms.check(job, parameters);

        // Rounded up; below 2^32, as both numbers are.
        jobs[jobId][COUNT] = uint32((uint256(job.units) + job.batchSize - 1) / job.batchSize);
        jobs[jobId][DEADLINE] = uint32(job.deadline);
        jobs[jobId][DEADLINE + 1] = uint32(job.deadline >> 32);
        emit JobPosted(jobId, job.buyer, job.hub, job);
        snm.safeTransferFrom(job.buyer, address(this), uint256(job.price) * job.units);
    }

    /// @inheritdoc IJobBoard
    function refund(Job calldata job, uint32[] calldata numbers) external {
        JobId jobId = job.id();
        uint32 batches = _countOf(jobId);
        require(_isRefundable(job), JobBoardNotRefundable(jobId, job.deadline));
        uint256 units = 0;
        for (uint256 i = 0; i < numbers.length; ++i) {
            uint32 number = numbers[i];
            require(number < batches, JobBoardNoSuchBatch(number, batches));
            _move(jobId, number, BatchStatus.Open, BatchStatus.Refunded, 0);
            (, uint32 count) = job.range(number);
            units += count;
        }
        uint256 amount = units * job.price;
        emit BatchesRefunded(jobId, job.buyer, numbers, amount);
        snm.safeTransfer(job.buyer, amount);
    }

    /// @inheritdoc IJobBoard
    function collect(address hub) external {
        Waiting memory due = dues[hub];
        require(due.remainder != 0, JobBoardNothingWaiting(hub));
        IHub.Status standing = IHub(hub).status();
        require(
            standing == IHub.Status.Registered || standing == IHub.Status.Punished,
            JobBoardHubNotRegistered(hub, standing)
        );
        delete dues[hub];
        emit Collected(hub, due.remainder);
        snm.safeTransfer(hub, due.remainder);
        if (standing == IHub.Status.Registered) IHub(hub).settledEarlier(due.prices, due.remainder);
    }

    /// @inheritdoc IBatches
    function take(JobId jobId, uint32 number, uint32 attempt) external onlyResults {
        uint32 count = _countOf(jobId);
        require(number < count, JobBoardNoSuchBatch(number, count));
        uint256 deadline = jobs[jobId][DEADLINE] | (uint256(jobs[jobId][DEADLINE + 1]) << 32);
        require(block.timestamp < deadline, JobBoardDeadlineOver(deadline));
        uint32 current = _move(jobId, number, BatchStatus.Open, BatchStatus.Taken, 0);
        require(attempt == current, JobBoardWrongAttempt(attempt, current));
    }

    /// @inheritdoc IBatches
    function reopen(JobId jobId, uint32 number) external onlyResults {
        _move(jobId, number, BatchStatus.Taken, BatchStatus.Open, 1);
    }

    /// @inheritdoc IBatches
    function pay(Job calldata job, uint32 number, address miner, uint128 unitPay) external onlyResults {
        JobId jobId = job.id();
        _move(jobId, number, BatchStatus.Taken, BatchStatus.Paid, 0);
        (, uint32 count) = job.range(number);
        uint256 amount = uint256(job.price) * count;
        uint256 earned = uint256(unitPay) * count;
        bool toWallet = IHub(job.hub).status() == IHub.Status.Registered;
        if (!toWallet) {
            Waiting storage due = dues[job.hub];
            due.remainder += uint128(amount - earned);
            due.prices += uint128(amount);
        }
        emit BatchPaid(jobId, number, miner, amount, earned, toWallet);
        if (toWallet) {
            snm.safeTransfer(job.hub, amount);
            IHub(job.hub).settled(miner, amount, earned);
        } else {
            snm.safeTransfer(miner, earned);
        }
    }

    /// @inheritdoc IJobBoard
    function minimumStakes(uint128 price, uint32 batchSize) external view returns (uint256 bond, uint256 deposit) {
        return Terms.minimumStakes(price, batchSize, parameters);
    }

    /// @inheritdoc IJobBoard
    function waiting(address hub) external view returns (Waiting memory) {
        return dues[hub];
    }

    /// @inheritdoc IJobBoard
    function isPosted(JobId jobId) public view returns (bool) {
        return jobs[jobId][COUNT] != 0;
    }

    /// @inheritdoc IJobBoard
    function batchOf(JobId jobId, uint32 number) public view returns (BatchStatus status, uint32 attempt) {
        uint32 cell = jobs[jobId][BATCHES + number];
        return (BatchStatus(cell & 3), cell >> 2);
    }

    /// @inheritdoc IJobBoard
    function quoteDigest(JobId jobId, uint64 expiry) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(QUOTE_TYPEHASH, jobId, expiry)));
    }

    /// @dev Moves a batch to its next status. Its status must be `from`.
    /// @param attempts added to its attempt
    /// @return attempt its attempt before
    function _move(
        JobId jobId,
        uint32 number,
        BatchStatus from,
        BatchStatus to,
        uint32 attempts
    ) private returns (uint32 attempt) {
        uint32[2 ** 32 + BATCHES] storage cells = jobs[jobId];
        uint32 cell = cells[BATCHES + number];
        BatchStatus status = BatchStatus(cell & 3);
        require(status == from, JobBoardBatchNot(from, number, status));
        attempt = cell >> 2;
        cells[BATCHES + number] = ((attempt + attempts) << 2) | uint32(to);
    }

    function _countOf(JobId jobId) private view returns (uint32 count) {
        count = jobs[jobId][COUNT];
        require(count != 0, JobBoardUnknownJob(jobId));
    }

    function _isRefundable(Job calldata job) private view returns (bool) {
        if (block.timestamp >= job.deadline) return true;
        IHub.Status standing = IHub(job.hub).status();
        if (standing == IHub.Status.Punished) return true;
        if (standing != IHub.Status.Suspected) return false;
        uint256 delay = parameters.get(Parameter.RefundAfterSuspicionSeconds);
        return block.timestamp >= IHub(job.hub).suspectedAt() + delay;
    }
}
