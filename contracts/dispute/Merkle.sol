// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @notice Binary trees of fixed height over 32-byte leaves (PROTOCOL.md, section 2). Positions count: nothing is sorted.
library Merkle {
    /// @notice Root of the tree of height `path.length` that holds `leaf` at `index`.
    /// @param path siblings from the leaf upwards; the caller must have checked its length
    function fold(bytes32 leaf, uint256 index, bytes32[] calldata path) internal pure returns (bytes32 node) {
        node = leaf;
        for (uint256 i = 0; i < path.length; ++i) {
            node =
                (index >> i) & 1 == 0
                    ? Hashes.efficientKeccak256(node, path[i])
                    : Hashes.efficientKeccak256(path[i], node);
        }
    }

    /// @notice Root of the all-zero tree of this height.
    function zeroRoot(uint256 height) internal pure returns (bytes32 node) {
        for (uint256 i = 0; i < height; ++i) node = Hashes.efficientKeccak256(node, node);
    }

    /// @notice The node three levels above eight nodes. Overwrites them.
    function rootOfEight(bytes32[8] memory nodes) internal pure returns (bytes32) {
        for (uint256 width = 4; width != 0; width /= 2) {
            for (uint256 i = 0; i < width; ++i) {
                nodes[i] = Hashes.efficientKeccak256(nodes[2 * i], nodes[2 * i + 1]);
            }
        }
        return nodes[0];
    }
}
