// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IHub} from "./IHub.sol";
import {IHubRegistry} from "./IHubRegistry.sol";

/// @notice What the registry knows of a hub; status, funds and times are read from its wallet at the time of the call.
struct HubView {
    address wallet;
    address owner;
    string name;
    /// multiaddr at which the hub can be reached
    string endpoint;
    IHub.Status status;
    /// number of registrations so far
    uint32 registrations;
    /// unix time of the last registration, 0 before the first
    uint40 registeredAt;
    /// marked by the DAO
    bool trusted;
    /// wei of SNM in the wallet beyond what is approved
    uint256 free;
}

/// @notice The list of all hubs, the whitepaper's 'Hubs Pool List'.
interface IWhitelist is IHubRegistry {
    event HubAdded(address indexed wallet, address indexed owner);
    event HubDescribed(address indexed wallet, string name, string endpoint);
    event HubStatusChanged(address indexed wallet, IHub.Status status);
    event HubTrustChanged(address indexed wallet, bool trusted);

    error WhitelistNotFactory(address caller);
    error WhitelistNotGovernment(address caller);
    error WhitelistNotOwner(address caller);
    error WhitelistNotHub(address account);
    error WhitelistHubPunished(address wallet);
    /// @param length bytes given
    /// @param max bytes allowed
    error WhitelistTextTooLong(uint256 length, uint256 max);

    /// @notice Adds a new wallet. Factory only.
    function add(address wallet, address owner, string calldata name, string calldata endpoint) external;

    /// @notice Changes a hub's name and endpoint. Its owner only.
    function describe(address wallet, string calldata name, string calldata endpoint) external;

    /// @notice Marks a hub as trusted, or removes the mark. The DAO only. A ban removes the mark permanently.
    function setTrusted(address wallet, bool trusted) external;

    /// @notice A wallet reports that its status has changed, so that one address is enough to follow all hubs.
    function report(IHub.Status status) external;

    /// @notice Number of hubs.
    function count() external view returns (uint256);

    /// @notice One hub.
    function hub(address wallet) external view returns (HubView memory);

    /// @notice Up to `limit` hubs from number `from` on, oldest first.
    function page(uint256 from, uint256 limit) external view returns (HubView[] memory);
}
