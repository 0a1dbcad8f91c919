// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {GovernorVotesQuorumFraction} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @notice How a governor works. Durations in seconds.
struct GovernorTerms {
    /// SNM
    IVotes token;
    /// executes what is decided
    TimelockController timelock;
    /// from the proposal to its snapshot: votes count as they were then
    uint48 votingDelay;
    uint32 votingPeriod;
    /// wei of SNM votes needed to propose
    uint256 proposalThreshold;
    /// percent of the supply that must vote for or abstain, 1 … 4
    uint256 quorumPercent;
}

/// @notice The evidence for a proposal, so that every voter can check it.
struct Evidence {
    /// keccak-256 of the document
    bytes32 hash;
    /// where it can be fetched
    string uri;
}

/// @title The DAO: the holders of SNM
/// @notice OpenZeppelin's Governor over SNM votes on a clock of seconds, with a timelock and votes by signature. Votes
/// count as they were at the proposal's snapshot, so borrowed ones are worth nothing. A decision that nobody executes
/// expires. Staked SNM does not vote but counts in the supply: the quorum is therefore at most 4 % (PROTOCOL.md,
/// section 8.6).
contract DAO is
    Governor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorVotesQuorumFraction,
    GovernorTimelockControl
{
    /// @notice Seconds in which a decision can be queued, from the end of its vote, and seconds in which it can then be
    /// executed, from the end of its wait in the timelock.
    uint256 public constant LIFETIME = 30 days;

    // Within these bounds no decision can make later ones impossible, or let one pass before anybody notices it.
    uint256 private constant MAX_QUORUM_PERCENT = 4;
    uint256 private constant MIN_VOTING_DELAY = 1 hours;
    uint256 private constant MAX_VOTING_DELAY = 7 days;
    uint256 private constant MIN_VOTING_PERIOD = 2 days;
    uint256 private constant MAX_VOTING_PERIOD = 30 days;
    /// @dev 1 % of the supply.
    uint256 private constant MAX_PROPOSAL_THRESHOLD = 4_440_000 ether;
    bytes private constant MARKER = "#proposer=";
    uint256 private constant ADDRESS_CHARS = 42;
    uint256 private constant SUFFIX_BYTES = 52;

    /// @notice The value is outside the bounds of a DAO setting: seconds, wei of SNM, or percent.
    error DaoOutOfBounds(uint256 value, uint256 min, uint256 max);
    /// @notice The DAO can never change its timelock.
    error DaoTimelockIsFixed();
    /// @notice Evidence is a hash other than zero and a URI that is not empty.
    error DaoEvidenceMissing();

    constructor(
        string memory name_,
        GovernorTerms memory terms
    )
        Governor(name_)
        GovernorSettings(terms.votingDelay, terms.votingPeriod, terms.proposalThreshold)
        GovernorVotes(terms.token)
        GovernorVotesQuorumFraction(terms.quorumPercent)
        GovernorTimelockControl(terms.timelock)
    {} // solhint-disable-line no-empty-blocks

    /// @notice Proposes calls, with evidence. The description is made of `text`, the evidence's hash and URI, and the
    /// proposer's address. Without the address somebody else could make the same proposal first and cancel it.
    function proposeWithEvidence(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string calldata text,
        Evidence calldata evidence
    ) external returns (uint256 proposalId) {
        return propose(targets, values, calldatas, describe(text, evidence, msg.sender));
    }

    /// @notice The last second at which a won proposal can be queued or, once queued, executed: unix time.
    function proposalExpiry(uint256 proposalId) public view returns (uint256) {
        uint256 eta = proposalEta(proposalId);
        return (eta == 0 ? proposalDeadline(proposalId) : eta) + LIFETIME;
    }

    /// @notice The description of a proposal with evidence.
    function describe(
        string calldata text,
        Evidence calldata evidence,
        address proposer
    ) public pure returns (string memory) {
        require(evidence.hash != 0 && bytes(evidence.uri).length != 0, DaoEvidenceMissing());
        return
            string.concat(
                text,
                "\nevidence ",
                Strings.toHexString(uint256(evidence.hash), 32),
                " ",
                evidence.uri,
                "\n#proposer=",
                Strings.toHexString(proposer)
            );
    }

    // solhint-disable comprehensive-interface

    /// @notice Always reverts: wallets, registry and Treasury know the DAO by the timelock that it was created with.
    function updateTimelock(TimelockController) public pure override {
        revert DaoTimelockIsFixed();
    }

    /// @notice Lets the governor itself make a call, by a decision of the DAO, to pass on what was sent to it. It
    /// cannot call its timelock, where it could give up its roles.
    function relay(address target, uint256 value, bytes calldata data) public payable override {
        require(target != timelock(), DaoTimelockIsFixed());
        super.relay(target, value, data);
    }

    function votingDelay() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.votingDelay();
    }

    function votingPeriod() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.votingPeriod();
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    /// @notice The state of a proposal. A proposal that has won but is not executed by `proposalExpiry` is Expired.
    function state(uint256 proposalId) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        ProposalState current = super.state(proposalId);
        bool waits = current == ProposalState.Succeeded || current == ProposalState.Queued;
        return waits && block.timestamp > proposalExpiry(proposalId) ? ProposalState.Expired : current;
    }

    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    // solhint-enable comprehensive-interface

    function _updateQuorumNumerator(uint256 percent) internal override {
        _requireWithin(percent, 1, MAX_QUORUM_PERCENT);
        super._updateQuorumNumerator(percent);
    }

    function _setVotingDelay(uint48 delay) internal override {
        _requireWithin(delay, MIN_VOTING_DELAY, MAX_VOTING_DELAY);
        super._setVotingDelay(delay);
    }

    function _setVotingPeriod(uint32 period) internal override {
        _requireWithin(period, MIN_VOTING_PERIOD, MAX_VOTING_PERIOD);
        super._setVotingPeriod(period);
    }

    function _setProposalThreshold(uint256 threshold) internal override {
        _requireWithin(threshold, 0, MAX_PROPOSAL_THRESHOLD);
        super._setProposalThreshold(threshold);
    }

    /// @dev Every description must end with its proposer, so that nobody else can make the same proposal and cancel it.
    function _isValidDescriptionForProposer(
        address proposer,
        string memory description
    ) internal pure override returns (bool) {
        uint256 length = bytes(description).length;
        if (length < SUFFIX_BYTES) return false;
        (bool parsed, address named) = Strings.tryParseAddress(description, length - ADDRESS_CHARS, length);
        bytes memory marker = Bytes.slice(bytes(description), length - SUFFIX_BYTES, length - ADDRESS_CHARS);
        return parsed && named == proposer && keccak256(marker) == keccak256(MARKER);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }

    function _requireWithin(uint256 value, uint256 min, uint256 max) private pure {
        require(min <= value && value <= max, DaoOutOfBounds(value, min, max));
    }
}
