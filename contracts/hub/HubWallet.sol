// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParameters, Parameter} from "../government/IParameters.sol";
import {ITreasury} from "../government/ITreasury.sol";
import {SNM} from "../token/SNM.sol";
import {IHub} from "./IHub.sol";
import {IHubWallet, RegistrationOutcome, Registration, Terms, payDayOf} from "./IHubWallet.sol";
import {IWhitelist} from "./IWhitelist.sol";

/// @notice The institutions that all wallets share. Part of the implementation's code, so nobody can change them.
struct Institutions {
    SNM snm;
    IParameters parameters;
    IWhitelist whitelist;
    ITreasury treasury;
    /// the only caller of `settled` and `settledEarlier`
    address jobBoard;
    /// the DAO's slow timelock
    address government;
    /// the DAO's fast timelock: may only call `suspect`
    address fastLane;
}

/// @title A hub's wallet
/// @dev Only clones made by `HubFactory` are wallets: their code ends with the owner's address.
contract HubWallet is IHubWallet {
    uint256 private constant BPS = 10_000;

    SNM public immutable snm;
    IParameters public immutable parameters;
    IWhitelist public immutable whitelist;
    ITreasury public immutable treasury;
    address public immutable jobBoard;
    address public immutable government;
    address public immutable fastLane;

    /// @inheritdoc IHub
    Status public status;
    /// @inheritdoc IHubWallet
    uint32 public registrations;
    /// @inheritdoc IHubWallet
    uint128 public locked;

    mapping(uint32 registration => Registration) private records;

    modifier onlyOwner() {
        require(msg.sender == owner(), HubWalletNotOwner(msg.sender));
        _;
    }

    modifier onlyJobBoard() {
        require(msg.sender == jobBoard, HubWalletNotJobBoard(msg.sender));
        _;
    }

    modifier only(Status required) {
        require(status == required, HubWalletWrongStatus(status));
        _;
    }

    /// @dev A decision is about one registration, so that it can never hit a later one.
    modifier onlyIn(uint32 registration_) {
        require(registration_ == registrations, HubWalletWrongRegistration(registrations));
        _;
    }

    constructor(Institutions memory shared) {
        snm = shared.snm;
        parameters = shared.parameters;
        whitelist = shared.whitelist;
        treasury = shared.treasury;
        jobBoard = shared.jobBoard;
        government = shared.government;
        fastLane = shared.fastLane;
    }

    /// @inheritdoc IHubWallet
    function register() external onlyOwner {
        require(status == Status.Created || status == Status.Idle, HubWalletWrongStatus(status));
        uint256 reserve = parameters.get(Parameter.ReserveWei);
        uint256 funds = free();
        require(funds > reserve, HubWalletInsufficientFunds(funds, reserve + 1));

        uint32 next = ++registrations;
        Registration storage current = records[next];
        current.registeredAt = uint40(block.timestamp);
        current.reserve = uint80(reserve);
        current.terms = _termsNow();
        _become(Status.Registered);
        emit Registered(next, reserve, current.terms);
    }

    /// @inheritdoc IHubWallet
    function transfer(address miner, uint256 amount) external onlyOwner only(Status.Registered) {
        Registration storage current = records[registrations];
        require(current.closedAt == 0, HubWalletPeriodClosed(current.closedAt));
        require(amount != 0, HubWalletZeroAmount());
        // Nobody could ever pull such an allowance.
        require(miner != address(this), HubWalletPaysItself());
        uint256 funds = available();
        require(amount <= funds, HubWalletInsufficientFunds(funds, amount));

        uint256 lock = _lockShareOf(amount, current.terms);
        uint256 approved = amount - lock;
        locked += uint128(lock);
        emit PaymentApproved(miner, amount, approved, lock);
        _raiseAllowance(miner, approved);
    }

    /// @inheritdoc IHub
    /// @dev Cannot fail while Registered: `JobBoard` has transferred `amount`, of which `pay` is a part, and the sum of all
    /// amounts and allowances is bounded by the supply.
    function settled(address miner, uint256 amount, uint256 pay) external only(Status.Registered) onlyJobBoard {
        uint256 lock = Math.min(_lockShareOf(amount, records[registrations].terms), amount - pay);
        locked += uint128(lock);
        emit SettlementReceived(miner, amount, pay, lock);
        _raiseAllowance(miner, pay);
    }

    /// @inheritdoc IHub
    /// @dev Cannot fail while Registered: `JobBoard` has transferred `remainder`. The lock share is that of the
    /// registration in which the money arrives, as for everything that arrives.
    function settledEarlier(uint256 prices, uint256 remainder) external only(Status.Registered) onlyJobBoard {
        uint256 lock = Math.min(_lockShareOf(prices, records[registrations].terms), remainder);
        locked += uint128(lock);
        emit EarlierSettlementsReceived(prices, remainder, lock);
    }

    /// @inheritdoc IHubWallet
    function closePeriod() external only(Status.Registered) {
        Registration storage current = records[registrations];
        require(current.closedAt == 0, HubWalletPeriodClosed(current.closedAt));
        Terms storage terms = current.terms;
        uint256 earliestPayDay = uint256(current.registeredAt) + terms.payPeriod;
        _requireFrom(msg.sender == owner() ? earliestPayDay - terms.closedPeriod : earliestPayDay + terms.closedPeriod);
        current.closedAt = uint40(block.timestamp);
        emit PeriodClosed(registrations, msg.sender);
    }

    /// @inheritdoc IHubWallet
    function payDay() external onlyOwner only(Status.Registered) {
        Registration storage current = records[registrations];
        require(current.closedAt != 0, HubWalletPeriodNotClosed());
        _requireFrom(payDayOf(current));
        uint256 frozen = uint256(current.reserve) + locked;
        uint256 tax = Math.ceilDiv(frozen * current.terms.taxShareBps, BPS);
        _end(RegistrationOutcome.PaidOut, Status.Idle);
        emit PaidOut(registrations, frozen, tax);
        snm.transfer(address(treasury), tax);
    }

    /// @inheritdoc IHubWallet
    function withdraw(uint256 amount) external onlyOwner only(Status.Idle) {
        require(amount != 0, HubWalletZeroAmount());
        uint256 funds = free();
        require(amount <= funds, HubWalletInsufficientFunds(funds, amount));
        emit Withdrawn(amount);
        snm.transfer(msg.sender, amount);
    }

    /// @inheritdoc IHubWallet
    function suspect(uint32 registration_) external only(Status.Registered) onlyIn(registration_) {
        require(msg.sender == fastLane, HubWalletNotFastLane(msg.sender));
        records[registration_].suspectedAt = uint40(block.timestamp);
        _become(Status.Suspected);
        emit Suspected(registration_);
    }

    /// @inheritdoc IHubWallet
    function rehab(uint32 registration_) external only(Status.Suspected) onlyIn(registration_) {
        if (msg.sender != government) _requireFrom(suspectedAt() + records[registration_].terms.rehabAfter);
        _end(RegistrationOutcome.Rehabilitated, Status.Idle);
        emit Rehabilitated(registration_, msg.sender);
    }

    /// @inheritdoc IHubWallet
    function ban(uint32 registration_) external only(Status.Suspected) onlyIn(registration_) {
        require(msg.sender == government, HubWalletNotGovernment(msg.sender));
        Registration storage current = records[registration_];
        _requireFrom(suspectedAt() + current.terms.suspicion);
        uint256 seized = free();
        current.seized = uint96(seized);
        _end(RegistrationOutcome.Banned, Status.Punished);
        emit Banned(registration_, seized);
        _seize(seized);
    }

    /// @inheritdoc IHubWallet
    function sweep() external only(Status.Punished) {
        uint256 seized = free();
        require(seized != 0, HubWalletZeroAmount());
        emit Swept(seized);
        _seize(seized);
    }

    /// @inheritdoc IHubWallet
    function collect(address payer) external {
        uint256 amount = Math.min(snm.allowance(payer, address(this)), snm.balanceOf(payer));
        require(amount != 0, HubWalletZeroAmount());
        emit Collected(payer, amount);
        snm.transferFrom(payer, address(this), amount);
    }

    /// @inheritdoc IERC1271
    /// @dev The owner's signature counts as the wallet's. What is signed must name the wallet, because one owner may
    /// have several.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return
            SignatureChecker.isValidSignatureNowCalldata(owner(), hash, signature)
                ? IERC1271.isValidSignature.selector
                : bytes4(0xffffffff);
    }

    /// @inheritdoc IHubWallet
    function registration(uint32 number) external view returns (Registration memory) {
        return records[number];
    }

    /// @inheritdoc IHubWallet
    function owner() public view returns (address) {
        return address(bytes20(Clones.fetchCloneArgs(address(this))));
    }

    /// @inheritdoc IHub
    function suspectedAt() public view returns (uint64) {
        return records[registrations].suspectedAt;
    }

    /// @inheritdoc IHubWallet
    function free() public view returns (uint256) {
        return snm.balanceOf(address(this)) - snm.approvedBy(address(this));
    }

    /// @inheritdoc IHubWallet
    function available() public view returns (uint256) {
        return status == Status.Registered ? free() - records[registrations].reserve - locked : 0;
    }

    function _raiseAllowance(address miner, uint256 approved) private {
        snm.approve(miner, snm.allowance(address(this), miner) + approved);
    }

    function _seize(uint256 amount) private {
        snm.transfer(address(treasury), amount);
        treasury.seized(amount, records[registrations].terms.seizureFreeze);
    }

    function _end(RegistrationOutcome outcome, Status next) private {
        Registration storage current = records[registrations];
        current.outcome = outcome;
        current.endedAt = uint40(block.timestamp);
        locked = 0;
        _become(next);
    }

    function _become(Status next) private {
        status = next;
        whitelist.report(next);
    }

    function _termsNow() private view returns (Terms memory) {
        // The bounds of `Parameters` keep every value within its type.
        return
            Terms({
                lockShareBps: uint16(parameters.get(Parameter.LockShareBps)),
                taxShareBps: uint16(parameters.get(Parameter.TaxShareBps)),
                payPeriod: uint32(parameters.get(Parameter.PayPeriodSeconds)),
                closedPeriod: uint32(parameters.get(Parameter.ClosedPeriodSeconds)),
                suspicion: uint32(parameters.get(Parameter.SuspicionSeconds)),
                rehabAfter: uint32(parameters.get(Parameter.RehabAfterSeconds)),
                seizureFreeze: uint32(parameters.get(Parameter.SeizureFreezeSeconds)),
                ratingMaturity: uint32(parameters.get(Parameter.RatingMaturitySeconds)),
                ratingRiskBps: uint16(parameters.get(Parameter.RatingRiskBps))
            });
    }

    function _requireFrom(uint256 time) private view {
        require(block.timestamp >= time, HubWalletTooEarly(time));
    }

    function _lockShareOf(uint256 amount, Terms storage terms) private view returns (uint256) {
        return Math.ceilDiv(amount * terms.lockShareBps, BPS);
    }
}
