// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IHub} from "../hub/IHub.sol";
import {IHubRegistry} from "../hub/IHubRegistry.sol";
import {IHubWallet} from "../hub/IHubWallet.sol";
import {DAO, Evidence, GovernorTerms} from "./DAO.sol";

/// @title The DAO's fast lane
/// @notice The same voters on a shorter clock, for one purpose only: to suspect hubs. A suspicion can be taken back.
/// The fast lane cannot propose anything else, not even a change of its own settings, so these never change.
contract FastLane is DAO {
    /// @notice Knows which accounts are hubs.
    IHubRegistry public immutable registry;

    error FastLaneOnlyAccuses();
    error FastLaneNotHub(address account);
    error FastLaneHubNotRegistered(address hub, IHub.Status status);

    constructor(GovernorTerms memory terms, IHubRegistry registry_) DAO("SONM fast lane", terms) {
        registry = registry_;
    }

    /// @notice Proposes to suspect a Registered hub, in its current registration.
    function accuse(
        address hub,
        string calldata text,
        Evidence calldata evidence
    ) external returns (uint256 proposalId) {
        require(registry.isHub(hub), FastLaneNotHub(hub));
        IHub.Status status = IHubWallet(hub).status();
        require(status == IHub.Status.Registered, FastLaneHubNotRegistered(hub, status));
        address[] memory targets = new address[](1);
        bytes[] memory calldatas = new bytes[](1);
        targets[0] = hub;
        calldatas[0] = abi.encodeCall(IHubWallet.suspect, (IHubWallet(hub).registrations()));
        return super.propose(targets, new uint256[](1), calldatas, describe(text, evidence, msg.sender));
    }

    /// @notice Always reverts: use `accuse`.
    function propose(
        address[] memory,
        uint256[] memory,
        bytes[] memory,
        string memory
    ) public pure override returns (uint256) {
        revert FastLaneOnlyAccuses();
    }
}
