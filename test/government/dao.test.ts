// The DAO's two lanes with real timelocks: who decides, how fast, and what is impossible for everybody.
import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { parameterNames } from "@sonm/chain/enums/parameter";
import { type Address, encodeFunctionData, getAddress, type Hex, keccak256, parseEventLogs, stringToHex } from "viem";
import {
  BALLOT,
  createGovernedWorld,
  DAY,
  FAST,
  type GovernedWorld,
  type Person,
  SLOW,
  SNM,
  STATUS,
  type Wallet,
} from "../support/government/fixture.ts";

const EVIDENCE = { hash: keccak256(stringToHex("the convicted claim")), uri: "ipfs://evidence" };
/** Numbers of OpenZeppelin's `ProposalState`. */
const STATE = { Pending: 0, Active: 1, Canceled: 2, Defeated: 3, Succeeded: 4, Queued: 5, Expired: 6, Executed: 7 };

type Proposal = { targets: Address[]; values: bigint[]; calldatas: Hex[]; description: string; id: bigint };
type Lane = GovernedWorld["dao"];

describe("the DAO", () => {
  let world: GovernedWorld;
  let wallet: Wallet;
  let restore: () => Promise<void>;
  let voters: Person[];

  before(async () => {
    world = await createGovernedWorld();
    voters = world.others.slice(0, 3);
    // 3 %, 2 % and 1 % of the supply.
    for (const [index, { account }] of voters.entries()) {
      await world.snm.write.transfer([account.address, BigInt(3 - index) * 4_440_000n * SNM]);
      await world.snm.write.delegate([account.address], { account });
    }
    wallet = await world.createHub(world.owner, 1n, 100n * SNM);
    await wallet.write.register({ account: world.owner.account });
    // Votes count as they were one second before.
    await world.time.increase(10n);
    const snapshot = await world.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  beforeEach(() => restore());

  const voter = (index: number): Person => {
    const one = voters[index];
    assert(one);
    return one;
  };
  const callOf = (functionName: "suspect" | "rehab" | "ban", registration = 1): Hex =>
    encodeFunctionData({ abi: wallet.abi, functionName, args: [registration] });

  async function proposalIn(lane: Lane, hash: Hex): Promise<Proposal> {
    const { logs } = await world.client.getTransactionReceipt({ hash });
    const [event] = parseEventLogs({ abi: lane.abi, logs, eventName: "ProposalCreated" });
    assert(event);
    const { targets, values, calldatas, description, proposalId } = event.args;
    return { targets: [...targets], values: [...values], calldatas: [...calldatas], description, id: proposalId };
  }
  async function propose(calls: [Address, Hex][], by = voter(0), text = "because") {
    const hash = await world.dao.write.proposeWithEvidence(
      [calls.map(([target]) => target), calls.map(() => 0n), calls.map(([, data]) => data), text, EVIDENCE],
      { account: by.account },
    );
    return proposalIn(world.dao, hash);
  }
  async function accuse(by = voter(0)) {
    const hash = await world.fastLane.write.accuse([wallet.address, "it cheats", EVIDENCE], { account: by.account });
    return proposalIn(world.fastLane as unknown as Lane, hash);
  }
  const bodyOf = ({ targets, values, calldatas, description }: Proposal) =>
    [targets, values, calldatas, keccak256(stringToHex(description))] as const;
  async function vote(lane: Lane, proposal: Proposal, ...by: Person[]) {
    await world.time.increase((await lane.read.votingDelay()) + 1n);
    for (const { account } of by) await lane.write.castVote([proposal.id, 1], { account });
    await world.time.increase((await lane.read.votingPeriod()) + 1n);
  }
  async function carry(lane: Lane, proposal: Proposal, delay: bigint) {
    await vote(lane, proposal, voter(0), voter(1));
    await lane.write.queue(bodyOf(proposal), { account: world.stranger.account });
    await world.time.increase(delay);
    return lane.write.execute(bodyOf(proposal), { account: world.stranger.account });
  }
  const fastLane = () => world.fastLane as unknown as Lane;

  it("suspects by the fast lane in less time than a period stays closed, bans and pays by the slow one", async () => {
    const start = BigInt(await world.time.latest());
    await carry(fastLane(), await accuse(), FAST.timelockDelay);
    assert.equal(await wallet.read.status(), STATUS.Suspected);
    const taken = BigInt(await world.time.latest()) - start;
    // A suspicion comes sooner than even the least values of these allow an accused owner to reach pay-day, or a new rating to count.
    for (const parameter of ["ClosedPeriodSeconds", "RatingMaturitySeconds"] as const) {
      const [least] = await world.parameters.read.bounds([parameterNames.indexOf(parameter)]);
      assert.ok(taken <= least, parameter);
    }

    await world.time.increase(120n * DAY);
    await carry(world.dao, await propose([[wallet.address, callOf("ban")]]), SLOW.timelockDelay);
    assert.equal(await wallet.read.status(), STATUS.Punished);
    assert.equal(await world.treasury.read.frozen(), 100n * SNM);

    const spend = encodeFunctionData({
      abi: world.treasury.abi,
      functionName: "spend",
      args: [world.stranger.account.address, 1n],
    });
    const early = await propose([[world.treasury.address, spend]], voter(0), "too early");
    await assert.rejects(carry(world.dao, early, SLOW.timelockDelay), /TreasuryInsufficientFunds/);
    await world.time.increase(120n * DAY);
    await world.treasury.write.release([0n], { account: world.stranger.account });
    const later = await propose([[world.treasury.address, spend]], voter(0), "in time");
    await carry(world.dao, later, SLOW.timelockDelay);
    assert.equal(await world.snm.read.balanceOf([world.stranger.account.address]), 1n);
  });

  it("carries the evidence's hash and URI, and the proposer, in the description", async () => {
    const { description } = await accuse();
    const [text, evidence, proposer] = description.split("\n");
    assert.equal(text, "it cheats");
    assert.equal(evidence, `evidence ${EVIDENCE.hash} ${EVIDENCE.uri}`);
    assert.equal(proposer, `#proposer=${voter(0).account.address.toLowerCase()}`);
  });

  it("gives the fast lane the power of suspicion and no other", async () => {
    await world.viem.assertions.revertWithCustomError(
      fastLane().write.propose([[wallet.address], [0n], [callOf("ban")], "x"], { account: voter(0).account }),
      world.fastLane,
      "FastLaneOnlyAccuses",
    );
    await world.viem.assertions.revertWithCustomError(
      world.fastLane.write.proposeWithEvidence(
        [[world.fastLane.address], [0n], ["0x"], "change the fast lane's own settings", EVIDENCE],
        { account: voter(0).account },
      ),
      world.fastLane,
      "FastLaneOnlyAccuses",
    );
    await world.viem.assertions.revertWithCustomError(
      world.fastLane.write.accuse([world.stranger.account.address, "no hub", EVIDENCE], { account: voter(0).account }),
      world.fastLane,
      "FastLaneNotHub",
    );
    // The same holds for calls by the fast timelock itself: it may not ban, rehabilitate, spend or set parameters.
    await world.connection.networkHelpers.impersonateAccount(world.fastTimelock.address);
    await world.connection.networkHelpers.setBalance(world.fastTimelock.address, 10n ** 18n);
    const account = world.fastTimelock.address;
    await wallet.write.suspect([1], { account });
    await world.time.increase(121n * DAY);
    await assert.rejects(wallet.write.ban([1], { account }), /HubWalletNotGovernment/);
    await assert.rejects(wallet.write.rehab([1], { account }), /HubWalletTooEarly/);
    await assert.rejects(world.treasury.write.spend([account, 0n], { account }), /TreasuryNotGovernment/);
    await assert.rejects(world.parameters.write.set([0, SNM], { account }), /ParametersNotGovernment/);
    await assert.rejects(world.whitelist.write.setTrusted([wallet.address, true], { account }), /NotGovernment/);
  });

  it("rehabilitates a hub that was suspected in malice", async () => {
    await carry(fastLane(), await accuse(), FAST.timelockDelay);
    await carry(world.dao, await propose([[wallet.address, callOf("rehab")]]), SLOW.timelockDelay);
    assert.equal(await wallet.read.status(), STATUS.Idle);
    assert.equal(await wallet.read.free(), 100n * SNM);
  });

  it("test_fault_flash_loaned_vote_has_no_power", async () => {
    const borrower = await world.viem.deployContract("GovernmentFlashVoter", [world.snm.address]);
    const proposal = await accuse();
    await world.time.increase(FAST.votingDelay + 1n);
    // 20 % of the supply, borrowed, delegated and voted with in one transaction.
    await world.snm.write.approve([borrower.address, 177_600_000n * SNM]);
    await borrower.write.borrowAndVote([
      world.holder.account.address,
      88_800_000n * SNM,
      world.fastLane.address,
      proposal.id,
    ]);
    const [, inFavour] = await world.fastLane.read.proposalVotes([proposal.id]);
    assert.equal(inFavour, 0n);
    // Borrowed votes do not allow a proposal either.
    await assert.rejects(
      borrower.write.borrowAndAccuse([
        world.holder.account.address,
        88_800_000n * SNM,
        world.fastLane.address,
        wallet.address,
      ]),
      /GovernorInsufficientProposerVotes/,
    );
    await world.time.increase(FAST.votingPeriod);
    assert.equal(await world.fastLane.read.state([proposal.id]), STATE.Defeated);
  });

  it("votes nothing with staked SNM, but counts it in the supply of which 4 % are the quorum", async () => {
    const { account } = voter(0);
    await world.snm.write.approve([world.ratings.address, 13_320_000n * SNM], { account });
    await world.ratings.write.rate([wallet.address, true, 13_320_000n * SNM], { account });
    assert.equal(await world.snm.read.getVotes([account.address]), 0n);
    assert.equal(await world.snm.read.getVotes([world.ratings.address]), 0n);
    assert.equal(await world.snm.read.getVotes([wallet.address]), 0n);
    await world.time.increase(10n);
    const now = BigInt(await world.time.latest());
    assert.equal(await world.dao.read.quorum([now - 1n]), 17_760_000n * SNM);
    // The rest, 3 %, decide nothing, because they are below the quorum.
    const proposal = await accuse(voter(1));
    await vote(fastLane(), proposal, voter(1), voter(2));
    assert.equal(await world.fastLane.read.state([proposal.id]), STATE.Defeated);
  });

  it("keeps its own settings within bounds: no decision makes the next one impossible, or unseen", async () => {
    const { dao, timelock } = world;
    const set = (
      functionName: "updateQuorumNumerator" | "setVotingDelay" | "setVotingPeriod" | "setProposalThreshold",
      value: bigint,
    ): [Address, Hex] => [dao.address, encodeFunctionData({ abi: dao.abi, functionName, args: [value as never] })];
    const wait = (value: bigint): [Address, Hex] => [
      timelock.address,
      encodeFunctionData({ abi: timelock.abi, functionName: "updateDelay", args: [value] }),
    ];
    const decide = async (call: [Address, Hex], text: string) =>
      carry(dao, await propose([call], voter(0), text), await timelock.read.getMinDelay());
    const bounds = [
      ["updateQuorumNumerator", 1n, 4n],
      ["setVotingDelay", 3_600n, 7n * DAY],
      ["setVotingPeriod", 2n * DAY, 30n * DAY],
      ["setProposalThreshold", 0n, 4_440_000n * SNM],
    ] as const;
    for (const [name, min, max] of bounds) {
      for (const value of [min - 1n, max + 1n])
        if (value >= 0n) await assert.rejects(decide(set(name, value), `${name} ${value}`), /DaoOutOfBounds/);
      for (const value of [max, min]) await decide(set(name, value), `${name} ${value}`);
    }
    for (const value of [DAY / 2n - 1n, 14n * DAY + 1n])
      await assert.rejects(decide(wait(value), `${value}`), /TimelockDelayOutOfBounds/);
    for (const value of [14n * DAY, DAY / 2n]) await decide(wait(value), `${value}`);
    const settings = [
      dao.read.quorumNumerator(),
      dao.read.votingDelay(),
      dao.read.votingPeriod(),
      dao.read.proposalThreshold(),
      timelock.read.getMinDelay(),
    ];
    assert.deepEqual(await Promise.all(settings), [...bounds.map(([, min]) => min), DAY / 2n]);
    for (const delay of [DAY / 2n - 1n, 14n * DAY + 1n])
      await assert.rejects(world.viem.deployContract("Timelock", [delay, dao.address]), /TimelockDelayOutOfBounds/);
  });

  it("keeps its place in its timelock, and its timelock, for ever", async () => {
    const { dao, timelock, snm } = world;
    const admin = await timelock.read.DEFAULT_ADMIN_ROLE();
    const proposer = await timelock.read.PROPOSER_ROLE();
    assert.ok(await timelock.read.hasRole([proposer, dao.address]));
    for (const account of [timelock.address, dao.address, world.holder.account.address])
      assert.equal(await timelock.read.hasRole([admin, account]), false);
    const onTimelock = (functionName: "grantRole" | "revokeRole" | "renounceRole"): Hex =>
      encodeFunctionData({ abi: timelock.abi, functionName, args: [proposer, dao.address] });
    const relay = (target: Address, data: Hex): [Address, Hex] => [
      dao.address,
      encodeFunctionData({ abi: dao.abi, functionName: "relay", args: [target, 0n, data] }),
    ];
    const update = encodeFunctionData({
      abi: dao.abi,
      functionName: "updateTimelock",
      args: [world.fastTimelock.address],
    });
    const attempts: [string, [Address, Hex], RegExp][] = [
      ["grant", [timelock.address, onTimelock("grantRole")], /AccessControlUnauthorizedAccount/],
      ["revoke", [timelock.address, onTimelock("revokeRole")], /AccessControlUnauthorizedAccount/],
      ["renounce", relay(timelock.address, onTimelock("renounceRole")), /DaoTimelockIsFixed/],
      ["move", [dao.address, update], /DaoTimelockIsFixed/],
    ];
    for (const [text, call, error] of attempts)
      await assert.rejects(carry(dao, await propose([call], voter(0), text), SLOW.timelockDelay), error);
    assert.ok(await timelock.read.hasRole([proposer, dao.address]));

    // What was sent to the governor itself by mistake can be handed out.
    await snm.write.transfer([dao.address, SNM]);
    const to = world.stranger.account.address;
    const hand = encodeFunctionData({ abi: snm.abi, functionName: "transfer", args: [to, SNM] });
    const mine = relay(snm.address, hand);
    await assert.rejects(dao.write.relay([snm.address, 0n, hand]), /GovernorOnlyExecutor/);
    await carry(dao, await propose([mine], voter(0), "hand out"), SLOW.timelockDelay);
    assert.equal(await snm.read.balanceOf([to]), SNM);
  });

  it("executes a proposal once and only once", async () => {
    const proposal = await accuse();
    await carry(fastLane(), proposal, FAST.timelockDelay);
    await assert.rejects(world.fastLane.write.execute(bodyOf(proposal)), /GovernorUnexpectedProposalState/);
    await assert.rejects(world.fastLane.write.queue(bodyOf(proposal)), /GovernorUnexpectedProposalState/);
    // The same by calling the timelock directly, without the governor.
    await assert.rejects(
      world.fastTimelock.write.executeBatch([
        proposal.targets,
        proposal.values,
        proposal.calldatas,
        `0x${"00".repeat(32)}`,
        `0x${"00".repeat(32)}`,
      ]),
      /AccessControlUnauthorizedAccount/,
    );
  });

  /** Asserts that nobody can carry the proposal out any more, by the governor or by its timelock. */
  async function isOver(lane: Lane, proposal: Proposal) {
    assert.equal(await lane.read.state([proposal.id]), STATE.Expired);
    await assert.rejects(lane.write.queue(bodyOf(proposal)), /GovernorUnexpectedProposalState/);
    await assert.rejects(lane.write.execute(bodyOf(proposal)), /GovernorUnexpectedProposalState/);
    const timelock = await world.viem.getContractAt("Timelock", await lane.read.timelock());
    const hash = BigInt(keccak256(stringToHex(proposal.description)));
    const salt = `0x${(hash ^ (BigInt(lane.address) << 96n)).toString(16).padStart(64, "0")}` as const;
    const { targets, values, calldatas } = proposal;
    await assert.rejects(
      timelock.write.executeBatch([targets, values, calldatas, `0x${"00".repeat(32)}`, salt]),
      /AccessControlUnauthorizedAccount/,
    );
  }

  it("INV-34: a decision that nobody queues expires 30 days after its vote, in either lane", async () => {
    const call = encodeFunctionData({
      abi: world.whitelist.abi,
      functionName: "setTrusted",
      args: [wallet.address, true],
    });
    for (const [lane, proposal] of [
      [fastLane(), await accuse()],
      [world.dao, await propose([[world.whitelist.address, call]])],
    ] as const) {
      const fresh = await world.connection.networkHelpers.takeSnapshot();
      await vote(lane, proposal, voter(0), voter(1));
      const end = await lane.read.proposalDeadline([proposal.id]);
      assert.equal(await lane.read.proposalExpiry([proposal.id]), end + 30n * DAY);
      const won = await world.connection.networkHelpers.takeSnapshot();
      await world.time.setNextBlockTimestamp(end + 30n * DAY);
      await lane.write.queue(bodyOf(proposal));
      await won.restore();
      await world.time.increaseTo(end + 30n * DAY + 1n);
      await isOver(lane, proposal);
      await fresh.restore();
    }
  });

  it("INV-34: a decision that nobody executes expires 30 days after it could first have been", async () => {
    const proposal = await accuse();
    await vote(fastLane(), proposal, voter(0), voter(1));
    await world.time.increase(20n * DAY);
    await fastLane().write.queue(bodyOf(proposal));
    const eta = await world.fastLane.read.proposalEta([proposal.id]);
    assert.equal(eta, BigInt(await world.time.latest()) + FAST.timelockDelay);
    assert.equal(await world.fastLane.read.proposalExpiry([proposal.id]), eta + 30n * DAY);
    const queued = await world.connection.networkHelpers.takeSnapshot();
    await world.time.setNextBlockTimestamp(eta + 30n * DAY);
    await fastLane().write.execute(bodyOf(proposal));
    assert.equal(await wallet.read.status(), STATUS.Suspected);
    await queued.restore();
    await world.time.increaseTo(eta + 30n * DAY + 1n);
    await isOver(fastLane(), proposal);
  });

  it("INV-34: nothing that was decided about a registration comes upon a later one", async () => {
    const [first, second] = [await accuse(), await accuse(voter(1))];
    for (const lane of [first, second]) assert.deepEqual(lane.calldatas, [callOf("suspect", 1)]);
    await world.time.increase(FAST.votingDelay + 1n);
    for (const { id } of [first, second])
      for (const { account } of voters) await world.fastLane.write.castVote([id, 1], { account });
    await world.time.increase(FAST.votingPeriod);
    for (const one of [first, second]) await fastLane().write.queue(bodyOf(one));
    await world.time.increase(FAST.timelockDelay);
    await fastLane().write.execute(bodyOf(first));
    const ban = await propose([[wallet.address, callOf("ban")]]);
    await carry(world.dao, await propose([[wallet.address, callOf("rehab")]]), SLOW.timelockDelay);
    await wallet.write.register({ account: world.owner.account });
    await world.viem.assertions.revertWithCustomErrorWithArgs(
      fastLane().write.execute(bodyOf(second)),
      wallet,
      "HubWalletWrongRegistration",
      [2],
    );
    assert.equal(await world.fastLane.read.state([second.id]), STATE.Queued);
    assert.equal(await world.dao.read.state([ban.id]), STATE.Defeated);
    // The voters' histories and the wallet's table test the wallet itself, for every caller.
    assert.deepEqual((await accuse(voter(2))).calldatas, [callOf("suspect", 2)]);
  });

  it("accuses Registered hubs alone, and takes no evidence for evidence that is none", async () => {
    const { account } = voter(0);
    const { revertWithCustomError, revertWithCustomErrorWithArgs } = world.viem.assertions;
    const created = await world.createHub(world.owner, 9n, 3n * SNM);
    await revertWithCustomErrorWithArgs(
      world.fastLane.write.accuse([created.address, "it cheats", EVIDENCE], { account }),
      world.fastLane,
      "FastLaneHubNotRegistered",
      [getAddress(created.address), STATUS.Created],
    );
    const nothing = [
      { ...EVIDENCE, hash: `0x${"00".repeat(32)}` as const },
      { ...EVIDENCE, uri: "" },
    ];
    const ban = [[wallet.address], [0n], [callOf("ban")], "because"] as const;
    for (const evidence of nothing) {
      const accusation = world.fastLane.write.accuse([wallet.address, "it cheats", evidence], { account });
      await revertWithCustomError(accusation, world.fastLane, "DaoEvidenceMissing");
      const proposal = world.dao.write.proposeWithEvidence([...ban, evidence], { account });
      await revertWithCustomError(proposal, world.dao, "DaoEvidenceMissing");
    }
  });

  it("executes nothing early, and nothing cancelled", async () => {
    const proposal = await accuse();
    await assert.rejects(world.fastLane.write.execute(bodyOf(proposal)), /GovernorUnexpectedProposalState/);
    await world.fastLane.write.cancel(bodyOf(proposal), { account: voter(0).account });
    assert.equal(await world.fastLane.read.state([proposal.id]), STATE.Canceled);
    await world.time.increase(FAST.votingDelay + 1n);
    await assert.rejects(
      world.fastLane.write.castVote([proposal.id, 1], { account: voter(0).account }),
      /GovernorUnexpectedProposalState/,
    );
    await world.time.increase(FAST.votingPeriod + FAST.timelockDelay);
    await assert.rejects(world.fastLane.write.queue(bodyOf(proposal)), /GovernorUnexpectedProposalState/);
    await assert.rejects(world.fastLane.write.execute(bodyOf(proposal)), /GovernorUnexpectedProposalState/);

    const second = await accuse(voter(1));
    await vote(fastLane(), second, voter(0), voter(1));
    await world.fastLane.write.queue(bodyOf(second));
    await assert.rejects(world.fastLane.write.execute(bodyOf(second)), /TimelockUnexpectedOperationState/);
    await assert.rejects(
      world.fastLane.write.cancel(bodyOf(second), { account: voter(1).account }),
      /GovernorUnableToCancel/,
    );
  });

  it("test_fault_front_run_cancellation: nobody can take and cancel another's proposal", async () => {
    const description = await world.dao.read.describe(["because", EVIDENCE, voter(0).account.address]);
    const body = [[wallet.address], [0n], [callOf("suspect")], description] as const;
    await assert.rejects(world.dao.write.propose(body, { account: voter(1).account }), /GovernorRestrictedProposer/);
    const unsigned = [body[0], body[1], body[2], "unsigned"] as const;
    await assert.rejects(
      world.dao.write.propose(unsigned, { account: voter(1).account }),
      /GovernorRestrictedProposer/,
    );
    const unmarked = `${"x".repeat(60)}${voter(1).account.address}`;
    for (const text of ["x".repeat(60), unmarked])
      await assert.rejects(
        world.dao.write.propose([body[0], body[1], body[2], text], { account: voter(1).account }),
        /GovernorRestrictedProposer/,
      );
    const proposal = await proposalIn(world.dao, await world.dao.write.propose(body, { account: voter(0).account }));
    await assert.rejects(
      world.dao.write.cancel(bodyOf(proposal), { account: voter(1).account }),
      /GovernorUnableToCancel/,
    );
    assert.equal(await world.dao.read.state([proposal.id]), STATE.Pending);
    // A proposer that cancels its proposal may propose the same in other words.
    await world.dao.write.cancel(bodyOf(proposal), { account: voter(0).account });
    await propose([[wallet.address, callOf("suspect")]], voter(0), "because, again");
  });

  it("counts a vote by signature once, whoever brings it", async () => {
    const proposal = await accuse();
    await world.time.increase(FAST.votingDelay + 1n);
    const { account } = voter(0);
    const signature = await voter(0).signTypedData({
      account,
      domain: {
        name: "SONM fast lane",
        version: "1",
        chainId: await world.client.getChainId(),
        verifyingContract: world.fastLane.address,
      },
      types: { Ballot: BALLOT },
      primaryType: "Ballot",
      message: { proposalId: proposal.id, support: 1, voter: account.address, nonce: 0n },
    });
    const ballot = [proposal.id, 1, account.address, signature] as const;
    await assert.rejects(
      world.fastLane.write.castVoteBySig([proposal.id, 0, account.address, signature]),
      /GovernorInvalidSignature/,
    );
    await world.fastLane.write.castVoteBySig(ballot, { account: world.stranger.account });
    const [, inFavour] = await world.fastLane.read.proposalVotes([proposal.id]);
    assert.equal(inFavour, 13_320_000n * SNM);
    await assert.rejects(world.fastLane.write.castVoteBySig(ballot), /GovernorInvalidSignature/);
    await assert.rejects(world.fastLane.write.castVote([proposal.id, 1], { account }), /GovernorAlreadyCastVote/);
  });

  it("keeps its clock in seconds", async () => {
    assert.equal(await world.dao.read.CLOCK_MODE(), "mode=timestamp");
    assert.equal(BigInt(await world.dao.read.clock()), BigInt(await world.time.latest()));
  });
});
