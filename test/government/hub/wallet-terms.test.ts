// A registration keeps the parameters that were in force when it began. Each parameter is changed before `register` and again one second
// after it. Every rule that uses it must follow the first value, and the second value only from the next `register` on.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type ParameterName, parameterNames } from "@sonm/chain/enums/parameter";
import { createWorld, DAY, type Person, SNM, type Wallet, type World } from "../../support/government/fixture.ts";
import { refusalOf } from "../../support/government/refusals.ts";

const BPS = 10_000n;
/** Stake of every rating. */
const STAKE = 100n * SNM;
/** Two values, neither of which is the default. */
type Values = readonly [before: bigint, after: bigint];

describe("the terms of a registration", () => {
  let world: World;
  let wallet: Wallet;
  let registeredAt: bigint;

  before(async () => {
    world = await createWorld();
    wallet = await world.createHub(world.owner, 1n, 10_000n * SNM);
    for (const { account } of [world.holder, world.owner])
      await world.snm.write.approve([world.ratings.address, 2n ** 256n - 1n], { account });
    await world.snm.write.transfer([world.owner.account.address, 1_000n * SNM]);
    // Makes the delay of changes as short as possible, so that a change comes before a pay-day.
    await set("MaxGraceSeconds", 3_600n);
    await set("MaxAllowanceSeconds", DAY);
    await set("MaxWindowSeconds", DAY);
    await world.time.increase(50n * DAY);
  });

  const as = ({ account }: Person) => ({ account });
  const latest = async () => BigInt(await world.time.latest());
  const set = (name: ParameterName, value: bigint) =>
    world.parameters.write.set([parameterNames.indexOf(name), value], as(world.government));
  const inForce = (name: ParameterName) => world.parameters.read.get([parameterNames.indexOf(name)]);
  const suspect = async () => wallet.write.suspect([await registrations()], as(world.fastLane));
  const rehab = async (by = world.government) => wallet.write.rehab([await registrations()], as(by));
  const ban = async () => wallet.write.ban([await registrations()], as(world.government));
  async function register() {
    await wallet.write.register(as(world.owner));
    registeredAt = await latest();
  }
  /** The second from which a call is allowed that is refused now. */
  async function possibleFrom(call: Promise<unknown>): Promise<bigint> {
    const { name, args } = await refusalOf(call);
    assert.match(name, /TooEarly$/);
    return args[0] as bigint;
  }
  const closing = (by: Person) => possibleFrom(wallet.write.closePeriod(as(by)));
  async function close() {
    await world.time.increaseTo(await closing(world.owner));
    await wallet.write.closePeriod(as(world.owner));
  }
  const payDay = () => wallet.write.payDay(as(world.owner));
  /** Rates when the registration has this age. @returns the position */
  async function rate(by: Person, inFavour: boolean, age: bigint) {
    await world.time.setNextBlockTimestamp(registeredAt + age);
    await world.ratings.write.rate([wallet.address, inFavour, STAKE], as(by));
    return (await world.ratings.read.count()) - 1n;
  }
  const registrations = () => wallet.read.registrations();
  async function banned() {
    await suspect();
    await world.time.increaseTo(await possibleFrom(ban()));
    await ban();
    return latest();
  }

  /** The value that each rule uses, measured by what the contracts do, not read from the record. */
  const RULES: [ParameterName, Values, Record<string, () => Promise<bigint>>][] = [
    [
      "ReserveWei",
      [7n * SNM, 9n * SNM],
      {
        "a payment leaves it untouched": async () => (await wallet.read.free()) - (await wallet.read.available()),
        "a payment is refused beyond it": async () => {
          const payment = wallet.write.transfer([world.miner.account.address, 20_000n * SNM], as(world.owner));
          return (await wallet.read.free()) - ((await refusalOf(payment)).args[0] as bigint);
        },
        "pay-day taxes it": async () => {
          await close();
          await world.time.increaseTo(await possibleFrom(payDay()));
          const treasury = await world.treasury.read.available();
          await payDay();
          return (((await world.treasury.read.available()) - treasury) * BPS) / 50n;
        },
      },
    ],
    [
      "LockShareBps",
      [1_500n, 2_500n],
      {
        "of a payment": async () => {
          await wallet.write.transfer([world.miner.account.address, BPS], as(world.owner));
          return wallet.read.locked();
        },
        "of a settlement": async () => {
          await world.snm.write.transfer([wallet.address, BPS]);
          await wallet.write.settled([world.miner.account.address, BPS, 7_000n], as(world.jobBoard));
          return wallet.read.locked();
        },
      },
    ],
    [
      "TaxShareBps",
      [200n, 0n],
      {
        "of the frozen funds": async () => {
          await close();
          await world.time.increaseTo(await possibleFrom(payDay()));
          const treasury = await world.treasury.read.available();
          await payDay();
          return (((await world.treasury.read.available()) - treasury) * BPS) / SNM;
        },
      },
    ],
    [
      "PayPeriodSeconds",
      [20n * DAY, 40n * DAY],
      {
        "the owner closes before its end": async () => (await closing(world.owner)) + 4n * DAY - registeredAt,
        "anyone closes after it": async () => (await closing(world.stranger)) - 4n * DAY - registeredAt,
        "pay-day comes after it": async () => {
          await close();
          return (await possibleFrom(payDay())) - registeredAt;
        },
        "ratings weigh by what is left of it": async () => {
          await rate(world.holder, true, DAY);
          const { weightFor } = await world.ratings.read.tally([wallet.address, await registrations()]);
          return weightFor / STAKE + DAY;
        },
        "what changes hands is a share of it": async () => {
          await rate(world.holder, true, DAY);
          await rate(world.owner, false, DAY);
          const { matched, weightFor } = await world.ratings.read.tally([wallet.address, await registrations()]);
          return (weightFor * 5_000n) / (matched * BPS);
        },
      },
    ],
    [
      "ClosedPeriodSeconds",
      [3n * DAY, 5n * DAY],
      {
        "the owner closes so long before pay-day": async () => registeredAt + 30n * DAY - (await closing(world.owner)),
        "anyone closes so long after it": async () => (await closing(world.stranger)) - registeredAt - 30n * DAY,
        "pay-day comes so long after closing": async () => {
          await world.time.increaseTo(registeredAt + 29n * DAY);
          await wallet.write.closePeriod(as(world.owner));
          return (await possibleFrom(payDay())) - (await latest());
        },
      },
    ],
    [
      "SuspicionSeconds",
      [40n * DAY, 140n * DAY],
      {
        "before a ban": async () => {
          await suspect();
          return (await possibleFrom(ban())) - (await latest());
        },
      },
    ],
    [
      "RehabAfterSeconds",
      [200n * DAY, 300n * DAY],
      {
        "before anyone rehabilitates": async () => {
          await suspect();
          return (await possibleFrom(rehab(world.stranger))) - (await latest());
        },
      },
    ],
    [
      "SeizureFreezeSeconds",
      [30n * DAY, 300n * DAY],
      {
        "of what a ban takes": async () => {
          const bannedAt = await banned();
          return ((await world.treasury.read.seizures([0n, 1n]))[0]?.releaseAt ?? 0n) - bannedAt;
        },
        "of what is swept later": async () => {
          await banned();
          await world.snm.write.transfer([wallet.address, SNM]);
          await wallet.write.sweep(as(world.stranger));
          return ((await world.treasury.read.seizures([1n, 1n]))[0]?.releaseAt ?? 0n) - (await latest());
        },
        "of what those against it win": async () => {
          const against = await rate(world.holder, false, 10n);
          await world.time.increase(10n * DAY);
          const bannedAt = await banned();
          return (await world.ratings.read.worth([against])).winningsFrom - bannedAt;
        },
      },
    ],
    [
      "RatingMaturitySeconds",
      [3n * DAY, 5n * DAY],
      {
        "the youngest rating that counts": async () => {
          const suspectedAge = 10n * DAY;
          const ages = [5n * DAY, 5n * DAY - 1n, 3n * DAY, 3n * DAY - 1n];
          await rate(world.owner, false, 10n);
          const losers = new Map<bigint, bigint>();
          for (const age of ages) losers.set(age, await rate(world.holder, true, suspectedAge - age));
          await world.time.setNextBlockTimestamp(registeredAt + suspectedAge);
          await banned();
          const counted = await Promise.all(
            [...losers].map(async ([age, position]) => {
              const { stake } = await world.ratings.read.worth([position]);
              return stake < STAKE ? age : suspectedAge;
            }),
          );
          return counted.reduce((least, age) => (age < least ? age : least));
        },
      },
    ],
    [
      "RatingRiskBps",
      [2_000n, 8_000n],
      {
        "what changes hands": async () => {
          await rate(world.holder, true, 15n * DAY);
          await rate(world.owner, false, 15n * DAY);
          const { matched, weightFor } = await world.ratings.read.tally([wallet.address, await registrations()]);
          return (matched * BPS * 30n * DAY) / weightFor;
        },
      },
    ],
  ];

  /** Checks a rule's value in a registration between two changes of the parameter, and in the next registration. */
  async function check(name: ParameterName, [first, second]: Values, measured: () => Promise<bigint>) {
    const delay = await world.parameters.read.changeDelay();
    await set(name, first);
    await world.time.increase(delay);
    assert.equal(await inForce(name), first);
    await set(name, second);
    const effectiveAt = (await latest()) + delay;
    await world.time.setNextBlockTimestamp(effectiveAt - 1n);
    await register();
    await world.time.increaseTo(effectiveAt);
    assert.equal(await inForce(name), second);

    const registered = await world.connection.networkHelpers.takeSnapshot();
    assert.equal(await measured(), first, "what was in force at the registration");
    await registered.restore();
    await suspect();
    await rehab();
    await register();
    assert.equal(await measured(), second, "what is in force at the next one");
  }

  for (const [name, values, rules] of RULES)
    for (const [rule, measured] of Object.entries(rules))
      it(`${name}: ${rule}`, async () => {
        const start = await world.connection.networkHelpers.takeSnapshot();
        // A failure leaves nothing behind for the next test.
        await check(name, values, measured).finally(() => start.restore());
      });
});
