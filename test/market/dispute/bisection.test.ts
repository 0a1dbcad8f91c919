// Every call of the game and every refusal. The clock and the commitments have tests of their own.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Address, encodeFunctionData, getAddress, type Hex, keccak256, padHex, parseEventLogs, toHex } from "viem";
import type { Market, Wallet, Work } from "../../support/market/fixture.ts";
import {
  type Board,
  childrenOf,
  commit,
  descend,
  eight,
  inputOf,
  open,
  opening,
  openTree,
  playToLast,
  prove,
  proving,
  split,
  splitting,
} from "../../support/market/games.ts";
import { refuses } from "../../support/market/refusals.ts";
import { corruptRun, honestRun, inputRootOf, leafOf, type Run } from "../../support/market/runs.ts";
import { eachOnMarket } from "../../support/market/suite.ts";
import { CLAIM_STATUS, type Job, SNM } from "../../support/market/terms.ts";

const PHASE = { None: 0, Reveal: 1, Pick: 2, Split: 3, Over: 4 } as const;
const OUTCOME = { Proved: 0, MinerTimedOut: 1, ChallengerTimedOut: 2, ChallengerLeft: 3 } as const;
const ZERO = padHex("0x");

describe("the verification game", () => {
  let market: Market;
  const clean = eachOnMarket((fresh) => {
    market = fresh;
  });

  /** A claim that lies in one unit, and the two runs that its game is about. */
  async function lie(changes: Partial<Job> = {}, position = 3, from = 17, batch = 0) {
    const work = market.workOf(await market.post({ exponent: 4, ...changes }), {
      batch,
      lies: new Map([[position, from]]),
    });
    await market.claim(work);
    return { work, truth: market.runOf(work.job, work.firstUnit + position), lie: work.runs[position] as Run };
  }

  const stateOf = (board: Board) => market.bisection.read.stateOf([board.id]);
  const statusOf = async (work: Work) => (await market.results.read.stateOf([work.id])).status;
  const by = (wallet: Wallet) => ({ account: wallet.account });

  async function outcomeOf(hash: Hex) {
    const logs = await market.logsOf(hash);
    const [log] = parseEventLogs({ abi: market.bisection.abi, logs, eventName: "GameOver" });
    return log?.args.outcome;
  }

  describe("open", () => {
    it("starts at the first split, with the miner's turn", async () => {
      const { work, truth } = await lie();
      const board = await open(market, work, 3, truth);
      const { phase, level, position } = await stateOf(board);
      assert.deepEqual([phase, level, position], [PHASE.Split, 1, 3]);
      assert.equal(board.stored[0], truth.stateAt(0));
      assert.deepEqual(board.game, {
        about: {
          claim: work.id,
          job: work.claim.job,
          batch: 0,
          miner: getAddress(work.claim.miner),
          challenger: getAddress(market.verifier.account.address),
          bond: work.job.bond,
          rank: 1n,
        },
        first: 0,
        count: 16,
        exponent: 4,
        grace: work.job.grace,
      });
    });

    it("names units by their number within the job", async () => {
      const { work, truth } = await lie({}, 7, 1, 2);
      const board = await open(market, work, 7, truth);
      assert.deepEqual([board.game.first, board.game.count], [32, 8]);
    });

    /** Calls `open` with something changed. */
    async function opened(change: (args: ReturnType<typeof opening>) => unknown, position = 3) {
      const { work, truth } = await lie();
      const salt = await commit(market, work);
      const args = opening(work, salt, position, truth);
      return market.bisection.write.open(change(args) as typeof args, by(market.verifier));
    }

    it("refuses a leaf that is not in the claim's tree", async () => {
      const { bisection } = market;
      const changed: ((result: { position: number; resultHash: Hex; path: Hex[] }) => unknown)[] = [
        (result) => ({ ...result, resultHash: keccak256("0x") }),
        (result) => ({ ...result, position: 2 }),
        (result) => ({ ...result, path: [...result.path].reverse() }),
      ];
      for (const change of changed)
        await refuses(
          opened(([job, claim, salt, result, ...rest]) => [job, claim, salt, change(result), ...rest]),
          bisection,
          "BisectionNodeMismatch",
        );
    });

    it("refuses a path of another length, and a unit outside of the batch", async () => {
      const { bisection } = market;
      for (const [cut, given] of [
        [(path: Hex[]) => path.slice(1), 5],
        [(path: Hex[]) => [...path, ZERO], 7],
        [() => [], 0],
      ] as const)
        await refuses(
          opened(([job, claim, salt, result, ...rest]) => [
            job,
            claim,
            salt,
            { ...result, path: cut(result.path) },
            ...rest,
          ]),
          bisection,
          "BisectionPathLength",
          [given, 6],
        );
      for (const position of [16, 63, 2 ** 32 - 1])
        await refuses(
          opened(([job, claim, salt, result, ...rest]) => [job, claim, salt, { ...result, position }, ...rest]),
          bisection,
          "BisectionNoSuchUnit",
          [position, 16],
        );
    });

    it("refuses an input that is not the unit's", async () => {
      const { bisection } = market;
      await refuses(
        opened(([job, claim, salt, result, input, states]) => [
          job,
          claim,
          salt,
          result,
          { ...input, root: inputRootOf(4) },
          states,
        ]),
        bisection,
        "BisectionNodeMismatch",
      );
      await refuses(
        opened(([job, claim, salt, result, input, states]) => [
          job,
          claim,
          salt,
          result,
          { ...input, path: input.path.slice(1) },
          states,
        ]),
        bisection,
        "BisectionPathLength",
        [5, 6],
      );
    });

    it("refuses a challenger who agrees with the result", async () => {
      const { work, lie: same } = await lie();
      const salt = await commit(market, work);
      const end = same.stateAt(8 ** 4);
      const call = market.bisection.write.open(opening(work, salt, 3, same), by(market.verifier));
      await refuses(call, market.bisection, "BisectionNothingDisputed", [end]);
    });

    it("refuses a claim of another referee's job", async () => {
      const { parameters, government, viem, bisection, results, deposits, machine } = market;
      const other = await viem.deployContract("Bisection", [
        machine.address,
        deposits.address,
        results.address,
        parameters.address,
      ]);
      await parameters.write.approveReferee([other.address], by(government));
      const { work, truth } = await lie({ referee: other.address });
      const salt = await commit(market, work);
      const call = bisection.write.open(opening(work, salt, 3, truth), by(market.verifier));
      await refuses(call, results, "ResultsNotReferee", [bisection.address]);
    });

    it("refuses a challenger without the bond", async () => {
      const { deposits, stranger } = market;
      const { work, truth } = await lie();
      await deposits.write.deposit([work.job.bond - 1n], by(stranger));
      await refuses(open(market, work, 3, truth, stranger), deposits, "DepositsInsufficientFree", [
        stranger.account.address,
        work.job.bond - 1n,
        work.job.bond,
      ]);
    });
  });

  describe("the first part", () => {
    for (const [units, batchSize, position] of [
      [1, 1, 0],
      [8, 8, 7],
      [9, 9, 8],
      [64, 64, 63],
      [70, 70, 64],
      [70, 70, 5],
    ] as const)
      it(`leads to unit ${position} of a batch of ${units}`, async () => {
        const { work, truth, lie: lied } = await lie({ units, batchSize, exponent: 2 }, position, 17);
        const board = await openTree(market, work);
        await descend(market, board, position, truth);
        assert.equal((await stateOf(board)).position, position);
        await playToLast(market, board, lied, truth);
        await prove(market, board, truth);
        assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
      });

    it("shows hashes that make up the disputed node, all that hold a unit and no others", async () => {
      const { bisection, miner } = market;
      const { work } = await lie({ units: 70, batchSize: 70, exponent: 2 }, 65);
      const board = await openTree(market, work);
      const children = childrenOf(work, 3, 0);
      assert.equal(children.length, 2);
      const reveal = (shown: Hex[]) => bisection.write.reveal([board.game, shown], by(miner));
      await refuses(reveal(children.slice(1)), bisection, "BisectionChildrenCount", [1, 2]);
      await refuses(reveal([...children, ZERO]), bisection, "BisectionChildrenCount", [3, 2]);
      await refuses(reveal([...children].reverse()), bisection, "BisectionNodeMismatch");
      await refuses(reveal([work.claim.root, ZERO]), bisection, "BisectionNodeMismatch");
      await reveal(children);
    });

    it("takes result hashes, not leaves, at the last level", async () => {
      const { bisection, miner } = market;
      const { work } = await lie({ units: 8, batchSize: 8, exponent: 2 });
      const board = await openTree(market, work);
      const leaves = work.ends.map((end, unit) => leafOf(work.claim.miner, work.claim.job, unit, end));
      const reveal = (shown: Hex[]) => bisection.write.reveal([board.game, shown], by(miner));
      await refuses(reveal(leaves), bisection, "BisectionNodeMismatch");
      await reveal(work.ends);
    });

    it("picks among what was shown, of the kind that the level asks for", async () => {
      const { bisection, miner, verifier } = market;
      const { work, truth } = await lie({ units: 70, batchSize: 70, exponent: 2 }, 65);
      const board = await openTree(market, work);
      const children = childrenOf(work, 3, 0);
      const states = eight(truth, 0, 8);
      const pick = (shown: Hex[], child: number) => bisection.write.pick([board.game, shown, child], by(verifier));
      const pickLeaf = (shown: Hex[], child: number) =>
        bisection.write.pickLeaf([board.game, work.job, shown, child, inputOf(work, 65), states], by(verifier));
      await refuses(pick(children, 1), bisection, "BisectionWrongPhase", [board.id, PHASE.Reveal, 3]);
      await bisection.write.reveal([board.game, children], by(miner));
      await refuses(pick(children, 2), bisection, "BisectionNoSuchUnit", [2, 2]);
      await refuses(pick([...children].reverse(), 1), bisection, "BisectionContentMismatch", [board.id]);
      await refuses(pickLeaf(children, 1), bisection, "BisectionWrongPhase", [board.id, PHASE.Pick, 3]);
      await pick(children, 1);
      const below = childrenOf(work, 2, 1);
      await bisection.write.reveal([board.game, below], by(miner));
      await pick(below, 0);
      const leaves = childrenOf(work, 1, 8);
      assert.equal(leaves.length, 6);
      await bisection.write.reveal([board.game, leaves], by(miner));
      await refuses(pick(leaves, 1), bisection, "BisectionWrongPhase", [board.id, PHASE.Pick, 1]);
      await pickLeaf(leaves, 1);
    });

    it("posts a first split that is about the unit picked", async () => {
      const { bisection, miner, verifier } = market;
      const { work, truth } = await lie({ units: 8, batchSize: 8, exponent: 2 });
      const board = await openTree(market, work);
      await bisection.write.reveal([board.game, work.ends], by(miner));
      const pickLeaf = (
        child: number,
        run: Run,
        { job = work.job, input = inputOf(work, 3) }: { job?: Job; input?: ReturnType<typeof inputOf> } = {},
      ) => bisection.write.pickLeaf([board.game, job, work.ends, child, input, eight(run, 0, 8)], by(verifier));
      await refuses(pickLeaf(3, truth, { job: { ...work.job, programRoot: ZERO } }), bisection, "BisectionWrongJob", [
        board.id,
      ]);
      await refuses(pickLeaf(3, truth, { input: inputOf(work, 2) }), bisection, "BisectionNodeMismatch");
      await refuses(pickLeaf(8, truth), bisection, "BisectionNoSuchUnit", [8, 8]);
      const honest = market.runOf(work.job, 2);
      await refuses(pickLeaf(2, honest, { input: inputOf(work, 2) }), bisection, "BisectionNothingDisputed");
      await pickLeaf(3, truth);
    });
  });

  describe("split", () => {
    it("names a segment of the states that the opponent has posted", async () => {
      const { bisection, miner } = market;
      const { work, truth, lie: lied } = await lie();
      const board = await open(market, work, 3, truth);
      const [game, stored, segment, states] = splitting(board, lied);
      const call = (...changed: [typeof game, typeof stored, number, typeof states]) =>
        bisection.write.split(changed, by(miner));
      for (const wrong of [0, 9, 255])
        await refuses(call(game, stored, wrong, states), bisection, "BisectionNoSuchSegment", [wrong]);
      const other = [...stored] as typeof stored;
      other[4] = ZERO;
      await refuses(call(game, other, segment, states), bisection, "BisectionContentMismatch", [board.id]);
      const agreed = [...states] as typeof states;
      agreed[7] = stored[segment] as Hex;
      await refuses(call(game, stored, segment, agreed), bisection, "BisectionNothingDisputed", [agreed[7]]);
      await call(game, stored, segment, states);
    });

    it("belongs to a game with exactly these terms", async () => {
      const { bisection, miner } = market;
      const { work, truth, lie: lied } = await lie();
      const board = await open(market, work, 3, truth);
      const [game, ...rest] = splitting(board, lied);
      const changes = [
        { ...game, grace: game.grace + 1 },
        { ...game, exponent: 6 },
        { ...game, count: 17 },
        { ...game, about: { ...game.about, bond: 0n } },
        { ...game, about: { ...game.about, rank: 2n } },
      ];
      for (const changed of changes)
        await refuses(bisection.write.split([changed, ...rest], by(miner)), bisection, "BisectionWrongPhase");
    });

    it("is only for the one whose turn it is", async () => {
      const { bisection, miner, verifier, stranger } = market;
      const { work, truth, lie: lied } = await lie();
      const board = await open(market, work, 3, truth);
      for (const wrong of [verifier, stranger])
        await refuses(bisection.write.split(splitting(board, lied), by(wrong)), bisection, "BisectionNotYourTurn", [
          wrong.account.address,
          miner.account.address,
        ]);
      await split(market, board, lied);
      for (const wrong of [miner, stranger])
        await refuses(bisection.write.split(splitting(board, truth), by(wrong)), bisection, "BisectionNotYourTurn", [
          wrong.account.address,
          verifier.account.address,
        ]);
      await split(market, board, truth);
    });

    it("is over when segments are one step long", async () => {
      const { bisection, verifier, miner } = market;
      const { work, truth, lie: lied } = await lie({ exponent: 2 });
      const board = await open(market, work, 3, truth);
      await playToLast(market, board, lied, truth);
      const states = eight(truth, 0, 1);
      await refuses(
        bisection.write.split([board.game, board.stored, 1, states], by(verifier)),
        bisection,
        "BisectionWrongPhase",
        [board.id, PHASE.Split, 2],
      );
      await refuses(bisection.write.prove(proving(board, truth), by(miner)), bisection, "BisectionNotYourTurn");
    });
  });

  describe("prove", () => {
    async function lastLevel() {
      const played = await lie({ exponent: 2 });
      const board = await open(market, played.work, 3, played.truth);
      await playToLast(market, board, played.lie, played.truth);
      return { ...played, board };
    }

    it("convicts by the instruction executed, and ends the game", async () => {
      const { work, truth, board } = await lastLevel();
      const hash = await prove(market, board, truth);
      assert.equal(await outcomeOf(hash), OUTCOME.Proved);
      assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
      assert.deepEqual(await stateOf(board), {
        content: ZERO,
        phase: PHASE.Over,
        level: 0,
        position: 0,
        deadline: 0,
        minerRest: 0,
        challengerRest: 0,
      });
    });

    it("decides nothing with a witness of another state, or a step that the miner has right", async () => {
      const { bisection, machine, verifier } = market;
      const { truth, board, work } = await lastLevel();
      const [game, stored, segment, witness] = proving(board, truth);
      assert.equal(segment, 1, "the lie starts at step 17, the first of the third eight");
      const call = (at: number, shown: Hex) => bisection.write.prove([game, stored, at, shown], by(verifier));
      await refuses(call(segment, truth.witnessAt(3)), machine, "MachineWitnessMismatch", [stored[0]]);
      await refuses(call(2, corruptRun(truth, 0).witnessAt(17)), bisection, "BisectionProvesNothing", [stored[2]]);
      await refuses(call(0, witness), bisection, "BisectionNoSuchSegment", [0]);
      await refuses(call(9, witness), bisection, "BisectionNoSuchSegment", [9]);
      const other = [...stored] as typeof stored;
      other[1] = truth.stateAt(0);
      await refuses(
        bisection.write.prove([game, other, 1, witness], by(verifier)),
        bisection,
        "BisectionContentMismatch",
        [board.id],
      );
      assert.equal(await statusOf(work), CLAIM_STATUS.Live);
      await call(segment, witness);
    });

    it("cannot come before the last level", async () => {
      const { bisection, verifier } = market;
      const { work, truth, lie: lied } = await lie();
      const board = await open(market, work, 3, truth);
      await split(market, board, lied);
      await refuses(bisection.write.prove(proving(board, truth), by(verifier)), bisection, "BisectionWrongPhase", [
        board.id,
        PHASE.Split,
        2,
      ]);
    });

    it("convicts nobody who was right, whatever the liar posts", async () => {
      const { bisection, verifier, machine } = market;
      for (const from of [0, 1, 8, 9, 17, 40, 41, 63, 64]) {
        await clean.restore();
        const work = market.workOf(await market.post({ exponent: 2 }));
        await market.claim(work);
        const truth = market.runOf(work.job, 3);
        const liar = corruptRun(truth, from);
        const board = await open(market, work, 3, liar);
        await playToLast(market, board, truth, liar);
        for (let segment = 1; segment <= 8; segment++) {
          const [game, stored] = [board.game, board.stored];
          const at = board.offset + segment - 1;
          for (const run of [truth, liar]) {
            const call = bisection.write.prove([game, stored, segment, run.witnessAt(at)], by(verifier));
            const honest = run.stateAt(at) === stored[segment - 1];
            await refuses(
              call,
              honest ? bisection : machine,
              honest ? "BisectionProvesNothing" : "MachineWitnessMismatch",
            );
          }
        }
        assert.equal(await statusOf(work), CLAIM_STATUS.Live);
      }
    });
  });

  describe("a lie", () => {
    for (const [what, from, halt] of [
      ["in the first step", 1, 40],
      ["in the initial state", 0, 40],
      ["in the middle", 23, 40],
      ["in the step that halts", 40, 40],
      ["after the halt", 41, 40],
      ["in the last step", 64, 40],
      ["in a run that never halts", 33, 1_000],
      ["in a run that halts at once", 64, 0],
    ] as const)
      it(`${what} is convicted`, async () => {
        const programRoot = padHex(toHex(halt));
        const { work, truth, lie: lied } = await lie({ exponent: 2, programRoot }, 3, from);
        const board = await open(market, work, 3, truth);
        await playToLast(market, board, lied, truth);
        await prove(market, board, truth);
        assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
      });

    for (const position of [0, 15])
      it(`in unit ${position} of the batch is convicted`, async () => {
        const { work, truth, lie: lied } = await lie({ exponent: 2 }, position, 12);
        const board = await open(market, work, position, truth);
        await playToLast(market, board, lied, truth);
        await prove(market, board, truth);
        assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
      });

    it("of somebody who changes its story at every move is convicted", async () => {
      const { work, truth, lie: lied } = await lie({ exponent: 6 }, 3, 100);
      const board = await open(market, work, 3, truth);
      await split(market, board, lied);
      for (let turn = 2; board.level < 6; turn++)
        await split(market, board, board.level % 2 === 1 ? corruptRun(truth, board.offset + turn) : truth);
      await prove(market, board, truth);
      assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
    });
  });

  describe("leave", () => {
    it("is for the challenger of a convicted claim, in any turn", async () => {
      const { bisection, results, second, miner, deposits, nextAt } = market;
      const { work, truth, lie: lied } = await lie({ exponent: 2 });
      const board = await open(market, work, 3, truth);
      const other = await open(market, work, 3, truth, second);
      const leave = (who: Wallet) => bisection.write.leave([other.game], by(who));
      await refuses(leave(second), results, "ResultsClaimNot", [CLAIM_STATUS.Convicted, work.id, CLAIM_STATUS.Live]);
      await playToLast(market, board, lied, truth);
      await prove(market, board, truth);
      await refuses(leave(miner), bisection, "BisectionNotChallenger", [miner.account.address, second.account.address]);
      // Its own deadline no longer matters, as long as nobody has called the time-out.
      await split(market, other, lied);
      await nextAt((await stateOf(other)).deadline + 5);
      assert.equal(await outcomeOf(await leave(second)), OUTCOME.ChallengerLeft);
      assert.equal(await deposits.read.freeOf([second.account.address]), 10_000n * SNM);
      await refuses(leave(second), bisection, "BisectionWrongPhase", [other.id, PHASE.Over, 0]);
    });
  });

  describe("award", () => {
    it("is for a game that has been played to its end, and that of the winner", async () => {
      const { bisection, results, second, stranger, deposits, nextAt } = market;
      const { work, truth, lie: lied } = await lie({ exponent: 2 });
      const board = await open(market, work, 3, truth);
      const other = await open(market, work, 3, truth, second);
      const award = ({ game }: Pick<Board, "game">) =>
        bisection.write.award([work.job, work.claim, game], by(stranger));
      const { phase, level } = await stateOf(board);
      await refuses(award(board), bisection, "BisectionWrongPhase", [board.id, phase, level]);
      await playToLast(market, board, lied, truth);
      await prove(market, board, truth);
      await bisection.write.leave([other.game], by(second));
      await nextAt((await results.read.stateOf([work.id])).endedAt + work.job.opening + 1);
      // A game that never existed, with the winner's number and another challenger's address.
      const forged = { ...board.game, about: { ...board.game.about, challenger: second.account.address } };
      await refuses(award({ game: forged }), bisection, "BisectionWrongPhase");
      await refuses(award(other), results, "ResultsNotWinner", [work.id, other.game.about.rank]);
      await award(board);
      const pool = work.job.deposit / 2n;
      assert.equal(await deposits.read.freeOf([board.challenger.account.address]), 10_000n * SNM + pool);
    });
  });

  describe("timeOut", () => {
    it("is for the miner's silence a conviction, for the challenger's its bond", async () => {
      const { bisection, deposits, miner, verifier, nextAt } = market;
      const { work, truth } = await lie();
      const silent = await open(market, work, 3, truth);
      await nextAt((await stateOf(silent)).deadline + 1);
      assert.equal(await outcomeOf(await bisection.write.timeOut([silent.game])), OUTCOME.MinerTimedOut);
      assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
      await clean.restore();
      const honest = market.workOf(await market.post({ exponent: 4 }));
      await market.claim(honest);
      const board = await open(market, honest, 3, corruptRun(truth, 5));
      await split(market, board, truth);
      await nextAt((await stateOf(board)).deadline + 1);
      assert.equal(await outcomeOf(await bisection.write.timeOut([board.game])), OUTCOME.ChallengerTimedOut);
      assert.equal(await statusOf(honest), CLAIM_STATUS.Live);
      const half = honest.job.bond / 2n;
      assert.equal(await deposits.read.freeOf([miner.account.address]), 10_000n * SNM - honest.job.deposit + half);
      assert.equal(await deposits.read.freeOf([verifier.account.address]), 10_000n * SNM - honest.job.bond);
    });
  });

  describe("an operator", () => {
    it("moves in its party's name, in all games, until it is replaced", async () => {
      const { bisection, miner, stranger, rival, verifier } = market;
      const { work, truth, lie: lied } = await lie();
      const board = await open(market, work, 3, truth);
      const moves = (who: Wallet, run: Run) => bisection.write.split(splitting(board, run), by(who));
      await refuses(moves(stranger, lied), bisection, "BisectionNotYourTurn");
      await bisection.write.setOperator([stranger.account.address], by(miner));
      assert.equal(await bisection.read.operatorOf([miner.account.address]), getAddress(stranger.account.address));
      await bisection.write.setOperator([rival.account.address], by(miner));
      await refuses(moves(stranger, lied), bisection, "BisectionNotYourTurn");
      const hash = await moves(rival, lied);
      const [log] = parseEventLogs({
        abi: bisection.abi,
        logs: await market.logsOf(hash),
        eventName: "StatesPosted",
      });
      // The miner's operator is not the challenger's.
      const second = { ...board, stored: [log?.args.start, ...(log?.args.states ?? [])] as typeof board.stored };
      assert.equal(second.stored.length, 9);
      await refuses(
        bisection.write.split([board.game, second.stored, 1, eight(truth, 0, 8)], by(rival)),
        bisection,
        "BisectionNotYourTurn",
        [rival.account.address, verifier.account.address],
      );
    });

    it("can be dismissed", async () => {
      const { bisection, miner, stranger } = market;
      const zero: Address = "0x0000000000000000000000000000000000000000";
      await bisection.write.setOperator([stranger.account.address], by(miner));
      await bisection.write.setOperator([zero], by(miner));
      assert.equal(await bisection.read.operatorOf([miner.account.address]), zero);
    });
  });

  it("takes several calls at once", async () => {
    const { bisection, verifier, miner } = market;
    const { work, truth, lie: lied } = await lie();
    const boards = [await open(market, work, 3, truth), await open(market, work, 3, truth, market.second)];
    const moves = boards.map((board) =>
      encodeFunctionData({ abi: bisection.abi, functionName: "split", args: splitting(board, lied) }),
    );
    await refuses(bisection.write.multicall([moves], by(verifier)), bisection, "BisectionNotYourTurn");
    await bisection.write.multicall([moves], by(miner));
    for (const board of boards) assert.equal((await stateOf(board)).level, 2);
  });

  it("tells its machine and the initial state of a unit", async () => {
    const { bisection, machine } = market;
    const { work } = await lie();
    assert.equal(await bisection.read.machine(), getAddress(machine.address));
    const state = await bisection.read.initialState([work.job, 3, inputOf(work, 3)]);
    assert.equal(state, honestRun(inputRootOf(3), 40).stateAt(0));
    await refuses(
      bisection.read.initialState([work.job, 40, inputOf(work, 3)]),
      bisection,
      "BisectionNoSuchUnit",
      [40, 40],
    );
  });
});
