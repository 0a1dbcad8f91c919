// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Every number that the DAO may change. The unit is in the name; shares are in basis points (1/10,000).
enum Parameter {
    // hub wallets: snapshotted at registration
    ReserveWei,
    LockShareBps,
    TaxShareBps,
    PayPeriodSeconds,
    ClosedPeriodSeconds,
    // what the DAO may do with a wallet
    SuspicionSeconds,
    RehabAfterSeconds,
    SeizureFreezeSeconds,
    // bounds on a job's terms: the job itself is the snapshot
    MinWindowSeconds,
    MaxWindowSeconds,
    MinOpeningSeconds,
    MaxOpeningSeconds,
    MinAllowanceSeconds,
    MaxAllowanceSeconds,
    MinGraceSeconds,
    MaxGraceSeconds,
    MinBondWei,
    MinDepositWei,
    AuditRateBps,
    // the market
    CommitStakeWei,
    WithdrawalDelaySeconds,
    RefundAfterSuspicionSeconds,
    // ratings of hubs: snapshotted at registration
    RatingMaturitySeconds,
    RatingRiskBps
}

/// @notice Standing of a referee. A retired one finishes its games but gets no new jobs.
enum RefereeStatus {
    Unknown,
    Active,
    Retired
}

/// @notice The DAO's numbers, each within hard bounds in code.
interface IParameters {
    event ChangeScheduled(Parameter indexed parameter, uint256 value, uint256 effectiveAt);
    event RefereeApproved(address indexed referee);
    event RefereeRetired(address indexed referee);

    error ParametersNotGovernment(address caller);
    error ParametersOutOfBounds(Parameter parameter, uint256 value, uint256 min, uint256 max);
    error ParametersRefereeNotActive(address referee);
    error ParametersZeroReferee();

    /// @notice The value in force now.
    function get(Parameter parameter) external view returns (uint256);

    /// @notice Hard bounds, both allowed.
    function bounds(Parameter parameter) external pure returns (uint256 min, uint256 max);

    /// @notice How long a change waits, seconds: longer than window + R + the longest game of any job possible now.
    function changeDelay() external view returns (uint256);

    /// @notice Standing of a referee.
    function refereeStatus(address referee) external view returns (RefereeStatus);
}
