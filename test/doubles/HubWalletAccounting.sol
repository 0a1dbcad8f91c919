// solhint-disable gas-custom-errors
// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Only what `HubWallet` does with its money, for the solver: `free` (balance less approvals), `locked`, `reserve` and status, with
/// the wallet's checks of money and status, in the wallet's order. Any caller may call at any time, so every history of the wallet is
/// also one of this contract. `reserve_`, `lock`, `share` and `tax` are any amounts within the bounds stated here, so the proof does not
/// depend on how they are computed. A pull does not change `free` (PROTOCOL.md, 8.3), so there is none here.
/// @dev wallet-binding.test.ts tests that the wallet does the same. This is not proved.
contract HubWalletAccounting {
    uint256 private constant SUPPLY = 444_000_000 ether;

    /// Registered or Suspected
    bool public running;
    /// Suspected; if `running` is false, Punished
    bool public accused;
    uint256 public free;
    uint256 public locked;
    /// of the current registration
    uint256 public reserve;

    function receiveFunds(uint256 amount) external {
        require(free <= SUPPLY && amount <= SUPPLY - free);
        free += amount;
    }

    function register(uint256 reserve_) external {
        require(!running && !accused);
        require(free > reserve_);
        reserve = reserve_;
        running = true;
    }

    function transfer(uint256 amount, uint256 lock) external {
        require(running && !accused);
        require(amount != 0 && lock <= amount);
        uint256 available = free - reserve - locked;
        require(amount <= available);
        locked += lock;
        free -= amount - lock;
        assert(free >= reserve + locked);
    }

    /// The money has arrived before this call; `pay` is a part of it.
    function settled(uint256 amount, uint256 share, uint256 pay) external {
        require(running && !accused && free <= SUPPLY && amount <= SUPPLY - free && pay <= amount);
        free += amount;
        uint256 remainder = amount - pay;
        locked += share < remainder ? share : remainder;
        free -= pay;
        assert(free >= reserve + locked);
    }

    /// The money has arrived before this call.
    function settledEarlier(uint256 share, uint256 remainder) external {
        require(running && !accused && free <= SUPPLY && remainder <= SUPPLY - free);
        free += remainder;
        locked += remainder < share ? remainder : share;
        assert(free >= reserve + locked);
    }

    function payDay(uint256 tax) external {
        require(running && !accused);
        require(tax <= reserve + locked);
        locked = 0;
        running = false;
        assert(tax <= free);
        free -= tax;
    }

    function withdraw(uint256 amount) external {
        require(!running && !accused);
        require(amount != 0 && amount <= free);
        free -= amount;
    }

    function suspect() external {
        require(running && !accused);
        accused = true;
    }

    function rehab() external {
        require(running && accused);
        assert(free >= reserve + locked);
        locked = 0;
        running = false;
        accused = false;
    }

    function ban() external {
        require(running && accused);
        locked = 0;
        running = false;
        free = 0;
    }

    function sweep() external {
        require(!running && accused);
        require(free != 0);
        free = 0;
    }
}
