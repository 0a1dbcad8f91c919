// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IReferee} from "../dispute/IReferee.sol";
import {IParameters, Parameter, RefereeStatus} from "../government/IParameters.sol";
import {Job, MAX_BATCH_SIZE, MAX_PAY_BPS} from "../types/Job.sol";
import {IJobBoard} from "./IJobBoard.sol";

/// @notice Which terms of a job are acceptable (PROTOCOL.md, sections 4 and 7): hard limits, then the DAO's parameters.
library Terms {
    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_DEADLINE = 365 days;

    /// @notice Reverts unless every term of `job` is within its limits now.
    function check(Job calldata job, IParameters parameters) internal view {
        require(job.units != 0, IJobBoard.TermsNoUnits());
        require(
            job.batchSize != 0 && job.batchSize <= MAX_BATCH_SIZE,
            IJobBoard.TermsBatchSize(job.batchSize, MAX_BATCH_SIZE)
        );
        // An even exponent makes the challenger the one who proves.
        require(
            job.exponent >= 2 && job.exponent <= 16 && job.exponent % 2 == 0,
            IJobBoard.TermsExponent(job.exponent)
        );
        require(job.entry <= type(uint32).max && job.entry % 4 == 0, IJobBoard.TermsEntry(job.entry));
        require(job.price != 0, IJobBoard.TermsNoPrice());
        uint256 latest = block.timestamp + MAX_DEADLINE;
        require(
            job.deadline > block.timestamp && job.deadline <= latest,
            IJobBoard.TermsDeadline(job.deadline, block.timestamp + 1, latest)
        );
        _checkReferee(job, parameters);
        _checkTimes(job, parameters);
        (uint256 minBond, uint256 minDeposit) = minimumStakes(job.price, job.batchSize, parameters);
        require(job.bond >= minBond, IJobBoard.TermsBond(job.bond, minBond));
        minDeposit = Math.max(minDeposit, job.bond);
        require(job.deposit >= minDeposit, IJobBoard.TermsDeposit(job.deposit, minDeposit));
    }

    /// @notice bond ≥ minBond + 4 × pay; deposit ≥ max(minDeposit, 2 × pay × batchSize × (1 − p)/p), where pay is the
    /// most that a miner may get per unit, and p is the assumed share of claims that somebody recomputes. Both rounded
    /// up.
    function minimumStakes(
        uint128 price,
        uint32 batchSize,
        IParameters parameters
    ) internal view returns (uint256 bond, uint256 deposit) {
        uint256 audited = parameters.get(Parameter.AuditRateBps);
        bond = parameters.get(Parameter.MinBondWei) + Math.ceilDiv(4 * MAX_PAY_BPS * price, BPS);
        deposit = Math.max(
            parameters.get(Parameter.MinDepositWei),
            Math.ceilDiv(2 * MAX_PAY_BPS * price * batchSize * (BPS - audited), BPS * audited)
        );
    }

    function _checkReferee(Job calldata job, IParameters parameters) private view {
        require(parameters.refereeStatus(job.referee) == RefereeStatus.Active, IJobBoard.TermsReferee(job.referee));
        address machine = IReferee(job.referee).machine();
        require(job.machine == machine, IJobBoard.TermsMachine(job.machine, machine));
    }

    function _checkTimes(Job calldata job, IParameters parameters) private view {
        uint256 min = parameters.get(Parameter.MinWindowSeconds);
        uint256 max = parameters.get(Parameter.MaxWindowSeconds);
        require(job.window >= min && job.window <= max, IJobBoard.TermsWindow(job.window, min, max));
        (min, max) = (parameters.get(Parameter.MinOpeningSeconds), parameters.get(Parameter.MaxOpeningSeconds));
        require(job.opening >= min && job.opening <= max, IJobBoard.TermsOpening(job.opening, min, max));
        (min, max) = (parameters.get(Parameter.MinAllowanceSeconds), parameters.get(Parameter.MaxAllowanceSeconds));
        require(job.allowance >= min && job.allowance <= max, IJobBoard.TermsAllowance(job.allowance, min, max));
        // A grace above the allowance would make games longer than the formula says (PROTOCOL.md, section 6.3).
        min = parameters.get(Parameter.MinGraceSeconds);
        max = Math.min(parameters.get(Parameter.MaxGraceSeconds), job.allowance);
        require(job.grace >= min && job.grace <= max, IJobBoard.TermsGrace(job.grace, min, max));
    }
}
