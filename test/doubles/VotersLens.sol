// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {DAO} from "../../contracts/government/DAO.sol";
import {Timelock} from "../../contracts/government/Timelock.sol";
import {Parameter} from "../../contracts/government/IParameters.sol";
import {Parameters} from "../../contracts/government/Parameters.sol";
import {IWhitelist} from "../../contracts/hub/IWhitelist.sol";
import {SNM} from "../../contracts/token/SNM.sol";

/// @notice Reads in one call everything that the model of the voters is compared with.
contract VotersLens {
    struct ProposalSight {
        IGovernor.ProposalState state;
        uint256 against;
        uint256 inFavour;
        uint256 abstain;
        uint256 snapshot;
        uint256 deadline;
        uint256 eta;
        bool[] voted;
    }

    struct LaneSight {
        uint256 votingDelay;
        uint256 votingPeriod;
        uint256 proposalThreshold;
        uint256 quorumPercent;
        uint256 timelockDelay;
        uint256[] nonces;
        ProposalSight[] proposals;
    }

    /// @return votes of each voter now, and a second ago
    function lookAtVotes(
        SNM snm,
        address[] calldata voters
    ) external view returns (uint256[] memory votes, uint256[] memory pastVotes) {
        votes = new uint256[](voters.length);
        pastVotes = new uint256[](voters.length);
        for (uint256 i = 0; i < voters.length; ++i) {
            votes[i] = snm.getVotes(voters[i]);
            pastVotes[i] = snm.getPastVotes(voters[i], block.timestamp - 1);
        }
    }

    function lookAtLane(
        DAO lane,
        uint256[] calldata proposals,
        address[] calldata voters
    ) external view returns (LaneSight memory sight) {
        sight.votingDelay = lane.votingDelay();
        sight.votingPeriod = lane.votingPeriod();
        sight.proposalThreshold = lane.proposalThreshold();
        sight.quorumPercent = lane.quorumNumerator();
        sight.timelockDelay = Timelock(payable(lane.timelock())).getMinDelay();
        sight.nonces = new uint256[](voters.length);
        for (uint256 i = 0; i < voters.length; ++i) sight.nonces[i] = lane.nonces(voters[i]);
        sight.proposals = new ProposalSight[](proposals.length);
        for (uint256 i = 0; i < proposals.length; ++i) sight.proposals[i] = _lookAtProposal(lane, proposals[i], voters);
    }

    /// @return time of the block
    /// @return values in force of all parameters
    /// @return next values, which are in force now or later
    /// @return from when they are in force, 0 if there is no change
    function lookAtInstitutions(
        Parameters parameters,
        IWhitelist whitelist,
        address[] calldata hubs
    )
        external
        view
        returns (
            uint256 time,
            uint256[] memory values,
            uint256[] memory next,
            uint256[] memory from,
            bool[] memory trusted
        )
    {
        time = block.timestamp;
        uint256 count = uint256(type(Parameter).max) + 1;
        values = new uint256[](count);
        next = new uint256[](count);
        from = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            values[i] = parameters.get(Parameter(i));
            (next[i], from[i]) = parameters.scheduled(Parameter(i));
        }
        trusted = new bool[](hubs.length);
        for (uint256 i = 0; i < hubs.length; ++i) trusted[i] = whitelist.hub(hubs[i]).trusted;
    }

    function _lookAtProposal(
        DAO lane,
        uint256 proposal,
        address[] calldata voters
    ) private view returns (ProposalSight memory sight) {
        sight.state = lane.state(proposal);
        (sight.against, sight.inFavour, sight.abstain) = lane.proposalVotes(proposal);
        sight.snapshot = lane.proposalSnapshot(proposal);
        sight.deadline = lane.proposalDeadline(proposal);
        sight.eta = lane.proposalEta(proposal);
        sight.voted = new bool[](voters.length);
        for (uint256 i = 0; i < voters.length; ++i) sight.voted[i] = lane.hasVoted(proposal, voters[i]);
    }
}
