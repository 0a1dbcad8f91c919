// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {JobId} from "../types/Ids.sol";
import {Merkle} from "./Merkle.sol";

/// @notice The tree of a batch's results that a claim's root commits to (PROTOCOL.md, section 2): three binary levels
/// per round, so that each round shows eight children.
library ResultTree {
    /// @dev A tag that tells leaves, which carry meaning, from nodes.
    bytes32 private constant LEAF = keccak256("SONM result leaf");

    /// @notice The leaf of one unit. Names the miner, so that a copied root is worth nothing to anybody else.
    function leafOf(address miner, JobId job, uint32 unit, bytes32 resultHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(LEAF, miner, job, unit, resultHash));
    }

    /// @notice r = max(1, ⌈log8 count⌉); the tree is 3·r levels high.
    function roundsOf(uint256 count) internal pure returns (uint8 rounds) {
        rounds = 1;
        for (uint256 reach = 8; reach < count; reach *= 8) ++rounds;
    }

    /// @notice How many children of node `position` hold at least one unit. `level` is a third of the node's height.
    function childrenOf(uint8 level, uint256 position, uint256 count) internal pure returns (uint256) {
        uint256 child = 8 ** (level - 1);
        uint256 units = count - position * 8 * child;
        return units >= 8 * child ? 8 : (units + child - 1) / child;
    }

    /// @notice The node above children of the given level; the missing ones hold no unit.
    function parentOf(uint8 childLevel, bytes32[] memory children) internal pure returns (bytes32) {
        bytes32[8] memory nodes;
        bytes32 empty = children.length < 8 ? Merkle.zeroRoot(3 * uint256(childLevel)) : bytes32(0);
        for (uint256 i = 0; i < 8; ++i) nodes[i] = i < children.length ? children[i] : empty;
        return Merkle.rootOfEight(nodes);
    }
}
