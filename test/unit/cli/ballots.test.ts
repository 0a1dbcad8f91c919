// Votes by signature, and cancelled proposals. A signer needs no gas. The sender of a ballot learns in advance why it cannot be counted.
// A proposer can cancel its proposal until the vote begins.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { type Ballot, signBallot } from "@sonm/chain/government/ballots";
import {
  type Proposal,
  type ProposalState,
  proposalsOf,
  propose,
  standingOf,
  type Vote,
} from "@sonm/chain/government/proposals";
import { delegateVotes } from "@sonm/chain/government/votes";
import { stepRefusal } from "@sonm/chain/rules/proposal";
import { localSigner } from "@sonm/chain/signer";
import type { Address } from "@sonm/protocol/values/ids";
import { parseEther, toHex } from "viem";
import { papersOf } from "../../../offchain/cli/dao/cast.ts";
import { openHub } from "../../../offchain/devnet/local-chain.ts";
import { type Network, type Person, refusedWith, startNetwork, waitAsTold } from "./network.ts";
import { sonmBeside } from "./sonm.ts";

const SNM = parseEther("1");
let network: Network;
/** has most of the votes, and no ether */
let voter: Person;
/** has 1,000,000 SNM that are delegated to the hub's wallet */
let backer: Person;
/** owns the hub: its signature counts as the wallet's */
let owner: Person;
/** sends the ballots */
let clerk: Person;
let hub: Address;
let [first, second]: Proposal[] = [];
/** Takes the chain back to before the votes open. */
let restore: () => Promise<void>;

const idOf = (proposal: Proposal | undefined) => toHex(proposal?.id ?? 0n, { size: 32 });
const fileOf = (name: string) => join(network.folder, name);

async function proposes(by: Person, text: string): Promise<Proposal> {
  const { reader, deployment } = network.devnet;
  const action = { kind: "trust", hub, trusted: true } as const;
  const { id } = await propose(localSigner(reader, by.account), deployment, action, text);
  return (await proposalsOf(reader, deployment)).find((one) => one.id === id) as Proposal;
}

function keep(name: string, ...ballots: unknown[]): string {
  writeFileSync(fileOf(name), ballots.map((one) => `${JSON.stringify(one)}\n`).join(""));
  return fileOf(name);
}

/** The voter's two ballots: for the first proposal, and against the second one. */
const firstBallot = () => signAs(voter, first, "for", "of long standing", 0n);
const secondBallot = () => signAs(voter, second, "against", "", 1n);

function signAs(who: Person, proposal: Proposal | undefined, vote: Vote, reason: string, nonce: bigint) {
  const { reader, deployment } = network.devnet;
  return signBallot(localSigner(reader, who.account), deployment, proposal as Proposal, vote, reason, nonce);
}

/** Moves the clock to where the votes on `proposal` are open. */
const open = (proposal: Proposal | undefined) => network.reach((proposal?.voteStart ?? 0) + 1);

before(async () => {
  network = await startNetwork();
  const { reader, deployment } = network.devnet;
  voter = await network.person("voter", 20_000_000n);
  backer = await network.person("backer", 1_000_000n);
  owner = await network.person("owner", 50_000n);
  clerk = await network.person("clerk", 0n);
  hub = await openHub(network.devnet, owner.account, { name: "Aurora", endpoint: "", funds: 11n * SNM });
  const delegate = (from: Person, to: Address) => delegateVotes(localSigner(reader, from.account), deployment, to);
  await delegate(voter, voter.address);
  await delegate(backer, backer.address);
  await delegate(owner, owner.address);
  await network.wait(60);
  first = await proposes(backer, "the first");
  second = await proposes(backer, "the second");
  // Votes count as they are when the vote begins.
  await delegate(backer, hub);
  await network.devnet.endow(voter.address, 0n, 0n);
  restore = await network.remember();
});
beforeEach(() => restore());
after(() => network?.devnet.stop());

describe("sonm dao vote --sign, sonm dao cast", () => {
  test("a ballot is signed before the votes open, by who has no gas, and written to a file", async () => {
    const { code, data } = await voter.sonm(
      ...["dao", "vote", idOf(first), "for", "--sign", "--out", fileOf("first.json"), "--reason", "of long standing"],
    );
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(readFileSync(fileOf("first.json"), "utf8")), data.ballot);
    assert.deepEqual(data.ballot, await firstBallot());
    const { governor, signature, ...rest } = data.ballot as Ballot;
    assert.deepEqual(rest, {
      chainId: 31_337,
      proposal: idOf(first),
      vote: "for",
      reason: "of long standing",
      voter: voter.address,
      nonce: "0",
    });
    assert.equal(governor, network.devnet.deployment.addresses.dao);
    assert.equal(signature.length, 132);
    assert.equal((await network.look("dao", "show", idOf(first))).data.votes.for, "0");
  });

  test("without a file it is all that stdout has", async () => {
    const { code, out, err } = await network.see(
      ...["dao", "vote", idOf(second), "against", "--sign", "--nonce", "1"],
      ...["--keystore", fileOf("nobody.json"), "--password-file", fileOf("password")],
    );
    assert.equal(code, 1, "a keystore that is not there");
    assert.equal(out, "");
    assert.match(err, /cannot be read/);
    const signed = await network.see(
      ...["dao", "vote", idOf(second), "against", "--sign", "--nonce", "1"],
      ...["--keystore", fileOf("voter.json"), "--password-file", fileOf("password")],
    );
    assert.equal(signed.code, 0, signed.err);
    assert.deepEqual(JSON.parse(signed.out), await secondBallot());
    assert.match(signed.err, /Signed: against, on 0x[0-9a-f]{10}\n.*anybody can bring it/);
  });

  test("what is for ballots alone is refused without --sign, and too long a reason with it", async () => {
    const vote = (...more: string[]) => voter.sonm("dao", "vote", idOf(first), "for", ...more);
    refusedWith(await vote("--out", fileOf("x.json")), /--out is for ballots/, /add --sign/);
    refusedWith(await vote("--sign", "--reason", "x".repeat(2001)), /at most 2000 bytes/, /shorter/);
    refusedWith(await vote("--sign", "--out", fileOf("voter.json")), /it exists/, /name another/);
    refusedWith(await vote("--sign", "--nonce", "one"), /whole number/, /--nonce 1/);
  });

  test("a ballot is refused until the votes open, and counted then, whoever brings it", async () => {
    const file = fileOf("early.json");
    assert.equal((await voter.sonm("dao", "vote", idOf(first), "for", "--sign", "--out", file)).code, 0);
    const cast = () => clerk.sonm("dao", "cast", file);
    await waitAsTold(network, await cast(), /votes are not open/);
    const { code, data } = await cast();
    assert.equal(code, 0);
    assert.deepEqual([data.ok, data.counted[0].weight, data.refused], [true, String(20_000_000n * SNM), []]);
    assert.equal((await network.look("dao", "show", idOf(first))).data.votes.for, String(20_000_000n * SNM));
    refusedWith(await cast(), /has voted on it, and votes are final/, /do nothing/);
    refusedWith(await voter.sonm("dao", "vote", idOf(first), "against", "--sign"), /you have voted/, /do nothing/);
  });

  test("of several ballots those that can be are counted, and each of the others is told why not", async () => {
    const { reader, deployment } = network.devnet;
    // The second proposal was made some seconds after the first one, so its vote begins later.
    await open(second);
    assert.equal((await clerk.sonm("dao", "cast", keep("counted.json", await firstBallot()))).code, 0);
    const sign = (who: Person, nonce: bigint) => signAs(who, second, "for", "", nonce);
    const good = await secondBallot();
    // A contract's ballot: it names the contract as the voter, and an account that signs for the contract has signed it.
    const wallets = await signBallot(
      localSigner(reader, { ...owner.account, address: hub }),
      deployment,
      second as Proposal,
      "abstain",
      "as the hub",
    );
    assert.equal(wallets.voter, hub);
    const strangers = await sign(clerk, 0n);
    const cases: [content: unknown, why: RegExp][] = [
      [{ ...good, vote: "for" }, /signature is not 0x[0-9a-fA-F]{40}'s/],
      [{ ...wallets, voter: owner.address }, /signature is not/],
      [{ ...good, chainId: 1 }, /for chain 1, this is chain 31337/],
      [{ ...good, governor: hub }, /which is not this DAO's/],
      [{ ...good, governor: deployment.addresses.fastLane }, /fast lane has no proposal/],
      [{ ...good, signature: undefined }, /lacks `signature`/],
      [await sign(voter, 0n), /number 0 of .*, whose number 0 has been counted/],
      [await sign(backer, 5n), /number 5 of .*, and number 0 has not been counted/],
      [strangers, /no SNM were delegated to/],
      [good, /^$/],
      [good, /has voted on it/],
      [wallets, /^$/],
      [{ ...good, nonce: "2" }, /has voted on it/],
    ];
    const file = keep("many.json", ...cases.map(([content]) => content));
    writeFileSync(fileOf("garbage.json"), "for, please\n");
    const { code, data } = await clerk.sonm("dao", "cast", file, fileOf("garbage.json"));
    assert.deepEqual([code, data.ok], [1, false]);
    assert.deepEqual(
      data.counted.map((one: { ballot: Ballot; weight: string }) => [one.ballot.voter, one.weight]),
      [
        [hub, String(1_000_000n * SNM)],
        [voter.address, String(20_000_000n * SNM)],
      ],
    );
    const whyOf = new Map(
      data.refused.map((one: { source: string; error: { why: string } }) => [one.source, one.error.why]),
    );
    for (const [i, [, why]] of cases.entries()) {
      if (why.source !== "^$") assert.match(String(whyOf.get(`${file}:${i + 1}`)), why, `ballot ${i + 1}`);
    }
    assert.match(String(whyOf.get(fileOf("garbage.json"))), /not an object/);
    assert.equal(whyOf.size, cases.length - 2 + 1);
    const { votes } = (await network.look("dao", "show", idOf(second))).data;
    assert.deepEqual(votes, { for: "0", against: String(20_000_000n * SNM), abstain: String(1_000_000n * SNM) });
  });

  test("they also come by stdin, and are a table for people", async () => {
    const { devnet } = network;
    await open(first);
    const vote = await signBallot(
      localSigner(devnet.reader, { ...owner.account, address: hub }),
      devnet.deployment,
      first as Proposal,
      "for",
      "",
    );
    const env = {
      SONM_RPC: devnet.url,
      SONM_DEPLOYMENT: fileOf("deployment.json"),
      SONM_KEYSTORE: fileOf("clerk.json"),
      SONM_PASSWORD_FILE: fileOf("password"),
    };
    const lines = `${JSON.stringify(vote)}\n${JSON.stringify({ ...vote, vote: "against" })}\n`;
    const { code, out } = await sonmBeside(["dao", "cast", "-"], env, lines);
    assert.equal(code, 1);
    assert.match(out, /ballot +proposal +voter +vote +outcome/);
    assert.match(out, new RegExp(`-:1 +${idOf(first).slice(0, 12)} +${hub} +for +counted, 1,000,000 SNM`));
    assert.match(out, /-:2 .* against +refused/);
    assert.match(out, /✗ -:2: The ballot is not counted\n {2}.* has voted on it/);
    const nothing = await sonmBeside(["dao", "cast", "-", "--json"], env);
    refusedWith({ code: nothing.code, data: JSON.parse(nothing.out) }, /no ballot was given/, /--sign/);
  });

  test("a file has one ballot, a list, or one a line", () => {
    assert.deepEqual(papersOf("f", '{\n "a": 1 }\n'), [{ source: "f", content: { a: 1 } }]);
    const two = [
      { source: "f:1", content: { a: 1 } },
      { source: "f:2", content: { b: 2 } },
    ];
    assert.deepEqual(papersOf("f", '[{"a":1},{"b":2}]'), two);
    assert.deepEqual(papersOf("f", '{"a":1}\n\n{"b":2}\n'), two);
    assert.deepEqual(papersOf("f", "what\n"), [{ source: "f", content: undefined }]);
    assert.deepEqual([papersOf("f", ""), papersOf("f", "[]")], [[], []]);
  });
});

describe("sonm dao cancel", () => {
  test("a proposal is its proposer's until the votes open, and nobody's after", async () => {
    await open(first);
    const third = idOf(await proposes(owner, "a mistake"));
    refusedWith(await clerk.sonm("dao", "cancel", third), /who proposed it; you are/, /ask its proposer/);
    refusedWith(await backer.sonm("dao", "cancel", idOf(first)), /votes have been open since/, /dao vote .* against/);
    const { data } = await owner.sonm("dao", "cancel", third);
    assert.equal(data.proposal.state, "canceled");
    refusedWith(await owner.sonm("dao", "cancel", third), /it is canceled/, /it is over/);
    refusedWith(await clerk.sonm("dao", "vote", third, "for", "--sign"), /it is canceled/, /it is over/);
  });

  test("what is over or decided cannot be taken back either", async () => {
    const { reader, deployment } = network.devnet;
    const standing = await standingOf(reader, deployment, first as Proposal);
    const refusals: Partial<Record<ProposalState, RegExp>> = {
      active: /votes have been open/,
      succeeded: /the votes have decided for it/,
      queued: /the votes have decided for it/,
      defeated: /it was defeated at/,
      expired: /nobody queued it in time: it expired at/,
      executed: /it is executed/,
    };
    for (const [state, why] of Object.entries(refusals)) {
      const proposal = { ...standing, state: state as ProposalState };
      assert.match(stepRefusal("cancel", proposal, backer.address, standing.voteEnd)?.why ?? "", why, state);
    }
    assert.equal(stepRefusal("cancel", { ...standing, state: "pending" }, backer.address, 0), undefined);
  });

  test("after the end no ballot is signed or counted", async () => {
    const file = keep("decisive.json", await firstBallot());
    await open(first);
    assert.equal((await clerk.sonm("dao", "cast", file)).code, 0);
    await network.devnet.jumpTo((first?.voteEnd ?? 0) + 1);
    refusedWith(await owner.sonm("dao", "vote", idOf(first), "for", "--sign"), /votes ended/, /too late/);
    refusedWith(await clerk.sonm("dao", "cast", file), /votes ended/, /too late/);
  });
});
