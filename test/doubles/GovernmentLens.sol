// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ITreasury} from "../../contracts/government/ITreasury.sol";
import {IHub} from "../../contracts/hub/IHub.sol";
import {IHubWallet} from "../../contracts/hub/IHubWallet.sol";
import {SNM} from "../../contracts/token/SNM.sol";

/// @notice Reads in one call everything that the model is compared with.
contract GovernmentLens {
    struct WalletSight {
        IHub.Status status;
        uint32 registrations;
        uint128 locked;
        uint256 free;
        uint256 available;
    }

    function look(
        SNM snm,
        ITreasury treasury,
        address[] calldata accounts,
        IHubWallet[] calldata wallets
    ) external view returns (uint256[] memory balances, WalletSight[] memory sights, uint256 frozen) {
        balances = new uint256[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) balances[i] = snm.balanceOf(accounts[i]);
        sights = new WalletSight[](wallets.length);
        for (uint256 i = 0; i < wallets.length; ++i) {
            IHubWallet wallet = wallets[i];
            sights[i] = WalletSight(
                wallet.status(),
                wallet.registrations(),
                wallet.locked(),
                wallet.free(),
                wallet.available()
            );
        }
        frozen = treasury.frozen();
    }
}
