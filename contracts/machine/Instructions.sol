// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import "./Arithmetic.sol" as A;
import {Witness} from "./Memory.sol";
import {MASK32, State} from "./State.sol";
import {ILLEGAL, MISALIGNED, system, trap} from "./System.sol";

/// @dev The instructions, in the order of the manual's listing ('RV32/64G Instruction Set Listings') and by the names of
/// the table in offchain/core/machine/isa.ts. An instruction that is none of them returns from its group without a result and is
/// illegal.

/// @notice Executes one instruction.
/// @param s the state, changed in place except for pc and step counter
/// @param w what is left of the witness: the leaves of a load or store
/// @param pc the instruction's address, below 2^32
/// @param instruction the 32-bit instruction
/// @return next the next pc, to be taken mod 2^64
function execute(State s, Witness memory w, uint256 pc, uint256 instruction) pure returns (uint256 next) {
    unchecked {
        uint256 opcode = instruction & 127;
        uint256 rd = (instruction >> 7) & 31;
        uint256 a = s.x((instruction >> 15) & 31);
        uint256 b = s.x((instruction >> 20) & 31);
        uint256 funct3 = (instruction >> 12) & 7;
        bool legal;
        uint256 value;
        next = (pc + 4) & MASK32;

        if (opcode == 0x13) {
            (legal, value) = immediate(instruction, funct3, a);
        } else if (opcode == 0x33) {
            (legal, value) = register(instruction >> 25, funct3, a, b);
        } else if (opcode == 0x1B) {
            (legal, value) = immediateWord(instruction, funct3, a);
        } else if (opcode == 0x3B) {
            (legal, value) = registerWord(instruction >> 25, funct3, a, b);
        } else if (opcode == 0x03) {
            (legal, value) = load(s, w, (a + immediateI(instruction)) & MASK32, funct3);
        } else if (opcode == 0x23) {
            if (funct3 < 4) {
                // sb, sh, sw, sd
                s.setRoot(w.store(s.root(), (a + immediateS(instruction)) & MASK32, 1 << funct3, b));
                return next;
            }
        } else if (opcode == 0x63) {
            (bool known, bool taken) = branch(funct3, a, b);
            if (known) return taken ? jump(s, 0, (pc + immediateB(instruction)) & MASK32, next) : next;
        } else if (opcode == 0x6F) {
            return jump(s, rd, (pc + immediateJ(instruction)) & MASK32, next); // jal
        } else if (opcode == 0x67) {
            if (funct3 == 0) return jump(s, rd, (a + immediateI(instruction)) & MASK32 & ~uint256(1), next); // jalr
        } else if (opcode == 0x37) {
            (legal, value) = (true, immediateU(instruction)); // lui
        } else if (opcode == 0x17) {
            (legal, value) = (true, pc + immediateU(instruction)); // auipc
        } else if (opcode == 0x0F) {
            if (funct3 < 2) return next; // fence, fence.i
        } else if (opcode == 0x73) {
            return system(s, pc, instruction, next);
        }

        if (!legal) return trap(s, ILLEGAL, instruction);
        s.setX(rd, value);
    }
}

/// @dev Goes to `target` and leaves the address of the next instruction in `rd`, or traps and writes nothing.
function jump(State s, uint256 rd, uint256 target, uint256 link) pure returns (uint256) {
    if (target & 3 != 0) return trap(s, MISALIGNED, target);
    s.setX(rd, link);
    return target;
}

function branch(uint256 funct3, uint256 a, uint256 b) pure returns (bool known, bool taken) {
    if (funct3 == 0) return (true, a == b); // beq
    if (funct3 == 1) return (true, a != b); // bne
    if (funct3 == 4) return (true, A.signed(a) < A.signed(b)); // blt
    if (funct3 == 5) return (true, A.signed(a) >= A.signed(b)); // bge
    if (funct3 == 6) return (true, a < b); // bltu
    if (funct3 == 7) return (true, a >= b); // bgeu
}

function load(State s, Witness memory w, uint256 at, uint256 funct3) pure returns (bool legal, uint256 value) {
    if (funct3 == 7) return (false, 0);
    value = w.load(s.root(), at, 1 << (funct3 & 3));
    if (funct3 == 0) return (true, A.extend(value, 8)); // lb
    if (funct3 == 1) return (true, A.extend(value, 16)); // lh
    if (funct3 == 2) return (true, A.extend(value, 32)); // lw
    return (true, value); // ld, lbu, lhu, lwu
}

function immediate(uint256 instruction, uint256 funct3, uint256 a) pure returns (bool legal, uint256 value) {
    uint256 b = immediateI(instruction);
    if (funct3 == 0) return (true, A.add(a, b)); // addi
    if (funct3 == 2) return (true, A.slt(a, b)); // slti
    if (funct3 == 3) return (true, A.sltu(a, b)); // sltiu
    if (funct3 == 4) return (true, a ^ b); // xori
    if (funct3 == 6) return (true, a | b); // ori
    if (funct3 == 7) return (true, a & b); // andi
    // The shift amount has six bits, what is left of the immediate is funct6.
    uint256 funct6 = instruction >> 26;
    if (funct3 == 1) return (funct6 == 0, A.sll(a, b)); // slli
    if (funct6 == 0) return (true, A.srl(a, b)); // srli
    return (funct6 == 0x10, A.sra(a, b)); // srai
}

function immediateWord(uint256 instruction, uint256 funct3, uint256 a) pure returns (bool legal, uint256 value) {
    uint256 b = immediateI(instruction);
    if (funct3 == 0) return (true, A.word(A.add(a, b))); // addiw
    uint256 funct7 = instruction >> 25;
    if (funct3 == 1) return (funct7 == 0, A.sllw(a, b)); // slliw
    if (funct3 == 5) return funct7 == 0 ? (true, A.srlw(a, b)) : (funct7 == 0x20, A.sraw(a, b)); // srliw, sraiw
}

function register(uint256 funct7, uint256 funct3, uint256 a, uint256 b) pure returns (bool legal, uint256 value) {
    if (funct7 == 0x00) {
        if (funct3 == 0) return (true, A.add(a, b)); // add
        if (funct3 == 1) return (true, A.sll(a, b)); // sll
        if (funct3 == 2) return (true, A.slt(a, b)); // slt
        if (funct3 == 3) return (true, A.sltu(a, b)); // sltu
        if (funct3 == 4) return (true, a ^ b); // xor
        if (funct3 == 5) return (true, A.srl(a, b)); // srl
        if (funct3 == 6) return (true, a | b); // or
        return (true, a & b); // and
    }
    if (funct7 == 0x20) {
        if (funct3 == 0) return (true, A.sub(a, b)); // sub
        if (funct3 == 5) return (true, A.sra(a, b)); // sra
    }
    if (funct7 == 0x01) {
        if (funct3 == 0) return (true, A.mul(a, b)); // mul
        if (funct3 == 1) return (true, A.mulh(a, b)); // mulh
        if (funct3 == 2) return (true, A.mulhsu(a, b)); // mulhsu
        if (funct3 == 3) return (true, A.mulhu(a, b)); // mulhu
        if (funct3 == 4) return (true, A.div(a, b)); // div
        if (funct3 == 5) return (true, A.divu(a, b)); // divu
        if (funct3 == 6) return (true, A.rem(a, b)); // rem
        return (true, A.remu(a, b)); // remu
    }
}

function registerWord(uint256 funct7, uint256 funct3, uint256 a, uint256 b) pure returns (bool legal, uint256 value) {
    if (funct7 == 0x00) {
        if (funct3 == 0) return (true, A.word(A.add(a, b))); // addw
        if (funct3 == 1) return (true, A.sllw(a, b)); // sllw
        if (funct3 == 5) return (true, A.srlw(a, b)); // srlw
    }
    if (funct7 == 0x20) {
        if (funct3 == 0) return (true, A.word(A.sub(a, b))); // subw
        if (funct3 == 5) return (true, A.sraw(a, b)); // sraw
    }
    if (funct7 == 0x01) {
        if (funct3 == 0) return (true, A.word(A.mul(a, b))); // mulw
        if (funct3 == 4) return (true, A.divw(a, b)); // divw
        if (funct3 == 5) return (true, A.divuw(a, b)); // divuw
        if (funct3 == 6) return (true, A.remw(a, b)); // remw
        if (funct3 == 7) return (true, A.remuw(a, b)); // remuw
    }
}

// --- Immediates (RISC-V unprivileged manual, 'Immediate Encoding Variants'), sign-extended to 64 bits ---

function immediateI(uint256 i) pure returns (uint256) {
    return A.extend(i >> 20, 12);
}

function immediateS(uint256 i) pure returns (uint256) {
    return A.extend(((i >> 25) << 5) | ((i >> 7) & 31), 12);
}

function immediateB(uint256 i) pure returns (uint256) {
    uint256 low = ((i >> 7) & 0x1E) | ((i >> 20) & 0x7E0);
    return A.extend(((i >> 31) << 12) | ((i << 4) & 0x800) | low, 13);
}

function immediateU(uint256 i) pure returns (uint256) {
    return A.extend(i & 0xFFFF_F000, 32);
}

function immediateJ(uint256 i) pure returns (uint256) {
    uint256 low = ((i >> 20) & 0x7FE) | ((i >> 9) & 0x800);
    return A.extend(((i >> 31) << 20) | (i & 0xF_F000) | low, 21);
}
