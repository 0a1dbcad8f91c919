// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IHub} from "../hub/IHub.sol";
import {IBatches} from "../result/IBatches.sol";
import {JobId} from "../types/Ids.sol";
import {Job} from "../types/Job.sol";

/// @notice The status of a batch (PROTOCOL.md, section 4).
enum BatchStatus {
    Open,
    Taken,
    Paid,
    Refunded
}

/// @notice What waits for a hub that was not Registered at settlement. One slot: what waits is part of the supply, below 2^89 wei, and
/// the prices are less than four times as much, since a pay is at most 70 % of its price.
struct Waiting {
    /// what the miners' pay has left, wei of SNM
    uint128 remainder;
    /// what the buyers have paid, wei of SNM
    uint128 prices;
}

/// @notice Jobs, their batches and the buyers' escrow. Amounts in wei of SNM, times in unix seconds.
/// @dev Relies on the registry: the code of its hubs is known, so that `status` and, while Registered, `settled` and
/// `settledEarlier` never fail.
interface IJobBoard is IBatches {
    /// @notice A buyer has posted a job and escrowed its price. Carries the whole job: later calls must bring it.
    event JobPosted(JobId indexed id, address indexed buyer, address indexed hub, Job job);
    /// @notice `amount` for a batch has left the escrow: all of it has gone to the hub's wallet; or `pay` of it has
    /// gone to the miner, and the remainder waits for the hub.
    event BatchPaid(
        JobId indexed job,
        uint32 indexed batch,
        address indexed miner,
        uint256 amount,
        uint256 pay,
        bool toWallet
    );
    event BatchesRefunded(JobId indexed job, address indexed buyer, uint32[] batches, uint256 amount);
    /// @notice What had waited for `hub` has been sent to its wallet.
    event Collected(address indexed hub, uint256 amount);

    error JobBoardNotBuyer(address caller, address buyer);
    error JobBoardNotResults(address caller);
    error JobBoardAlreadyPosted(JobId job);
    error JobBoardUnknownJob(JobId job);
    error JobBoardUnknownHub(address hub);
    error JobBoardHubNotRegistered(address hub, IHub.Status status);
    error JobBoardQuoteExpired(uint256 expiry);
    error JobBoardBadQuoteSignature(address hub);
    error JobBoardNoSuchBatch(uint32 batch, uint32 batches);
    error JobBoardBatchNot(BatchStatus needed, uint32 batch, BatchStatus status);
    error JobBoardWrongAttempt(uint32 given, uint32 current);
    error JobBoardDeadlineOver(uint256 deadline);
    /// @notice Neither the deadline nor the delay after a suspicion is over, and the hub is not punished.
    error JobBoardNotRefundable(JobId job, uint256 deadline);
    error JobBoardNothingWaiting(address hub);

    // What `post` refuses in a job's terms.
    error TermsNoUnits();
    error TermsBatchSize(uint32 given, uint32 max);
    error TermsExponent(uint8 given);
    error TermsEntry(uint64 given);
    error TermsNoPrice();
    error TermsWindow(uint32 given, uint256 min, uint256 max);
    error TermsOpening(uint32 given, uint256 min, uint256 max);
    error TermsAllowance(uint32 given, uint256 min, uint256 max);
    error TermsGrace(uint32 given, uint256 min, uint256 max);
    error TermsDeadline(uint64 given, uint256 min, uint256 max);
    error TermsBond(uint128 given, uint256 min);
    error TermsDeposit(uint128 given, uint256 min);
    error TermsReferee(address referee);
    error TermsMachine(address given, address referees);

    /// @notice Posts a job that the hub has quoted, and escrows `price × units` of the buyer's SNM. The buyer only; once per job.
    /// @param job the terms; checked against the DAO's parameters
    /// @param expiry last second in which the quote is valid
    /// @param signature the hub's, over `Quote(bytes32 job,uint64 expiry)` (EIP-712; ERC-1271 or ECDSA)
    function post(Job calldata job, uint64 expiry, bytes calldata signature) external returns (JobId);

    /// @notice Pays the buyer back for Open batches: from the deadline on, `Parameter.RefundAfterSuspicionSeconds` after the hub was
    /// suspected, or once it is punished. Anyone.
    function refund(Job calldata job, uint32[] calldata batches) external;

    /// @notice Sends what waits for `hub` to its wallet, once it is Registered again. The wallet then locks as much of
    /// it as if it had been settled there. A Punished wallet gets it too: from there everything is swept to the
    /// Treasury, which freezes it like a seizure. Anyone.
    function collect(address hub) external;

    /// @notice Whether the job has been posted.
    function isPosted(JobId job) external view returns (bool);

    /// @notice The status of a batch and its attempt.
    function batchOf(JobId job, uint32 batch) external view returns (BatchStatus status, uint32 attempt);

    /// @notice What waits for a hub.
    function waiting(address hub) external view returns (Waiting memory);

    /// @notice The smallest bond and deposit that `post` accepts (PROTOCOL.md, section 7); the deposit must also reach the bond.
    function minimumStakes(uint128 price, uint32 batchSize) external view returns (uint256 bond, uint256 deposit);

    /// @notice What a hub signs to quote a job.
    function quoteDigest(JobId job, uint64 expiry) external view returns (bytes32);
}
