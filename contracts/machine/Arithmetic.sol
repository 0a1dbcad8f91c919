// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {MASK32, MASK64} from "./State.sol";

/// @dev The arithmetic of RV64IM (RISC-V unprivileged manual, chapters 'RV32I', 'RV64I' and 'M'). Operands are below 2^64.
/// Results may have more bits: the code that writes a register keeps the lowest 64. Everything is computed on 256 bits,
/// where nothing overflows. Only differences wrap: the bits that are kept of them are right modulo 2^64.

/// @dev The 64-bit two's complement number `a`.
function signed(uint256 a) pure returns (int256) {
    return int256(int64(uint64(a)));
}

/// @dev The lowest 32 bits of `a` as a two's complement number.
function signed32(uint256 a) pure returns (int256) {
    return int256(int32(uint32(a)));
}

/// @dev The lowest 32 bits of `a`, sign-extended: how every `…w` instruction ends.
function word(uint256 a) pure returns (uint256) {
    return uint256(signed32(a));
}

/// @dev The lowest `bits` bits of `a`, sign-extended.
function extend(uint256 a, uint256 bits) pure returns (uint256) {
    unchecked {
        return uint256(int256(a << (256 - bits)) >> (256 - bits)) & MASK64;
    }
}

function bit(bool b) pure returns (uint256 r) {
    assembly ("memory-safe") {
        r := b
    }
}

// --- RV64I: funct7 = 0, or bit 30 for sub, sra; the immediate forms are the same operation ---

function add(uint256 a, uint256 b) pure returns (uint256) {
    unchecked {
        return a + b;
    }
}

function sub(uint256 a, uint256 b) pure returns (uint256) {
    unchecked {
        return a - b;
    }
}

/// @dev Shifts use the lowest 6 bits of the second operand.
function sll(uint256 a, uint256 b) pure returns (uint256) {
    return a << (b & 63);
}

function slt(uint256 a, uint256 b) pure returns (uint256) {
    return bit(signed(a) < signed(b));
}

function sltu(uint256 a, uint256 b) pure returns (uint256) {
    return bit(a < b);
}

function srl(uint256 a, uint256 b) pure returns (uint256) {
    return a >> (b & 63);
}

function sra(uint256 a, uint256 b) pure returns (uint256) {
    return uint256(signed(a) >> (b & 63));
}

/// @dev Shifts of words use the lowest 5 bits of the second operand.
function sllw(uint256 a, uint256 b) pure returns (uint256) {
    return word(a << (b & 31));
}

function srlw(uint256 a, uint256 b) pure returns (uint256) {
    return word((a & MASK32) >> (b & 31));
}

function sraw(uint256 a, uint256 b) pure returns (uint256) {
    return uint256(signed32(a) >> (b & 31));
}

// --- RV64M: the upper half of products; division rounds towards zero. Division by zero: quotient −1, remainder the
// dividend. Overflow (−2^63 ÷ −1) needs no case of its own: 2^63 is −2^63 modulo 2^64, and the remainder is 0. ---

function mul(uint256 a, uint256 b) pure returns (uint256) {
    unchecked {
        return a * b;
    }
}

function mulh(uint256 a, uint256 b) pure returns (uint256) {
    unchecked {
        return uint256((signed(a) * signed(b)) >> 64);
    }
}

function mulhsu(uint256 a, uint256 b) pure returns (uint256) {
    unchecked {
        return uint256((signed(a) * int256(b)) >> 64);
    }
}

function mulhu(uint256 a, uint256 b) pure returns (uint256) {
    unchecked {
        return (a * b) >> 64;
    }
}

function div(uint256 a, uint256 b) pure returns (uint256) {
    return _quotient(signed(a), signed(b));
}

function divu(uint256 a, uint256 b) pure returns (uint256) {
    return b == 0 ? MASK64 : a / b;
}

function rem(uint256 a, uint256 b) pure returns (uint256) {
    return _remainder(signed(a), signed(b));
}

function remu(uint256 a, uint256 b) pure returns (uint256) {
    return b == 0 ? a : a % b;
}

function divw(uint256 a, uint256 b) pure returns (uint256) {
    return word(_quotient(signed32(a), signed32(b)));
}

function divuw(uint256 a, uint256 b) pure returns (uint256) {
    return word(divu(a & MASK32, b & MASK32));
}

function remw(uint256 a, uint256 b) pure returns (uint256) {
    return word(_remainder(signed32(a), signed32(b)));
}

function remuw(uint256 a, uint256 b) pure returns (uint256) {
    return word(remu(a & MASK32, b & MASK32));
}

function _quotient(int256 a, int256 b) pure returns (uint256) {
    unchecked {
        return b == 0 ? MASK64 : uint256(a / b);
    }
}

function _remainder(int256 a, int256 b) pure returns (uint256) {
    unchecked {
        return uint256(b == 0 ? a : a % b);
    }
}
