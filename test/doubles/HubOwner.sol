// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A contract that owns hubs: one signer signs for it (ERC-1271) and makes it call others.
contract HubOwner is IERC1271 {
    address private immutable signer;

    error HubOwnerNotSigner(address caller);

    constructor(address signer_) {
        signer = signer_;
    }

    function perform(address target, bytes calldata data) external returns (bytes memory) {
        require(msg.sender == signer, HubOwnerNotSigner(msg.sender));
        (bool success, bytes memory result) = target.call(data);
        // solhint-disable-next-line gas-custom-errors
        require(success, string(result));
        return result;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address recovered, , ) = ECDSA.tryRecover(hash, signature);
        return recovered == signer ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
