// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Stakes of miners and verifiers (PROTOCOL.md, section 7). All amounts in wei of SNM.
/// Locking and unlocking emit no events: the keepers' own events (of a claim, a commitment, a game, and their ends)
/// report them.
/// @dev Relies on SNM: a transfer moves exactly its amount or reverts, and calls nobody. Relies on its keepers: they unlock and slash
/// only what they themselves have locked.
interface IDeposits {
    event Deposited(address indexed account, address indexed from, uint256 amount);
    event WithdrawalRequested(address indexed account, uint256 amount, uint256 availableAt);
    event Withdrawn(address indexed account, uint256 amount);
    event Slashed(address indexed account, uint256 amount);
    event Credited(address indexed account, uint256 amount);
    event KeeperAdded(address indexed keeper);

    error DepositsNotKeeper(address caller);
    error DepositsNotGovernment(address caller);
    error DepositsZeroAmount();
    error DepositsInsufficientFree(address account, uint256 free, uint256 needed);
    error DepositsInsufficientLocked(address account, uint256 locked, uint256 needed);
    /// @notice A slash would give away more than it takes.
    error DepositsShareTooLarge(uint256 share, uint256 amount);
    error DepositsNotYet(uint256 availableAt);
    error DepositsNothingToWithdraw(address account);

    /// @notice What `account` can lock or ask back.
    function freeOf(address account) external view returns (uint256);

    /// @notice What claims, commitments and games of `account` hold.
    function lockedOf(address account) external view returns (uint256);

    /// @notice What `account` has asked back, and from when it can be taken (unix time).
    function withdrawalOf(address account) external view returns (uint256 amount, uint256 availableAt);

    /// @notice Whether `account` may lock and slash stakes.
    function isKeeper(address account) external view returns (bool);

    /// @notice Stakes `amount` of the caller's SNM, which it has approved to this contract.
    function deposit(uint256 amount) external;

    /// @notice Stakes `amount` of the caller's SNM for `account`.
    function depositFor(address account, uint256 amount) external;

    /// @notice Stakes `amount` with an approval by signature (ERC-2612) in the same transaction. A permit that somebody else has
    /// already sent does not matter.
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Takes `amount` out of the caller's free stake; `withdraw` pays it after `Parameter.WithdrawalDelaySeconds`.
    /// A second request adds to the first and starts the delay again.
    function requestWithdrawal(uint256 amount) external;

    /// @notice Pays the caller all it has requested, once the delay is over.
    function withdraw() external;

    /// @notice Moves free stake of `account` under lock. Keepers only.
    function lock(address account, uint256 amount) external;

    /// @notice Frees locked stake of `account`. Keepers only.
    function unlock(address account, uint256 amount) external;

    /// @notice Takes `amount` of `account`'s locked stake: `toOther` of it becomes free stake of `other`, the remainder goes to the
    /// Treasury. Keepers only.
    function slash(address account, uint256 amount, address other, uint256 toOther) external;

    /// @notice Makes `keeper` a keeper permanently. The government only.
    function addKeeper(address keeper) external;
}
