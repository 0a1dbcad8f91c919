// The gas of every function, against what was committed (SONM_UPDATE_SNAPSHOTS=1 writes it anew).
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { encodeFunctionData, type Hex, keccak256, parseEventLogs, stringToHex } from "viem";
import {
  createGovernedWorld,
  createWorld,
  DAY,
  FAST,
  type GovernedWorld,
  type Person,
  SNM,
  saltOf,
  type World,
} from "../government-fixture.ts";

const SNAPSHOT = new URL("../snapshots/government-gas.json", import.meta.url);
/** A libp2p multiaddr as hubs have them. */
const ENDPOINT = "/ip4/203.0.113.7/tcp/4001/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
/** Design targets. */
const AT_MOST: Record<string, number> = { createHub: 250_000, "transfer, warm": 90_000 };

describe("gas of the government", () => {
  const gas: Record<string, number> = {};
  const as = ({ account }: Person) => ({ account });

  async function measure(world: World | GovernedWorld, name: string, call: Promise<Hex>) {
    const { gasUsed } = await world.client.getTransactionReceipt({ hash: await call });
    gas[name] = Number(gasUsed);
  }

  before(async () => {
    await measureInstitutions(await createWorld());
    await measureDao(await createGovernedWorld());
  });

  async function measureInstitutions(world: World) {
    const { owner, miner, government, stranger, snm, ratings, whitelist, treasury, parameters } = world;
    await world.createHub(world.stranger, 1n);
    await measure(
      world,
      "createHub",
      world.factory.write.createHub([saltOf(2n), "Chez Nous", "/dns4/nous"], as(owner)),
    );
    await measure(
      world,
      "createHub, long endpoint",
      world.factory.write.createHub([saltOf(3n), "Chez Nous", ENDPOINT], as(owner)),
    );
    const wallet = await world.createHub(owner, 4n, 1_000n * SNM);
    const to = miner.account.address;
    await measure(world, "describe", whitelist.write.describe([wallet.address, "nous", "/dns4/nous2"], as(owner)));
    await measure(world, "setTrusted", whitelist.write.setTrusted([wallet.address, true], as(government)));
    await measure(world, "register", wallet.write.register(as(owner)));
    await measure(world, "transfer, first to a miner", wallet.write.transfer([to, 10n * SNM], as(owner)));
    await measure(world, "transfer, warm", wallet.write.transfer([to, 10n * SNM], as(owner)));
    await snm.write.transfer([wallet.address, 20n * SNM]);
    await measure(world, "settled", wallet.write.settled([to, 10n * SNM, 7n * SNM], as(world.jobBoard)));
    await measure(world, "pull", snm.write.transferFrom([wallet.address, to, SNM], as(miner)));

    const [yes, no, third] = world.others as [Person, Person, Person];
    for (const rater of [yes, no, third]) {
      await snm.write.transfer([rater.account.address, 100n * SNM]);
      await snm.write.approve([ratings.address, 100n * SNM], as(rater));
    }
    await measure(world, "rate, first", ratings.write.rate([wallet.address, true, 10n * SNM], as(yes)));
    await measure(world, "rate", ratings.write.rate([wallet.address, false, 10n * SNM], as(no)));
    await ratings.write.rate([wallet.address, false, 10n * SNM], as(third));

    const { takeSnapshot } = world.connection.networkHelpers;
    const registered = await takeSnapshot();
    await world.time.increase(26n * DAY);
    await measure(world, "closePeriod", wallet.write.closePeriod(as(owner)));
    await world.time.increase(4n * DAY);
    await measure(world, "payDay", wallet.write.payDay(as(owner)));
    await measure(world, "withdraw", wallet.write.withdraw([SNM], as(owner)));
    await measure(world, "register again", wallet.write.register(as(owner)));
    await measure(world, "claim after pay-day, won", ratings.write.claim([0n], as(yes)));
    await measure(world, "claim after pay-day, lost", ratings.write.claim([1n], as(yes)));
    await measure(world, "claim, the last", ratings.write.claim([2n], as(yes)));
    await registered.restore();

    await world.time.increase(10n * DAY);
    await measure(world, "suspect", wallet.write.suspect(as(world.fastLane)));
    const suspected = await takeSnapshot();
    await measure(world, "rehab", wallet.write.rehab(as(government)));
    await suspected.restore();
    await world.time.increase(120n * DAY);
    await measure(world, "ban", wallet.write.ban(as(government)));
    await measure(world, "claim after a ban, lost", ratings.write.claim([0n], as(yes)));
    await measure(world, "claim after a ban, stake", ratings.write.claim([1n], as(yes)));
    await snm.write.transfer([wallet.address, SNM]);
    await measure(world, "sweep", wallet.write.sweep(as(stranger)));
    await world.time.increase(120n * DAY);
    await measure(world, "claim after a ban, winnings", ratings.write.claim([1n], as(yes)));
    await measure(world, "release", treasury.write.release([0n], as(stranger)));
    await measure(world, "spend", treasury.write.spend([stranger.account.address, SNM], as(government)));

    await snm.write.approve([wallet.address, SNM]);
    await snm.write.approve([treasury.address, SNM]);
    const payer = world.holder.account.address;
    await measure(world, "collect (wallet)", wallet.write.collect([payer], as(stranger)));
    await measure(world, "collect (Treasury)", treasury.write.collect([payer], as(stranger)));
    await measure(world, "parameters.set", parameters.write.set([0, SNM], as(government)));
    await measure(world, "approveReferee", parameters.write.approveReferee([to], as(government)));
    await measure(world, "retireReferee", parameters.write.retireReferee([to], as(government)));
  }

  async function measureDao(world: GovernedWorld) {
    const { dao, fastLane, snm, holder } = world;
    const evidence = {
      hash: keccak256("0x01"),
      uri: "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
    };
    await measure(world, "delegate", snm.write.delegate([holder.account.address]));
    const wallet = await world.createHub(world.owner, 1n, 10n * SNM);
    await wallet.write.register(as(world.owner));
    await world.time.increase(10n);

    await measure(world, "accuse", fastLane.write.accuse([wallet.address, "it cheats", evidence]));
    const accusation = bodyOf(await fastLane.read.describe(["it cheats", evidence, holder.account.address]));
    await world.time.increase(FAST.votingDelay + 1n);
    const block = await world.client.getBlock();
    const [event] = parseEventLogs({
      abi: fastLane.abi,
      eventName: "ProposalCreated",
      logs: await world.client.getLogs({ address: fastLane.address, fromBlock: 0n, toBlock: block.number }),
    });
    assert(event);
    await measure(world, "castVote", fastLane.write.castVote([event.args.proposalId, 1]));
    await world.time.increase(FAST.votingPeriod);
    await measure(world, "queue", fastLane.write.queue(accusation));
    await world.time.increase(FAST.timelockDelay);
    await measure(world, "execute suspect", fastLane.write.execute(accusation));

    const call = encodeFunctionData({ abi: wallet.abi, functionName: "rehab" });
    await measure(
      world,
      "proposeWithEvidence",
      dao.write.proposeWithEvidence([[wallet.address], [0n], [call], "in malice", evidence]),
    );
    const description = await dao.read.describe(["in malice", evidence, holder.account.address]);
    await measure(
      world,
      "cancel",
      dao.write.cancel([[wallet.address], [0n], [call], keccak256(stringToHex(description))]),
    );

    function bodyOf(text: string) {
      const suspect = encodeFunctionData({ abi: wallet.abi, functionName: "suspect" });
      return [[wallet.address], [0n], [suspect], keccak256(stringToHex(text))] as const;
    }
  }

  it("is what was committed", () => {
    if (process.env.SONM_UPDATE_SNAPSHOTS === "1") writeFileSync(SNAPSHOT, `${JSON.stringify(gas, null, 2)}\n`);
    assert.deepEqual(gas, JSON.parse(readFileSync(SNAPSHOT, "utf8")));
  });

  for (const [name, most] of Object.entries(AT_MOST))
    it(`${name} takes at most ${most}`, () => {
      assert.ok((gas[name] ?? Number.POSITIVE_INFINITY) <= most, `${gas[name]}`);
    });
});
