// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IHub} from "./IHub.sol";
import {IHubRegistry} from "./IHubRegistry.sol";
import {IHubWallet} from "./IHubWallet.sol";
import {HubView, IWhitelist} from "./IWhitelist.sol";

/// @title The list of all hubs
contract Whitelist is IWhitelist {
    struct Entry {
        address owner;
        bool trusted;
        string name;
        string endpoint;
    }

    /// @dev Bounds how much text a reader of a page has to load.
    uint256 private constant MAX_NAME_BYTES = 64;
    uint256 private constant MAX_ENDPOINT_BYTES = 256;

    /// @notice The only maker of wallets.
    address public immutable factory;
    /// @notice The DAO's slow timelock.
    address public immutable government;

    address[] private wallets;
    mapping(address wallet => Entry) private entries;

    modifier onlyHub(address account) {
        require(isHub(account), WhitelistNotHub(account));
        _;
    }

    constructor(address factory_, address government_) {
        factory = factory_;
        government = government_;
    }

    /// @inheritdoc IWhitelist
    function add(address wallet, address owner, string calldata name, string calldata endpoint) external {
        require(msg.sender == factory, WhitelistNotFactory(msg.sender));
        wallets.push(wallet);
        entries[wallet].owner = owner;
        emit HubAdded(wallet, owner);
        _describe(wallet, name, endpoint);
    }

    /// @inheritdoc IWhitelist
    function describe(address wallet, string calldata name, string calldata endpoint) external onlyHub(wallet) {
        require(msg.sender == entries[wallet].owner, WhitelistNotOwner(msg.sender));
        _describe(wallet, name, endpoint);
    }

    /// @inheritdoc IWhitelist
    function setTrusted(address wallet, bool trusted) external onlyHub(wallet) {
        require(msg.sender == government, WhitelistNotGovernment(msg.sender));
        require(IHubWallet(wallet).status() != IHub.Status.Punished, WhitelistHubPunished(wallet));
        _setTrusted(wallet, trusted);
    }

    /// @inheritdoc IWhitelist
    function report(IHub.Status status) external onlyHub(msg.sender) {
        emit HubStatusChanged(msg.sender, status);
        if (status == IHub.Status.Punished && entries[msg.sender].trusted) _setTrusted(msg.sender, false);
    }

    /// @inheritdoc IWhitelist
    function count() external view returns (uint256) {
        return wallets.length;
    }

    /// @inheritdoc IWhitelist
    function page(uint256 from, uint256 limit) external view returns (HubView[] memory views) {
        views = new HubView[](Math.min(Math.saturatingSub(wallets.length, from), limit));
        for (uint256 i = 0; i < views.length; ++i) views[i] = hub(wallets[from + i]);
    }

    /// @inheritdoc IWhitelist
    function hub(address wallet) public view onlyHub(wallet) returns (HubView memory) {
        Entry storage entry = entries[wallet];
        IHubWallet source = IHubWallet(wallet);
        uint32 registrations = source.registrations();
        return
            HubView({
                wallet: wallet,
                owner: entry.owner,
                name: entry.name,
                endpoint: entry.endpoint,
                status: source.status(),
                registrations: registrations,
                registeredAt: source.registration(registrations).registeredAt,
                trusted: entry.trusted,
                free: source.free()
            });
    }

    /// @inheritdoc IHubRegistry
    function isHub(address account) public view returns (bool) {
        return entries[account].owner != address(0);
    }

    function _describe(address wallet, string calldata name, string calldata endpoint) private {
        _requireLength(name, MAX_NAME_BYTES);
        _requireLength(endpoint, MAX_ENDPOINT_BYTES);
        entries[wallet].name = name;
        entries[wallet].endpoint = endpoint;
        emit HubDescribed(wallet, name, endpoint);
    }

    function _setTrusted(address wallet, bool trusted) private {
        entries[wallet].trusted = trusted;
        emit HubTrustChanged(wallet, trusted);
    }

    function _requireLength(string calldata text, uint256 max) private pure {
        require(bytes(text).length <= max, WhitelistTextTooLong(bytes(text).length, max));
    }
}
