// The runner fuzzes only contracts of the test's own file. The call sequences belong to the handler, not to a wallet.
// solhint-disable one-contract-per-file
// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IReferee} from "../../../contracts/dispute/IReferee.sol";
import {Parameters} from "../../../contracts/government/Parameters.sol";
import {IHub} from "../../../contracts/hub/IHub.sol";
import {BatchStatus, Waiting} from "../../../contracts/job/IJobBoard.sol";
import {JobBoard} from "../../../contracts/job/JobBoard.sol";
import {SNM} from "../../../contracts/token/SNM.sol";
import {JobId} from "../../../contracts/types/Ids.sol";
import {Job, JOB_TYPEHASH} from "../../../contracts/types/Job.sol";
import {HubDouble} from "../../doubles/HubDouble.sol";

/// @dev The cheat codes that the handler needs.
interface IVm {
    function warp(uint256 time) external;
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
}

IVm constant vm = IVm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice Plays buyer, hub owner and `Results`; the hub's status changes all the time.
contract JobBoardHandler is IReferee {
    uint256 private constant KEY = 0xA11CE;
    uint256 private constant MAX_JOBS = 6;
    address public constant MINER = address(0x1001);

    SNM public immutable snm;
    JobBoard public immutable board;
    HubDouble public immutable hub;

    /// the model: what every job has paid into the escrow, and what has left in each way
    Job[] private posted;
    uint256 public escrowed;
    uint256 public paid;
    uint256 public refunded;
    /// what waits for the hub of the payments: full prices, and without the miners' pay
    Waiting private due;

    constructor() {
        snm = new SNM(address(this));
        hub = new HubDouble(vm.addr(KEY));
        Parameters parameters = new Parameters(address(this), address(this));
        board = new JobBoard(snm, parameters, hub, address(this));
        snm.approve(address(board), type(uint256).max);
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + (time % 3 days));
    }

    function setStatus(uint8 status) external {
        hub.setStatus(IHub.Status(status % 5));
    }

    function post(uint32 units, uint32 batchSize, uint64 price, uint32 lasts) external {
        if (posted.length == MAX_JOBS) return;
        Job memory job;
        job.buyer = address(this);
        job.hub = address(hub);
        job.referee = address(this);
        job.units = 1 + (units % 40);
        job.batchSize = 1 + (batchSize % 40);
        job.exponent = 2;
        job.price = 1 + price;
        (job.bond, job.deposit) = (1_000 ether, 10_000 ether);
        (job.window, job.opening, job.allowance, job.grace) = (1 hours, 10 minutes, 1 hours, 10 minutes);
        job.deadline = uint64(block.timestamp + 1 + (lasts % 20 days));
        job.salt = bytes32(posted.length);
        _post(job);
    }

    function take(uint256 seed, uint32 batch) external {
        Job memory job = posted[seed % posted.length];
        JobId jobId = idOf(job);
        batch = batch % batchesOf(job);
        (, uint32 attempt) = board.batchOf(jobId, batch);
        board.take(jobId, batch, attempt);
    }

    function reopen(uint256 seed, uint32 batch) external {
        Job memory job = posted[seed % posted.length];
        board.reopen(idOf(job), batch % batchesOf(job));
    }

    function pay(uint256 seed, uint32 batch, uint128 unitPay) external {
        Job memory job = posted[seed % posted.length];
        batch = batch % batchesOf(job);
        unitPay = unitPay % ((job.price * 7) / 10 + 1);
        board.pay(job, batch, MINER, unitPay);
        uint256 units = unitsOf(job, batch);
        paid += units * job.price;
        if (hub.status() == IHub.Status.Registered) return;
        due.remainder += uint128(units * (job.price - unitPay));
        due.prices += uint128(units * job.price);
    }

    function refund(uint256 seed, uint32 batch) external {
        Job memory job = posted[seed % posted.length];
        batch = batch % batchesOf(job);
        uint32[] memory one = new uint32[](1);
        one[0] = batch;
        uint256 before = snm.balanceOf(address(this));
        board.refund(job, one);
        refunded += snm.balanceOf(address(this)) - before;
    }

    function collect() external {
        board.collect(address(hub));
        delete due;
    }

    function waiting() external view returns (Waiting memory) {
        return due;
    }

    function machine() external pure returns (address) {
        return address(0);
    }

    function jobs() external view returns (Job[] memory) {
        return posted;
    }

    function idOf(Job memory job) public pure returns (JobId) {
        return JobId.wrap(keccak256(abi.encode(JOB_TYPEHASH, job)));
    }

    function batchesOf(Job memory job) public pure returns (uint32) {
        return (job.units + job.batchSize - 1) / job.batchSize;
    }

    function unitsOf(Job memory job, uint32 batch) public pure returns (uint256) {
        uint256 left = job.units - uint256(batch) * job.batchSize;
        return left < job.batchSize ? left : job.batchSize;
    }

    function _post(Job memory job) private {
        JobId jobId = idOf(job);
        uint64 expiry = uint64(block.timestamp);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, board.quoteDigest(jobId, expiry));
        board.post(job, expiry, abi.encodePacked(r, s, v));
        posted.push(job);
        escrowed += uint256(job.price) * job.units;
    }
}

contract JobBoardTest {
    JobBoardHandler private handler;
    JobBoard private board;
    SNM private snm;

    error InvariantBroken(uint256 number);

    function setUp() public {
        handler = new JobBoardHandler();
        board = handler.board();
        snm = handler.snm();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// forge-config: default.invariant.runs = 32
    /// forge-config: default.invariant.depth = 100
    function invariant_INV12_holdsWhatIsNeitherPaidNorRefunded() public view {
        Job[] memory jobs = handler.jobs();
        uint256 owed = handler.waiting().remainder;
        for (uint256 i = 0; i < jobs.length; ++i) {
            JobId jobId = handler.idOf(jobs[i]);
            for (uint32 batch = 0; batch < handler.batchesOf(jobs[i]); ++batch) {
                (BatchStatus status, ) = board.batchOf(jobId, batch);
                if (status == BatchStatus.Paid || status == BatchStatus.Refunded) continue;
                owed += handler.unitsOf(jobs[i], batch) * jobs[i].price;
            }
        }
        require(snm.balanceOf(address(board)) == owed, InvariantBroken(12));
    }

    /// @notice Money in the escrow is still there, paid or refunded. Paid money belongs to the miner or the hub, or waits.
    /// forge-config: default.invariant.runs = 32
    /// forge-config: default.invariant.depth = 100
    function invariant_INV1_everyWeiIsAccountedFor() public view {
        address hub = address(handler.hub());
        Waiting memory waiting = board.waiting(hub);
        Waiting memory expected = handler.waiting();
        require(waiting.remainder == expected.remainder && waiting.prices == expected.prices, InvariantBroken(1));
        uint256 arrived = snm.balanceOf(hub) + snm.balanceOf(handler.MINER()) + waiting.remainder;
        require(handler.paid() == arrived, InvariantBroken(1));
        uint256 left = snm.balanceOf(address(board)) - waiting.remainder;
        require(handler.escrowed() == left + handler.paid() + handler.refunded(), InvariantBroken(1));
    }
}
