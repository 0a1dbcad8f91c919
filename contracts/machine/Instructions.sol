// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import * as alu from "./Arithmetic.sol";
import {Witness} from "./Memory.sol";
import {MASK32, MEPC, State} from "./State.sol";
import {BREAKPOINT, ENVIRONMENT_CALL, ILLEGAL, MISALIGNED, readCsr, trap, writeCsr} from "./System.sol";

/// @dev The instructions, with the names and in the order of the table in
/// offchain/protocol/machine/isa/instructions.ts. A comment at the end of a line names the instructions that the line
/// handles. For a word that is none of them, its group returns that it is not legal.

/// @notice Executes one instruction.
/// @param s the state, changed in place except for pc and step counter
/// @param w what is left of the witness: the leaves of a load or store
/// @param pc the instruction's address, below 2^32
/// @param instruction the 32-bit instruction
/// @return next what word 0 is afterwards
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

        if (opcode == 0x37) {
            (legal, value) = (true, immediateU(instruction)); // lui
        } else if (opcode == 0x17) {
            (legal, value) = (true, pc + immediateU(instruction)); // auipc
        } else if (opcode == 0x6F) {
            return jump(s, rd, (pc + immediateJ(instruction)) & MASK32, next); // jal
        } else if (opcode == 0x67) {
            if (funct3 == 0) return jump(s, rd, (a + immediateI(instruction)) & 0xFFFF_FFFE, next); // jalr
        } else if (opcode == 0x63) {
            bool taken;
            (legal, taken) = branch(funct3, a, b);
            if (legal) return taken ? jump(s, 0, (pc + immediateB(instruction)) & MASK32, next) : next;
        } else if (opcode == 0x03) {
            (legal, value) = load(s, w, (a + immediateI(instruction)) & MASK32, funct3);
        } else if (opcode == 0x23) {
            if (funct3 < 4) {
                uint256 at = (a + immediateS(instruction)) & MASK32;
                s.setRoot(w.store(s.root(), at, 1 << funct3, b)); // sb, sh, sw, sd
                return next;
            }
        } else if (opcode == 0x13) {
            (legal, value) = immediate(instruction, funct3, a);
        } else if (opcode == 0x33) {
            (legal, value) = register(instruction >> 25, funct3, a, b);
        } else if (opcode == 0x1B) {
            (legal, value) = immediateWord(instruction, funct3, a);
        } else if (opcode == 0x3B) {
            (legal, value) = registerWord(instruction >> 25, funct3, a, b);
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
    if (funct3 == 4) return (true, alu.signed(a) < alu.signed(b)); // blt
    if (funct3 == 5) return (true, alu.signed(a) >= alu.signed(b)); // bge
    if (funct3 == 6) return (true, a < b); // bltu
    if (funct3 == 7) return (true, a >= b); // bgeu
}

function load(State s, Witness memory w, uint256 at, uint256 funct3) pure returns (bool legal, uint256 value) {
    if (funct3 == 7) return (false, 0);
    value = w.load(s.root(), at, 1 << (funct3 & 3));
    if (funct3 == 0) return (true, alu.extend(value, 8)); // lb
    if (funct3 == 1) return (true, alu.extend(value, 16)); // lh
    if (funct3 == 2) return (true, alu.extend(value, 32)); // lw
    return (true, value); // ld, lbu, lhu, lwu
}

function immediate(uint256 instruction, uint256 funct3, uint256 a) pure returns (bool legal, uint256 value) {
    uint256 b = immediateI(instruction);
    if (funct3 == 0) return (true, alu.add(a, b)); // addi
    if (funct3 == 2) return (true, alu.slt(a, b)); // slti
    if (funct3 == 3) return (true, alu.sltu(a, b)); // sltiu
    if (funct3 == 4) return (true, a ^ b); // xori
    if (funct3 == 6) return (true, a | b); // ori
    if (funct3 == 7) return (true, a & b); // andi
    // The shift amount has six bits. The rest of the immediate is funct6.
    uint256 funct6 = instruction >> 26;
    if (funct3 == 1) return (funct6 == 0, alu.sll(a, b)); // slli
    if (funct6 == 0) return (true, alu.srl(a, b)); // srli
    return (funct6 == 0x10, alu.sra(a, b)); // srai
}

function register(uint256 funct7, uint256 funct3, uint256 a, uint256 b) pure returns (bool legal, uint256 value) {
    if (funct7 == 0x01) return multiply(funct3, a, b);
    bool other = funct7 == 0x20;
    if (funct7 != 0 && !other) return (false, 0);
    if (funct3 == 0) return (true, other ? alu.sub(a, b) : alu.add(a, b)); // add, sub
    if (funct3 == 1) return (!other, alu.sll(a, b)); // sll
    if (funct3 == 2) return (!other, alu.slt(a, b)); // slt
    if (funct3 == 3) return (!other, alu.sltu(a, b)); // sltu
    if (funct3 == 4) return (!other, a ^ b); // xor
    if (funct3 == 5) return (true, other ? alu.sra(a, b) : alu.srl(a, b)); // srl, sra
    if (funct3 == 6) return (!other, a | b); // or
    return (!other, a & b); // and
}

function immediateWord(uint256 instruction, uint256 funct3, uint256 a) pure returns (bool legal, uint256 value) {
    uint256 b = immediateI(instruction);
    if (funct3 == 0) return (true, alu.word(alu.add(a, b))); // addiw
    uint256 funct7 = instruction >> 25;
    if (funct3 == 1) return (funct7 == 0, alu.sllw(a, b)); // slliw
    if (funct3 == 5) return funct7 == 0 ? (true, alu.srlw(a, b)) : (funct7 == 0x20, alu.sraw(a, b)); // srliw, sraiw
}

function registerWord(uint256 funct7, uint256 funct3, uint256 a, uint256 b) pure returns (bool legal, uint256 value) {
    if (funct7 == 0x01) return multiplyWord(funct3, a, b);
    bool other = funct7 == 0x20;
    if (funct7 != 0 && !other) return (false, 0);
    if (funct3 == 0) return (true, alu.word(other ? alu.sub(a, b) : alu.add(a, b))); // addw, subw
    if (funct3 == 1) return (!other, alu.sllw(a, b)); // sllw
    if (funct3 == 5) return (true, other ? alu.sraw(a, b) : alu.srlw(a, b)); // srlw, sraw
}

/// @return the next pc
function system(State s, uint256 pc, uint256 instruction, uint256 next) pure returns (uint256) {
    if (instruction == 0x00000073) return trap(s, ENVIRONMENT_CALL, 0); // ecall
    if (instruction == 0x00100073) return trap(s, BREAKPOINT, pc); // ebreak
    uint256 funct3 = (instruction >> 12) & 7;
    // csrrw, csrrs, csrrc, csrrwi, csrrsi, csrrci
    if (funct3 & 3 != 0) return accessCsr(s, funct3, instruction) ? next : trap(s, ILLEGAL, instruction);
    if (instruction == 0x10500073) return next; // wfi
    if (instruction == 0x30200073) return s.get(MEPC) & MASK32; // mret
    return trap(s, ILLEGAL, instruction);
}

/// @dev Reads a CSR into rd, and writes it or some of its bits. Does nothing if that is not legal.
function accessCsr(State s, uint256 funct3, uint256 instruction) pure returns (bool legal) {
    uint256 csr = instruction >> 20;
    uint256 field = (instruction >> 15) & 31;
    // Bit 2 of funct3: the field itself is the operand, not a register's number.
    uint256 operand = funct3 & 4 == 0 ? s.x(field) : field;
    uint256 kind = funct3 & 3;
    bool writes = kind == 1 || field != 0;
    (bool exists, uint256 old) = readCsr(s, csr);
    // Numbers with both top bits set are read-only.
    if (!exists || (writes && csr >> 10 == 3)) return false;
    if (writes)
        writeCsr(
            s,
            csr,
            kind == 1
                ? operand
                : kind == 2
                    ? old | operand
                    : old & ~operand
        );
    s.setX((instruction >> 7) & 31, old);
    return true;
}

function multiply(uint256 funct3, uint256 a, uint256 b) pure returns (bool legal, uint256 value) {
    if (funct3 == 0) return (true, alu.mul(a, b)); // mul
    if (funct3 == 1) return (true, alu.mulh(a, b)); // mulh
    if (funct3 == 2) return (true, alu.mulhsu(a, b)); // mulhsu
    if (funct3 == 3) return (true, alu.mulhu(a, b)); // mulhu
    if (funct3 == 4) return (true, alu.div(a, b)); // div
    if (funct3 == 5) return (true, alu.divu(a, b)); // divu
    if (funct3 == 6) return (true, alu.rem(a, b)); // rem
    return (true, alu.remu(a, b)); // remu
}

function multiplyWord(uint256 funct3, uint256 a, uint256 b) pure returns (bool legal, uint256 value) {
    if (funct3 == 0) return (true, alu.word(alu.mul(a, b))); // mulw
    if (funct3 == 4) return (true, alu.divw(a, b)); // divw
    if (funct3 == 5) return (true, alu.divuw(a, b)); // divuw
    if (funct3 == 6) return (true, alu.remw(a, b)); // remw
    if (funct3 == 7) return (true, alu.remuw(a, b)); // remuw
}

// --- Immediates (RISC-V unprivileged manual, 'Immediate Encoding Variants'), sign-extended to 64 bits ---

function immediateI(uint256 i) pure returns (uint256) {
    return alu.extend(i >> 20, 12);
}

function immediateS(uint256 i) pure returns (uint256) {
    return alu.extend(((i >> 25) << 5) | ((i >> 7) & 31), 12);
}

function immediateB(uint256 i) pure returns (uint256) {
    uint256 low = ((i >> 7) & 0x1E) | ((i >> 20) & 0x7E0);
    return alu.extend(((i >> 31) << 12) | ((i << 4) & 0x800) | low, 13);
}

function immediateU(uint256 i) pure returns (uint256) {
    return alu.extend(i & 0xFFFF_F000, 32);
}

function immediateJ(uint256 i) pure returns (uint256) {
    uint256 low = ((i >> 20) & 0x7FE) | ((i >> 9) & 0x800);
    return alu.extend(((i >> 31) << 20) | (i & 0xF_F000) | low, 21);
}
