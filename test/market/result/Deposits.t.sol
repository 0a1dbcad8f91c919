// The runner fuzzes only contracts of the test's own file. The call sequences belong to the handler, not to a wallet.
// solhint-disable one-contract-per-file
// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Parameters} from "../../../contracts/government/Parameters.sol";
import {Deposits} from "../../../contracts/result/Deposits.sol";
import {SNM} from "../../../contracts/token/SNM.sol";

/// @dev The cheat codes that the handler needs.
interface IVm {
    function warp(uint256 time) external;
    function prank(address sender) external;
}

IVm constant vm = IVm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice Three people who stake and withdraw, and a keeper, which is the handler itself.
contract DepositsHandler {
    uint256 public constant PEOPLE = 3;
    uint256 public constant FUNDS = 1_000 ether;
    address public constant TREASURY = address(0x7777);

    SNM public immutable snm;
    Deposits public immutable deposits;

    /// what an account has lost by slashes, and what it has earned from slashes of others
    mapping(address => uint256) public slashed;
    mapping(address => uint256) public earned;
    /// the model: what is locked, and since when a withdrawal waits
    mapping(address => uint256) public locked;
    mapping(address => uint256) public requestedAt;
    bool public paidEarly;

    constructor() {
        snm = new SNM(address(this));
        Parameters parameters = new Parameters(address(this), address(0));
        deposits = new Deposits(snm, TREASURY, parameters, address(this), address(this), address(0));
        for (uint256 i = 0; i < PEOPLE; ++i) {
            snm.transfer(personOf(i), FUNDS);
            vm.prank(personOf(i));
            snm.approve(address(deposits), type(uint256).max);
        }
    }

    function personOf(uint256 seed) public pure returns (address) {
        return address(uint160(0x1000 + (seed % PEOPLE)));
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + (time % 2 days));
    }

    function deposit(uint256 seed, uint256 amount) external {
        address person = personOf(seed);
        amount = amount % (snm.balanceOf(person) + 1);
        vm.prank(person);
        deposits.deposit(amount);
    }

    function request(uint256 seed, uint256 amount) external {
        address person = personOf(seed);
        amount = amount % (deposits.freeOf(person) + 1);
        vm.prank(person);
        deposits.requestWithdrawal(amount);
        requestedAt[person] = block.timestamp;
    }

    function withdraw(uint256 seed) external {
        address person = personOf(seed);
        vm.prank(person);
        deposits.withdraw();
        if (block.timestamp < requestedAt[person] + 1 days) paidEarly = true;
    }

    function lock(uint256 seed, uint256 amount) external {
        address person = personOf(seed);
        amount = amount % (deposits.freeOf(person) + 1);
        deposits.lock(person, amount);
        locked[person] += amount;
    }

    function unlock(uint256 seed, uint256 amount) external {
        address person = personOf(seed);
        amount = amount % (locked[person] + 1);
        deposits.unlock(person, amount);
        locked[person] -= amount;
    }

    function slash(uint256 seed, uint256 other, uint256 amount, uint256 share) external {
        address person = personOf(seed);
        amount = amount % (locked[person] + 1);
        share = share % (amount + 1);
        deposits.slash(person, amount, personOf(other), share);
        locked[person] -= amount;
        slashed[person] += amount;
        earned[personOf(other)] += share;
    }
}

contract DepositsTest {
    DepositsHandler private handler;
    Deposits private deposits;
    SNM private snm;

    error InvariantBroken(uint256 number);

    function setUp() public {
        handler = new DepositsHandler();
        deposits = handler.deposits();
        snm = handler.snm();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// forge-config: default.invariant.runs = 32
    /// forge-config: default.invariant.depth = 100
    function invariant_INV2_holdsWhatItOwes() public view {
        uint256 owed = 0;
        for (uint256 i = 0; i < handler.PEOPLE(); ++i) {
            address person = handler.personOf(i);
            (uint256 withdrawing, ) = deposits.withdrawalOf(person);
            owed += deposits.freeOf(person) + deposits.lockedOf(person) + withdrawing;
        }
        require(snm.balanceOf(address(deposits)) == owed, InvariantBroken(2));
    }

    /// @notice A stake changes only by its owner, or by what its keeper has locked.
    /// forge-config: default.invariant.runs = 32
    /// forge-config: default.invariant.depth = 100
    function invariant_INV8_everybodyHasItsOwn() public view {
        for (uint256 i = 0; i < handler.PEOPLE(); ++i) {
            address person = handler.personOf(i);
            (uint256 withdrawing, ) = deposits.withdrawalOf(person);
            uint256 has = snm.balanceOf(person) + deposits.freeOf(person) + deposits.lockedOf(person) + withdrawing;
            require(has + handler.slashed(person) == handler.FUNDS() + handler.earned(person), InvariantBroken(8));
            require(deposits.lockedOf(person) == handler.locked(person), InvariantBroken(8));
        }
        require(!handler.paidEarly(), InvariantBroken(8));
    }

    /// forge-config: default.invariant.runs = 32
    /// forge-config: default.invariant.depth = 100
    function invariant_INV1_conserved() public view {
        uint256 sum = snm.balanceOf(address(handler)) + snm.balanceOf(address(deposits));
        sum += snm.balanceOf(handler.TREASURY());
        for (uint256 i = 0; i < handler.PEOPLE(); ++i) sum += snm.balanceOf(handler.personOf(i));
        require(sum == snm.totalSupply(), InvariantBroken(1));
    }
}
