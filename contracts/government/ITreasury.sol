// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice One seizure. It stays frozen until `releaseAt`, so that the DAO gains nothing from seizing in haste.
struct Seizure {
    address hub;
    /// wei of SNM
    uint96 amount;
    /// unix time
    uint64 releaseAt;
    bool released;
}

/// @notice Taxes, forfeits and seized funds. The DAO can spend what is not frozen. Amounts are wei of SNM.
interface ITreasury {
    event Seized(uint256 indexed seizure, address indexed hub, uint256 amount, uint256 releaseAt);
    event Released(uint256 indexed seizure, uint256 amount);
    event Spent(address indexed to, uint256 amount);
    event Collected(address indexed payer, uint256 amount);

    error TreasuryNotHub(address caller);
    error TreasuryNotGovernment(address caller);
    error TreasuryNotReceived(uint256 needed);
    error TreasuryUnknownSeizure(uint256 seizure);
    error TreasuryAlreadyReleased(uint256 seizure);
    /// @param possibleFrom unix time
    error TreasuryTooEarly(uint256 possibleFrom);
    error TreasuryInsufficientFunds(uint256 available, uint256 needed);
    error TreasuryNothingToCollect(address payer);

    /// @notice A hub wallet has just transferred `amount` here, to be frozen for `freeze` seconds.
    function seized(uint256 amount, uint256 freeze) external;

    /// @notice Unfreezes a seizure once its freeze is over. Anyone.
    function release(uint256 seizure) external;

    /// @notice Pays from what is not frozen. The DAO only.
    function spend(address to, uint256 amount) external;

    /// @notice Pulls what `payer` has approved for the Treasury. Anyone.
    function collect(address payer) external;

    /// @notice Sum of the seizures not released, wei.
    function frozen() external view returns (uint256);

    /// @notice What the DAO can spend now, wei.
    function available() external view returns (uint256);

    /// @notice Number of seizures.
    function seizureCount() external view returns (uint256);

    /// @notice Up to `limit` seizures from number `from` on, oldest first.
    function seizures(uint256 from, uint256 limit) external view returns (Seizure[] memory);
}
