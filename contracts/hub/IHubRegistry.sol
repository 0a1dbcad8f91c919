// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Who is a hub: only wallets that the factory has made, so that their code is known.
interface IHubRegistry {
    /// @notice Whether `account` is a hub wallet, whatever its status.
    function isHub(address account) external view returns (bool);
}
