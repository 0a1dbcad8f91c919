// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IReferee} from "../../contracts/dispute/IReferee.sol";

/// @notice A referee for jobs that nobody disputes.
contract RefereeDouble is IReferee {
    function machine() external pure returns (address) {
        return address(0);
    }
}
