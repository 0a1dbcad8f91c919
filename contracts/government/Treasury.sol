// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IHubRegistry} from "../hub/IHubRegistry.sol";
import {SNM} from "../token/SNM.sol";
import {ITreasury, Seizure} from "./ITreasury.sol";

/// @title The DAO's funds
/// @notice It pays only through `spend`, which never touches what is frozen (INV-24).
contract Treasury is ITreasury {
    SNM public immutable snm;
    /// @notice Says who may seize.
    IHubRegistry public immutable registry;
    /// @notice The DAO's slow timelock.
    address public immutable government;

    /// @inheritdoc ITreasury
    uint256 public frozen;
    Seizure[] private all;

    constructor(SNM snm_, IHubRegistry registry_, address government_) {
        snm = snm_;
        registry = registry_;
        government = government_;
    }

    /// @inheritdoc ITreasury
    function seized(uint256 amount, uint256 freeze) external {
        require(registry.isHub(msg.sender), TreasuryNotHub(msg.sender));
        require(amount <= available(), TreasuryNotReceived(amount));
        uint256 releaseAt = block.timestamp + freeze;
        frozen += amount;
        emit Seized(all.length, msg.sender, amount, releaseAt);
        all.push(Seizure(msg.sender, SafeCast.toUint96(amount), SafeCast.toUint64(releaseAt), false));
    }

    /// @inheritdoc ITreasury
    function release(uint256 seizure) external {
        require(seizure < all.length, TreasuryUnknownSeizure(seizure));
        Seizure storage one = all[seizure];
        require(!one.released, TreasuryAlreadyReleased(seizure));
        require(block.timestamp >= one.releaseAt, TreasuryTooEarly(one.releaseAt));
        one.released = true;
        frozen -= one.amount;
        emit Released(seizure, one.amount);
    }

    /// @inheritdoc ITreasury
    function spend(address to, uint256 amount) external {
        require(msg.sender == government, TreasuryNotGovernment(msg.sender));
        uint256 funds = available();
        require(amount <= funds, TreasuryInsufficientFunds(funds, amount));
        emit Spent(to, amount);
        snm.transfer(to, amount);
    }

    /// @inheritdoc ITreasury
    function collect(address payer) external {
        uint256 amount = Math.min(snm.allowance(payer, address(this)), snm.balanceOf(payer));
        require(amount != 0, TreasuryNothingToCollect(payer));
        emit Collected(payer, amount);
        snm.transferFrom(payer, address(this), amount);
    }

    /// @inheritdoc ITreasury
    function seizureCount() external view returns (uint256) {
        return all.length;
    }

    /// @inheritdoc ITreasury
    function seizures(uint256 from, uint256 limit) external view returns (Seizure[] memory views) {
        views = new Seizure[](Math.min(Math.saturatingSub(all.length, from), limit));
        for (uint256 i = 0; i < views.length; ++i) views[i] = all[from + i];
    }

    /// @inheritdoc ITreasury
    function available() public view returns (uint256) {
        return snm.balanceOf(address(this)) - frozen;
    }
}
