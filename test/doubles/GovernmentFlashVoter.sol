// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Evidence} from "../../contracts/government/DAO.sol";
import {FastLane} from "../../contracts/government/FastLane.sol";
import {SNM} from "../../contracts/token/SNM.sol";

/// @notice Borrows SNM, delegates it to itself, tries to use it in the DAO, and gives it back, all in one transaction.
contract GovernmentFlashVoter {
    SNM private immutable snm;

    constructor(SNM snm_) {
        snm = snm_;
        snm_.delegate(address(this));
    }

    function borrowAndVote(address lender, uint256 amount, IGovernor governor, uint256 proposalId) external {
        snm.transferFrom(lender, address(this), amount);
        governor.castVote(proposalId, 1);
        snm.transfer(lender, amount);
    }

    function borrowAndAccuse(address lender, uint256 amount, FastLane lane, address hub) external {
        snm.transferFrom(lender, address(this), amount);
        lane.accuse(hub, "", Evidence(keccak256("it cheats"), "ipfs://evidence"));
        snm.transfer(lender, amount);
    }
}
