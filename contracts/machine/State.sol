// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @dev The machine's state between two instructions (PROTOCOL.md, 3.2): a pointer to 672 bytes of EVM memory that hold
/// exactly what is hashed, `memoryRoot ‖ word 0 ‖ … ‖ word 79`. So the state's hash is one keccak over it.
type State is uint256;

/// @dev Numbers of the words.
uint256 constant PC = 0;
uint256 constant STEP = 32;
uint256 constant HALT = 33;
uint256 constant MTVEC = 34;
uint256 constant MSCRATCH = 35;
uint256 constant MEPC = 36;
uint256 constant MCAUSE = 37;
uint256 constant MTVAL = 38;

uint256 constant MASK32 = 0xFFFF_FFFF;
uint256 constant MASK64 = 0xFFFF_FFFF_FFFF_FFFF;

/// @notice Hash of the state.
function hash(State s) pure returns (bytes32 h) {
    assembly ("memory-safe") {
        h := keccak256(s, 672)
    }
}

/// @notice Root of the machine's memory.
function root(State s) pure returns (bytes32 r) {
    assembly ("memory-safe") {
        r := mload(s)
    }
}

function setRoot(State s, bytes32 r) pure {
    assembly ("memory-safe") {
        mstore(s, r)
    }
}

/// @notice Word `i` (0 … 79), below 2^64.
function get(State s, uint256 i) pure returns (uint256 value) {
    assembly ("memory-safe") {
        // The 32 bytes that end where word i ends, which is at 32 + 8·i + 8.
        value := and(mload(add(add(s, 8), shl(3, i))), MASK64)
    }
}

/// @notice Sets word `i` (0 … 79) to `value` mod 2^64.
function set(State s, uint256 i, uint256 value) pure {
    assembly ("memory-safe") {
        let at := add(add(s, 8), shl(3, i))
        mstore(at, or(and(mload(at), not(MASK64)), and(value, MASK64)))
    }
}

/// @notice Register `x0` … `x31`. The place of `x0`, which is always 0, holds the pc.
function x(State s, uint256 register) pure returns (uint256 value) {
    if (register != 0) value = s.get(register);
}

/// @notice Writes a register mod 2^64; writes to `x0` are dropped.
function setX(State s, uint256 register, uint256 value) pure {
    if (register != 0) s.set(register, value);
}

/// @notice A state of which every byte is 0.
function newState() pure returns (State s) {
    assembly ("memory-safe") {
        s := mload(0x40)
        // 672 bytes, and 24 more that storing word 79 as 32 bytes runs over.
        mstore(0x40, add(s, 704))
        // Free memory need not be zero. Copying from beyond the calldata is the cheapest way to make it so.
        calldatacopy(s, calldatasize(), 704)
    }
}

/// @notice Reads the words of a witness (PROTOCOL.md, 3.4); the memory root stays 0.
/// @param start where they start in the calldata
/// @return s the state
/// @return end where they end. The caller must check that this is within the witness. Bytes beyond the witness are read
/// too; what is read then does not hash to the state, or does no harm.
function decodeWords(uint256 start) pure returns (State s, uint256 end) {
    s = newState();
    uint256 first;
    uint256 last;
    assembly ("memory-safe") {
        first := calldataload(start)
        last := and(calldataload(add(start, 32)), shl(192, MASK64))
        end := add(start, 40)
    }
    end = decodeRow(s, 0, first, end);
    end = decodeRow(s, 64, last, end);
}

/// @dev Reads up to 64 words.
/// @param start number of the first one
/// @param nibbles the nibbles of these words, the most significant one first; zeros beyond the last word
/// @param at where their bytes start in the calldata
/// @return where they end
function decodeRow(State s, uint256 start, uint256 nibbles, uint256 at) pure returns (uint256) {
    uint256 place;
    assembly ("memory-safe") {
        place := add(add(s, 32), shl(3, start))
    }
    // From one nonzero nibble to the next: runs of zero words cost nothing.
    while (nibbles != 0) {
        assembly ("memory-safe") {
            let skip := and(clz(nibbles), 0xFC) // 4 × the zero words here
            nibbles := shl(skip, nibbles)
            place := add(place, shl(1, skip))
            let n := shr(252, nibbles)
            // n = 9 … 15: n − 8 bytes follow, and subtracting 1 from the bits above them makes these all ones.
            let ones := gt(n, 8)
            let size := sub(n, shl(3, ones))
            let bits := shl(3, size)
            let value := sub(shr(sub(256, bits), calldataload(at)), shl(bits, ones))
            // 24 bytes of zeros follow it: the words there come later, if they are not zero.
            mstore(place, shl(192, value))
            nibbles := shl(4, nibbles)
            place := add(place, 8)
            at := add(at, size)
        }
    }
    return at;
}

using {hash, root, setRoot, get, set, x, setX} for State global;
