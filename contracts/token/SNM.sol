// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title SNM, the money of the network
/// @notice ERC-20 with 18 decimals, minted once at genesis and capped at 444,000,000 SNM (whitepaper, token terms).
/// Approval by signature (ERC-2612) and votes on a timestamp clock (ERC-6372). Keeps `approvedBy`, the sum of all
/// that an owner has approved and that has not been pulled, so that a hub wallet can prove itself solvent in O(1).
contract SNM is ERC20, ERC20Capped, ERC20Permit, ERC20Votes {
    /// @notice Sum of `owner`'s allowances, in wei. Follows every change of an allowance, pulls included.
    mapping(address owner => uint256) public approvedBy;

    /// @param holder receives the whole supply; nothing is minted after genesis
    constructor(address holder) ERC20("SONM", "SNM") ERC20Capped(444_000_000 ether) ERC20Permit("SONM") {
        _mint(holder, cap());
    }

    /// @notice The clock of votes: seconds since the epoch (ERC-6372).
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice Machine-readable description of `clock` (ERC-6372).
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc ERC20Permit
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @dev Every change of an allowance, pulls by `transferFrom` included, comes through here. The sum is taken modulo
    /// 2^256, so that somebody with several unlimited approvals is not stopped; below that it is exact.
    function _approve(address owner, address spender, uint256 value, bool emitEvent) internal override {
        unchecked {
            approvedBy[owner] += value - allowance(owner, spender);
        }
        super._approve(owner, spender, value, emitEvent);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Capped, ERC20Votes) {
        super._update(from, to, value);
    }
}
