// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IWhitelist} from "./IWhitelist.sol";

/// @title The only maker of hub wallets
/// @notice A wallet is a minimal clone of one implementation whose code ends with its owner's address. Its own address
/// follows from owner and salt, so it can be paid before it exists.
contract HubFactory {
    /// @notice Everything that is known about a new wallet.
    event HubCreated(address indexed wallet, address indexed owner, bytes32 salt, string name, string endpoint);

    /// @notice The wallet that all others are clones of. It has no owner itself.
    address public immutable implementation;
    IWhitelist public immutable whitelist;

    constructor(address implementation_, IWhitelist whitelist_) {
        implementation = implementation_;
        whitelist = whitelist_;
    }

    /// @notice Makes a wallet that belongs to the caller and lists it.
    /// @param salt tells the caller's wallets apart; each can be used once
    /// @param name for people, at most 64 bytes
    /// @param endpoint multiaddr, at most 256 bytes; both can be changed later
    function createHub(bytes32 salt, string calldata name, string calldata endpoint) external returns (address wallet) {
        wallet = Clones.cloneDeterministicWithImmutableArgs(implementation, abi.encodePacked(msg.sender), salt);
        emit HubCreated(wallet, msg.sender, salt, name, endpoint);
        whitelist.add(wallet, msg.sender, name, endpoint);
    }

    /// @notice Address of `owner`'s wallet with this salt, whether it exists or not.
    function walletOf(address owner, bytes32 salt) external view returns (address) {
        return Clones.predictDeterministicAddressWithImmutableArgs(implementation, abi.encodePacked(owner), salt);
    }
}
