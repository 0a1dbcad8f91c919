// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IParameters} from "../../government/IParameters.sol";
import {IMachine} from "../../machine/IMachine.sol";
import {IDeposits} from "../../result/IDeposits.sol";
import {Claim} from "../../types/Claim.sol";
import {GameId} from "../../types/Ids.sol";
import {Job} from "../../types/Job.sol";
import {Clock} from "./Clock.sol";
import {Commitments} from "./Commitments.sol";
import {Game, GameState, idOf, Phase} from "./Game.sol";
import {IBisection, Commitment, GameOutcome, UnitInput, UnitResult} from "./IBisection.sol";
import {ITribunal} from "../ITribunal.sol";
import {Merkle} from "../Merkle.sol";
import {ResultTree} from "../ResultTree.sol";

/// @title The verification game
/// @notice A miner and a challenger split their disagreement into eighths, until one instruction is left. The machine
/// executes it (PROTOCOL.md, section 6). Any number of games run side by side; none affects the clock of another.
contract Bisection is Commitments, Multicall {
    using Clock for GameState;

    IMachine private immutable _machine;

    mapping(GameId => GameState) private games;

    /// @inheritdoc IBisection
    mapping(address party => address) public operatorOf;

    constructor(
        IMachine machine_,
        IDeposits deposits_,
        ITribunal tribunal_,
        IParameters parameters_
    ) Commitments(deposits_, tribunal_, parameters_) {
        _machine = machine_;
    }

    /// @inheritdoc IBisection
    function open(
        Job calldata job,
        Claim calldata claim,
        bytes32 salt,
        UnitResult calldata result,
        UnitInput calldata input,
        bytes32[8] calldata states
    ) external returns (GameId gameId) {
        GameState memory state;
        Game memory game;
        (gameId, game) = _enter(job, claim, salt);

        uint32 position = result.position;
        require(position < game.count, BisectionNoSuchUnit(position, game.count));
        _checkPath(result.path.length, 3 * uint256(ResultTree.roundsOf(game.count)));
        bytes32 leaf = ResultTree.leafOf(claim.miner, claim.job, game.first + position, result.resultHash);
        _checkNode(Merkle.fold(leaf, position, result.path), claim.root);

        state.position = position;
        state.start(job.allowance, job.grace);
        _firstSplit(gameId, state, job, game.first + position, result.resultHash, input, states);
    }

    /// @inheritdoc IBisection
    function openTree(Job calldata job, Claim calldata claim, bytes32 salt) external returns (GameId gameId) {
        GameState memory state;
        Game memory game;
        (gameId, game) = _enter(job, claim, salt);
        state.phase = Phase.Reveal;
        state.level = ResultTree.roundsOf(game.count);
        state.content = claim.root;
        state.start(job.allowance, job.grace);
        games[gameId] = state;
    }

    /// @inheritdoc IBisection
    function reveal(Game calldata game, bytes32[] calldata children) external {
        (GameId gameId, GameState memory state) = _turn(game, Phase.Reveal);
        uint8 level = state.level;
        uint256 needed = ResultTree.childrenOf(level, state.position, game.count);
        require(children.length == needed, BisectionChildrenCount(children.length, needed));

        bytes32[] memory nodes = children;
        if (level == 1) {
            uint32 unit = game.first + state.position * 8;
            for (uint32 i = 0; i < nodes.length; ++i) {
                nodes[i] = ResultTree.leafOf(game.about.miner, game.about.job, unit + i, nodes[i]);
            }
        }
        _checkNode(ResultTree.parentOf(level - 1, nodes), state.content);

        state.phase = Phase.Pick;
        state.content = _contentOf(gameId, level, children);
        state.pass(true, game.grace);
        games[gameId] = state;
        emit Revealed(gameId, level, children);
    }

    /// @inheritdoc IBisection
    function pick(Game calldata game, bytes32[] calldata children, uint8 child) external {
        (GameId gameId, GameState memory state) = _pick(game, children, child);
        require(state.level > 1, BisectionWrongPhase(gameId, state.phase, state.level));
        state.phase = Phase.Reveal;
        state.level -= 1;
        state.content = children[child];
        state.pass(false, game.grace);
        games[gameId] = state;
    }

    /// @inheritdoc IBisection
    function pickLeaf(
        Game calldata game,
        Job calldata job,
        bytes32[] calldata children,
        uint8 child,
        UnitInput calldata input,
        bytes32[8] calldata states
    ) external {
        (GameId gameId, GameState memory state) = _pick(game, children, child);
        require(state.level == 1, BisectionWrongPhase(gameId, state.phase, state.level));
        require(job.id() == game.about.job, BisectionWrongJob(gameId));
        state.pass(false, game.grace);
        _firstSplit(gameId, state, job, game.first + state.position, children[child], input, states);
    }

    /// @inheritdoc IBisection
    function split(Game calldata game, bytes32[9] calldata stored, uint8 segment, bytes32[8] calldata states) external {
        (GameId gameId, GameState memory state) = _turn(game, Phase.Split);
        require(state.level < game.exponent, BisectionWrongPhase(gameId, state.phase, state.level));
        _checkSegment(gameId, state, stored, segment);
        require(states[7] != stored[segment], BisectionNothingDisputed(states[7]));
        state.pass(state.minerMoves(), game.grace);
        state.level += 1;
        _split(gameId, state, segment, stored[segment - 1], states);
    }

    /// @inheritdoc IBisection
    function prove(Game calldata game, bytes32[9] calldata stored, uint8 segment, bytes calldata witness) external {
        (GameId gameId, GameState memory state) = _turn(game, Phase.Split);
        require(state.level == game.exponent, BisectionWrongPhase(gameId, state.phase, state.level));
        _checkSegment(gameId, state, stored, segment);
        bytes32 next = _machine.step(stored[segment - 1], witness);
        require(next != stored[segment], BisectionProvesNothing(next));
        _end(gameId, game, GameOutcome.Proved);
        tribunal.convict(game.about);
    }

    /// @inheritdoc IBisection
    function timeOut(Game calldata game) external {
        (GameId gameId, GameState memory state) = _playing(game);
        require(state.isOver(), BisectionTooEarly(gameId, state.deadline));
        if (state.minerMoves()) {
            _end(gameId, game, GameOutcome.MinerTimedOut);
            tribunal.convict(game.about);
        } else {
            _end(gameId, game, GameOutcome.ChallengerTimedOut);
            tribunal.acquit(game.about);
        }
    }

    /// @inheritdoc IBisection
    function leave(Game calldata game) external {
        (GameId gameId, ) = _playing(game);
        require(_actsFor(game.about.challenger), BisectionNotChallenger(msg.sender, game.about.challenger));
        _end(gameId, game, GameOutcome.ChallengerLeft);
        tribunal.dismiss(game.about);
    }

    /// @inheritdoc IBisection
    function award(Job calldata job, Claim calldata claim, Game calldata game) external {
        GameId gameId = idOf(game);
        GameState memory state = games[gameId];
        require(state.phase == Phase.Over, BisectionWrongPhase(gameId, state.phase, state.level));
        tribunal.award(job, claim, game.about);
    }

    /// @inheritdoc IBisection
    function setOperator(address operator) external {
        operatorOf[msg.sender] = operator;
        emit OperatorSet(msg.sender, operator);
    }

    /// @notice The machine that executes disputed instructions.
    function machine() external view returns (address) {
        return address(_machine);
    }

    /// @inheritdoc IBisection
    function stateOf(GameId gameId) external view returns (GameState memory) {
        return games[gameId];
    }

    /// @inheritdoc IBisection
    function initialState(Job calldata job, uint32 unit, UnitInput calldata input) public view returns (bytes32) {
        require(unit < job.units, BisectionNoSuchUnit(unit, job.units));
        _checkPath(input.path.length, _inputsHeight(job.units));
        _checkNode(Merkle.fold(input.root, unit, input.path), job.inputsRoot);
        return _machine.initialState(job.programRoot, job.entry, input.root);
    }

    /// @dev Spends the caller's commitment, and fixes the terms of a game that is not yet stored.
    function _enter(
        Job calldata job,
        Claim calldata claim,
        bytes32 salt
    ) private returns (GameId gameId, Game memory game) {
        Commitment memory commitment = _redeem(job, claim.id(), salt);
        game.about = tribunal.enter(job, claim, msg.sender, commitment.committedAt, commitment.rank);
        (game.first, game.count) = job.range(claim.batch);
        game.exponent = job.exponent;
        game.grace = job.grace;
        gameId = idOf(game);
        emit GameOpened(gameId, game.about.claim, msg.sender, game);
    }

    /// @dev Posts the challenger's first eight states, against the last state of the miner's run. In `state` it is
    /// already the miner's turn.
    function _firstSplit(
        GameId gameId,
        GameState memory state,
        Job calldata job,
        uint32 unit,
        bytes32 resultHash,
        UnitInput calldata input,
        bytes32[8] calldata states
    ) private {
        require(states[7] != resultHash, BisectionNothingDisputed(resultHash));
        state.phase = Phase.Split;
        state.level = 1;
        _split(gameId, state, 0, initialState(job, unit, input), states);
    }

    function _split(
        GameId gameId,
        GameState memory state,
        uint8 segment,
        bytes32 start,
        bytes32[8] calldata states
    ) private {
        state.content = keccak256(abi.encode(gameId, state.level, start, states));
        games[gameId] = state;
        emit StatesPosted(gameId, state.level, segment, start, states);
    }

    /// @dev Checks a pick of either kind. The state returned already has the child's position.
    function _pick(
        Game calldata game,
        bytes32[] calldata children,
        uint8 child
    ) private view returns (GameId gameId, GameState memory state) {
        (gameId, state) = _turn(game, Phase.Pick);
        require(state.content == _contentOf(gameId, state.level, children), BisectionContentMismatch(gameId));
        require(child < children.length, BisectionNoSuchUnit(child, children.length));
        state.position = state.position * 8 + child;
    }

    function _end(GameId gameId, Game calldata game, GameOutcome outcome) private {
        GameState memory over;
        over.phase = Phase.Over;
        games[gameId] = over;
        emit GameOver(gameId, game.about.claim, outcome);
    }

    /// @dev The state of a game. Reverts unless it is in this phase and the player to move calls in time.
    function _turn(Game calldata game, Phase phase) private view returns (GameId gameId, GameState memory state) {
        (gameId, state) = _playing(game);
        require(state.phase == phase, BisectionWrongPhase(gameId, state.phase, state.level));
        address player = state.minerMoves() ? game.about.miner : game.about.challenger;
        require(_actsFor(player), BisectionNotYourTurn(msg.sender, player));
        require(!state.isOver(), BisectionTooLate(gameId, state.deadline));
    }

    function _playing(Game calldata game) private view returns (GameId gameId, GameState memory state) {
        gameId = idOf(game);
        state = games[gameId];
        require(
            state.phase != Phase.None && state.phase != Phase.Over,
            BisectionWrongPhase(gameId, state.phase, state.level)
        );
    }

    function _actsFor(address party) private view returns (bool) {
        return msg.sender == party || msg.sender == operatorOf[party];
    }

    function _checkSegment(
        GameId gameId,
        GameState memory state,
        bytes32[9] calldata stored,
        uint8 segment
    ) private pure {
        require(state.content == keccak256(abi.encode(gameId, state.level, stored)), BisectionContentMismatch(gameId));
        require(segment >= 1 && segment <= 8, BisectionNoSuchSegment(segment));
    }

    function _checkPath(uint256 given, uint256 needed) private pure {
        require(given == needed, BisectionPathLength(given, needed));
    }

    function _checkNode(bytes32 computed, bytes32 needed) private pure {
        require(computed == needed, BisectionNodeMismatch(computed, needed));
    }

    /// @dev ⌈log2 units⌉.
    function _inputsHeight(uint256 units) private pure returns (uint256 height) {
        while (uint256(1) << height < units) ++height;
    }

    function _contentOf(GameId gameId, uint8 level, bytes32[] calldata children) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(gameId, uint256(level), children));
    }
}
