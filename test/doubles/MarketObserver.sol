// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {GameState} from "../../contracts/dispute/bisection/Game.sol";
import {Commitment, IBisection} from "../../contracts/dispute/bisection/IBisection.sol";
import {BatchStatus, IJobBoard, Waiting} from "../../contracts/job/IJobBoard.sol";
import {IDeposits} from "../../contracts/result/IDeposits.sol";
import {ClaimState, IResults} from "../../contracts/result/IResults.sol";
import {ClaimId, GameId, JobId} from "../../contracts/types/Ids.sol";

/// @notice Reads everything about a market in one call, so that tests can look at it after every transaction.
contract MarketObserver {
    struct BatchKey {
        JobId job;
        uint32 number;
    }

    struct CommitmentKey {
        address challenger;
        bytes32 hash;
    }

    /// @notice What to look at.
    struct Subjects {
        address[] accounts;
        address hub;
        BatchKey[] batches;
        ClaimId[] claims;
        CommitmentKey[] commitments;
        GameId[] games;
    }

    struct AccountSeen {
        uint256 balance;
        uint256 free;
        uint256 locked;
        uint256 withdrawing;
        uint256 availableAt;
    }

    struct BatchSeen {
        BatchStatus status;
        uint32 attempt;
    }

    struct Seen {
        AccountSeen[] accounts;
        Waiting waiting;
        BatchSeen[] batches;
        ClaimState[] claims;
        Commitment[] commitments;
        GameState[] games;
    }

    IERC20 private immutable snm;
    IDeposits private immutable deposits;
    IJobBoard private immutable board;
    IResults private immutable results;
    IBisection private immutable bisection;

    constructor(IERC20 snm_, IDeposits deposits_, IJobBoard board_, IResults results_, IBisection bisection_) {
        snm = snm_;
        deposits = deposits_;
        board = board_;
        results = results_;
        bisection = bisection_;
    }

    function look(Subjects calldata what) external view returns (Seen memory seen) {
        seen.accounts = new AccountSeen[](what.accounts.length);
        for (uint256 i = 0; i < what.accounts.length; ++i) {
            address account = what.accounts[i];
            (uint256 withdrawing, uint256 availableAt) = deposits.withdrawalOf(account);
            seen.accounts[i] = AccountSeen(
                snm.balanceOf(account),
                deposits.freeOf(account),
                deposits.lockedOf(account),
                withdrawing,
                availableAt
            );
        }
        seen.waiting = board.waiting(what.hub);
        seen.batches = new BatchSeen[](what.batches.length);
        for (uint256 i = 0; i < what.batches.length; ++i) {
            (seen.batches[i].status, seen.batches[i].attempt) = board.batchOf(
                what.batches[i].job,
                what.batches[i].number
            );
        }
        seen.claims = new ClaimState[](what.claims.length);
        for (uint256 i = 0; i < what.claims.length; ++i) seen.claims[i] = results.stateOf(what.claims[i]);
        seen.commitments = new Commitment[](what.commitments.length);
        for (uint256 i = 0; i < what.commitments.length; ++i) {
            seen.commitments[i] = bisection.commitmentOf(what.commitments[i].challenger, what.commitments[i].hash);
        }
        seen.games = new GameState[](what.games.length);
        for (uint256 i = 0; i < what.games.length; ++i) seen.games[i] = bisection.stateOf(what.games[i]);
    }
}
