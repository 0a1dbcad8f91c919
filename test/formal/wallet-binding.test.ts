// Tests that the contract of the proof does what the wallet does. Both play the same random histories, and after each step they have the
// same status, free funds, locks and reserve. If the wallet refuses a step because of money or status, its accounting refuses it too; only
// the wallet checks times and callers.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { fuzz } from "../support/fuzz.ts";
import { createWorld, DAY, SNM, type Wallet, type World } from "../support/government/fixture.ts";
import { refusalOf } from "../support/government/refusals.ts";

const BPS = 10_000n;
const ceilDiv = (a: bigint, b: bigint) => (a + b - 1n) / b;
/** Refusals of `HubWallet` that are about money or status. */
const ACCOUNTED = /^HubWallet(WrongStatus|InsufficientFunds|ZeroAmount)$/;

/** The wallet's statuses, by number, as its accounting has them. */
const STANDING = [
  { running: false, accused: false },
  { running: true, accused: false },
  { running: false, accused: false },
  { running: true, accused: true },
  { running: false, accused: true },
];

const MOVES = [
  "register",
  "transfer",
  "settled",
  "settledEarlier",
  "payDay",
  "withdraw",
  "suspect",
  "rehab",
  "ban",
  "sweep",
] as const;
type Move = (typeof MOVES)[number];
type Step =
  | { kind: Move | "receive" | "pull" | "close"; amount: Amount }
  | { kind: "reserve"; value: bigint }
  | { kind: "wait"; seconds: bigint };
/** Wei, or thousandths of the funds plus some wei. */
type Amount = bigint | { thousandths: bigint; plus: bigint };

const amount: fc.Arbitrary<Amount> = fc.oneof(
  fc.bigInt(0n, 12n),
  fc.bigInt(1n, 60n * SNM),
  fc.record({ thousandths: fc.constantFrom(100n, 500n, 1_000n), plus: fc.constantFrom(0n, 0n, 1n) }),
);
const on = (...kinds: (Move | "receive" | "pull" | "close")[]) =>
  fc.record({ kind: fc.constantFrom(...kinds), amount });
const LIFE: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(on("receive", "withdraw", "register"), { maxLength: 3 }),
    fc.array(on("transfer", "settled", "settledEarlier", "pull", "receive"), { minLength: 1, maxLength: 6 }),
    fc.constantFrom<Step[][]>(
      [
        [
          { kind: "wait", seconds: 30n * DAY },
          { kind: "close", amount: 0n },
        ],
        [{ kind: "wait", seconds: 30n * DAY }],
      ],
      [[{ kind: "suspect", amount: 0n }], [{ kind: "wait", seconds: 180n * DAY }]],
    ),
    fc.array(on("transfer", "settled", "pull", "receive", "withdraw"), { maxLength: 3 }),
    on("payDay", "payDay", "rehab", "rehab", "ban"),
    fc.array(on(...MOVES, "pull", "receive"), { maxLength: 4 }),
    fc.record({ kind: fc.constant("reserve" as const), value: fc.bigInt(SNM / 100n, 50n * SNM) }),
  )
  .map(([start, pays, [end = [], wait = []], late, judged, rest, reserve]): Step[] => [
    ...start,
    { kind: "receive", amount: 20n * SNM },
    { kind: "register", amount: 0n },
    ...pays,
    ...end,
    ...late,
    ...wait,
    judged,
    ...rest,
    reserve,
  ]);

describe("the accounting that is proved", () => {
  let world: World;
  let restore: () => Promise<void>;
  before(async () => {
    world = await createWorld();
    const snapshot = await world.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  /** How often each step has been done. */
  const done = new Map<string, number>();

  async function play(steps: Step[]) {
    await restore();
    const wallet = await world.createHub(world.owner, 1n);
    const accounting = await world.viem.deployContract("HubWalletAccounting");
    const miner = world.miner.account.address;
    const as = (who: "owner" | "government" | "fastLane" | "jobBoard") => ({ account: world[who].account });
    const looks = {
      wallet: async () => ({
        ...STANDING[await wallet.read.status()],
        free: await wallet.read.free(),
        locked: await wallet.read.locked(),
        reserve: (await wallet.read.registration([await wallet.read.registrations()])).reserve,
      }),
      accounting: async () => ({
        running: await accounting.read.running(),
        accused: await accounting.read.accused(),
        free: await accounting.read.free(),
        locked: await accounting.read.locked(),
        reserve: await accounting.read.reserve(),
      }),
    };
    type Both = { wallet: () => Promise<unknown>; accounting: () => Promise<unknown> };

    /** The same step for both. The accounting gets amounts that are computed by the rules, not read from the wallet. */
    async function both(kind: Move, sum: bigint): Promise<Both> {
      const { locked, reserve } = await looks.accounting();
      const share = ceilDiv(sum * 3_000n, BPS);
      const pay = (sum * 7n) / 10n;
      const { write } = wallet;
      const registration = await wallet.read.registrations();
      const inForce = await world.parameters.read.get([0]);
      const plans: Record<Move, Both> = {
        register: { wallet: () => write.register(as("owner")), accounting: () => accounting.write.register([inForce]) },
        transfer: {
          wallet: () => write.transfer([miner, sum], as("owner")),
          accounting: () => accounting.write.transfer([sum, share]),
        },
        settled: {
          wallet: async () => {
            if ((await wallet.read.status()) === 1) await world.snm.write.transfer([wallet.address, sum]);
            return write.settled([miner, sum, pay], as("jobBoard"));
          },
          accounting: () => accounting.write.settled([sum, share, pay]),
        },
        settledEarlier: {
          wallet: async () => {
            if ((await wallet.read.status()) === 1) await world.snm.write.transfer([wallet.address, sum - pay]);
            return write.settledEarlier([sum, sum - pay], as("jobBoard"));
          },
          accounting: () => accounting.write.settledEarlier([share, sum - pay]),
        },
        payDay: {
          wallet: () => write.payDay(as("owner")),
          accounting: () => accounting.write.payDay([ceilDiv((reserve + locked) * 50n, BPS)]),
        },
        withdraw: {
          wallet: () => write.withdraw([sum], as("owner")),
          accounting: () => accounting.write.withdraw([sum]),
        },
        suspect: {
          wallet: () => write.suspect([registration], as("fastLane")),
          accounting: () => accounting.write.suspect(),
        },
        rehab: {
          wallet: () => write.rehab([registration], as("government")),
          accounting: () => accounting.write.rehab(),
        },
        ban: { wallet: () => write.ban([registration], as("government")), accounting: () => accounting.write.ban() },
        sweep: { wallet: () => write.sweep(), accounting: () => accounting.write.sweep() },
      };
      return plans[kind];
    }

    async function take(step: Step) {
      if (step.kind === "wait") return world.time.increase(step.seconds);
      if (step.kind === "reserve") return world.parameters.write.set([0, step.value], as("government"));
      const whole =
        step.kind === "pull" ? await world.snm.read.allowance([wallet.address, miner]) : await fundsOf(wallet);
      const sum =
        typeof step.amount === "bigint" ? step.amount : (whole * step.amount.thousandths) / 1_000n + step.amount.plus;
      if (step.kind === "receive") {
        await world.snm.write.transfer([wallet.address, sum]);
        return accounting.write.receiveFunds([sum]);
      }
      if (step.kind === "pull")
        return world.snm.write.transferFrom([wallet.address, miner, sum < whole ? sum : whole], {
          account: world.miner.account,
        });
      if (step.kind === "close") return wallet.write.closePeriod(as("owner")).catch(() => undefined);
      const plan = await both(step.kind, sum);
      let allowed = true;
      const call = plan.wallet().catch((error) => {
        allowed = false;
        throw error;
      });
      await call.catch(() => undefined);
      if (allowed) {
        await plan.accounting();
        done.set(step.kind, (done.get(step.kind) ?? 0) + 1);
      } else {
        const { name } = await refusalOf(call);
        // To the accounting, a new wallet is like an idle one, from which its owner may withdraw.
        if (step.kind === "withdraw" && (await wallet.read.status()) === 0) return;
        if (ACCOUNTED.test(name)) await assert.rejects(plan.accounting(), /revert/, `${step.kind}: ${name}`);
      }
    }

    for (const step of steps) {
      await take(step);
      assert.deepEqual(await looks.wallet(), await looks.accounting(), step.kind);
    }
  }

  /** The funds that a payment or a withdrawal could use. */
  const fundsOf = async (wallet: Wallet) =>
    (await wallet.read.status()) === 1 ? wallet.read.available() : wallet.read.free();

  it("is the wallet's, step by step", async () => {
    const histories = fc.array(LIFE, { minLength: 2, maxLength: 4 }).map((lives) => lives.flat());
    await fc.assert(fc.asyncProperty(histories, play), { ...fuzz(12), endOnFailure: true });
    for (const kind of MOVES) assert.ok((done.get(kind) ?? 0) > 0, `${kind} never succeeded`);
  });
});
