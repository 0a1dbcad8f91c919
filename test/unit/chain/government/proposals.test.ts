// Proposals: found wherever in the chain they were made, shown as they are, and made at the governor that decides them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { daoAbi } from "@sonm/chain/abi/dao";
import { proposalStates } from "@sonm/chain/enums/proposal-state";
import { callOf, type DaoAction } from "@sonm/chain/government/actions";
import { shortId, showId } from "@sonm/chain/government/proposal-id";
import {
  cancelProposal,
  executeProposal,
  type Proposal,
  proposalsOf,
  propose,
  queueProposal,
  readDescription,
  standingOf,
} from "@sonm/chain/government/proposals";
import { castVote } from "@sonm/chain/government/votes";
import { Failure } from "@sonm/protocol/values/failure";
import { keccak256, stringToHex } from "viem";
import { addressOf, deployment, logOf, ME, NOW, stubChain } from "../stub-chain.ts";

const { dao, fastLane } = deployment.addresses;
const HUB = addressOf(201);
const spend: DaoAction = { kind: "spend", to: HUB, amount: 7n };
const suspect: DaoAction = { kind: "suspect", hub: HUB, registration: 1 };
const evidence = { hash: keccak256("0x01"), uri: "ipfs://x" };

/** The event of a proposal with two calls. */
function madeAt(block: number, id: bigint, governor: typeof dao) {
  const args = {
    proposalId: id,
    proposer: ME,
    targets: [HUB, ME],
    values: [0n, 5n],
    signatures: ["", ""],
    calldatas: ["0x12", "0x3456"],
    voteStart: BigInt(NOW + 1),
    voteEnd: BigInt(NOW + 2),
    description: `proposal ${id}`,
  };
  return logOf(daoAbi, "ProposalCreated", args, governor, block);
}

describe("all proposals", () => {
  test("are found in pages that leave no block out and name none twice, to the latest", async () => {
    const blocks = [1, 5000, 5001, 10_000, 10_001];
    const logs = blocks.map((block, i) => madeAt(block, BigInt(i), dao));
    for (const head of [1, 4999, 5000, 5001, 10_001]) {
      const { reader, ranges } = stubChain({ logs, block: head });
      const found = await proposalsOf(reader, deployment);
      // Each page begins where the one before has ended.
      assert.deepEqual(
        ranges.map(([from]) => from),
        [1, ...ranges.slice(0, -1).map(([, to]) => to + 1)],
      );
      assert.equal(ranges.at(-1)?.[1], head);
      assert.equal(found.length, blocks.filter((block) => block <= head).length);
    }
  });

  test("say their lane, their calls and their times", async () => {
    const { reader } = stubChain({ logs: [madeAt(1, 6n, dao), madeAt(1, 8n, fastLane)] });
    const [slow, fast] = await proposalsOf(reader, deployment);
    assert.deepEqual(slow, {
      id: 6n,
      lane: "slow",
      proposer: ME,
      calls: [
        { target: HUB, data: "0x12", value: 0n },
        { target: ME, data: "0x3456", value: 5n },
      ],
      description: "proposal 6",
      voteStart: NOW + 1,
      voteEnd: NOW + 2,
    });
    assert.deepEqual([fast?.id, fast?.lane], [8n, "fast"]);
  });
});

const proposal: Proposal = {
  id: 0x1234_5678_9abc_def0n << 192n,
  lane: "fast",
  proposer: ME,
  calls: [{ target: HUB, data: "0x12", value: 5n }],
  description: "because",
  voteStart: NOW + 100,
  voteEnd: NOW + 200,
};

describe("the standing of a proposal", () => {
  const answers = {
    state: () => 4,
    proposalVotes: () => [1n, 2n, 3n],
    quorum: ([time]: readonly bigint[]) => time,
    proposalEta: () => BigInt(NOW + 300),
    proposalExpiry: () => BigInt(NOW + 400),
  };

  test("is what its governor says", async () => {
    const { reader, asked } = stubChain({ answers });
    const standing = await standingOf(reader, deployment, proposal);
    const { quorum: _, ...rest } = standing;
    assert.deepEqual(rest, {
      ...proposal,
      state: "succeeded",
      votes: { against: 1n, for: 2n, abstain: 3n },
      eta: NOW + 300,
      expiresAt: NOW + 400,
    });
    for (const { address } of asked) assert.equal(address, fastLane);
  });

  test("has the quorum of when its votes were counted, or of the last moment if that is to come", async () => {
    const { reader } = stubChain({ answers });
    const quorum = async (voteStart: number) =>
      (await standingOf(reader, deployment, { ...proposal, voteStart })).quorum;
    assert.equal(await quorum(NOW - 50), BigInt(NOW - 50));
    assert.equal(await quorum(NOW - 1), BigInt(NOW - 1));
    assert.equal(await quorum(NOW), BigInt(NOW - 1));
    assert.equal(await quorum(NOW + 50), BigInt(NOW - 1));
  });

  test("has one of the Governor's states, the first if its number is none of theirs", async () => {
    for (const [number, state] of [...proposalStates.entries(), [99, "pending"] as const]) {
      const { reader } = stubChain({ answers: { ...answers, state: () => number } });
      assert.equal((await standingOf(reader, deployment, proposal)).state, state);
    }
  });
});

test("a description is divided into its text and its evidence, and does not show the proposer", () => {
  const hash = `0x${"ab".repeat(32)}` as const;
  const ending = `\n#proposer=${ME}`;
  assert.deepEqual(readDescription("pay them"), { text: "pay them" });
  assert.deepEqual(readDescription(`pay\nthem${ending}`), { text: "pay\nthem" });
  assert.deepEqual(readDescription(`a cheat\nindeed\nevidence ${hash} ipfs://x/y z${ending}`), {
    text: "a cheat\nindeed",
    evidence: { hash, uri: "ipfs://x/y z" },
  });
  assert.deepEqual(readDescription(`\nevidence ${hash} `), { text: "", evidence: { hash, uri: "" } });
  for (const text of [`evidence ${hash} ipfs://x`, "a\nevidence 0x12 ipfs://x", `#proposer=${ME} is me`])
    assert.deepEqual(readDescription(text), { text });
});

describe("proposing", () => {
  async function made(action: DaoAction, ...more: [] | [typeof evidence]) {
    const { signer, sent } = stubChain({ logs: [madeAt(1, 6n, dao)] });
    const { id } = await propose(signer, deployment, action, "because", ...more);
    assert.equal(id, 6n);
    return sent;
  }
  const { target, data } = callOf(deployment, spend);

  test("names the proposer, so that nobody else can take the proposal's place", async () => {
    const args = [[target], [0n], [data], `because\n#proposer=${ME}`];
    assert.deepEqual(await made(spend), [{ address: dao, functionName: "propose", args }]);
  });

  test("takes evidence along where it is given", async () => {
    const args = [[target], [0n], [data], "because", evidence];
    assert.deepEqual(await made(spend, evidence), [{ address: dao, functionName: "proposeWithEvidence", args }]);
  });

  test("a suspicion goes to the fast lane, and not without evidence", async () => {
    const args = [HUB, "because", evidence];
    assert.deepEqual(await made(suspect, evidence), [{ address: fastLane, functionName: "accuse", args }]);
    const { signer, sent } = stubChain({});
    await assert.rejects(propose(signer, deployment, suspect, "because"), (error: Failure) => {
      return error instanceof Failure && error.why === "a suspicion needs evidence";
    });
    assert.deepEqual(sent, []);
  });

  test("is a failure where the transaction shows no proposal", async () => {
    await assert.rejects(propose(stubChain({}).signer, deployment, spend, "because"), (error: Failure) => {
      return error instanceof Failure && error.why === "the transaction shows no proposal";
    });
  });
});

test("a proposal is queued, executed, taken back and voted on at its own governor", async () => {
  const { signer, sent } = stubChain({});
  for (const act of [queueProposal, executeProposal, cancelProposal]) await act(signer, deployment, proposal);
  const args = [[HUB], [5n], ["0x12"], keccak256(stringToHex("because"))];
  for (const [vote, support] of [
    ["against", 0],
    ["for", 1],
    ["abstain", 2],
  ] as const) {
    await castVote(signer, deployment, proposal, vote, "so");
    const cast = { address: fastLane, functionName: "castVoteWithReason", args: [proposal.id, support, "so"] };
    assert.deepEqual(sent.at(-1), cast);
  }
  assert.deepEqual(
    sent.slice(0, 3),
    ["queue", "execute", "cancel"].map((functionName) => ({ address: fastLane, functionName, args })),
  );
});

test("a number is shown with all its digits, or with the first ten", () => {
  assert.equal(showId(0x1fn), `0x${"0".repeat(62)}1f`);
  assert.equal(showId(proposal.id), `0x123456789abcdef0${"0".repeat(48)}`);
  assert.equal(shortId(proposal.id), "0x123456789a");
  assert.equal(shortId(0x1fn), "0x0000000000");
});
