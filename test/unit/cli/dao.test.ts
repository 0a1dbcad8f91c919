// What the holders of SNM do by the command line: rate a hub, suspect and ban it, and take the winnings. Every step that must wait is
// first tried too early; it is then possible at the time that the refusal said.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { sweepHub } from "@sonm/chain/hub/wallet";
import { transferSnm } from "@sonm/chain/money/snm";
import type { Address } from "@sonm/protocol/values/ids";
import { parseEther, zeroAddress } from "viem";
import { openHub } from "../../../offchain/devnet/local-chain.ts";
import { DAY, type Network, type Person, refusedWith, startNetwork, waitAsTold } from "./network.ts";

const SNM = parseEther("1");
let network: Network;
let voter: Person;
let rater: Person;
let hub: Address;
let evidence: string;
/** Takes the chain back to before anybody has rated the hub. */
let restore: () => Promise<void>;

before(async () => {
  network = await startNetwork();
  const owner = await network.person("owner", 0n);
  voter = await network.person("voter", 20_000_000n);
  rater = await network.person("rater", 1_000n);
  const description = { name: "Mirage", endpoint: "", funds: 11n * SNM };
  hub = await openHub(network.devnet, owner.account, description);
  evidence = join(network.folder, "evidence.json");
  writeFileSync(evidence, '{"claim":"convicted"}');
  restore = await network.remember();
});
after(() => network?.devnet.stop());

/** Two positions: 100 SNM for the hub, and 100.5 SNM against it. */
async function rate(): Promise<void> {
  assert.equal((await voter.sonm("rate", hub, "for", "100")).data.position, 0);
  assert.equal((await rater.sonm("rate", hub, "against", "100.5 SNM")).data.position, 1);
}

describe("sonm rate, ratings, rating claim", () => {
  beforeEach(() => restore());

  test("a stake is taken, and half of it is at risk", async () => {
    const { data } = await voter.sonm("rate", hub, "for", "100");
    assert.deepEqual(
      [data.position, data.stake, data.atRisk],
      [0, 100n * SNM, 50n * SNM].map(String).map((text, i) => (i === 0 ? 0 : text)),
    );
    assert.equal((await rater.sonm("rate", hub, "against", "100.5 SNM")).data.position, 1);
  });

  test("what cannot be taken is refused", async () => {
    await rate();
    refusedWith(await rater.sonm("rate", hub, "sideways", "1"), /for or against/, /write `for` or `against`/);
    refusedWith(
      await rater.sonm("rate", hub, "for", "1000000"),
      /you have 899\.5 SNM, it takes 1,000,000 SNM/,
      /at most 899\.5 SNM/,
    );
    refusedWith(await rater.sonm("rate", rater.address, "for", "1"), /factory has not made it/, /sonm hubs/);
  });

  test("ratings show both sides and every position", async () => {
    await rate();
    const { data } = await network.look("ratings", hub);
    assert.equal(data.verdict, "open");
    assert.ok(data.score > 4900 && data.score < 5000, String(data.score));
    assert.deepEqual([data.stakedFor, data.stakedAgainst], [String(100n * SNM), String(100n * SNM + SNM / 2n)]);
    assert.equal(data.positions.length, 2);
  });

  test("nothing is paid before the verdict, and when that can be is said", async () => {
    await rate();
    const { data } = await rater.sonm("rating", "claim");
    assert.match(data.error.why, /has not reached its pay-day/);
    const { payDayFrom } = (await network.look("hub", "status", hub)).data;
    assert.equal(data.error.possibleFrom, payDayFrom);
    refusedWith(await rater.sonm("rating", "claim", "7"), /nobody has taken it/, /sonm ratings/);
  });
});

// One test, because each step needs the one before: the months of votes, timelocks and delays up to a ban are lived through once.
test("sonm dao, sonm treasury: a hub is trusted, suspected and banned", async (t) => {
  await restore();
  await rate();
  /** ids of the proposals: the trusted mark, the suspicion, removing the mark, and the ban */
  let [mark, suspicion, lapsed, ban] = ["", "", "", ""];

  /** What the list and the hub's own page say about the mark. */
  const trustSeen = async () => {
    const [listed, shown] = await Promise.all([network.look("hubs"), network.look("hub", "status", hub)]);
    return [listed.data.hubs[0].trusted, shown.data.trusted];
  };
  const accuse = (...more: string[]) => voter.sonm("dao", "propose", "suspect", hub, ...more);

  await t.test("a suspicion needs evidence that others can have, and votes", async () => {
    refusedWith(await accuse(), /needs evidence/, /--evidence/);
    refusedWith(await accuse("--evidence", evidence), /nothing says where others get it/, /--uri/);
    refusedWith(await accuse("--evidence", evidence, "--uri", "ipfs://x"), /you have 0 SNM/, /sonm dao delegate self/);
    const { data } = await voter.sonm("dao", "delegate", "self");
    assert.deepEqual([data.from, data.to], [zeroAddress, voter.address]);
    refusedWith(await voter.sonm("dao", "delegate", "self"), /delegated to self already/, /do nothing/);
    // The ratings must be old enough at the suspicion to count.
    await network.wait(2 * DAY);
  });

  await t.test("what could never be carried out is not proposed", async () => {
    refusedWith(await voter.sonm("dao", "propose", "ban", hub), /Mirage is registered/, /suspect it first/);
    refusedWith(await voter.sonm("dao", "propose", "param", "LockShare", "40 %"), /cannot be 40 %/, /10 % … 30 %/);
    refusedWith(await voter.sonm("dao", "propose", "param", "lunch", "1 h"), /not among them/, /LockShareBps/);
  });

  await t.test("a hub is trusted when the DAO has decided so, and everybody sees it", async () => {
    const trust = (...more: string[]) => voter.sonm("dao", "propose", "trust", hub, ...more);
    refusedWith(await trust("--revoke"), /Mirage is not trusted/, /do nothing/);
    const made = await trust("--text", "of long standing");
    assert.deepEqual([made.data.lane, made.data.action], ["slow", { kind: "trust", hub, trusted: true }]);
    mark = made.data.id;
    await network.devnet.jumpTo(made.data.voteStart + 1);
    await voter.sonm("dao", "vote", mark, "for");
    await network.devnet.jumpTo(made.data.voteEnd + 1);
    const { eta } = (await voter.sonm("dao", "queue", mark)).data.proposal;
    await network.devnet.jumpTo(eta);
    assert.deepEqual(await trustSeen(), [false, false], "decided is not yet done");
    assert.match((await rater.sonm("dao", "execute", mark)).data.done, new RegExp(`Carried out: trust ${hub}`));
    assert.deepEqual(await trustSeen(), [true, true]);
    assert.match((await network.see("hub", "status", hub)).out, /status +registered, trusted by the DAO/);
    assert.match((await network.see("hubs")).out, /Mirage .* yes$/m);
    refusedWith(await trust(), /Mirage is trusted/, /do nothing/);
  });

  await t.test("a suspicion runs its course, each step when it was said", async () => {
    const made = await accuse("--evidence", evidence, "--uri", "ipfs://x", "--text", "convicted");
    assert.equal(made.code, 0);
    assert.equal(made.data.lane, "fast");
    suspicion = made.data.id;
    const id = suspicion.slice(0, 12);
    await waitAsTold(network, await voter.sonm("dao", "vote", id, "for"), /votes are not open/);
    const voted = await voter.sonm("dao", "vote", id, "for", "--reason", "clear");
    assert.equal(voted.data.weight, String(19_999_900n * SNM));
    refusedWith(await voter.sonm("dao", "vote", id, "against"), /you have voted/, /do nothing/);
    refusedWith(await rater.sonm("dao", "vote", id, "for"), /no SNM were delegated to you/, /delegate/);
    await waitAsTold(network, await rater.sonm("dao", "queue", id), /still voted on/);
    assert.equal((await rater.sonm("dao", "queue", id)).data.proposal.state, "queued");
    await waitAsTold(network, await rater.sonm("dao", "execute", id), /waits in the timelock/);
    assert.equal((await rater.sonm("dao", "execute", id)).data.proposal.state, "executed");
    assert.equal((await network.look("hub", "status", hub)).data.status, "suspected");
    refusedWith(await rater.sonm("dao", "execute", id), /it is executed/, /it is over/);
  });

  await t.test("show compares a document with the evidence", async () => {
    const same = await network.look("dao", "show", suspicion, "--check", evidence);
    assert.deepEqual([same.code, same.data.evidenceMatches, same.data.evidence.uri], [0, true, "ipfs://x"]);
    assert.deepEqual(same.data.calls[0].action, { kind: "suspect", hub, registration: 1 });
    const other = join(network.folder, "other.json");
    writeFileSync(other, "{}");
    const differs = await network.look("dao", "show", suspicion, "--check", other);
    assert.deepEqual([differs.code, differs.data.evidenceMatches], [1, false]);
    refusedWith(await network.look("dao", "show", "0x12"), /not how its number begins/, /sonm dao list/);
  });

  await t.test("a suspected hub is neither rated nor paid out, and its raters are told to wait", async () => {
    refusedWith(await rater.sonm("rate", hub, "for", "1"), /the hub is suspected/, /registered again/);
    assert.match((await rater.sonm("rating", "claim")).data.error.why, /neither banned nor rehabilitated/);
  });

  await t.test("a decision that nobody queues expires, as was said", async () => {
    lapsed = (await voter.sonm("dao", "propose", "trust", hub, "--revoke")).data.id;
    await waitAsTold(network, await voter.sonm("dao", "vote", lapsed, "for"), /votes are not open/);
    await voter.sonm("dao", "vote", lapsed, "for");
    const { voteEnd } = (await network.look("dao", "show", lapsed)).data;
    await network.devnet.jumpTo(voteEnd + 1);
    const { expiresAt } = (await network.look("dao", "show", lapsed)).data;
    assert.equal(expiresAt, voteEnd + 30 * DAY);
    assert.match((await network.see("dao", "show", lapsed)).out, /can be queued until .* \(in 29 d 23 h\)/);
    await network.devnet.jumpTo(expiresAt + 1);
    refusedWith(await voter.sonm("dao", "queue", lapsed), /nobody queued it in time/, /propose it again/);
    assert.match((await network.see("dao", "list")).out, /expired at/);
    assert.deepEqual(await trustSeen(), [true, true]);
  });

  await t.test("a ban can be voted early, but not so early that it would expire, and is done late", async () => {
    const propose = () => voter.sonm("dao", "propose", "ban", hub, "--text", "it is a cheat");
    await waitAsTold(network, await propose(), /the decision would expire before/);
    const made = await propose();
    assert.match(made.data.note, /can be carried out from/);
    ban = made.data.id;
    await waitAsTold(network, await voter.sonm("dao", "vote", ban, "for"), /votes are not open/);
    await voter.sonm("dao", "vote", ban, "for");
    await waitAsTold(network, await voter.sonm("dao", "queue", ban), /still voted on/);
    await voter.sonm("dao", "queue", ban);
    await waitAsTold(network, await voter.sonm("dao", "execute", ban), /waits in the timelock/);
    assert.match((await network.see("dao", "show", ban)).out, /expires +.* \(in 30 d\)/);
    await waitAsTold(network, await voter.sonm("dao", "execute", ban), /has time to defend itself/);
    assert.deepEqual(await trustSeen(), [true, true], "a suspicion takes nothing away");
    assert.match((await voter.sonm("dao", "execute", ban)).data.done, /Carried out: ban/);
    const { status, since, registration } = (await network.look("hub", "status", hub)).data;
    assert.deepEqual([status, since], ["punished", registration.endedAt]);
    assert.match(
      (await network.see("hub", "status", hub)).out,
      /registrations +1, the last one since .*\n +banned +\d{4}-/,
    );
  });

  await t.test("a ban takes the trust away, for ever", async () => {
    assert.deepEqual(await trustSeen(), [false, false]);
    assert.match((await network.see("hubs")).out, /Mirage .* no$/m);
    refusedWith(await voter.sonm("dao", "propose", "trust", hub), /Mirage is banned/, /do nothing/);
  });

  await t.test("list shows what there was, newest first", async () => {
    const { proposals } = (await network.look("dao", "list")).data;
    assert.deepEqual(
      proposals.map(({ id, lane, state }: Record<string, string>) => [id, lane, state]),
      [
        [ban, "slow", "executed"],
        [lapsed, "slow", "expired"],
        [suspicion, "fast", "executed"],
        [mark, "slow", "executed"],
      ],
    );
    const { out } = await network.see("dao", "list");
    assert.match(out, /proposal +lane +what +state +next +for +against/);
    // Shown by its address, which nobody else can have, and by its name, which anybody can take.
    const named = `${hub.slice(0, 10)}…${hub.slice(-4)} \\(Mirage\\)`;
    for (const deed of ["ban", "suspect", "trust"]) assert.match(out, new RegExp(`${deed} ${named} .*executed`));
  });

  await t.test("what was seized is frozen, then released, and the winnings with it", async () => {
    const { data } = await network.look("treasury");
    assert.deepEqual([data.balance, data.frozen, data.available], [String(11n * SNM), String(11n * SNM), "0"]);
    // The stake is paid at once, the winnings later.
    const stake = await rater.sonm("rating", "claim");
    assert.equal(stake.data.total, String(100n * SNM + SNM / 2n));
    const later = await rater.sonm("rating", "claim");
    assert.match(later.data.error.why, /the winnings are frozen/);
    assert.equal(later.data.error.possibleFrom, data.seizures[0].releaseAt);
    assert.ok(data.seizures[0].releaseAt - (await network.now()) > 119 * DAY);

    await waitAsTold(network, await rater.sonm("treasury", "release", "0"), /its time has not come/);
    assert.equal((await rater.sonm("treasury", "release", "0")).data.total, String(11n * SNM));
    const again = await rater.sonm("treasury", "release", "0");
    assert.deepEqual([again.code, again.data.total, again.data.outcomes[0].outcome], [0, "0", "done before"]);
    refusedWith(await rater.sonm("treasury", "release", "1"), /there are 1 so far/, /sonm treasury/);
    const won = BigInt((await rater.sonm("rating", "claim")).data.total);
    const lost = 100n * SNM - BigInt((await voter.sonm("rating", "claim")).data.total);
    // The losers lost more than the ban has seized. The winners can win at most what was seized.
    assert.ok(won === 11n * SNM && lost > 49n * SNM, `${won} won, ${lost} lost`);
    refusedWith(await rater.sonm("rating", "claim"), /no ratings that are not paid/, /sonm rate/);
  });

  await t.test("single wei swept one by one hide nothing: frozen sums come first, the largest at the top", async () => {
    const { bank, deployment } = network.devnet;
    for (const amount of [1n, 5n * SNM, 2n]) {
      await transferSnm(bank, deployment, hub, amount);
      await sweepHub(bank, hub);
    }
    const { data } = await network.look("treasury", "--limit", "3");
    assert.deepEqual(
      data.seizures.map(({ number, amount, released }: Record<string, unknown>) => [number, amount, released]),
      [
        [2, String(5n * SNM), false],
        [3, "2", false],
        [1, "1", false],
      ],
    );
    assert.equal(data.count, 4);
    const { out } = await network.see("treasury", "--from", "3");
    assert.match(out, /\n0 +0x[0-9a-fA-F]{40} +released +11 SNM\n\n4 to 4 of 4 seizures\n/);
    const some = await rater.sonm("treasury", "release", "0", "2");
    assert.deepEqual([some.code, some.data.ok], [1, false]);
    assert.deepEqual(
      some.data.outcomes.map(({ seizure, outcome }: Record<string, unknown>) => [seizure, outcome]),
      [
        [0, "done before"],
        [2, "refused"],
      ],
    );
    assert.equal(some.data.outcomes[1].error.possibleFrom, data.seizures[0].releaseAt);
  });
});
