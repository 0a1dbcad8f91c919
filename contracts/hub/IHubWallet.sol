// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IHub} from "./IHub.sol";

/// @notice The rules a registration lives by: the DAO's parameters as they were when it began.
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
    /// from suspicion to where anyone may rehabilitate
    uint32 rehabAfter;
    /// how long the Treasury freezes what a ban seizes
    uint32 seizureFreeze;
    /// age below which a rating is refunded at a suspicion
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
/// @notice Keeps a hub's money where its miners can pull what they have earned and where the DAO can reach what remains
/// (PROTOCOL.md, section 8). It knows nothing of jobs but the entries of settlements: any business can be paid into it and
/// pay from it. Amounts are wei of SNM. `free` is what the wallet holds beyond everything approved and not yet pulled;
/// while Registered or Suspected, `free >= reserve + locked` (INV-20).
/// @dev The wallet believes of SNM that a transfer within balance and allowance succeeds and calls nobody back, and that
/// `approvedBy` is exact.
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
    /// @notice A decision is about one registration, and this one is another.
    error HubWalletWrongRegistration(uint32 current);
    error HubWalletPeriodClosed(uint256 closedAt);
    error HubWalletPeriodNotClosed();
    /// @param possibleFrom unix time from which the same call can succeed
    error HubWalletTooEarly(uint256 possibleFrom);
    /// @param available what there is, wei
    /// @param needed what there would have to be, wei
    error HubWalletInsufficientFunds(uint256 available, uint256 needed);
    error HubWalletZeroAmount();
    error HubWalletPaysItself();

    /// @notice Begins a registration. Owner; Created or Idle. The free funds must exceed the reserve.
    function register() external;

    /// @notice Pays a miner or anyone else. Owner; Registered and not closed. `amount` leaves the available funds: the lock share,
    /// rounded up, stays locked until pay-day, the remainder raises `miner`'s allowance, to be pulled by `transferFrom`.
    function transfer(address miner, uint256 amount) external;

    /// @notice No more payments in this period, so that the DAO can look before the money leaves. Owner, from
    /// `payPeriod − closedPeriod` after registration; anyone from `payPeriod + closedPeriod`.
    function closePeriod() external;

    /// @notice Ends the registration: the tax on the frozen funds (reserve and locks), rounded up, goes to the Treasury and the locks fall.
    /// Owner; closed for `closedPeriod` and `payPeriod` since registration.
    function payDay() external;

    /// @notice Takes free funds home. Owner; Idle.
    function withdraw(uint256 amount) external;

    /// @notice Blocks the free funds; what has been approved stays its miner's. The DAO's fast lane; Registered.
    /// @param registration number of the current one, which was accused
    function suspect(uint32 registration) external;

    /// @notice Ends a suspicion: the locks fall, the wallet is Idle. The DAO at any time; anyone from `rehabAfter` on.
    /// @param registration number of the current one
    function rehab(uint32 registration) external;

    /// @notice Punishes for ever and seizes the free funds. The DAO; Suspected for `suspicion`.
    /// @param registration number of the current one
    function ban(uint32 registration) external;

    /// @notice Seizes what has arrived since the ban. Anyone; Punished.
    function sweep() external;

    /// @notice Brings in what `payer` has approved for this wallet, so that hubs can pay one another. Anyone, always.
    function collect(address payer) external;

    /// @notice Who commands this wallet, an account or a contract. Part of the wallet's code.
    function owner() external view returns (address);

    /// @notice Number of registrations so far, which is the number of the current one.
    function registrations() external view returns (uint32);

    /// @notice What the current registration's payments have locked, wei.
    function locked() external view returns (uint128);

    /// @notice Balance less everything approved and not yet pulled, wei.
    function free() external view returns (uint256);

    /// @notice What `transfer` may still use, wei: `free − reserve − locked` while Registered, else 0.
    function available() external view returns (uint256);

    /// @notice One registration, present or past.
    function registration(uint32 number) external view returns (Registration memory);
}
