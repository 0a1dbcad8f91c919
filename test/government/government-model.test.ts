// Random histories of several hubs, miners, raters and the DAO, with jumps of time, on the contracts and the model together. At the end of
// each history everybody takes out what is theirs; then no contract may hold a wei.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { fuzz } from "../support/fuzz.ts";
import {
  COMMAND,
  CONSPIRACY,
  type Command,
  leadOn,
  PAYEES,
  RATED,
  SETTLED_EARLIER,
  WALLETS,
} from "../support/government/commands.ts";
import { SNM } from "../support/government/fixture.ts";
import {
  allowanceOf,
  approvedBy,
  balanceOf,
  free,
  type Model,
  openOrders,
  TERMS,
  waitingFor,
  walletOf,
} from "../support/government/model.ts";
import { planOf } from "../support/government/plan.ts";
import { type GovernmentStage, openStage } from "./government-stage.ts";

describe("the government against its model", () => {
  let stage: GovernmentStage;
  /** How often each command or refusal has occurred: SONM_VERBOSE=1 prints it. */
  const seen = new Map<string, number>();

  before(async () => {
    stage = await openStage();
  });

  async function step(model: Model, command: Command): Promise<string> {
    if (command.kind === "jump") {
      model.now += command.seconds;
      return "ok";
    }
    if (command.kind === "advance") {
      let outcome = "ok";
      for (const next of leadOn(model, command.wallet, command.towards)) outcome = await step(model, next);
      return outcome;
    }
    const expected = await stage.perform(model, planOf(stage.hands, model, command));
    const key = expected === "ok" ? command.kind : expected;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return expected;
  }

  /** Everybody takes out what is theirs; every step must succeed. */
  async function goHome(model: Model) {
    const must = async (command: Command) => assert.equal(await step(model, command), "ok", command.kind);
    const until = (time: bigint) => {
      if (model.now < time) model.now = time;
    };
    while (openOrders(model).length > 0) await must({ kind: "settle", index: 0, payee: "m0", payBps: 7_000n });
    for (const name of WALLETS) {
      const one = walletOf(model, name);
      const waits = waitingFor(model, name).remainder > 0n;
      if (waits && one.status === "Suspected") await must({ kind: "rehab", wallet: name, by: "government" });
      if ((one.status === "Created" && balanceOf(model, name) > 0n) || (waits && one.status === "Idle")) {
        await must({ kind: "fund", wallet: name, amount: TERMS.reserve + 1n });
        await must({ kind: "register", wallet: name, by: "owner" });
      }
      if (waits) await must({ kind: "bringIn", wallet: name });
      const last = one.registrations.at(-1);
      if (one.status === "Registered" && last) {
        until(last.registeredAt + TERMS.payPeriod + TERMS.closedPeriod);
        if (last.closedAt === undefined) await must({ kind: "closePeriod", wallet: name, by: "stranger" });
        until((last.closedAt ?? 0n) + TERMS.closedPeriod);
        await must({ kind: "payDay", wallet: name, by: "owner" });
      }
      if (one.status === "Suspected" && last) {
        until((last.suspectedAt ?? 0n) + TERMS.rehabAfter);
        await must({ kind: "rehab", wallet: name, by: "stranger" });
      }
    }
    for (const name of WALLETS)
      for (const payee of [...PAYEES, "o1"]) {
        const amount = { thousandths: 1_000, plus: 0 };
        if (allowanceOf(model, name, payee) === 0n) continue;
        if (payee === "w1" || payee === "treasury") await must({ kind: "collect", wallet: name, payee });
        else await must({ kind: "pull", wallet: name, payee, amount });
      }
    for (const name of WALLETS) {
      if (free(model, name) === 0n) continue;
      if (walletOf(model, name).status === "Punished") await must({ kind: "sweep", wallet: name, by: "stranger" });
      else await must({ kind: "withdraw", wallet: name, amount: { thousandths: 1_000, plus: 0 }, by: "owner" });
    }
    model.now += TERMS.freeze;
    for (const [index, { claimed }] of model.positions.entries())
      if (claimed !== "all") await must({ kind: "claim", index });
    for (const [index, { released }] of model.seizures.entries()) if (!released) await must({ kind: "release", index });
    await must({ kind: "spend", amount: { thousandths: 1_000, plus: 0 }, by: "government" });
    for (const name of [...WALLETS, "treasury", "ratings", "board"])
      assert.equal(balanceOf(model, name), 0n, `INV-27: ${name}`);
    for (const name of WALLETS) assert.equal(approvedBy(model, name), 0n);
  }

  async function play(commands: Command[]) {
    const model = await stage.reset();
    for (const name of WALLETS) {
      await step(model, { kind: "fund", wallet: name, amount: 100n * SNM });
      await step(model, { kind: "register", wallet: name, by: "owner" });
    }
    for (const command of commands) await step(model, command);
    await goHome(model);
  }
  after(() => {
    if (process.env.SONM_VERBOSE) console.table([...seen].sort());
  });

  it("does what the model does, conserves SNM, and leaves nothing out of reach", async () => {
    const history = fc.array(COMMAND, { minLength: 60, maxLength: 90, size: "max" });
    await fc.assert(fc.asyncProperty(history, play), fuzz(10));
  });

  it("pays many ratings of one registration as the model does, to the wei, in any order of claims", async () => {
    await fc.assert(fc.asyncProperty(RATED, play), fuzz(15));
  });

  it("INV-21: locks of what was settled earlier as much as of what is settled now", async () => {
    await fc.assert(fc.asyncProperty(SETTLED_EARLIER, play), fuzz(15));
  });

  /** What an owner has, together with its friends and sock puppets: balances, the hub's wallet, and stakes. */
  function clanWealth(model: Model): bigint {
    const clan = ["o0", "m0", "r0", "w0"];
    const staked = model.positions.filter(({ rater, claimed }) => rater === "r0" && claimed === "nothing");
    return [...clan.map((name) => balanceOf(model, name)), ...staked.map(({ stake }) => stake)].reduce(
      (sum, part) => sum + part,
      0n,
    );
  }

  it("INV-33: an owner and its sock puppets gain nothing by the ban of its hub, whatever they do", async () => {
    await fc.assert(
      fc.asyncProperty(CONSPIRACY, async ({ praise, stakes, payments, aftermath }) => {
        const model = await stage.reset();
        await step(model, { kind: "fund", wallet: "w0", amount: 100n * SNM });
        await step(model, { kind: "register", wallet: "w0", by: "owner" });
        await step(model, { kind: "rate", wallet: "w0", rater: "o1", inFavour: true, stake: praise });
        const before = clanWealth(model);
        for (const command of [...stakes, ...payments]) await step(model, command);
        await step(model, { kind: "jump", seconds: TERMS.maturity });
        await step(model, { kind: "advance", wallet: "w0", towards: "ban" });
        await step(model, { kind: "advance", wallet: "w0", towards: "ban" });
        for (const command of aftermath) {
          await step(model, command);
          assert.ok(clanWealth(model) <= before, "INV-33");
        }
        await goHome(model);
        assert.ok(clanWealth(model) <= before, "INV-33");
      }),
      fuzz(8),
    );
  });
});
