// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IParameters, Parameter} from "../government/IParameters.sol";
import {IDeposits} from "./IDeposits.sol";

/// @title Stakes of miners and verifiers
/// @notice Holds exactly the sum of what is free, locked and asked back (INV-2).
contract Deposits is IDeposits {
    using SafeERC20 for IERC20;

    /// @dev One slot. No amount here can exceed SNM's supply, which is far below 2^128.
    struct Account {
        uint128 free;
        uint128 locked;
    }

    struct Withdrawal {
        uint128 amount;
        uint64 availableAt;
    }

    IERC20 public immutable snm;
    /// @notice Receives what slashes do not give to others.
    address public immutable treasury;
    IParameters public immutable parameters;
    /// @notice The DAO's slow timelock.
    address public immutable government;

    /// @dev The first keepers are part of the code: every claim and every game asks who is one.
    address private immutable results;
    address private immutable referee;

    mapping(address => Account) private accounts;
    mapping(address => Withdrawal) private withdrawals;

    mapping(address => bool) private laterKeepers;

    modifier onlyKeeper() {
        require(isKeeper(msg.sender), DepositsNotKeeper(msg.sender));
        _;
    }

    modifier nonZero(uint256 amount) {
        require(amount != 0, DepositsZeroAmount());
        _;
    }

    /// @param results_ `Results`, a keeper; it need not exist yet
    /// @param referee_ the first referee, a keeper; it need not exist yet
    constructor(
        IERC20 snm_,
        address treasury_,
        IParameters parameters_,
        address government_,
        address results_,
        address referee_
    ) {
        snm = snm_;
        treasury = treasury_;
        parameters = parameters_;
        government = government_;
        results = results_;
        referee = referee_;
        emit KeeperAdded(results_);
        emit KeeperAdded(referee_);
    }

    /// @inheritdoc IDeposits
    function deposit(uint256 amount) external {
        _deposit(msg.sender, amount);
    }

    /// @inheritdoc IDeposits
    function depositFor(address account, uint256 amount) external {
        _deposit(account, amount);
    }

    /// @inheritdoc IDeposits
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Anybody who sees the permit may send it first. Then this call fails, but the allowance exists anyway.
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(address(snm)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(msg.sender, amount);
    }

    /// @inheritdoc IDeposits
    function requestWithdrawal(uint256 amount) external nonZero(amount) {
        _takeFree(msg.sender, amount);
        Withdrawal storage withdrawal = withdrawals[msg.sender];
        uint256 availableAt = block.timestamp + parameters.get(Parameter.WithdrawalDelaySeconds);
        withdrawal.amount += uint128(amount);
        withdrawal.availableAt = uint64(availableAt);
        emit WithdrawalRequested(msg.sender, amount, availableAt);
    }

    /// @inheritdoc IDeposits
    function withdraw() external {
        Withdrawal memory withdrawal = withdrawals[msg.sender];
        require(withdrawal.amount != 0, DepositsNothingToWithdraw(msg.sender));
        require(block.timestamp >= withdrawal.availableAt, DepositsNotYet(withdrawal.availableAt));
        delete withdrawals[msg.sender];
        emit Withdrawn(msg.sender, withdrawal.amount);
        snm.safeTransfer(msg.sender, withdrawal.amount);
    }

    /// @inheritdoc IDeposits
    function lock(address account, uint256 amount) external onlyKeeper {
        Account memory stake = accounts[account];
        require(stake.free >= amount, DepositsInsufficientFree(account, stake.free, amount));
        accounts[account] = Account(stake.free - uint128(amount), stake.locked + uint128(amount));
    }

    /// @inheritdoc IDeposits
    function unlock(address account, uint256 amount) external onlyKeeper {
        Account memory stake = accounts[account];
        require(stake.locked >= amount, DepositsInsufficientLocked(account, stake.locked, amount));
        accounts[account] = Account(stake.free + uint128(amount), stake.locked - uint128(amount));
    }

    /// @inheritdoc IDeposits
    function slash(address account, uint256 amount, address other, uint256 toOther) external onlyKeeper {
        uint256 locked = accounts[account].locked;
        require(locked >= amount, DepositsInsufficientLocked(account, locked, amount));
        require(toOther <= amount, DepositsShareTooLarge(toOther, amount));
        accounts[account].locked = uint128(locked - amount);
        emit Slashed(account, amount);
        if (toOther != 0) {
            accounts[other].free += uint128(toOther);
            emit Credited(other, toOther);
        }
        if (toOther != amount) snm.safeTransfer(treasury, amount - toOther);
    }

    /// @inheritdoc IDeposits
    function addKeeper(address keeper) external {
        require(msg.sender == government, DepositsNotGovernment(msg.sender));
        laterKeepers[keeper] = true;
        emit KeeperAdded(keeper);
    }

    /// @inheritdoc IDeposits
    function freeOf(address account) external view returns (uint256) {
        return accounts[account].free;
    }

    /// @inheritdoc IDeposits
    function lockedOf(address account) external view returns (uint256) {
        return accounts[account].locked;
    }

    /// @inheritdoc IDeposits
    function withdrawalOf(address account) external view returns (uint256 amount, uint256 availableAt) {
        Withdrawal storage withdrawal = withdrawals[account];
        return (withdrawal.amount, withdrawal.availableAt);
    }

    /// @inheritdoc IDeposits
    function isKeeper(address account) public view returns (bool) {
        return account == results || account == referee || laterKeepers[account];
    }

    function _deposit(address account, uint256 amount) private nonZero(amount) {
        // The transfer comes first: once it has succeeded, `amount` is at most the supply and fits.
        snm.safeTransferFrom(msg.sender, address(this), amount);
        accounts[account].free += uint128(amount);
        emit Deposited(account, msg.sender, amount);
    }

    function _takeFree(address account, uint256 amount) private {
        uint256 free = accounts[account].free;
        require(free >= amount, DepositsInsufficientFree(account, free, amount));
        accounts[account].free = uint128(free - amount);
    }
}
