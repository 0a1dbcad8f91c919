// The runner fuzzes only contracts of the test's own file. The call sequences belong to the handler, not to a wallet.
// solhint-disable one-contract-per-file
// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SNM} from "../../../contracts/token/SNM.sol";

/// @dev The cheat codes that the handler needs.
interface IVm {
    function prank(address sender) external;
}

IVm constant vm = IVm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice Three people who approve, pull and send.
contract SNMHandler {
    uint256 public constant PEOPLE = 3;

    SNM public immutable snm;

    constructor() {
        snm = new SNM(address(this));
        for (uint256 i = 0; i < PEOPLE; ++i) snm.transfer(personOf(i), 1_000 ether);
    }

    function personOf(uint256 seed) public pure returns (address) {
        return address(uint160(0x1000 + (seed % PEOPLE)));
    }

    function approve(uint256 owner, uint256 spender, uint256 value) external {
        vm.prank(personOf(owner));
        snm.approve(personOf(spender), value);
    }

    function approveAll(uint256 owner, uint256 spender) external {
        vm.prank(personOf(owner));
        snm.approve(personOf(spender), type(uint256).max);
    }

    function pull(uint256 owner, uint256 spender, uint256 to, uint256 value) external {
        uint256 allowance = snm.allowance(personOf(owner), personOf(spender));
        uint256 balance = snm.balanceOf(personOf(owner));
        uint256 most = allowance < balance ? allowance : balance;
        vm.prank(personOf(spender));
        snm.transferFrom(personOf(owner), personOf(to), value % (most + 1));
    }

    function send(uint256 from, uint256 to, uint256 value) external {
        vm.prank(personOf(from));
        snm.transfer(personOf(to), value % (snm.balanceOf(personOf(from)) + 1));
    }
}

contract SNMTest {
    SNMHandler private handler;
    SNM private snm;

    error InvariantBroken(uint256 number);

    function setUp() public {
        handler = new SNMHandler();
        snm = handler.snm();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @notice `approvedBy` is the sum of all allowances, modulo 2^256.
    /// forge-config: default.invariant.runs = 32
    /// forge-config: default.invariant.depth = 100
    function invariant_approvedByIsTheSumOfAllowances() public view {
        for (uint256 i = 0; i < handler.PEOPLE(); ++i) {
            uint256 sum = 0;
            for (uint256 j = 0; j < handler.PEOPLE(); ++j) {
                unchecked {
                    sum += snm.allowance(handler.personOf(i), handler.personOf(j));
                }
            }
            require(snm.approvedBy(handler.personOf(i)) == sum, InvariantBroken(0));
        }
    }

    /// forge-config: default.invariant.runs = 32
    /// forge-config: default.invariant.depth = 100
    function invariant_INV1_conserved() public view {
        uint256 sum = snm.balanceOf(address(handler));
        for (uint256 i = 0; i < handler.PEOPLE(); ++i) sum += snm.balanceOf(handler.personOf(i));
        require(sum == snm.totalSupply() && sum == snm.cap(), InvariantBroken(1));
    }
}
