// solhint-disable gas-custom-errors
// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What `HubWallet` does with its money, and nothing else, for the solver to reason about: `free`, `locked` and the quote
/// under the same guards in the same order. `lock` and `share` are any amounts, so the proof does not rest on how they are rounded.
contract HubWalletAccounting {
    uint256 private constant SUPPLY = 444_000_000 ether;
    uint256 private constant QUOTE = 1 ether;

    bool private registered;
    uint256 private free;
    uint256 private locked;

    function receiveFunds(uint256 amount) external {
        require(free <= SUPPLY && amount <= SUPPLY - free);
        free += amount;
    }

    function register() external {
        require(!registered && free > QUOTE);
        registered = true;
    }

    function transfer(uint256 amount, uint256 lock) external {
        require(registered && lock <= amount);
        uint256 available = free - QUOTE - locked;
        require(amount <= available);
        locked += lock;
        free -= amount - lock;
        assert(free >= QUOTE + locked);
    }

    function settled(uint256 amount, uint256 share, uint256 pay) external {
        require(registered && free <= SUPPLY && amount <= SUPPLY - free && pay <= amount);
        free += amount;
        uint256 rest = amount - pay;
        locked += share < rest ? share : rest;
        free -= pay;
        assert(free >= QUOTE + locked);
    }

    function settledEarlier(uint256 share, uint256 rest) external {
        require(registered && free <= SUPPLY && rest <= SUPPLY - free);
        free += rest;
        locked += rest < share ? rest : share;
        assert(free >= QUOTE + locked);
    }

    function payDay(uint256 tax) external {
        require(registered && tax <= QUOTE + locked);
        assert(tax <= free);
        free -= tax;
        locked = 0;
        registered = false;
    }

    function withdraw(uint256 amount) external {
        require(!registered && amount <= free);
        free -= amount;
    }
}
