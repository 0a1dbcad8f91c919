// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {HALT, MASK32, MCAUSE, MEPC, MSCRATCH, MTVAL, MTVEC, PC, STEP, State} from "./State.sol";

/// @dev Causes of traps (RISC-V privileged manual, 'mcause').
uint256 constant MISALIGNED = 0;
uint256 constant ILLEGAL = 2;
uint256 constant BREAKPOINT = 3;
uint256 constant ENVIRONMENT_CALL = 11;

/// @dev RV64, extensions I and M (RISC-V privileged manual, 'misa').
uint256 constant MISA = 0x8000_0000_0000_1100;
/// @dev Previous mode: machine, the only one there is (RISC-V privileged manual, 'mstatus', MPP).
uint256 constant MSTATUS = 0x1800;

/// @notice Enters the trap vector, or halts if there is none (PROTOCOL.md, 3.3).
/// @return next the next pc: after a halt, word 0 unchanged
function trap(State s, uint256 cause, uint256 value) pure returns (uint256 next) {
    unchecked {
        uint256 pc = s.get(PC);
        uint256 vector = s.get(MTVEC);
        if (vector == 0) {
            s.set(HALT, cause + 1);
            return pc;
        }
        s.set(MEPC, pc & MASK32);
        s.set(MCAUSE, cause);
        s.set(MTVAL, value);
        return vector & MASK32;
    }
}

/// @notice The value of a CSR; `exists` is false if there is no CSR with that number.
function readCsr(State s, uint256 csr) pure returns (bool exists, uint256 value) {
    uint256 number = wordOf(csr);
    if (number != 0) return (true, s.get(number));
    if (csr == 0x300) return (true, MSTATUS); // mstatus
    if (csr == 0x301) return (true, MISA); // misa
    if (csr == 0x304 || csr == 0x344) return (true, 0); // mie, mip
    if (csr == 0xB00 || csr == 0xB02) return (true, s.get(STEP)); // mcycle, minstret
    if (csr >= 0xC00 && csr <= 0xC02) return (true, s.get(STEP)); // cycle, time, instret
    if (csr >= 0xF11 && csr <= 0xF15) return (true, 0); // mvendorid, marchid, mimpid, mhartid, mconfigptr
}

/// @dev Writes what can be written; other CSRs ignore it.
function writeCsr(State s, uint256 csr, uint256 value) pure {
    uint256 number = wordOf(csr);
    if (number == 0) return;
    // Both hold addresses of instructions.
    if (number == MTVEC || number == MEPC) value &= 0xFFFF_FFFC;
    s.set(number, value);
}

/// @dev The word that holds a CSR; 0 if none does.
function wordOf(uint256 csr) pure returns (uint256) {
    if (csr == 0x305) return MTVEC;
    if (csr == 0x340) return MSCRATCH;
    if (csr == 0x341) return MEPC;
    if (csr == 0x342) return MCAUSE;
    if (csr == 0x343) return MTVAL;
    return 0;
}
