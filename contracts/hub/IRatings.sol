// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice One stake for or against a hub.
struct Position {
    address rater;
    /// wei of SNM
    uint96 stake;
    address hub;
    /// the registration that it is about
    uint32 registration;
    /// seconds from registration to the rating
    uint32 age;
    /// for the hub, or against it
    bool inFavour;
    Claimed claimed;
}

/// @notice Which part of a position has been paid out.
enum Claimed {
    Nothing,
    Stake,
    All
}

/// @notice The verdict on the ratings of one registration.
enum Verdict {
    /// it still runs
    Open,
    /// the hub reached its pay-day: those for it win
    ForWins,
    /// the hub was banned: those against it win
    AgainstWins,
    /// the hub was rehabilitated: all get their stake back
    Refund
}

/// @notice The sums over the ratings of one registration: over all of them while it is neither closed nor suspected, then
/// over those that count.
struct Tally {
    /// sum over the positions for the hub of stake × seconds left to the earliest pay-day
    uint256 weightFor;
    /// the same against the hub
    uint256 weightAgainst;
    /// what the losers lose, wei of SNM; the winners gain it, after a ban at most what was seized
    uint256 matched;
}

/// @notice What a position is worth under its verdict, wei of SNM.
struct Worth {
    /// of its own stake
    uint256 stake;
    /// of the losers' stakes
    uint256 winnings;
    /// unix time from which the winnings are paid
    uint256 winningsFrom;
}

/// @title Staked ratings
/// @notice Anyone rates a hub by staking SNM for or against it, for one registration. Lying costs: what has been
/// matched changes hands (PROTOCOL.md, section 8.5 derives the formula). A late stake weighs little; one that is
/// younger than the maturity when the hub is closed or suspected does not count.
interface IRatings {
    event Rated(
        uint256 indexed position,
        address indexed hub,
        uint32 indexed registration,
        address rater,
        bool inFavour,
        uint256 stake
    );
    event RatingClaimed(uint256 indexed position, address indexed rater, uint256 stake, uint256 winnings);
    /// @notice The last position of a registration is paid; what losers lost and nobody won goes to the Treasury.
    event RatingsClosed(address indexed hub, uint32 indexed registration, uint256 remainder);

    error RatingsNotHub(address account);
    error RatingsZeroStake();
    /// @notice Ratings are taken only while the hub is Registered, not closed and before its earliest pay-day.
    error RatingsNotTaken(address hub);
    error RatingsUndecided(address hub, uint32 registration);
    error RatingsUnknownPosition(uint256 position);
    error RatingsAlreadyClaimed(uint256 position);
    /// @param possibleFrom unix time
    error RatingsTooEarly(uint256 possibleFrom);

    /// @notice Stakes `stake` wei of the caller's SNM for or against a hub. The stake must have been approved.
    /// @return position its number
    function rate(address hub, bool inFavour, uint256 stake) external returns (uint256 position);

    /// @notice Pays a position's rater what is due by now. Anyone may call it, so that nothing is stuck if a rater
    /// forgets.
    function claim(uint256 position) external;

    /// @notice Number of positions ever taken.
    function count() external view returns (uint256);

    /// @notice Up to `limit` positions from number `from` on, oldest first.
    function positions(uint256 from, uint256 limit) external view returns (Position[] memory);

    /// @notice The sums of one registration's ratings, and what would be matched if they were decided now.
    function tally(address hub, uint32 registration) external view returns (Tally memory);

    /// @notice Verdict over one registration.
    function verdict(address hub, uint32 registration) external view returns (Verdict);

    /// @notice Share of the weight that is for a hub in its current registration, in basis points; 5,000 if there is no
    /// weight.
    function score(address hub) external view returns (uint256);

    /// @notice What a decided position is worth; `RatingsUndecided` before.
    function worth(uint256 position) external view returns (Worth memory);
}
