// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Whoever decides whether a claim is false. Jobs name one; it must be among those the DAO has approved.
interface IReferee {
    /// @notice The machine whose runs this referee can judge; zero for one that judges by other means.
    function machine() external view returns (address);
}
