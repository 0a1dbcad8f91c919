// The DAO's numbers by the command line: their values, changes to come, and what can prevent a decision about money.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { daoAbi } from "@sonm/chain/abi/dao";
import { walletFor } from "@sonm/chain/clients";
import { parseEther } from "viem";
import { DAY, type Network, type Person, refusedWith, startNetwork } from "./network.ts";

let network: Network;
let voter: Person;
/** Takes the chain back to before anything was proposed. */
let restore: () => Promise<void>;

before(async () => {
  network = await startNetwork();
  voter = await network.person("voter", 20_000_000n);
  await voter.sonm("dao", "delegate", "self");
  await network.wait(10);
  restore = await network.remember();
});
beforeEach(() => restore());
after(() => network?.devnet.stop());

/** Votes for a proposal and queues it, up to the time when it can be executed. */
async function decide(id: string): Promise<void> {
  const { voteStart, voteEnd } = (await network.look("dao", "show", id)).data;
  await network.devnet.jumpTo(voteStart + 1);
  assert.equal((await voter.sonm("dao", "vote", id, "for")).code, 0);
  await network.devnet.jumpTo(voteEnd + 1);
  const { eta } = (await voter.sonm("dao", "queue", id)).data.proposal;
  await network.devnet.jumpTo(eta);
}

async function parameter(name: string) {
  const { parameters } = (await network.look("dao", "params")).data;
  return parameters.find((one: { name: string }) => one.name === name);
}

describe("sonm dao params", () => {
  test("shows every number in its unit, with its bounds, and how the DAO works", async () => {
    const { out } = await network.see("dao", "params");
    assert.match(out, /^ReserveWei +1 SNM +0\.01 SNM … 1,000 SNM$/m);
    assert.match(out, /^TaxShareBps +0\.5 % +0 % … 5 %$/m);
    assert.match(out, /^PayPeriodSeconds +30 d +7 d … 90 d$/m);
    assert.match(out, /takes effect 46 d 1 s after it is carried out/);
    const { data } = await network.look("dao", "params");
    assert.equal(data.parameters.length, 24);
    assert.deepEqual(data.parameters[0], {
      name: "ReserveWei",
      value: String(parseEther("1")),
      min: String(parseEther("0.01")),
      max: String(parseEther("1000")),
      next: null,
    });
    assert.deepEqual(data.lanes.fast, {
      threshold: String(parseEther("10000")),
      votingDelay: 3_600,
      votingPeriod: 2 * DAY,
      quorumPercent: 4,
      quorum: String(parseEther("17760000")),
      timelockDelay: DAY / 2,
    });
    assert.deepEqual([data.lanes.slow.votingPeriod, data.lanes.slow.timelockDelay], [7 * DAY, 2 * DAY]);
    assert.match(out, /slow lane: everything\n {2}to propose +10,000 SNM of votes/);
  });

  test("a change is announced with its date, waits, and comes true then", async () => {
    const propose = (value: string) => voter.sonm("dao", "propose", "param", "TaxShare", value);
    refusedWith(await propose("0.5 %"), /TaxShareBps is 0\.5 %/, /do nothing/);
    refusedWith(await propose("0.001 %"), /smallest step is 0\.01 %/, /multiple/);
    refusedWith(await propose("5.01 %"), /cannot be 5\.01 %/, /0 % … 5 %/);
    const made = await propose("1.1 %");
    assert.equal(made.data.action.value, "110");
    assert.match(made.data.note, /takes effect 46 d 1 s after it is carried out/);
    await decide(made.data.id);
    const { done, changes } = (await voter.sonm("dao", "execute", made.data.id)).data;
    const [{ from }] = changes;
    assert.equal(from, (await network.now()) + 46 * DAY + 1);
    assert.match(done, /set TaxShareBps to 1\.1 %, from 20\d\d-\d\d-\d\d .* \(in 46 d.*\) on$/);

    assert.deepEqual(await parameter("TaxShareBps"), {
      name: "TaxShareBps",
      value: "50",
      min: "0",
      max: "500",
      next: { value: "110", from },
    });
    assert.match((await network.see("dao", "params")).out, /^TaxShareBps +0\.5 % .* becomes 1\.1 % on 20.* \(in 46 d/m);
    assert.match((await propose("0.29 %")).data.note, /the change to 1\.1 % that waits now is replaced/);

    await network.devnet.jumpTo(from - 1);
    assert.equal((await parameter("TaxShareBps")).value, "50");
    await network.devnet.jumpTo(from);
    assert.deepEqual([(await parameter("TaxShareBps")).value, (await parameter("TaxShareBps")).next], ["110", null]);
  });
});

describe("money", () => {
  test("a payment that the Treasury cannot make is not tried, and made once it can", async () => {
    const spend = (...args: string[]) => voter.sonm("dao", "propose", "spend", ...args);
    refusedWith(await spend(voter.address, "0"), /nothing would be paid/, /above 0/);
    refusedWith(await spend(`0x${"0".repeat(40)}`, "1"), /nobody has the address 0/, /name a payee/);
    refusedWith(await spend(voter.address, "1,5"), /a comma only groups thousands/, /write 1\.5/);
    const made = await spend(voter.address, "1,000");
    assert.equal(made.data.action.amount, String(parseEther("1000")));
    assert.match(made.data.note, /cannot pay this: it has 0 SNM to spend, it takes 1,000 SNM, and nothing is frozen/);
    await decide(made.data.id);
    refusedWith(await voter.sonm("dao", "execute", made.data.id), /has 0 SNM to spend/, /once more has come in/);
    await voter.sonm("send", network.devnet.deployment.addresses.treasury, "1000");
    assert.match((await voter.sonm("dao", "execute", made.data.id)).data.done, /spend 1,000 SNM to/);
  });

  test("a proposal that carries the chain's own money shows it, and is queued and executed here", async () => {
    const { reader, deployment } = network.devnet;
    const { addresses } = deployment;
    const payee = `0x${"ab".repeat(20)}` as const;
    const wallet = walletFor(reader, voter.account);
    const hash = await wallet.writeContract({
      address: addresses.dao,
      abi: daoAbi,
      functionName: "propose",
      args: [[payee], [parseEther("1.5")], ["0x"], `a gift\n#proposer=${voter.address}`],
    });
    await reader.client.waitForTransactionReceipt({ hash });
    const [{ id, calls }] = (await network.look("dao", "list")).data.proposals;
    assert.deepEqual([calls[0].value, calls[0].action], [String(parseEther("1.5")), null]);
    assert.match((await network.see("dao", "show", id)).out, /does +pay 1\.5 of the chain's own money to 0xab/i);
    await decide(id);
    const refused = await voter.sonm("dao", "execute", id);
    refusedWith(
      refused,
      /timelock, which pays it, has 0 .* it takes 1\.5/,
      new RegExp(`send the rest to ${addresses.timelock}`),
    );
    const sent = await wallet.sendTransaction({ to: addresses.timelock, value: parseEther("1.5") });
    await reader.client.waitForTransactionReceipt({ hash: sent });
    assert.match((await voter.sonm("dao", "execute", id)).data.done, /Carried out: pay 1\.5/);
    assert.equal(await reader.client.getBalance({ address: payee }), parseEther("1.5"));
  });
});
