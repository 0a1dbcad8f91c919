// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IHub} from "../../contracts/hub/IHub.sol";
import {IHubRegistry} from "../../contracts/hub/IHubRegistry.sol";

/// @notice A hub's wallet as the market sees it, with a status that tests set. It is also its own registry.
contract HubDouble is IHub, IHubRegistry {
    address public immutable owner;
    Status public status = Status.Registered;
    uint64 public suspectedAt;

    event Settled(address indexed from, address indexed miner, uint256 amount, uint256 pay);
    event SettledEarlier(address indexed from, uint256 prices, uint256 remainder);

    constructor(address owner_) {
        owner = owner_;
    }

    function setStatus(Status status_) external {
        status = status_;
        if (status_ == Status.Suspected) suspectedAt = uint64(block.timestamp);
    }

    function settled(address miner, uint256 amount, uint256 pay) external {
        emit Settled(msg.sender, miner, amount, pay);
    }

    function settledEarlier(uint256 prices, uint256 remainder) external {
        emit SettledEarlier(msg.sender, prices, remainder);
    }

    function isHub(address wallet) external view returns (bool) {
        return wallet == address(this);
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError error, ) = ECDSA.tryRecover(hash, signature);
        bool valid = error == ECDSA.RecoverError.NoError && signer == owner;
        return valid ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
