// Every cell of status × time × function × caller: allowed calls are tested by their effect, refused ones by their error.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { getAddress } from "viem";
import { listen } from "../../support/events.ts";
import { createWorld, DAY, SNM, type Wallet, type World } from "../../support/government/fixture.ts";
import { type Refusal, refusalOf } from "../../support/government/refusals.ts";
import { effectOf, eventsOf, PAY, PAYMENT, type Sight, SUBCONTRACT, WITHDRAWAL } from "./wallet-effects.ts";
import {
  CALLERS,
  type Caller,
  type Expected,
  expected,
  FUNCTIONS,
  isPossible,
  SITUATIONS,
  type Situation,
  type WalletFunction,
} from "./wallet-table.ts";

/** What `setUp` pays before the situation is reached: 3 SNM locked and 7 approved of 100, the reserve is 1. */
const FUNDS = 100n * SNM;

describe("the wallet's table", () => {
  let world: World;
  let wallet: Wallet;
  let told: ReturnType<typeof listen>;
  /** Time of registration or suspicion; the seconds of `TooEarly` count from here. */
  let origin: bigint;

  before(async () => {
    world = await createWorld();
    wallet = await world.createHub(world.owner, 1n, FUNDS);
    told = listen(world, { wallet });
    await world.snm.write.approve([wallet.address, SUBCONTRACT], { account: world.holder.account });
  });

  const account = (caller: Caller) => ({ account: world[caller].account });
  const latest = async () => BigInt(await world.time.latest());
  async function goTo(time: bigint) {
    if (time > (await latest())) await world.time.increaseTo(time);
  }
  async function close(day: bigint) {
    await world.time.setNextBlockTimestamp(origin + day * DAY);
    await wallet.write.closePeriod(account("owner"));
  }
  async function suspect() {
    await wallet.write.suspect([1], account("fastLane"));
    origin = await latest();
  }
  async function ban() {
    await suspect();
    await world.time.increase(120n * DAY);
    await wallet.write.ban([1], account("government"));
  }

  const reach: Record<Situation, () => Promise<void>> = {
    created: async () => undefined,
    "day 26 less a second": () => goTo(origin + 26n * DAY - 1n),
    "day 26": () => goTo(origin + 26n * DAY),
    "day 34 less a second": () => goTo(origin + 34n * DAY - 1n),
    "day 34": () => goTo(origin + 34n * DAY),
    "closed on day 26, day 30 less a second": async () => {
      await close(26n);
      await goTo(origin + 30n * DAY - 1n);
    },
    "closed on day 26, day 30": async () => {
      await close(26n);
      await goTo(origin + 30n * DAY);
    },
    "closed on day 28, day 32 less a second": async () => {
      await close(28n);
      await goTo(origin + 32n * DAY - 1n);
    },
    "closed on day 28, day 32": async () => {
      await close(28n);
      await goTo(origin + 32n * DAY);
    },
    idle: async () => {
      await close(26n);
      await goTo(origin + 30n * DAY);
      await wallet.write.payDay(account("owner"));
    },
    "suspected for 120 days less a second": async () => {
      await suspect();
      await goTo(origin + 120n * DAY - 1n);
    },
    "suspected for 120 days": async () => {
      await suspect();
      await goTo(origin + 120n * DAY);
    },
    "suspected for 180 days less a second": async () => {
      await suspect();
      await goTo(origin + 180n * DAY - 1n);
    },
    "suspected for 180 days": async () => {
      await suspect();
      await goTo(origin + 180n * DAY);
    },
    "punished, with money that came later": async () => {
      await ban();
      await world.snm.write.transfer([wallet.address, 4n * SNM]);
    },
    "punished and empty": ban,
  };

  async function setUp(situation: Situation) {
    if (situation !== "created") {
      await wallet.write.register(account("owner"));
      origin = await latest();
      await wallet.write.transfer([world.miner.account.address, PAYMENT], account("owner"));
    }
    await reach[situation]();
    // The money of a settlement arrives before the call.
    await world.snm.write.transfer([world.jobBoard.account.address, PAYMENT]);
  }

  function call(name: WalletFunction, caller: Caller): Promise<unknown> {
    const { write } = wallet;
    const as = account(caller);
    const miner = world.miner.account.address;
    const calls: Record<WalletFunction, () => Promise<unknown>> = {
      register: () => write.register(as),
      transfer: () => write.transfer([miner, PAYMENT], as),
      settled: () => write.settled([miner, PAYMENT, PAY], as),
      settledEarlier: () => write.settledEarlier([PAYMENT, PAYMENT - PAY], as),
      closePeriod: () => write.closePeriod(as),
      payDay: () => write.payDay(as),
      withdraw: () => write.withdraw([WITHDRAWAL], as),
      suspect: () => write.suspect([1], as),
      rehab: () => write.rehab([1], as),
      ban: () => write.ban([1], as),
      "suspect another registration": () => write.suspect([0], as),
      "rehab another registration": () => write.rehab([0], as),
      "ban another registration": () => write.ban([0], as),
      sweep: () => write.sweep(as),
      collect: () => write.collect([world.holder.account.address], as),
    };
    return calls[name]();
  }

  async function look(): Promise<Sight> {
    const { snm, treasury } = world;
    const registrations = await wallet.read.registrations();
    return {
      status: await wallet.read.status(),
      registrations,
      locked: await wallet.read.locked(),
      free: await wallet.read.free(),
      approved: await snm.read.allowance([wallet.address, world.miner.account.address]),
      owner: await snm.read.balanceOf([world.owner.account.address]),
      treasury: await snm.read.balanceOf([treasury.address]),
      frozen: await treasury.read.frozen(),
      seizures: await treasury.read.seizureCount(),
      registration: await wallet.read.registration([registrations]),
    };
  }
  /** Asserts that the list of all hubs shows the same as the hub's wallet. */
  async function checkListed({ status, registrations, registration: { registeredAt }, free }: Sight) {
    const { name, endpoint, ...listed } = await world.whitelist.read.hub([wallet.address]);
    const [address, owner] = [wallet.address, world.owner.account.address].map((one) => getAddress(one));
    assert.deepEqual(listed, { wallet: address, owner, status, registrations, registeredAt, trusted: false, free });
  }

  async function check(name: WalletFunction, caller: Caller, outcome: Expected) {
    const { takeSnapshot } = world.connection.networkHelpers;
    const snapshot = await takeSnapshot();
    const sight = await look();
    const now = await latest();
    await world.time.setNextBlockTimestamp(now);
    if (outcome === "ok") {
      assert(isPossible(name));
      const events = await told(() => call(name, caller));
      assert.equal(await latest(), now);
      const changed = { ...sight, ...effectOf(name, sight, Number(now)) };
      assert.deepEqual(await look(), changed);
      await checkListed(changed);
      assert.deepEqual(events, eventsOf(name, caller, sight, Number(now)));
    } else {
      let refusal: Refusal | undefined;
      const refused = async () => {
        refusal = await refusalOf(call(name, caller));
      };
      assert.deepEqual(await told(refused), []);
      if (typeof outcome === "string") assert.equal(refusal?.name, `HubWallet${outcome}`);
      else assert.deepEqual(refusal, { name: "HubWalletTooEarly", args: [origin + outcome.tooEarly] });
      assert.deepEqual(await look(), sight);
    }
    await snapshot.restore();
  }

  for (const situation of SITUATIONS) {
    it(situation.startsWith("punished") ? `INV-23: ${situation}` : situation, async () => {
      const snapshot = await world.connection.networkHelpers.takeSnapshot();
      await setUp(situation);
      for (const name of FUNCTIONS)
        for (const caller of CALLERS) {
          const outcome = expected(name, situation, caller);
          await check(name, caller, outcome).catch((cause) => {
            throw new Error(`${name} by ${caller} should be ${JSON.stringify(outcome, (_, x) => String(x))}`, {
              cause,
            });
          });
        }
      await snapshot.restore();
    });
  }
});
