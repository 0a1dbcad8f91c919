// What can be done with a proposal, as data: every state and step, at the second before a change and at the second itself.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Addresses } from "@sonm/chain/deployment";
import type { Ballot } from "@sonm/chain/government/ballots";
import type { ProposalStanding, ProposalState } from "@sonm/chain/government/proposals";
import type { HubRecord } from "@sonm/chain/hub/wallet";
import { type Step, stepRefusal } from "@sonm/chain/rules/proposal";
import {
  changeRefusal,
  judgementRefusal,
  proposerRefusal,
  spendingRefusal,
  trustRefusal,
} from "@sonm/chain/rules/propose";
import { ballotRefusal, delegateRefusal, proposalOfBallot, voteRefusal } from "@sonm/chain/rules/vote";
import { Failure } from "@sonm/protocol/values/failure";
import { parseEther, zeroAddress } from "viem";
import { todoOf } from "../../../../offchain/cli/advice.ts";

const SNM = parseEther("1");
const NOW = 1_800_000_000;
const proposer = "0x1111111111111111111111111111111111111111";
const stranger = "0x2222222222222222222222222222222222222222";
const hub = "0x3333333333333333333333333333333333333333";
const proposal: ProposalStanding = {
  id: 0x12n << 240n,
  lane: "slow",
  proposer,
  calls: [],
  description: "",
  voteStart: NOW + 100,
  voteEnd: NOW + 200,
  state: "pending",
  votes: { against: 0n, for: 0n, abstain: 0n },
  quorum: SNM,
  eta: 0,
  expiresAt: NOW + 300,
};
const standing = (state: ProposalState, eta = 0): ProposalStanding => ({ ...proposal, state, eta });

describe("a proposal's way", () => {
  test("each step has its one state", () => {
    const states: Record<Step, readonly ProposalState[]> = {
      sign: ["pending", "active"],
      vote: ["active"],
      count: ["active"],
      queue: ["succeeded"],
      execute: ["queued"],
      cancel: ["pending"],
    };
    const all: ProposalState[] = [
      ...(["pending", "active", "canceled", "defeated", "succeeded", "queued", "expired", "executed"] as const),
    ];
    for (const [step, allowed] of Object.entries(states) as [Step, readonly ProposalState[]][])
      for (const state of all)
        assert.equal(
          stepRefusal(step, standing(state), proposer, NOW) === undefined,
          allowed.includes(state),
          `${step}, ${state}`,
        );
  });

  test("says from when on a step can be taken", () => {
    const from = (step: Step, state: ProposalState, eta = 0, now = NOW) =>
      stepRefusal(step, standing(state, eta), proposer, now)?.possibleFrom;
    assert.equal(from("vote", "pending"), NOW + 101);
    assert.equal(from("count", "pending"), NOW + 101);
    assert.equal(from("queue", "pending"), NOW + 201);
    assert.equal(from("execute", "active"), NOW + 201);
    assert.equal(from("execute", "queued", NOW + 1), NOW + 1);
    assert.equal(from("execute", "queued", NOW + 1, NOW + 1), undefined);
  });

  test("says what cannot be done, and to which proposal where it is not the caller's vote", () => {
    const whats: Record<Step, string> = {
      sign: "The ballot cannot be signed",
      vote: "The vote cannot be cast",
      count: "The ballot is not counted",
      queue: "0x0012000000 cannot be queued",
      execute: "0x0012000000 cannot be executed",
      cancel: "0x0012000000 cannot be taken back",
    };
    for (const [step, what] of Object.entries(whats))
      assert.equal(stepRefusal(step as Step, standing("executed"), proposer, NOW)?.what, what);
  });

  test("advises the step that comes first", () => {
    const advised = (step: Step, state: ProposalState, who: typeof proposer | typeof stranger = proposer) => {
      const refusal = stepRefusal(step, standing(state, NOW + 5), who, NOW);
      return refusal && [refusal.advice?.id, todoOf(refusal)];
    };
    const name = "0x0012000000";
    assert.deepEqual(advised("execute", "succeeded"), ["queue", `queue it: \`sonm dao queue ${name}\``]);
    assert.deepEqual(advised("queue", "queued")?.[0], "execute-from");
    assert.deepEqual(advised("cancel", "active"), [
      "vote-against",
      `vote against it: \`sonm dao vote ${name} against\``,
    ]);
    assert.equal(advised("cancel", "succeeded")?.[0], "undo-by-proposal");
    assert.equal(advised("cancel", "pending", stranger)?.[0], "ask-proposer");
    assert.equal(advised("vote", "succeeded")?.[0], "votes-ended");
    assert.equal(advised("vote", "defeated")?.[0], "propose-and-find-voters");
    assert.equal(advised("execute", "expired")?.[0], "propose-again");
    for (const state of ["canceled", "executed", "defeated", "expired"] as const)
      assert.equal(advised("cancel", state)?.[0], "over", state);
  });
});

describe("a vote", () => {
  test("is cast once, with votes that were delegated in time", () => {
    for (const step of ["vote", "sign"] as const) {
      assert.equal(voteRefusal(step, proposal, { voted: false, weight: 1n }), undefined);
      const again = voteRefusal(step, proposal, { voted: true, weight: 1n });
      assert.match(again?.why ?? "", /votes are final/);
      assert.equal(again?.what, step === "vote" ? "The vote cannot be cast" : "The ballot cannot be signed");
      assert.equal(voteRefusal(step, proposal, { voted: false, weight: 0n })?.advice?.id, "delegate-for-next");
    }
    assert.equal(voteRefusal("sign", proposal, { voted: false, weight: undefined }), undefined, "not counted yet");
  });

  const ballot: Ballot = {
    chainId: 1,
    governor: hub,
    proposal: `0x${proposal.id.toString(16)}`,
    vote: "for",
    reason: "",
    voter: stranger,
    nonce: "2",
    signature: "0x00",
  };

  test("by a ballot is counted when it is the voter's next, signed by him, and weighs something", () => {
    const good = { voted: false, next: 2n, signed: true, weight: 1n };
    assert.equal(ballotRefusal(ballot, proposal, good), undefined);
    const advised = (change: Partial<typeof good>) =>
      ballotRefusal(ballot, proposal, { ...good, ...change })?.advice?.id;
    assert.equal(advised({ voted: true }), "do-nothing");
    assert.equal(advised({ next: 3n }), "sign-ballot-anew");
    assert.equal(advised({ next: 1n }), "bring-earlier-ballots");
    assert.equal(advised({ signed: false }), "sign-ballot-anew");
    assert.equal(advised({ weight: 0n }), "no-weight");
  });

  test("by a ballot belongs to one chain, one governor, one proposal", () => {
    const addresses = { dao: hub, fastLane: stranger } as Partial<Addresses> as Addresses;
    const found = (change: Partial<Ballot>, chainId = 1) =>
      proposalOfBallot({ ...ballot, ...change }, { chainId, block: 0, addresses }, [proposal]);
    const advised = (one: ReturnType<typeof found>) => one instanceof Failure && one.advice?.id;
    assert.equal(found({}), proposal);
    assert.equal(advised(found({}, 2)), "name-network");
    assert.equal(advised(found({ governor: proposer })), "name-network");
    assert.equal(advised(found({ governor: stranger })), "see-proposals", "the same number in the other lane");
    assert.equal(advised(found({ proposal: "0x1" })), "see-proposals");
  });

  test("need not be delegated twice to the same", () => {
    assert.match(delegateRefusal(hub, hub, "self")?.why ?? "", /delegated to self already/);
    assert.equal(delegateRefusal(zeroAddress, hub, "self"), undefined);
  });
});

describe("what can be proposed", () => {
  const hubAs = (status: HubRecord["status"], trusted = false) => ({ name: "Mirage", status, trusted }) as HubRecord;

  test("takes as many votes as the threshold, to the wei", () => {
    assert.equal(proposerRefusal(SNM, SNM), undefined);
    assert.match(proposerRefusal(SNM - 1n, SNM)?.why ?? "", /it takes 1 SNM of votes, you have 0\.9+ SNM$/);
  });

  test("about a hub depends on its status", () => {
    assert.equal(judgementRefusal("suspect", hubAs("registered")), undefined);
    assert.equal(judgementRefusal("suspect", hubAs("suspected"))?.advice?.values?.status, "registered");
    for (const kind of ["rehab", "ban"] as const) {
      assert.equal(judgementRefusal(kind, hubAs("suspected")), undefined);
      assert.equal(judgementRefusal(kind, hubAs("registered"))?.advice?.id, "suspect-first");
      assert.equal(judgementRefusal(kind, hubAs("idle"))?.advice?.values?.status, "suspected");
    }
    assert.equal(trustRefusal(hubAs("idle"), true), undefined);
    assert.match(trustRefusal(hubAs("idle"), false)?.why ?? "", /Mirage is not trusted/);
    assert.match(trustRefusal(hubAs("idle", true), true)?.why ?? "", /Mirage is trusted/);
    assert.match(trustRefusal(hubAs("punished"), true)?.why ?? "", /banned, for ever/);
  });

  test("changes something, within the bounds", () => {
    const record = { name: "TaxShareBps", value: 50n, min: 0n, max: 500n } as const;
    assert.equal(changeRefusal(record, 51n), undefined);
    assert.match(changeRefusal(record, 50n)?.why ?? "", /TaxShareBps is 0\.5 %/);
    assert.equal(
      changeRefusal({ ...record, next: { value: 60n, from: NOW } }, 50n),
      undefined,
      "it takes back what waits",
    );
    assert.equal(changeRefusal(record, 501n)?.advice?.id, "choose-within");
  });

  test("pays somebody something", () => {
    assert.equal(spendingRefusal({ kind: "spend", to: hub, amount: 1n }), undefined);
    assert.equal(spendingRefusal({ kind: "spend", to: hub, amount: 0n })?.advice?.id, "name-amount");
    assert.equal(spendingRefusal({ kind: "spend", to: zeroAddress, amount: 1n })?.advice?.id, "name-payee");
  });
});
