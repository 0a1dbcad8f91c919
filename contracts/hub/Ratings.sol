// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {SNM} from "../token/SNM.sol";
import {IHub} from "./IHub.sol";
import {IHubRegistry} from "./IHubRegistry.sol";
import {IHubWallet, RegistrationOutcome, Registration, payDayOf} from "./IHubWallet.sol";
import {Claimed, IRatings, Position, Tally, Verdict, Worth} from "./IRatings.sol";

/// @title Staked ratings
/// @dev Nothing is resolved in advance. When somebody claims, the verdict and its sums are read from the wallet's
/// record of the registration and from one running total per registration. Every operation takes a bounded number of
/// reads: the only search is binary, over at most one checkpoint per second of a pay period, so it takes at most 23
/// steps (90 days < 2^23 s).
contract Ratings is IRatings {
    using Checkpoints for Checkpoints.Trace224;

    struct Pool {
        /// wei of SNM held for this registration
        uint128 held;
        /// positions not wholly claimed
        uint64 open;
        /// weights by seconds since registration, both in one word: for the hub in the upper half, against it in the lower
        Checkpoints.Trace224 weights;
    }

    uint256 private constant BPS = 10_000;
    /// @dev A weight is at most the supply, below 2^89 wei, times 90 days, below 2^23 s: 112 bits.
    uint256 private constant WEIGHT_BITS = 112;

    SNM public immutable snm;
    IHubRegistry public immutable registry;
    /// @notice Receives what is lost and not won.
    address public immutable treasury;

    Position[] private all;
    mapping(address hub => mapping(uint32 registration => Pool)) private pools;

    constructor(SNM snm_, IHubRegistry registry_, address treasury_) {
        snm = snm_;
        registry = registry_;
        treasury = treasury_;
    }

    /// @inheritdoc IRatings
    function rate(address hub, bool inFavour, uint256 stake) external returns (uint256 position) {
        require(registry.isHub(hub), RatingsNotHub(hub));
        require(stake != 0, RatingsZeroStake());
        IHubWallet wallet = IHubWallet(hub);
        uint32 registration = wallet.registrations();
        Registration memory about = wallet.registration(registration);
        uint256 age = block.timestamp - about.registeredAt;
        require(
            wallet.status() == IHub.Status.Registered && about.closedAt == 0 && age < about.terms.payPeriod,
            RatingsNotTaken(hub)
        );

        Pool storage pool = pools[hub][registration];
        uint256 weight = stake * (about.terms.payPeriod - age);
        position = all.length;
        emit Rated(position, hub, registration, msg.sender, inFavour, stake);
        // The transfer comes first: it bounds the stake by the supply, on which the casts below rely. SNM calls nobody back.
        snm.transferFrom(msg.sender, address(this), stake);
        all.push(Position(msg.sender, uint96(stake), hub, registration, uint32(age), inFavour, Claimed.Nothing));
        pool.held += uint128(stake);
        ++pool.open;
        pool.weights.push(uint32(age), pool.weights.latest() + uint224(inFavour ? weight << WEIGHT_BITS : weight));
    }

    /// @inheritdoc IRatings
    function claim(uint256 position) external {
        Position storage one = _positionAt(position);
        require(one.claimed != Claimed.All, RatingsAlreadyClaimed(position));
        Worth memory due = worth(position);
        bool stakePaid = one.claimed == Claimed.Stake;
        bool complete = block.timestamp >= due.winningsFrom;
        require(complete || !stakePaid, RatingsTooEarly(due.winningsFrom));
        if (stakePaid) due.stake = 0;
        if (!complete) due.winnings = 0;

        one.claimed = complete ? Claimed.All : Claimed.Stake;
        Pool storage pool = pools[one.hub][one.registration];
        uint256 paid = due.stake + due.winnings;
        uint256 held = pool.held - paid;
        uint256 remainder = 0;
        if (complete && --pool.open == 0) {
            remainder = held;
            emit RatingsClosed(one.hub, one.registration, remainder);
        }
        pool.held = uint128(held - remainder);
        emit RatingClaimed(position, one.rater, due.stake, due.winnings);
        snm.transfer(one.rater, paid);
        if (remainder != 0) snm.transfer(treasury, remainder);
    }

    /// @inheritdoc IRatings
    function count() external view returns (uint256) {
        return all.length;
    }

    /// @inheritdoc IRatings
    function positions(uint256 from, uint256 limit) external view returns (Position[] memory views) {
        views = new Position[](Math.min(Math.saturatingSub(all.length, from), limit));
        for (uint256 i = 0; i < views.length; ++i) views[i] = all[from + i];
    }

    /// @inheritdoc IRatings
    function tally(address hub, uint32 registration) external view returns (Tally memory) {
        Registration memory about = IHubWallet(hub).registration(registration);
        return _tallyOf(about, _counted(about, pools[hub][registration].weights));
    }

    /// @inheritdoc IRatings
    function verdict(address hub, uint32 registration) external view returns (Verdict) {
        return _verdictOf(IHubWallet(hub).registration(registration));
    }

    /// @inheritdoc IRatings
    function score(address hub) external view returns (uint256) {
        uint32 registration = IHubWallet(hub).registrations();
        uint224 weights = _counted(IHubWallet(hub).registration(registration), pools[hub][registration].weights);
        uint256 supporting = weights >> WEIGHT_BITS;
        uint256 total = supporting + uint112(weights);
        return total == 0 ? BPS / 2 : (supporting * BPS) / total;
    }

    /// @inheritdoc IRatings
    function worth(uint256 position) public view returns (Worth memory due) {
        Position storage one = _positionAt(position);
        Registration memory about = IHubWallet(one.hub).registration(one.registration);
        Verdict decided = _verdictOf(about);
        require(decided != Verdict.Open, RatingsUndecided(one.hub, one.registration));
        due.stake = one.stake;
        if (decided == Verdict.Refund) return due;

        if (one.age + uint256(about.terms.ratingMaturity) > _endOf(about)) return due;
        Tally memory sums = _tallyOf(about, _counted(about, pools[one.hub][one.registration].weights));
        uint256 weight = uint256(one.stake) * (about.terms.payPeriod - one.age);
        uint256 side = one.inFavour ? sums.weightFor : sums.weightAgainst;
        if (one.inFavour == (decided == Verdict.ForWins)) {
            uint256 won = sums.matched;
            if (decided == Verdict.AgainstWins) {
                // The hub's owner may be among these raters: it must not win more than it loses.
                won = Math.min(won, about.seized);
                due.winningsFrom = uint256(about.endedAt) + about.terms.seizureFreeze;
            }
            due.winnings = (won * weight) / side;
        } else {
            due.stake -= Math.ceilDiv(sums.matched * weight, side);
        }
    }

    function _positionAt(uint256 position) private view returns (Position storage) {
        require(position < all.length, RatingsUnknownPosition(position));
        return all[position];
    }

    /// @dev The weights that count: those of ratings that were at least as old as the maturity at the end. Younger ones
    /// may have known how it ends.
    function _counted(Registration memory about, Checkpoints.Trace224 storage weights) private view returns (uint224) {
        uint256 end = _endOf(about);
        if (end < about.terms.ratingMaturity) return 0;
        return weights.upperLookupRecent(uint32(Math.min(end - about.terms.ratingMaturity, type(uint32).max)));
    }

    /// @dev Age of a registration, in seconds, when it was closed or suspected, whichever came first; without end before.
    function _endOf(Registration memory about) private pure returns (uint256) {
        uint256 closedAt = about.closedAt == 0 ? type(uint256).max : about.closedAt;
        uint256 suspectedAt = about.suspectedAt == 0 ? type(uint256).max : about.suspectedAt;
        return Math.min(closedAt, suspectedAt) - about.registeredAt;
    }

    /// @dev Pay-day counts from when it may be called, not from the owner's call: an owner who never calls it cannot
    /// hold back any stake.
    function _verdictOf(Registration memory about) private view returns (Verdict) {
        uint256 until = about.suspectedAt == 0 ? block.timestamp : about.suspectedAt;
        if (about.closedAt != 0 && payDayOf(about) <= until) return Verdict.ForWins;
        if (about.outcome == RegistrationOutcome.Banned) return Verdict.AgainstWins;
        return about.outcome == RegistrationOutcome.Rehabilitated ? Verdict.Refund : Verdict.Open;
    }

    /// @dev `matched × BPS × payPeriod = riskBps × the smaller weight`, rounded down, so that no position loses more
    /// than its stake.
    function _tallyOf(Registration memory about, uint224 weights) private pure returns (Tally memory sums) {
        sums.weightFor = weights >> WEIGHT_BITS;
        sums.weightAgainst = uint112(weights);
        if (about.terms.payPeriod == 0) return sums;
        sums.matched =
            (Math.min(sums.weightFor, sums.weightAgainst) * about.terms.ratingRiskBps) / (BPS * about.terms.payPeriod);
    }
}
