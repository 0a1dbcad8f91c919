// Ratings: what each verdict pays, computed by hand. government-model.test.ts compares random sequences with a model.
import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { type Address, getAddress } from "viem";
import { listen } from "../../support/events.ts";
import { createWorld, DAY, type Person, SNM, type Wallet, type World } from "../../support/government/fixture.ts";

const MATURITY = 4n * DAY;
const PERIOD = 30n * DAY;

describe("ratings of hubs", () => {
  let world: World;
  let wallet: Wallet;
  let registeredAt: bigint;
  let restore: () => Promise<void>;
  let raters: Person[];

  before(async () => {
    world = await createWorld();
    raters = world.others.slice(0, 4);
    for (const { account } of raters) {
      await world.snm.write.transfer([account.address, 1_000n * SNM]);
      await world.snm.write.approve([world.ratings.address, 2n ** 256n - 1n], { account });
    }
    wallet = await world.createHub(world.owner, 1n, 100n * SNM);
    await wallet.write.register({ account: world.owner.account });
    registeredAt = BigInt(await world.time.latest());
    const snapshot = await world.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  beforeEach(() => restore());

  /** Rates exactly `age` seconds after the registration. */
  async function rate(rater: number, inFavour: boolean, stake: bigint, age: bigint, hub = wallet.address) {
    const person = raters[rater];
    assert(person);
    const position = await world.ratings.read.count();
    await world.time.setNextBlockTimestamp(registeredAt + age);
    await world.ratings.write.rate([hub, inFavour, stake], { account: person.account });
    return position;
  }
  const at = (age: bigint) => world.time.increaseTo(registeredAt + age);
  const claim = (position: bigint) => world.ratings.write.claim([position], { account: world.stranger.account });
  const gained = async (rater: number) => {
    const person = raters[rater];
    assert(person);
    return (await world.snm.read.balanceOf([person.account.address])) - 1_000n * SNM;
  };
  async function close() {
    await world.time.setNextBlockTimestamp(registeredAt + 26n * DAY);
    await wallet.write.closePeriod({ account: world.owner.account });
  }
  async function payDay() {
    await close();
    await at(30n * DAY + 10n);
  }
  async function suspect(age: bigint) {
    await world.time.setNextBlockTimestamp(registeredAt + age);
    await wallet.write.suspect([1], { account: world.fastLane.account });
  }
  async function ban() {
    await world.time.increase(120n * DAY);
    await wallet.write.ban([1], { account: world.government.account });
  }
  const revertWithCustomError = (
    call: Promise<unknown>,
    name: "RatingsNotTaken" | "RatingsNotHub" | "RatingsZeroStake",
  ) => world.viem.assertions.revertWithCustomError(call, world.ratings, name);
  const revertWithCustomErrorWithArgs = (
    call: Promise<unknown>,
    name: "RatingsUndecided" | "RatingsAlreadyClaimed" | "RatingsTooEarly" | "RatingsUnknownPosition",
    args: [bigint] | [Address, number],
  ) => world.viem.assertions.revertWithCustomErrorWithArgs(call, world.ratings, name, args as [bigint]);

  it("pays those for the hub when it reaches its pay-day, without the owner's help", async () => {
    const yes = await rate(0, true, 100n * SNM, PERIOD - 20n * DAY);
    const no = await rate(1, false, 100n * SNM, PERIOD - 10n * DAY);
    await payDay();
    // At risk: 50 % of the smaller weight, which is 100 SNM × 10 of 30 days.
    const matched = (100n * SNM * 10n * DAY * 5_000n) / (10_000n * PERIOD);
    assert.equal((await world.ratings.read.tally([wallet.address, 1])).matched, matched);
    await claim(yes);
    await claim(no);
    assert.equal(await gained(0), matched);
    assert.ok((await gained(1)) === -matched || (await gained(1)) === -matched - 1n);
    assert.equal(await world.snm.read.balanceOf([world.ratings.address]), 0n);
  });

  it("pays those against it at a ban: stakes at once, winnings when the seizure is released", async () => {
    const yes = await rate(0, true, 90n * SNM, 15n * DAY);
    const no = await rate(1, false, 30n * SNM, 15n * DAY);
    await suspect(20n * DAY);
    await ban();
    const bannedAt = BigInt(await world.time.latest());
    // Half of the smaller weight (30 SNM × 15 of 30 days) is 7.5 SNM.
    const matched = (75n * SNM) / 10n;
    await claim(no);
    assert.equal(await gained(1), 0n);
    await revertWithCustomErrorWithArgs(claim(no), "RatingsTooEarly", [bannedAt + 120n * DAY]);
    await claim(yes);
    assert.equal(await gained(0), -matched);
    await world.time.increaseTo(bannedAt + 120n * DAY);
    await claim(no);
    assert.equal(await gained(1), matched);
    await revertWithCustomErrorWithArgs(claim(no), "RatingsAlreadyClaimed", [no]);
  });

  /** The owner stakes against its own hub, lets it be banned, and takes what it can. Returns what was seized, lost and won. */
  async function plunder(inWallet: bigint, inFavour: bigint, against: bigint) {
    const [honest, puppet] = raters as [Person, Person];
    const { owner, snm, ratings, treasury } = world;
    const hub = await world.createHub(owner, 7n, inWallet);
    await hub.write.register({ account: owner.account });
    const staked: bigint[] = [];
    for (const [rater, side, stake] of [
      [honest, true, inFavour],
      [puppet, false, against],
    ] as const) {
      await snm.write.transfer([rater.account.address, stake]);
      staked.push(await ratings.read.count());
      await ratings.write.rate([hub.address, side, stake], { account: rater.account });
    }
    await world.time.increase(MATURITY);
    await hub.write.suspect([1], { account: world.fastLane.account });
    const had = await snm.read.balanceOf([treasury.address]);
    await world.time.increase(120n * DAY);
    await hub.write.ban([1], { account: world.government.account });
    const { seized } = await hub.read.registration([1]);
    assert.equal(seized, inWallet);
    // Money that comes later is swept, and does not raise what can be won.
    await snm.write.transfer([hub.address, 10_000n * SNM]);
    await hub.write.sweep({ account: world.stranger.account });
    await world.time.increase(120n * DAY);
    for (const position of staked) await claim(position);
    assert.equal(await snm.read.balanceOf([ratings.address]), 0n);
    const lost = inFavour - (await gained(0));
    const won = (await gained(1)) - against;
    const remainder = (await snm.read.balanceOf([treasury.address])) - had - inWallet - 10_000n * SNM;
    assert.equal(remainder, lost - won, "INV-25: what is lost and not won is the Treasury's");
    return { seized, lost, won };
  }

  it("INV-33: test_fault_owner_profits_from_its_own_ban: a sock puppet wins no more than the hub loses", async () => {
    const { seized, lost, won } = await plunder(3n * SNM, 10_000n * SNM, 10_000n * SNM);
    assert.equal(won, seized);
    // Raters in favour of a cheat lose their stakes as before: it does not help them that the hub keeps its wallet empty.
    assert.ok(lost > 4_900n * SNM);
  });

  it("INV-33: to the wei where the seizure is just what is lost, one less, one more", async () => {
    const { lost } = await plunder(50n * SNM, 40n * SNM, 40n * SNM);
    for (const [plus, wins] of [
      [-1n, lost - 1n],
      [0n, lost],
      [1n, lost],
    ] as const) {
      await restore();
      assert.equal((await plunder(lost + plus, 40n * SNM, 40n * SNM)).won, wins);
    }
  });

  it("refunds positions younger than four days at the suspicion, to the second, and does not count them", async () => {
    const old = await rate(0, false, 10n * SNM, 10n * DAY);
    const yes = await rate(1, true, 10n * SNM, 10n * DAY + 1n);
    const mature = await rate(2, false, 10n * SNM, 12n * DAY);
    const young = await rate(3, false, 1_000n * SNM, 12n * DAY + 1n);
    await suspect(12n * DAY + MATURITY);
    await ban();
    await world.time.increase(120n * DAY);
    for (const position of [young, old, yes, mature]) await claim(position);
    assert.equal(await gained(3), 0n);
    // The hub's side is matched completely: two mature positions, with weights of 20 and 18 days, are against it.
    const weightFor = 10n * SNM * (20n * DAY - 1n);
    const matched = (weightFor * 5_000n) / (10_000n * PERIOD);
    assert.ok((await gained(1)) >= -matched - 1n && (await gained(1)) <= -matched);
    assert.equal(await gained(0), (matched * 20n) / 38n);
    assert.equal(await gained(2), (matched * 18n) / 38n);
  });

  it("P6: a stake in the second of closing takes nothing from an honest critic", async () => {
    const critic = await rate(0, false, 100n * SNM, DAY);
    const early = await rate(1, true, 10n * SNM, DAY + 1n);
    const late = await rate(2, true, 1_000n * SNM, 26n * DAY - 1n);
    await payDay();
    for (const position of [late, critic, early]) await claim(position);
    assert.equal(await gained(2), 0n, "it has its stake back");
    // The early stake is matched: 29 of 30 days, less one second.
    const matched = (10n * SNM * (29n * DAY - 1n) * 5_000n) / (10_000n * PERIOD);
    assert.ok([-matched, -matched - 1n].includes(await gained(0)));
    assert.equal(await gained(1), matched);
  });

  for (const [verdict, end] of [
    ["at a pay-day", payDay],
    [
      "at a ban after the closing, whenever the suspicion comes",
      async () => {
        await close();
        await suspect(29n * DAY);
        await ban();
        await world.time.increase(120n * DAY);
      },
    ],
  ] as const) {
    it(`P6: refunds positions younger than four days at the closing, to the second, and does not count them, ${verdict}`, async () => {
      const last = 26n * DAY - MATURITY;
      const yes = await rate(0, true, 10n * SNM, DAY);
      const no = await rate(1, false, 10n * SNM, last);
      const young = [await rate(2, true, 500n * SNM, last + 1n), await rate(3, false, 500n * SNM, last + 2n)];
      await end();
      const matched = (10n * SNM * (PERIOD - last) * 5_000n) / (10_000n * PERIOD);
      assert.equal((await world.ratings.read.tally([wallet.address, 1])).matched, matched);
      for (const position of [...young, yes, no]) await claim(position);
      assert.deepEqual([await gained(2), await gained(3)], [0n, 0n]);
      const [won, lost] = verdict.startsWith("at a pay-day") ? [0, 1] : [1, 0];
      assert.equal(await gained(won), matched);
      assert.ok([-matched, -matched - 1n].includes(await gained(lost)));
    });
  }

  it("refunds everybody after a rehabilitation", async () => {
    const yes = await rate(0, true, 100n * SNM, DAY);
    const no = await rate(1, false, 50n * SNM, DAY + 5n);
    await suspect(10n * DAY);
    await revertWithCustomErrorWithArgs(claim(yes), "RatingsUndecided", [getAddress(wallet.address), 1]);
    await wallet.write.rehab([1], { account: world.government.account });
    await claim(yes);
    await claim(no);
    assert.deepEqual([await gained(0), await gained(1)], [0n, 0n]);
  });

  it("refunds everybody when the suspicion comes before any position is mature", async () => {
    const yes = await rate(0, true, 100n * SNM, 5n);
    const no = await rate(1, false, 50n * SNM, 6n);
    await suspect(MATURITY - 1n);
    const nothing = { weightFor: 0n, weightAgainst: 0n, matched: 0n };
    assert.deepEqual(await world.ratings.read.tally([wallet.address, 1]), nothing);
    assert.equal(await world.ratings.read.score([wallet.address]), 5_000n, "nothing counts for it or against it");
    await ban();
    await claim(yes);
    await claim(no);
    assert.deepEqual([await gained(0), await gained(1)], [0n, 0n]);
  });

  it("stands by a pay-day that was reached before a later suspicion, whoever is asked when", async () => {
    const yes = await rate(0, true, 100n * SNM, DAY);
    const no = await rate(1, false, 100n * SNM, DAY + 1n);
    await payDay();
    await suspect(31n * DAY);
    assert.equal(await world.ratings.read.verdict([wallet.address, 1]), 1);
    await ban();
    assert.equal(await world.ratings.read.verdict([wallet.address, 1]), 1);
    await claim(no);
    await claim(yes);
    assert.ok((await gained(0)) > 0n);
  });

  it("INV-25: sends what rounding leaves to the Treasury with the last claim, so that nothing stays behind", async () => {
    const positions = [
      await rate(0, true, 1n, DAY),
      await rate(1, true, 3n, DAY + 1n),
      await rate(2, true, 10n, DAY + 2n),
      await rate(3, false, 1_001n, DAY + 3n),
    ];
    await payDay();
    const told = listen(world, { wallet });
    const events = [];
    for (const position of positions) events.push(...(await told(() => claim(position))));
    const changes = [await gained(0), await gained(1), await gained(2), await gained(3)];
    const dust = await world.snm.read.balanceOf([world.treasury.address]);
    assert.equal(
      changes.reduce((sum, change) => sum + change, dust),
      0n,
    );
    assert.ok(dust > 0n && dust < 4n, `dust ${dust}`);
    assert.deepEqual(
      events.filter(([, event]) => event === "RatingsClosed"),
      [["ratings", "RatingsClosed", { hub: "wallet", registration: 1, remainder: dust }]],
    );
    assert.deepEqual(events.at(-1), ["snm", "Transfer", { from: "ratings", to: "treasury", value: dust }]);
    assert.equal(await world.snm.read.balanceOf([world.ratings.address]), 0n);
  });

  it("tells of every rating and claim, and of a registration whose last position is paid, with what is left", async () => {
    const [one, two] = raters;
    assert(one && two);
    const told = listen(world, { wallet, one, two });
    const moved = (from: string, to: string, value: bigint) => ["snm", "Transfer", { from, to, value }];
    const about = { hub: "wallet", registration: 1 };
    const rated = async (rater: string, number: number, inFavour: boolean, stake: bigint, age: bigint) =>
      assert.deepEqual(await told(() => rate(number, inFavour, stake, age)), [
        ["ratings", "Rated", { position: BigInt(number), ...about, rater, inFavour, stake }],
        moved(rater, "ratings", stake),
      ]);
    await rated("one", 0, true, 3n, DAY);
    await rated("two", 1, false, 1_001n, 2n * DAY);
    await suspect(20n * DAY);
    await ban();
    // Half of 3 wei × 29 of 30 days is 1.45 wei: 1 changes hands, and rounding leaves nothing.
    assert.deepEqual(await told(() => claim(1n)), [
      ["ratings", "RatingClaimed", { position: 1n, rater: "two", stake: 1_001n, winnings: 0n }],
      moved("ratings", "two", 1_001n),
    ]);
    assert.deepEqual(await told(() => claim(0n)), [
      ["ratings", "RatingClaimed", { position: 0n, rater: "one", stake: 2n, winnings: 0n }],
      moved("ratings", "one", 2n),
    ]);
    await world.time.increase(120n * DAY);
    assert.deepEqual(await told(() => claim(1n)), [
      ["ratings", "RatingsClosed", { ...about, remainder: 0n }],
      ["ratings", "RatingClaimed", { position: 1n, rater: "two", stake: 0n, winnings: 1n }],
      moved("ratings", "two", 1n),
    ]);
  });

  it("INV-26: rounds gains down and losses up, so that who splits a position only loses by it", async () => {
    /** What a rater with these stakes in favour gains, wei, against a stake of 1,001 wei; all from the middle of the period. */
    async function changeOf(stakes: bigint[], banned: boolean) {
      await restore();
      const positions: bigint[] = [];
      for (const stake of stakes) positions.push(await rate(0, true, stake, 15n * DAY));
      positions.push(await rate(1, false, 1_001n, 15n * DAY));
      if (banned) {
        await suspect(20n * DAY);
        await ban();
        await world.time.increase(120n * DAY);
      } else await payDay();
      for (const position of positions) await claim(position);
      return gained(0);
    }
    // A quarter of 10 wei is at risk: 2 change hands.
    assert.equal(await changeOf([10n], false), 2n);
    assert.equal(await changeOf([3n, 3n, 4n], false), 0n);
    assert.equal(await changeOf([10n], true), -2n);
    assert.equal(await changeOf([3n, 3n, 4n], true), -3n);
  });

  it("lets nobody lose more than half a stake, nor a last-minute stake win anything worth it", async () => {
    const early = await rate(0, true, 1n * SNM, 0n + 2n);
    const late = await rate(1, true, 1_000n * SNM, PERIOD - 8n * DAY - 10n);
    const no = await rate(2, false, 1_000n * SNM, PERIOD - 8n * DAY - 9n);
    await payDay();
    for (const position of [early, late, no]) await claim(position);
    const [worthEarly, worthLate] = [await gained(0), await gained(1)];
    // An SNM staked on the first day earns more than three times as much as one staked at the last moment that counts.
    assert.ok(worthLate > 0n && worthEarly * 1_000n > worthLate * 3n);
    assert.ok((await gained(2)) >= -500n * SNM);
  });

  it("scores by weight, and stands in the middle where nobody has rated", async () => {
    assert.equal(await world.ratings.read.score([wallet.address]), 5_000n);
    await rate(0, true, 30n * SNM, 10n * DAY);
    await rate(1, false, 10n * SNM, 10n * DAY + 1n);
    assert.equal(await world.ratings.read.score([wallet.address]), 7_500n);
  });

  it("counts nothing for a hub that has never registered", async () => {
    const created = await world.createHub(world.owner, 2n);
    const empty = { weightFor: 0n, weightAgainst: 0n, matched: 0n };
    assert.deepEqual(await world.ratings.read.tally([created.address, 0]), empty);
  });

  it("takes ratings only for hubs, only while Registered, open and before the earliest pay-day", async () => {
    const [rater] = raters;
    assert(rater);
    const tryRate = (hub: `0x${string}`, stake = SNM) =>
      world.ratings.write.rate([hub, true, stake], { account: rater.account });
    const created = await world.createHub(world.owner, 2n, 10n * SNM);
    await revertWithCustomError(tryRate(created.address), "RatingsNotTaken");
    await revertWithCustomError(tryRate(world.stranger.account.address), "RatingsNotHub");
    await revertWithCustomError(tryRate(wallet.address, 0n), "RatingsZeroStake");
    await assert.rejects(tryRate(wallet.address, 2n ** 255n));
    await assert.rejects(tryRate(wallet.address, 1_001n * SNM));
    await rate(0, true, SNM, PERIOD - 1n);
    await at(PERIOD);
    await revertWithCustomError(tryRate(wallet.address), "RatingsNotTaken");
    await revertWithCustomErrorWithArgs(claim(5n), "RatingsUnknownPosition", [5n]);
  });

  it("takes no rating of a closed or a suspected hub", async () => {
    await at(26n * DAY);
    await wallet.write.closePeriod({ account: world.owner.account });
    await revertWithCustomError(rate(0, true, SNM, 27n * DAY), "RatingsNotTaken");
    await suspect(28n * DAY);
    await revertWithCustomError(rate(0, true, SNM, 29n * DAY), "RatingsNotTaken");
    // It was suspected two days before it could have been paid out, so it has reached no pay-day, even if the clock goes on.
    await at(40n * DAY);
    assert.equal(await world.ratings.read.verdict([wallet.address, 1]), 0);
  });

  it("pages through positions", async () => {
    for (let i = 0; i < 3; i++) await rate(i, i % 2 === 0, BigInt(i + 1) * SNM, BigInt(i + 1) * DAY);
    const page = await world.ratings.read.positions([1n, 5n]);
    assert.deepEqual(
      page.map(({ stake, inFavour, age }) => [stake, inFavour, age]),
      [
        [2n * SNM, false, Number(2n * DAY)],
        [3n * SNM, true, Number(3n * DAY)],
      ],
    );
    assert.deepEqual(await world.ratings.read.positions([1n, 1n]), page.slice(0, 1));
    assert.deepEqual(await world.ratings.read.positions([3n, 5n]), []);
  });
});
