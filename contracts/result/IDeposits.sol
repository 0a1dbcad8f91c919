// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Stakes of miners and verifiers (PROTOCOL.md, section 7). All amounts in wei of SNM.
interface IDeposits {
    event Deposited(address indexed account, address indexed from, uint256 amount);
    event WithdrawalRequested(address indexed account, uint256 amount, uint256 availableAt);
    event Withdrawn(address indexed account, uint256 amount);
    event Locked(address indexed account, uint256 amount);
    event Unlocked(address indexed account, uint256 amount);
    event Slashed(address indexed account, uint256 amount);
    event Credited(address indexed account, uint256 amount);
    event KeeperAdded(address indexed keeper);

    error DepositsNotKeeper(address caller);
    error DepositsNotGovernment(address caller);
    error DepositsZeroAmount();
    error DepositsInsufficientFree(address account, uint256 free, uint256 needed);
    error DepositsInsufficientLocked(address account, uint256 locked, uint256 needed);
    error DepositsAmountTooLarge(uint256 amount);
    error DepositsNotYet(uint256 availableAt);
    error DepositsNothingToWithdraw(address account);

    /// @notice What `account` can lock or ask back.
    function freeOf(address account) external view returns (uint256);

    /// @notice What claims, commitments and games of `account` hold.
    function lockedOf(address account) external view returns (uint256);

    /// @notice Moves free stake of `account` under lock. Keepers only.
    function lock(address account, uint256 amount) external;

    /// @notice Frees locked stake of `account`. Keepers only.
    function unlock(address account, uint256 amount) external;

    /// @notice Takes `amount` of `account`'s locked stake: `toOther` of it is credited to `other` (not at all if `other` is
    /// zero: then it stays in the contract for the keeper to credit later), the rest goes to the Treasury. Keepers only.
    function slash(address account, uint256 amount, address other, uint256 toOther) external;

    /// @notice Credits `amount`, which an earlier slash has kept back, to `account`. Keepers only.
    function credit(address account, uint256 amount) external;
}
