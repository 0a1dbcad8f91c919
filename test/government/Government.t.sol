// The runner fuzzes only contracts of the test's own file. The call sequences belong to the handler, not to a wallet.
// solhint-disable one-contract-per-file, reentrancy
// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IReferee} from "../../contracts/dispute/IReferee.sol";
import {Parameter} from "../../contracts/government/IParameters.sol";
import {Parameters} from "../../contracts/government/Parameters.sol";
import {Treasury} from "../../contracts/government/Treasury.sol";
import {Seizure} from "../../contracts/government/ITreasury.sol";
import {HubFactory} from "../../contracts/hub/HubFactory.sol";
import {HubWallet, Institutions} from "../../contracts/hub/HubWallet.sol";
import {IHub} from "../../contracts/hub/IHub.sol";
import {Registration} from "../../contracts/hub/IHubWallet.sol";
import {Claimed, Position, Verdict, Worth} from "../../contracts/hub/IRatings.sol";
import {HubView} from "../../contracts/hub/IWhitelist.sol";
import {Ratings} from "../../contracts/hub/Ratings.sol";
import {Whitelist} from "../../contracts/hub/Whitelist.sol";
import {Waiting} from "../../contracts/job/IJobBoard.sol";
import {JobBoard} from "../../contracts/job/JobBoard.sol";
import {SNM} from "../../contracts/token/SNM.sol";
import {JobId} from "../../contracts/types/Ids.sol";
import {Job} from "../../contracts/types/Job.sol";

/// @dev The cheat codes that the handler needs.
interface IVm {
    function warp(uint256 time) external;
    function prank(address sender) external;
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
    function getNonce(address account) external view returns (uint64);
}

IVm constant vm = IVm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice Plays everybody: owners, miners who are friends of the owners, raters, buyers, `Results`, the DAO, strangers, and time.
contract GovernmentHandler is IReferee {
    uint256 public constant HUBS = 2;
    uint256 private constant PEOPLE = 3;
    uint256 private constant MAX_ORDERS = 6;

    SNM public immutable snm;
    Parameters public immutable parameters;
    Whitelist public immutable whitelist;
    Treasury public immutable treasury;
    Ratings public immutable ratings;
    JobBoard public immutable board;
    HubWallet[] public hubs;

    /// jobs of one unit that are claimed and not settled
    Job[] private orders;
    uint256 private posted;
    /// what has come into the current registration, and what of it has been approved. Earlier settlements count when they enter the wallet:
    /// with the full price, and with the miners' pay as approved
    mapping(HubWallet => uint256) public passed;
    mapping(HubWallet => uint256) public approved;
    /// what INV-21 requires to be locked of the prices settled, ten-thousandths of a wei
    mapping(HubWallet => uint256) public mustLock;
    /// prices and pays that were settled while the hub was not Registered
    mapping(HubWallet => uint256[2][]) private earlier;
    /// hash of all that the hub's wallet and the list held about it at its ban; 0 for a hub that is not banned
    mapping(HubWallet => bytes32) public punishedAs;
    /// money of a Punished wallet has gone to its owner
    bool public punishedPaid;
    /// SNM in `Ratings` that nobody has staked
    uint256 public donated;
    /// a claim has moved money to somebody else than its rater and the Treasury
    bool public claimStrayed;
    /// least allowance that the friend must have at this hub; only its own pulls lower it
    mapping(HubWallet => mapping(address friend => uint256)) public owed;
    uint256 public outsideSeizure;

    constructor() {
        snm = new SNM(address(this));
        address self = address(this);
        parameters = new Parameters(self, address(0));
        parameters.approveReferee(self);
        address factoryAt = vm.computeCreateAddress(self, vm.getNonce(self) + 3);
        address boardAt = vm.computeCreateAddress(self, vm.getNonce(self) + 4);
        whitelist = new Whitelist(factoryAt, self);
        treasury = new Treasury(snm, whitelist, self);
        HubWallet implementation = new HubWallet(
            Institutions(snm, parameters, whitelist, treasury, boardAt, self, self)
        );
        HubFactory factory = new HubFactory(address(implementation), whitelist);
        board = new JobBoard(snm, parameters, whitelist, self);
        snm.approve(address(board), type(uint256).max);
        ratings = new Ratings(snm, whitelist, address(treasury));
        for (uint256 i = 0; i < HUBS; ++i) {
            HubWallet hub = HubWallet(factory.createHub(bytes32(i), "", ""));
            hubs.push(hub);
            snm.transfer(address(hub), 100 ether);
            hub.register();
            passed[hub] = 100 ether;
        }
        for (uint256 i = 0; i < PEOPLE; ++i) {
            address person = personOf(i);
            snm.transfer(person, 1_000 ether);
            vm.prank(person);
            snm.approve(address(ratings), type(uint256).max);
        }
    }

    function personOf(uint256 seed) public pure returns (address) {
        return address(uint160(0x1000 + (seed % PEOPLE)));
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + (time % 20 days));
    }

    function fund(uint256 seed, uint256 amount) external {
        _fund(hubs[seed % HUBS], amount % 50 ether);
    }

    function register(uint256 seed) external {
        HubWallet hub = hubs[seed % HUBS];
        hub.register();
        passed[hub] = hub.free();
        approved[hub] = 0;
        mustLock[hub] = 0;
    }

    /// From 46 days later on, for those who register then.
    function setLockShare(uint256 share) external {
        parameters.set(Parameter.LockShareBps, 1_000 + (share % 2_001));
    }

    function transfer(uint256 seed, uint256 person, uint256 amount) external {
        HubWallet hub = hubs[seed % HUBS];
        uint256 funds = hub.available();
        if (funds == 0) return;
        amount = (amount % funds) + 1;
        uint256 before = snm.approvedBy(address(hub));
        hub.transfer(personOf(person), amount);
        _owe(hub, personOf(person), snm.approvedBy(address(hub)) - before);
    }

    function order(uint256 seed, uint256 price) external {
        if (orders.length == MAX_ORDERS) return;
        Job memory job;
        (job.buyer, job.hub, job.referee) = (address(this), address(hubs[seed % HUBS]), address(this));
        (job.units, job.batchSize, job.exponent) = (1, 1, 2);
        job.price = uint128((price % 50 ether) + 1);
        (job.bond, job.deposit) = (1_000 ether, 1_000 ether);
        (job.window, job.opening, job.allowance, job.grace) = (1 hours, 10 minutes, 1 hours, 10 minutes);
        job.deadline = uint64(block.timestamp + 1);
        job.salt = bytes32(++posted);
        JobId jobId = board.post(job, uint64(block.timestamp), "");
        board.take(jobId, 0, 0);
        orders.push(job);
    }

    function settle(uint256 seed, uint256 person, uint256 pay) external {
        Job memory job = orders[seed % orders.length];
        orders[seed % orders.length] = orders[orders.length - 1];
        orders.pop();
        pay = pay % ((uint256(job.price) * 7) / 10 + 1);
        // INV-22: if this fails the whole run does, see `settlementFailed`.
        try board.pay(job, 0, personOf(person), uint128(pay)) {
            HubWallet hub = HubWallet(job.hub);
            if (hub.status() == IHub.Status.Registered) {
                owed[hub][personOf(person)] += pay;
                _enter(hub, job.price, pay);
            } else {
                earlier[hub].push([uint256(job.price), pay]);
            }
        } catch {
            settlementFailed = true;
        }
    }

    function bringIn(uint256 seed) external {
        HubWallet hub = hubs[seed % HUBS];
        if (board.waiting(address(hub)).remainder == 0) return;
        IHub.Status status = hub.status();
        if (status != IHub.Status.Registered && status != IHub.Status.Punished) return;
        try board.collect(address(hub)) {
            uint256[2][] memory settled = earlier[hub];
            delete earlier[hub];
            if (status == IHub.Status.Punished) return;
            for (uint256 i = 0; i < settled.length; ++i) _enter(hub, settled[i][0], settled[i][1]);
        } catch {
            settlementFailed = true;
        }
    }

    bool public settlementFailed;

    function pull(uint256 seed, uint256 person, uint256 amount) external {
        HubWallet hub = hubs[seed % HUBS];
        address friend = personOf(person);
        uint256 allowance = snm.allowance(address(hub), friend);
        amount = amount % (allowance + 1);
        vm.prank(friend);
        snm.transferFrom(address(hub), friend, amount);
        owed[hub][friend] -= amount;
    }

    function closePeriod(uint256 seed) external {
        hubs[seed % HUBS].closePeriod();
    }

    function payDay(uint256 seed) external {
        hubs[seed % HUBS].payDay();
    }

    function withdraw(uint256 seed, uint256 amount) external {
        HubWallet hub = hubs[seed % HUBS];
        IHub.Status status = hub.status();
        hub.withdraw((amount % hub.free()) + 1);
        if (status == IHub.Status.Punished) punishedPaid = true;
    }

    function suspect(uint256 seed) external {
        // Rare, because otherwise nothing else would ever happen.
        HubWallet hub = hubs[seed % HUBS];
        if ((seed >> 8) % 4 == 0) hub.suspect(hub.registrations());
    }

    function rehab(uint256 seed) external {
        HubWallet hub = hubs[seed % HUBS];
        hub.rehab(hub.registrations());
    }

    function ban(uint256 seed) external {
        HubWallet hub = hubs[seed % HUBS];
        if (seed % 3 == 0) vm.warp(block.timestamp + 120 days);
        hub.ban(hub.registrations());
        punishedAs[hub] = recordOf(hub);
    }

    function setTrusted(uint256 seed, bool trusted) external {
        whitelist.setTrusted(address(hubs[seed % HUBS]), trusted);
    }

    /// A decision about another registration, an earlier or a later one.
    function decideOnAnother(uint256 seed, uint32 registration) external {
        HubWallet hub = hubs[seed % HUBS];
        registration %= hub.registrations() + 2;
        if (registration == hub.registrations()) return;
        bytes4[3] memory selectors = [hub.suspect.selector, hub.rehab.selector, hub.ban.selector];
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, ) = address(hub).call(abi.encodeWithSelector(selectors[(seed >> 8) % 3], registration));
        if (done) anotherDecided = true;
    }

    bool public anotherDecided;

    function sweep(uint256 seed) external {
        hubs[seed % HUBS].sweep();
    }

    function rate(uint256 seed, uint256 person, bool inFavour, uint256 stake) external {
        vm.prank(personOf(person));
        ratings.rate(address(hubs[seed % HUBS]), inFavour, (stake % 200 ether) + 1);
    }

    /// A transfer that is no stake: nothing of it may be paid to anybody.
    function donate(uint256 amount) external {
        amount %= 10;
        snm.transfer(address(ratings), amount);
        donated += amount;
    }

    function claim(uint256 seed) external {
        _claim(seed % ratings.count());
    }

    /// Brings a registration with ratings on both sides to its pay-day or, rarely, to a ban, and claims every rating. Single random calls
    /// seldom get so far.
    function conclude(uint256 seed, uint256 stake) external {
        HubWallet hub = hubs[seed % HUBS];
        require(hub.status() == IHub.Status.Registered, NotRegistered());
        uint32 registration = hub.registrations();
        if (hub.registration(registration).closedAt == 0) {
            for (uint256 i = 0; i < PEOPLE; ++i) {
                vm.prank(personOf(i));
                ratings.rate(address(hub), i != 0, ((stake >> (16 * i)) % 1_000) + 1);
            }
            vm.warp(block.timestamp + 34 days);
            hub.closePeriod();
        }
        if ((seed >> 8) % 8 == 0) {
            hub.suspect(registration);
            vm.warp(block.timestamp + 120 days);
            hub.ban(registration);
            punishedAs[hub] = recordOf(hub);
            vm.warp(block.timestamp + 120 days);
        } else {
            vm.warp(block.timestamp + 4 days);
            hub.payDay();
        }
        for (uint256 i = 0; i < ratings.count(); ++i) if (ratings.positions(i, 1)[0].hub == address(hub)) _claim(i);
    }

    error NotRegistered();

    function release(uint256 seed) external {
        treasury.release(seed % treasury.seizureCount());
    }

    function spend(uint256 amount) external {
        treasury.spend(address(this), amount % (snm.balanceOf(address(treasury)) + 1));
    }

    function machine() external pure returns (address) {
        return address(0);
    }

    /// Hash of all that is stored about a hub, except its money.
    function recordOf(HubWallet hub) public view returns (bytes32) {
        uint32 count = hub.registrations();
        Registration[] memory registrations = new Registration[](count);
        for (uint32 i = 0; i < count; ++i) registrations[i] = hub.registration(i + 1);
        HubView memory listed = whitelist.hub(address(hub));
        listed.free = 0;
        return keccak256(abi.encode(hub.status(), count, hub.locked(), registrations, listed));
    }

    /// What must wait for a hub, computed from all settlements.
    function waiting(HubWallet hub) external view returns (Waiting memory due) {
        for (uint256 i = 0; i < earlier[hub].length; ++i) {
            (uint256 price, uint256 pay) = (earlier[hub][i][0], earlier[hub][i][1]);
            due.remainder += uint128(price - pay);
            due.prices += uint128(price);
        }
    }

    /// This contract owns the hubs: it signs every quote.
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return this.isValidSignature.selector;
    }

    function _claim(uint256 index) private {
        address rater = ratings.positions(index, 1)[0].rater;
        uint256 held = snm.balanceOf(address(ratings));
        uint256 theirs = snm.balanceOf(rater) + snm.balanceOf(address(treasury));
        try ratings.claim(index) {
            uint256 got = snm.balanceOf(rater) + snm.balanceOf(address(treasury)) - theirs;
            if (snm.balanceOf(address(ratings)) + got != held) claimStrayed = true;
        } catch {
            return;
        }
    }

    function _enter(HubWallet hub, uint256 price, uint256 pay) private {
        passed[hub] += price;
        approved[hub] += pay;
        uint256 share = hub.registration(hub.registrations()).terms.lockShareBps * price;
        uint256 remainder = (price - pay) * 10_000;
        mustLock[hub] += share < remainder ? share : remainder;
    }

    function _fund(HubWallet hub, uint256 amount) private {
        snm.transfer(address(hub), amount);
        if (hub.status() == IHub.Status.Registered) passed[hub] += amount;
    }

    function _owe(HubWallet hub, address friend, uint256 amount) private {
        owed[hub][friend] += amount;
        approved[hub] += amount;
    }
}

/// @notice Invariants of PROTOCOL.md, section 9, after every call of any sequence.
contract GovernmentInvariants {
    GovernmentHandler private handler;
    SNM private snm;
    Treasury private treasury;
    Ratings private ratings;
    JobBoard private board;

    error InvariantBroken(uint256 number);

    function setUp() public {
        handler = new GovernmentHandler();
        snm = handler.snm();
        treasury = handler.treasury();
        ratings = handler.ratings();
        board = handler.board();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// forge-config: default.invariant.runs = 48
    /// forge-config: default.invariant.depth = 150
    function invariant_Government() public view {
        _conserved();
        for (uint256 i = 0; i < handler.HUBS(); ++i) _wallet(handler.hubs(i));
        _frozen();
        _rated();
    }

    function _conserved() private view {
        uint256 sum =
            snm.balanceOf(address(handler)) +
                snm.balanceOf(address(treasury)) +
                snm.balanceOf(address(ratings)) +
                snm.balanceOf(address(board));
        for (uint256 i = 0; i < handler.HUBS(); ++i) sum += snm.balanceOf(address(handler.hubs(i)));
        for (uint256 i = 0; i < 3; ++i) sum += snm.balanceOf(handler.personOf(i));
        require(sum == snm.totalSupply(), InvariantBroken(1));
    }

    function _wallet(HubWallet hub) private view {
        IHub.Status status = hub.status();
        if (status == IHub.Status.Registered || status == IHub.Status.Suspected) {
            Registration memory current = hub.registration(hub.registrations());
            require(hub.free() >= current.reserve + hub.locked(), InvariantBroken(20));
            uint256 leaves = (handler.passed(hub) - current.reserve) * (10_000 - current.terms.lockShareBps);
            require(handler.approved(hub) * 10_000 <= leaves, InvariantBroken(21));
            require(uint256(hub.locked()) * 10_000 >= handler.mustLock(hub), InvariantBroken(21));
        }
        Waiting memory waiting = board.waiting(address(hub));
        Waiting memory expected = handler.waiting(hub);
        require(waiting.remainder == expected.remainder && waiting.prices == expected.prices, InvariantBroken(21));
        require(!handler.settlementFailed(), InvariantBroken(22));
        for (uint256 i = 0; i < 3; ++i) {
            address friend = handler.personOf(i);
            require(snm.allowance(address(hub), friend) == handler.owed(hub, friend), InvariantBroken(22));
        }
        require(snm.balanceOf(address(hub)) >= snm.approvedBy(address(hub)), InvariantBroken(22));
        bytes32 record = handler.punishedAs(hub);
        require(record == 0 || record == handler.recordOf(hub), InvariantBroken(23));
        require(!handler.punishedPaid(), InvariantBroken(23));
        require(!handler.anotherDecided(), InvariantBroken(34));
        if (status == IHub.Status.Punished)
            require(_wonOn(hub) <= hub.registration(hub.registrations()).seized, InvariantBroken(33));
    }

    /// What those who rated a banned hub win, wei.
    function _wonOn(HubWallet hub) private view returns (uint256 won) {
        uint32 registration = hub.registrations();
        if (ratings.verdict(address(hub), registration) != Verdict.AgainstWins) return 0;
        Position[] memory positions = ratings.positions(0, type(uint256).max);
        for (uint256 i = 0; i < positions.length; ++i)
            if (positions[i].hub == address(hub) && positions[i].registration == registration)
                won += ratings.worth(i).winnings;
    }

    function _frozen() private view {
        Seizure[] memory seizures = treasury.seizures(0, type(uint256).max);
        uint256 sum = 0;
        for (uint256 i = 0; i < seizures.length; ++i) {
            if (!seizures[i].released) sum += seizures[i].amount;
            else require(block.timestamp >= seizures[i].releaseAt, InvariantBroken(24));
        }
        require(sum == treasury.frozen() && sum <= snm.balanceOf(address(treasury)), InvariantBroken(24));
    }

    /// For every registration that is not completely paid, `Ratings` holds the stakes less what has been paid. This covers what it owes to the
    /// raters; the rest, left by rounding and by the cap of a ban, is never negative.
    function _rated() private view {
        Position[] memory positions = ratings.positions(0, type(uint256).max);
        uint256 held = handler.donated();
        for (uint256 i = 0; i < positions.length; ++i) {
            if (_firstOf(positions, i) != i) continue;
            (uint256 stakes, uint256 paid, uint256 due) = _pool(positions, i);
            require(stakes >= paid + due, InvariantBroken(25));
            if (_isOpen(positions, i)) held += stakes - paid;
        }
        require(snm.balanceOf(address(ratings)) == held, InvariantBroken(25));
        require(!handler.claimStrayed(), InvariantBroken(25));
    }

    /// Sums for the registration of a position: all stakes, what has been paid, and what is still owed.
    function _pool(
        Position[] memory positions,
        uint256 about
    ) private view returns (uint256 stakes, uint256 paid, uint256 due) {
        bool decided = ratings.verdict(positions[about].hub, positions[about].registration) != Verdict.Open;
        for (uint256 i = 0; i < positions.length; ++i) {
            if (!_sameRegistration(positions[i], positions[about])) continue;
            stakes += positions[i].stake;
            Worth memory worth = decided ? ratings.worth(i) : Worth(positions[i].stake, 0, 0);
            bool stakePaid = positions[i].claimed != Claimed.Nothing;
            bool allPaid = positions[i].claimed == Claimed.All;
            paid += (stakePaid ? worth.stake : 0) + (allPaid ? worth.winnings : 0);
            due += (stakePaid ? 0 : worth.stake) + (allPaid ? 0 : worth.winnings);
        }
    }

    function _isOpen(Position[] memory positions, uint256 about) private pure returns (bool open) {
        for (uint256 i = 0; i < positions.length; ++i)
            if (_sameRegistration(positions[i], positions[about]) && positions[i].claimed != Claimed.All) open = true;
    }

    function _firstOf(Position[] memory positions, uint256 about) private pure returns (uint256 first) {
        while (!_sameRegistration(positions[first], positions[about])) ++first;
    }

    function _sameRegistration(Position memory one, Position memory other) private pure returns (bool) {
        return one.hub == other.hub && one.registration == other.registration;
    }
}
