// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IMachine} from "./IMachine.sol";
import {MASK32, MASK64} from "./State.sol";

/// @dev Z(0) … Z(26): the roots of all-zero subtrees (PROTOCOL.md, section 2).
bytes constant ZERO_ROOTS = // prettier-ignore
    hex"0000000000000000000000000000000000000000000000000000000000000000"
    hex"ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5"
    hex"b4c11951957c6f8f642c4af61cd6b24640fec6dc7fc607ee8206a99e92410d30"
    hex"21ddb9a356815c3fac1026b6dec5df3124afbadb485c9ba5a3e3398a04b7ba85"
    hex"e58769b32a1beaf1ea27375a44095a0d1fb664ce2dd358e7fcbfb78c26a19344"
    hex"0eb01ebfc9ed27500cd4dfc979272d1f0913cc9f66540d7e8005811109e1cf2d"
    hex"887c22bd8750d34016ac3c66b5ff102dacdd73f6b014e710b51e8022af9a1968"
    hex"ffd70157e48063fc33c97a050f7f640233bf646cc98d9524c6b92bcf3ab56f83"
    hex"9867cc5f7f196b93bae1e27e6320742445d290f2263827498b54fec539f756af"
    hex"cefad4e508c098b9a7e1d8feb19955fb02ba9675585078710969d3440f5054e0"
    hex"f9dc3e7fe016e050eff260334f18a5d4fe391d82092319f5964f2e2eb7c1c3a5"
    hex"f8b13a49e282f609c317a833fb8d976d11517c571d1221a265d25af778ecf892"
    hex"3490c6ceeb450aecdc82e28293031d10c7d73bf85e57bf041a97360aa2c5d99c"
    hex"c1df82d9c4b87413eae2ef048f94b4d3554cea73d92b0f7af96e0271c691e2bb"
    hex"5c67add7c6caf302256adedf7ab114da0acfe870d449a3a489f781d659e8becc"
    hex"da7bce9f4e8618b6bd2f4132ce798cdc7a60e7e1460a7299e3c6342a579626d2"
    hex"2733e50f526ec2fa19a22b31e8ed50f23cd1fdf94c9154ed3a7609a2f1ff981f"
    hex"e1d3b5c807b281e4683cc6d6315cf95b9ade8641defcb32372f1c126e398ef7a"
    hex"5a2dce0a8a7f68bb74560f8f71837c2c2ebbcbf7fffb42ae1896f13f7c7479a0"
    hex"b46a28b6f55540f89444f63de0378e3d121be09e06cc9ded1c20e65876d36aa0"
    hex"c65e9645644786b620e2dd2ad648ddfcbf4a7e5b1a3a4ecfe7f64667a3f0b7e2"
    hex"f4418588ed35a2458cffeb39b93d26f18d2ab13bdce6aee58e7b99359ec2dfd9"
    hex"5a9c16dc00d6ef18b7933a6f8dc65ccb55667138776f7dea101070dc8796e377"
    hex"4df84f40ae0c8229d0d6069e5c8f39a7c299677a09d367fc7b05e3bc380ee652"
    hex"cdc72595f74c7b1043d0e1ffbab734648c838dfb0527d971b602bc216c9619ef"
    hex"0abf5ac974a1ed57f4050aa510dd9c74f508277b39d7973bb2dfccc5eeb0618d"
    hex"b8cd74046ff337f0a7bf2c8e03e10f642c1886798d71806ab1e888d9e5ee87d0";

/// @dev Z(25): the root of an empty region of memory.
bytes32 constant EMPTY_REGION = 0x0abf5ac974a1ed57f4050aa510dd9c74f508277b39d7973bb2dfccc5eeb0618d;

/// @dev What is left to read of a witness.
struct Witness {
    /// hash that everything in it is checked against
    bytes32 state;
    /// positions in the calldata: of the next byte, and of the first byte after the witness
    uint256 at;
    uint256 end;
}

/// @dev A leaf of memory with its path.
struct Leaf {
    uint256 index;
    /// 32 bytes of memory, the first one the most significant
    uint256 value;
    /// pointer to the 27 siblings, from level 0 upwards
    uint256 path;
}

using {check, open, load, store} for Witness global;
using {fold} for Leaf global;

/// @notice The only possible failure.
function check(Witness memory w, bool matches) pure {
    require(matches, IMachine.MachineWitnessMismatch(w.state));
}

/// @notice Takes the next access off the witness: a leaf, a mask of levels, a sibling for each level in the mask.
/// @param index number of the leaf; only its lowest 27 bits count, so the leaf after the last one is the first
function open(Witness memory w, uint256 index) pure returns (Leaf memory leaf) {
    leaf.index = index;
    // A fresh copy each time: siblings that are not in the mask are the roots of empty subtrees.
    bytes memory siblings = ZERO_ROOTS;
    uint256 at = w.at;
    uint256 path;
    uint256 mask;
    assembly ("memory-safe") {
        path := add(siblings, 32)
        mstore(add(leaf, 32), calldataload(at))
        mstore(add(leaf, 64), path)
        // A bit for each level; the other five mean nothing.
        mask := and(shr(224, calldataload(add(at, 32))), 0x7FFFFFF)
        at := add(at, 36)
    }
    // Takes a run of ones at a time: paths have few (the program's part of its region, then the regions).
    while (mask != 0) {
        assembly ("memory-safe") {
            let first := sub(255, clz(and(mask, sub(0, mask))))
            let rest := shr(first, mask)
            let run := sub(255, clz(and(not(rest), add(rest, 1))))
            let size := shl(5, run)
            calldatacopy(add(path, shl(5, first)), at, size)
            at := add(at, size)
            mask := shl(add(first, run), shr(run, rest))
        }
    }
    w.at = at;
    w.check(at <= w.end);
}

/// @notice Root of the memory in which this leaf holds `value`.
function fold(Leaf memory leaf, uint256 value) pure returns (bytes32 node) {
    assembly ("memory-safe") {
        node := value
        let path := mload(add(leaf, 64))
        // Bit 5 says on which side the node of this level is: 0 or 32, its place in the scratch space.
        let sides := shl(5, mload(leaf))
        // Three levels a round: the loop itself is a quarter of the work.
        for {
            let end := add(path, 864)
        } lt(path, end) {
            path := add(path, 96)
            sides := shr(3, sides)
        } {
            let side := and(sides, 32)
            mstore(side, node)
            mstore(xor(side, 32), mload(path))
            node := keccak256(0, 64)
            side := and(shr(1, sides), 32)
            mstore(side, node)
            mstore(xor(side, 32), mload(add(path, 32)))
            node := keccak256(0, 64)
            side := and(shr(2, sides), 32)
            mstore(side, node)
            mstore(xor(side, 32), mload(add(path, 64)))
            node := keccak256(0, 64)
        }
    }
}

/// @notice Takes the leaves of a load off the witness and reads from them.
/// @param root root of the memory
/// @param at first byte's address, below 2^32
/// @param size 1, 2, 4 or 8 bytes
/// @return the bytes as a little-endian number
function load(Witness memory w, bytes32 root, uint256 at, uint256 size) pure returns (uint256) {
    unchecked {
        uint256 offset = at & 31;
        Leaf memory leaf = w.open(at >> 5);
        w.check(leaf.fold(leaf.value) == root);
        uint256 window = leaf.value << (8 * offset);
        if (offset + size > 32) {
            leaf = w.open(leaf.index + 1);
            w.check(leaf.fold(leaf.value) == root);
            window |= leaf.value >> (256 - 8 * offset);
        }
        return reverse(window >> 192) & (MASK64 >> (64 - 8 * size));
    }
}

/// @notice Takes the leaves of a store off the witness and writes into them.
/// @param root root of the memory before
/// @param at first byte's address, below 2^32
/// @param size 1, 2, 4 or 8 bytes
/// @param value its lowest bytes are written, little-endian
/// @return root of the memory after
function store(Witness memory w, bytes32 root, uint256 at, uint256 size, uint256 value) pure returns (bytes32) {
    unchecked {
        uint256 offset = at & 31;
        // Both start at the leaf's first byte.
        uint256 mask = ~(type(uint256).max >> (8 * size));
        uint256 data = reverse(value) << 192;
        Leaf memory leaf = w.open(at >> 5);
        w.check(leaf.fold(leaf.value) == root);
        root = leaf.fold(merge(leaf.value, data >> (8 * offset), mask >> (8 * offset)));
        if (offset + size > 32) {
            leaf = w.open(leaf.index + 1);
            // The second leaf is checked against the root after the first leaf's change.
            w.check(leaf.fold(leaf.value) == root);
            root = leaf.fold(merge(leaf.value, data << (256 - 8 * offset), mask << (256 - 8 * offset)));
        }
        return root;
    }
}

/// @notice The 32-bit instruction at a multiple of 4.
function fetch(Leaf memory leaf, uint256 pc) pure returns (uint256) {
    return reverse((leaf.value << (8 * (pc & 31))) >> 192) & 0xFFFF_FFFF;
}

/// @dev Parent of two nodes.
function pair(bytes32 left, bytes32 right) pure returns (bytes32 node) {
    assembly ("memory-safe") {
        mstore(0, left)
        mstore(32, right)
        node := keccak256(0, 64)
    }
}

/// @dev `old` with the bits of `mask` taken from `data`.
function merge(uint256 old, uint256 data, uint256 mask) pure returns (uint256) {
    return (old & ~mask) | (data & mask);
}

/// @dev The lowest eight bytes in reverse order.
function reverse(uint256 v) pure returns (uint256) {
    v = ((v >> 8) & 0x00FF00FF00FF00FF) | ((v & 0x00FF00FF00FF00FF) << 8);
    v = ((v >> 16) & 0x0000FFFF0000FFFF) | ((v & 0x0000FFFF0000FFFF) << 16);
    return ((v >> 32) & MASK32) | ((v & MASK32) << 32);
}
