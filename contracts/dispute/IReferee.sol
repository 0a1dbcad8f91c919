// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Decides whether a claim is false. Each job names a referee; it must be one that the DAO has approved.
interface IReferee {
    /// @notice The machine whose runs this referee can judge; zero if it judges by other means.
    function machine() external view returns (address);
}
