import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { zeroAddress } from "viem";
import { listen } from "../support/events.ts";
import { createWorld, DAY, type Person, SNM, type World } from "../support/government/fixture.ts";
import { PARAMETERS } from "../support/government/parameters.ts";

describe("the DAO's parameters", () => {
  let world: World;
  let told: ReturnType<typeof listen>;
  let restore: () => Promise<void>;

  before(async () => {
    world = await createWorld();
    told = listen(world);
    const snapshot = await world.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  beforeEach(() => restore());

  const as = ({ account }: Person) => ({ account });
  const set = (parameter: number, value: bigint, by = world.government) =>
    world.parameters.write.set([parameter, value], as(by));

  for (const [index, [name, value, min, max]] of PARAMETERS.entries())
    it(`${name} starts at its default and stays within its bounds`, async () => {
      assert.equal(await world.parameters.read.get([index]), value);
      assert.deepEqual(await world.parameters.read.bounds([index]), [min, max]);
      for (const wrong of [max + 1n, 2n ** 255n, ...(min > 0n ? [min - 1n] : [])])
        await world.viem.assertions.revertWithCustomErrorWithArgs(
          set(index, wrong),
          world.parameters,
          "ParametersOutOfBounds",
          [index, wrong, min, max],
        );
      for (const right of [min, max]) {
        await set(index, right);
        await world.time.increase(200n * DAY);
        assert.equal(await world.parameters.read.get([index]), right);
      }
    });

  it("has no more parameters than these", async () => {
    await assert.rejects(world.parameters.read.get([PARAMETERS.length]));
  });

  it("changes after window, opening and the longest game of any job there can be", async () => {
    const delay = await world.parameters.read.changeDelay();
    // 7 days, 1 day, twice 7 days, 24 grace periods of a day, and a second.
    assert.equal(delay, 46n * DAY + 1n);
    const events = await told(() => set(0, 5n * SNM));
    const effectiveAt = BigInt(await world.time.latest()) + delay;
    assert.deepEqual(events, [["parameters", "ChangeScheduled", { parameter: 0, value: 5n * SNM, effectiveAt }]]);
    assert.deepEqual(await world.parameters.read.scheduled([0]), [5n * SNM, effectiveAt]);
    await world.time.increaseTo(effectiveAt - 1n);
    assert.equal(await world.parameters.read.get([0]), SNM);
    await world.time.increaseTo(effectiveAt);
    assert.equal(await world.parameters.read.get([0]), 5n * SNM);
  });

  it("replaces a change that waits by a later one, which waits anew", async () => {
    await set(0, 5n * SNM);
    await world.time.increase(20n * DAY);
    await set(0, 7n * SNM);
    await world.time.increase(30n * DAY);
    assert.equal(await world.parameters.read.get([0]), SNM);
    await world.time.increase(30n * DAY);
    assert.equal(await world.parameters.read.get([0]), 7n * SNM);
    await set(0, 9n * SNM);
    assert.equal(await world.parameters.read.get([0]), 7n * SNM);
  });

  it("listens to the slow lane only", async () => {
    const referee = world.miner.account.address;
    for (const person of [world.owner, world.fastLane, world.holder]) {
      await assert.rejects(set(0, SNM, person), /ParametersNotGovernment/);
      await assert.rejects(world.parameters.write.approveReferee([referee], as(person)), /ParametersNotGovernment/);
      await assert.rejects(world.parameters.write.retireReferee([referee], as(person)), /ParametersNotGovernment/);
    }
  });

  it("approves referees and retires them", async () => {
    const referee = world.miner.account.address;
    const status = () => world.parameters.read.refereeStatus([referee]);
    const { write } = world.parameters;
    assert.equal(await status(), 0);
    await assert.rejects(write.retireReferee([referee], as(world.government)), /ParametersRefereeNotActive/);
    await assert.rejects(write.approveReferee([zeroAddress], as(world.government)), /ParametersZeroReferee/);
    assert.deepEqual(await told(() => write.approveReferee([referee], as(world.government))), [
      ["parameters", "RefereeApproved", { referee: "miner" }],
    ]);
    assert.equal(await status(), 1);
    assert.deepEqual(await told(() => write.retireReferee([referee], as(world.government))), [
      ["parameters", "RefereeRetired", { referee: "miner" }],
    ]);
    assert.equal(await status(), 2);
    await assert.rejects(write.retireReferee([referee], as(world.government)), /ParametersRefereeNotActive/);
  });
});
