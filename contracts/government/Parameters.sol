// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IParameters, Parameter, RefereeStatus} from "./IParameters.sol";

/// @title The DAO's numbers
/// @notice Defaults are those of the whitepaper where it names them (section 2.5.2.1: 1 SNM, 30 %, 0.5 %, 30 days, 120
/// days). The DAO schedules a change. It takes effect after `changeDelay`, so that it affects no running job or game.
contract Parameters is IParameters {
    /// @dev One slot: the greatest bound is 1,000,000 SNM, below 2^96.
    struct Entry {
        uint96 value;
        uint96 next;
        uint64 effectiveAt;
    }

    /// @dev The longest game has `2r + m − 2` grace periods: r ≤ 5 (32,768 units a batch), m ≤ 16 (PROTOCOL.md, 6.3).
    uint256 private constant MAX_GRACES = 24;

    /// @notice The DAO's slow timelock.
    address public immutable government;

    mapping(Parameter => Entry) private entries;

    /// @inheritdoc IParameters
    mapping(address referee => RefereeStatus) public refereeStatus;

    modifier onlyGovernment() {
        require(msg.sender == government, ParametersNotGovernment(msg.sender));
        _;
    }

    /// @param government_ the DAO's slow timelock
    /// @param referee approved from the start; zero for none
    constructor(address government_, address referee) {
        government = government_;
        _init(Parameter.ReserveWei, 1 ether);
        _init(Parameter.LockShareBps, 3000);
        _init(Parameter.TaxShareBps, 50);
        _init(Parameter.PayPeriodSeconds, 30 days);
        _init(Parameter.ClosedPeriodSeconds, 4 days);
        _init(Parameter.SuspicionSeconds, 120 days);
        _init(Parameter.RehabAfterSeconds, 180 days);
        _init(Parameter.SeizureFreezeSeconds, 120 days);
        _init(Parameter.MinWindowSeconds, 1 hours);
        _init(Parameter.MaxWindowSeconds, 7 days);
        _init(Parameter.MinOpeningSeconds, 10 minutes);
        _init(Parameter.MaxOpeningSeconds, 1 days);
        _init(Parameter.MinAllowanceSeconds, 1 hours);
        _init(Parameter.MaxAllowanceSeconds, 7 days);
        _init(Parameter.MinGraceSeconds, 10 minutes);
        _init(Parameter.MaxGraceSeconds, 1 days);
        _init(Parameter.MinBondWei, 10 ether);
        _init(Parameter.MinDepositWei, 100 ether);
        _init(Parameter.AuditRateBps, 5000);
        _init(Parameter.CommitStakeWei, 1 ether);
        _init(Parameter.WithdrawalDelaySeconds, 1 days);
        _init(Parameter.RefundAfterSuspicionSeconds, 1 days);
        _init(Parameter.RatingMaturitySeconds, 4 days);
        _init(Parameter.RatingRiskBps, 5000);
        if (referee != address(0)) _approve(referee);
    }

    /// @notice Schedules a change. A later one of the same parameter replaces it.
    function set(Parameter parameter, uint256 value) external onlyGovernment {
        (uint256 min, uint256 max) = bounds(parameter);
        require(value >= min && value <= max, ParametersOutOfBounds(parameter, value, min, max));
        uint256 effectiveAt = block.timestamp + changeDelay();
        entries[parameter] = Entry(uint96(get(parameter)), uint96(value), uint64(effectiveAt));
        emit ChangeScheduled(parameter, value, effectiveAt);
    }

    /// @notice Lets jobs name `referee` from now on.
    function approveReferee(address referee) external onlyGovernment {
        _approve(referee);
    }

    /// @notice No new jobs for `referee`; its open games go on.
    function retireReferee(address referee) external onlyGovernment {
        require(refereeStatus[referee] == RefereeStatus.Active, ParametersRefereeNotActive(referee));
        refereeStatus[referee] = RefereeStatus.Retired;
        emit RefereeRetired(referee);
    }

    /// @notice The change that waits, if any: `effectiveAt` is 0 or in the past when there is none.
    function scheduled(Parameter parameter) external view returns (uint256 value, uint256 effectiveAt) {
        Entry storage entry = entries[parameter];
        return (entry.next, entry.effectiveAt);
    }

    /// @inheritdoc IParameters
    function get(Parameter parameter) public view returns (uint256) {
        Entry storage entry = entries[parameter];
        return entry.effectiveAt != 0 && block.timestamp >= entry.effectiveAt ? entry.next : entry.value;
    }

    /// @inheritdoc IParameters
    function changeDelay() public view returns (uint256) {
        return
            get(Parameter.MaxWindowSeconds) +
            get(Parameter.MaxOpeningSeconds) +
            2 * get(Parameter.MaxAllowanceSeconds) +
            MAX_GRACES * get(Parameter.MaxGraceSeconds) +
            1;
    }

    /// @inheritdoc IParameters
    function bounds(Parameter parameter) public pure returns (uint256 min, uint256 max) {
        if (parameter == Parameter.ReserveWei) return (0.01 ether, 1_000 ether);
        if (parameter == Parameter.LockShareBps) return (1000, 3000);
        if (parameter == Parameter.TaxShareBps) return (0, 500);
        if (parameter == Parameter.PayPeriodSeconds) return (7 days, 90 days);
        // At least the time that the DAO's fast lane takes from proposal to suspicion.
        if (parameter == Parameter.ClosedPeriodSeconds) return (3 days, 6 days);
        // At least a month remains for a ban before anyone may rehabilitate.
        if (parameter == Parameter.SuspicionSeconds) return (30 days, 150 days);
        if (parameter == Parameter.RehabAfterSeconds) return (180 days, 360 days);
        if (parameter == Parameter.SeizureFreezeSeconds) return (30 days, 360 days);
        if (parameter == Parameter.MinWindowSeconds) return (10 minutes, 1 days);
        if (parameter == Parameter.MaxWindowSeconds) return (1 days, 14 days);
        if (parameter == Parameter.MinOpeningSeconds) return (5 minutes, 30 minutes);
        if (parameter == Parameter.MaxOpeningSeconds) return (30 minutes, 1 days);
        if (parameter == Parameter.MinAllowanceSeconds) return (10 minutes, 1 days);
        if (parameter == Parameter.MaxAllowanceSeconds) return (1 days, 14 days);
        if (parameter == Parameter.MinGraceSeconds) return (5 minutes, 1 hours);
        if (parameter == Parameter.MaxGraceSeconds) return (1 hours, 1 days);
        if (parameter == Parameter.MinBondWei) return (0, 1_000_000 ether);
        if (parameter == Parameter.MinDepositWei) return (0, 1_000_000 ether);
        if (parameter == Parameter.AuditRateBps) return (100, 9900);
        if (parameter == Parameter.CommitStakeWei) return (0.001 ether, 10_000 ether);
        if (parameter == Parameter.WithdrawalDelaySeconds) return (1 hours, 30 days);
        if (parameter == Parameter.RefundAfterSuspicionSeconds) return (1 hours, 7 days);
        // Also at least that time: raters after the accusation know of it, and their ratings must not count.
        if (parameter == Parameter.RatingMaturitySeconds) return (3 days, 6 days);
        return (100, 10_000); // RatingRiskBps
    }

    function _init(Parameter parameter, uint256 value) private {
        entries[parameter].value = uint96(value);
    }

    function _approve(address referee) private {
        require(referee != address(0), ParametersZeroReferee());
        refereeStatus[referee] = RefereeStatus.Active;
        emit RefereeApproved(referee);
    }
}
