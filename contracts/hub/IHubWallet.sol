// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IHub} from "./IHub.sol";

/// @notice The rules of one registration: the DAO's parameters as they were when it began.
/// Shares are in basis points (1/10,000), durations in seconds.
struct Terms {
    /// share of every payment that stays locked until pay-day
    uint16 lockShareBps;
    /// share of the frozen funds that pay-day takes
    uint16 taxShareBps;
    /// from registration to the earliest pay-day
    uint32 payPeriod;
    /// from closing the period to pay-day
    uint32 closedPeriod;
    /// from suspicion to the earliest ban
    uint32 suspicion;
    /// from suspicion to when anyone may rehabilitate
    uint32 rehabAfter;
    /// how long the Treasury freezes what a ban seizes
    uint32 seizureFreeze;
    /// at a suspicion, ratings younger than this are refunded
    uint32 ratingMaturity;
    /// share of a rating's weighted stake that is at risk
    uint16 ratingRiskBps;
}

/// @notice How a registration ended.
enum RegistrationOutcome {
    Open,
    PaidOut,
    Rehabilitated,
    Banned
}

/// @notice One registration of a wallet. Times are unix seconds, 0 for what has not happened.
struct Registration {
    uint40 registeredAt;
    uint40 closedAt;
    uint40 suspectedAt;
    uint40 endedAt;
    RegistrationOutcome outcome;
    /// wei of SNM that no payment may touch
    uint80 reserve;
    Terms terms;
    /// wei of SNM that the ban took; what is swept later is not in it
    uint96 seized;
}

/// @notice When a closed registration may be paid out, unix time.
function payDayOf(Registration memory about) pure returns (uint256) {
    return
        Math.max(
            uint256(about.closedAt) + about.terms.closedPeriod,
            uint256(about.registeredAt) + about.terms.payPeriod
        );
}

/// @title A hub's wallet
/// @notice Holds a hub's money. Miners can pull from it what they have earned, and the DAO can reach what remains
/// (PROTOCOL.md, section 8). It knows nothing of jobs except the entries of settlements: any business can be paid into
/// it and pay from it. Amounts are wei of SNM. `free` is what the wallet holds beyond everything approved and not yet
/// pulled; while Registered or Suspected, `free >= reserve + locked` (INV-20).
/// @dev Relies on SNM: a transfer within balance and allowance succeeds and calls nobody back, and `approvedBy` is
/// exact.
interface IHubWallet is IHub {
    event Registered(uint32 indexed registration, uint256 reserve, Terms terms);
    event PaymentApproved(address indexed miner, uint256 amount, uint256 approved, uint256 lock);
    event SettlementReceived(address indexed miner, uint256 amount, uint256 approved, uint256 lock);
    event EarlierSettlementsReceived(uint256 prices, uint256 remainder, uint256 lock);
    event PeriodClosed(uint32 indexed registration, address by);
    event PaidOut(uint32 indexed registration, uint256 frozen, uint256 tax);
    event Withdrawn(uint256 amount);
    event Suspected(uint32 indexed registration);
    event Rehabilitated(uint32 indexed registration, address by);
    event Banned(uint32 indexed registration, uint256 seized);
    event Swept(uint256 seized);
    event Collected(address indexed payer, uint256 amount);

    error HubWalletNotOwner(address caller);
    error HubWalletNotGovernment(address caller);
    error HubWalletNotFastLane(address caller);
    error HubWalletNotJobBoard(address caller);
    error HubWalletWrongStatus(Status status);
    /// @notice The decision is about another registration than the current one.
    error HubWalletWrongRegistration(uint32 current);
    error HubWalletPeriodClosed(uint256 closedAt);
    error HubWalletPeriodNotClosed();
    /// @param possibleFrom unix time from which the same call can succeed
    error HubWalletTooEarly(uint256 possibleFrom);
    /// @param available wei that the wallet can use for it
    /// @param needed wei that the call needs
    error HubWalletInsufficientFunds(uint256 available, uint256 needed);
    error HubWalletZeroAmount();
    error HubWalletPaysItself();

    /// @notice Begins a registration. By the owner, while Created or Idle. The free funds must exceed the reserve.
    function register() external;

    /// @notice Pays a miner or anyone else. By the owner, while Registered and not closed. `amount` leaves the
    /// available funds: the lock share, rounded up, stays locked until pay-day. The remainder is added to `miner`'s
    /// allowance, which `transferFrom` pulls.
    function transfer(address miner, uint256 amount) external;

    /// @notice Stops payments in this period, so that the DAO can look before the money leaves. By the owner from
    /// `payPeriod − closedPeriod` after registration on; by anyone from `payPeriod + closedPeriod` on.
    function closePeriod() external;

    /// @notice Ends the registration: the tax on the frozen funds (reserve and locks), rounded up, goes to the Treasury
    /// and the locks are released. By the owner, at least `closedPeriod` after the closing and `payPeriod` after
    /// registration.
    function payDay() external;

    /// @notice Withdraws free funds. By the owner, while Idle.
    function withdraw(uint256 amount) external;

    /// @notice Blocks the free funds; miners keep what has been approved for them. By the DAO's fast lane, while
    /// Registered.
    /// @param registration number of the current one, which was accused
    function suspect(uint32 registration) external;

    /// @notice Ends a suspicion: the locks are released and the wallet is Idle. By the DAO at any time; by anyone from
    /// `rehabAfter` on.
    /// @param registration number of the current one
    function rehab(uint32 registration) external;

    /// @notice Punishes the hub permanently and seizes its free funds. By the DAO, once it has been Suspected for
    /// `suspicion`.
    /// @param registration number of the current one
    function ban(uint32 registration) external;

    /// @notice Seizes what has arrived since the ban. By anyone, while Punished.
    function sweep() external;

    /// @notice Pulls what `payer` has approved for this wallet, so that hubs can pay one another. By anyone, at any
    /// time.
    function collect(address payer) external;

    /// @notice Who controls this wallet, an account or a contract. Part of the wallet's code.
    function owner() external view returns (address);

    /// @notice Number of registrations so far, which is the number of the current one.
    function registrations() external view returns (uint32);

    /// @notice What the current registration's payments have locked, wei.
    function locked() external view returns (uint128);

    /// @notice Balance minus everything approved and not yet pulled, wei.
    function free() external view returns (uint256);

    /// @notice What `transfer` may still use, wei: `free − reserve − locked` while Registered, else 0.
    function available() external view returns (uint256);

    /// @notice One registration, present or past.
    function registration(uint32 number) external view returns (Registration memory);
}
