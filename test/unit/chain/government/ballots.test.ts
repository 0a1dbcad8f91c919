// A ballot comes from a stranger. Any input is read, or refused with a reason.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Ballot,
  castBallot,
  isBallotSigned,
  MOST_REASON_BYTES,
  readBallot,
  signBallot,
} from "@sonm/chain/government/ballots";
import type { Proposal } from "@sonm/chain/government/proposals";
import { Failure } from "@sonm/protocol/values/failure";
import fc from "fast-check";
import { numberToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { fuzz } from "../../../support/fuzz.ts";
import { deployment, stubChain } from "../stub-chain.ts";

const ballot = {
  chainId: 31_337,
  governor: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  proposal: `0x${"1f".repeat(32)}`,
  vote: "for",
  reason: "",
  voter: "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
  nonce: "0",
  signature: `0x${"ab".repeat(65)}`,
};

test("a ballot is read as it was written, and nothing else with it", () => {
  assert.deepEqual(readBallot(JSON.parse(JSON.stringify({ ...ballot, note: "mine" }))), ballot);
});

test("a reason has at most 2,000 bytes, a chain any number above 0, a signature any whole bytes", () => {
  for (const change of [
    { reason: "é".repeat(1000) },
    { chainId: 1 },
    { signature: "0xab" },
    { signature: "0xabcdef" },
    { nonce: "9".repeat(78) },
    { vote: "abstain" },
  ])
    assert.deepEqual(readBallot({ ...ballot, ...change }), { ...ballot, ...change });
  assert.throws(() => readBallot({ ...ballot, reason: "x".repeat(2001) }), /at most 2000 bytes/);
});

describe("a ballot that is signed", () => {
  const account = privateKeyToAccount(numberToHex(1, { size: 32 }));
  const proposal = { id: 0x1fn, lane: "fast" } as Proposal;
  const governor = deployment.addresses.fastLane;
  const chain = () => {
    const answers = { nonces: () => 4n, eip712Domain: () => ["0x0f", "SONM fast lane", "1"] };
    const stub = stubChain({ answers });
    const { address, signTypedData } = account;
    return { ...stub, signer: { ...stub.signer, address, signTypedData } };
  };

  test("is the signer's next, for the proposal's own governor, and can be read again", async () => {
    const { signer, reader } = chain();
    const signed = await signBallot(signer, deployment, proposal, "abstain", "so");
    const { signature, ...rest } = signed;
    assert.deepEqual(rest, {
      chainId: 31_337,
      governor,
      proposal: `0x${"0".repeat(62)}1f`,
      vote: "abstain",
      reason: "so",
      voter: account.address,
      nonce: "4",
    });
    assert.deepEqual(readBallot(JSON.parse(JSON.stringify(signed))), signed);
    assert.equal(await isBallotSigned(reader, signed), true);
    const changes = [
      { vote: "for" },
      { reason: "" },
      { nonce: "5" },
      { proposal: ballot.proposal },
    ] as Partial<Ballot>[];
    for (const change of changes)
      assert.equal(await isBallotSigned(reader, { ...signed, ...change }), false, JSON.stringify(change));
    assert.match(signature, /^0x[0-9a-f]{130}$/);
  });

  test("may be a later one, if its number is given", async () => {
    const { signer, asked } = chain();
    assert.equal((await signBallot(signer, deployment, proposal, "for", "", 0n)).nonce, "0");
    assert.ok(asked.every(({ functionName }) => functionName !== "nonces"));
  });

  test("is brought to its governor by anybody", async () => {
    const { signer } = chain();
    const signed = await signBallot(signer, deployment, proposal, "for", "so");
    const { signer: stranger, sent } = stubChain({});
    await castBallot(stranger, signed);
    const args = [0x1fn, 1, account.address, "so", "0x", signed.signature];
    assert.deepEqual(sent, [{ address: governor, functionName: "castVoteWithReasonAndParamsBySig", args }]);
  });
});

test("each field is checked", () => {
  const wrong: Record<keyof typeof ballot, unknown[]> = {
    chainId: ["31337", 0, 1.5, null],
    governor: ["0x12", 7, `${ballot.governor.slice(0, -1)}A`],
    proposal: ["0x1f2e", ballot.proposal.slice(2), 1],
    vote: ["yes", 1, "For", "__proto__"],
    reason: [null, 1, "é".repeat(MOST_REASON_BYTES / 2 + 1)],
    voter: ["", {}],
    nonce: [0, "-1", "0x1", "1e3"],
    signature: ["0x", "0xabc", "ab", null],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const refused = (error: unknown) => error instanceof Failure && error.why.includes(`\`${field}\``);
      assert.throws(() => readBallot({ ...ballot, [field]: value }), refused, `${field} ${JSON.stringify(value)}`);
    }
    assert.throws(() => readBallot({ ...ballot, [field]: undefined }), /it lacks/);
  }
});

test("anything else is refused in words too", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => assert.throws(() => readBallot(value), Failure)),
    fuzz(100),
  );
});
