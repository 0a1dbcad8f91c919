// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ITreasury, Seizure} from "../../contracts/government/ITreasury.sol";
import {IHub} from "../../contracts/hub/IHub.sol";
import {IHubWallet, Registration} from "../../contracts/hub/IHubWallet.sol";
import {IRatings, Position} from "../../contracts/hub/IRatings.sol";
import {IJobBoard, Waiting} from "../../contracts/job/IJobBoard.sol";
import {SNM} from "../../contracts/token/SNM.sol";

/// @notice Reads in one call everything about hubs, the money that waits for them, the Treasury and ratings.
contract HubsLens {
    struct HubSight {
        IHub.Status status;
        uint128 locked;
        uint256 free;
        uint256 available;
        uint256 waiting;
        uint256 waitingPrices;
        Registration[] registrations;
        uint256[] allowances;
    }

    SNM private immutable snm;
    IJobBoard private immutable board;
    ITreasury private immutable treasury;
    IRatings private immutable ratings;

    constructor(SNM snm_, IJobBoard board_, ITreasury treasury_, IRatings ratings_) {
        snm = snm_;
        board = board_;
        treasury = treasury_;
        ratings = ratings_;
    }

    function look(
        IHubWallet[] calldata hubs,
        address[] calldata payees
    )
        external
        view
        returns (HubSight[] memory sights, uint256 frozen, Seizure[] memory seizures, Position[] memory positions)
    {
        sights = new HubSight[](hubs.length);
        for (uint256 i = 0; i < hubs.length; ++i) sights[i] = _hub(hubs[i], payees);
        frozen = treasury.frozen();
        seizures = treasury.seizures(0, treasury.seizureCount());
        positions = ratings.positions(0, ratings.count());
    }

    function _hub(IHubWallet hub, address[] calldata payees) private view returns (HubSight memory sight) {
        sight.status = hub.status();
        sight.locked = hub.locked();
        sight.free = hub.free();
        sight.available = hub.available();
        Waiting memory due = board.waiting(address(hub));
        (sight.waiting, sight.waitingPrices) = (due.remainder, due.prices);
        sight.registrations = new Registration[](hub.registrations());
        for (uint32 i = 0; i < sight.registrations.length; ++i) sight.registrations[i] = hub.registration(i + 1);
        sight.allowances = new uint256[](payees.length);
        for (uint256 i = 0; i < payees.length; ++i) sight.allowances[i] = snm.allowance(address(hub), payees[i]);
    }
}
