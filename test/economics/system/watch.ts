// A watchman that does not know who may do what. It sees the chain after each call, remembers what it has seen, and asserts that things
// which no sequence of calls may cause do not happen.
import assert from "node:assert/strict";
import type { Command, Script } from "./commands.ts";
import { batchesOf, type Sight } from "./sight.ts";
import { HUBS, PAYEES, PEOPLE, type Person, SUPPLY, type World } from "./world.ts";

const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((a, b) => a + b, 0n);
const of = (amounts: Record<string, bigint>, name: string) => amounts[name] ?? 0n;
/** After these deeds, stakes change their owner by the rules of a game or a claim, for any caller. */
const VERDICTS = ["answer", "timeOut", "leave", "award", "forfeit"];
const PULLS = ["pull", "bringIn"];

export function createWatch(first: Sight, { start }: Pick<World, "start">) {
  let before = first;
  /** what was seized, and until when it must stay in the Treasury */
  const seized: { amount: bigint; until: number }[] = [];

  function watchTotals(
    script: Script,
    now: number,
    { balances, stakes, hubs, batches, positions, frozen }: Sight,
  ): void {
    assert.equal(sum(Object.values(balances)), SUPPLY, "INV-1");
    const staked = Object.values(stakes).map(({ free, locked, withdrawing }) => free + locked + withdrawing);
    assert.equal(of(balances, "deposits"), sum(staked), "INV-2");
    const escrowed = batchesOf(script).map(({ key, job, units }) =>
      ["Open", "Taken"].includes(batches[key]?.status ?? "") ? job.price * units : 0n,
    );
    assert.equal(of(balances, "board"), sum([...escrowed, ...HUBS.map((hub) => hubs[hub].waiting)]), "INV-12");
    for (const hub of HUBS) {
      const { status, locked, free, allowances, registrations } = hubs[hub];
      assert.ok(of(balances, hub) >= sum(Object.values(allowances)), "INV-22: what is approved is there");
      assert.equal(free, of(balances, hub) - sum(Object.values(allowances)), "free");
      if (status === "Registered" || status === "Suspected")
        assert.ok(free >= (registrations.at(-1)?.reserve ?? 0n) + locked, "INV-20");
    }
    const held = seized.map(({ amount, until }) => (now < until ? amount : 0n));
    assert.ok(of(balances, "treasury") >= sum(held), "INV-24");
    assert.ok(of(balances, "treasury") >= frozen, "INV-24");
    const untouched = positions.filter((one) =>
      positions.every(
        ({ hub, registration, claimed }) => hub !== one.hub || registration !== one.registration || claimed === 0,
      ),
    );
    assert.ok(of(balances, "ratings") >= sum(untouched.map(({ stake }) => stake)), "INV-25");
    if (positions.every(({ claimed }) => claimed === 2)) assert.equal(of(balances, "ratings"), 0n, "INV-25: dust");
  }

  /** Nobody loses money except by their own call, or by a verdict. */
  function watchPeople({ by, do: deed }: Command, after: Sight): void {
    for (const person of PEOPLE) {
      if (person === by) continue;
      assert.ok(of(after.balances, person) >= of(before.balances, person), `${person} has lost SNM by ${deed}`);
      const ownOf = ({ stakes }: Sight) => {
        const { free = 0n, locked = 0n, withdrawing = 0n } = stakes[person as Person] ?? {};
        return free + locked + withdrawing;
      };
      if (!VERDICTS.includes(deed)) assert.ok(ownOf(after) >= ownOf(before), `${person} has lost a stake by ${deed}`);
    }
  }

  function watchWallets(command: Command, now: number, after: Sight): void {
    for (const hub of HUBS) {
      const [was, is] = [before.hubs[hub], after.hubs[hub]];
      let paid = 0n;
      for (const payee of PAYEES) {
        const less = was.allowances[payee] - is.allowances[payee];
        if (less <= 0n) continue;
        assert.ok(PULLS.includes(command.do) && "hub" in command && command.hub === hub, "INV-22: lowered");
        assert.equal(of(after.balances, payee) - of(before.balances, payee), less, "INV-22: pulled");
        paid += less;
      }
      const gone = of(before.balances, hub) - of(after.balances, hub) - paid;
      if (was.status === "Punished") {
        const moving = { free: 0n, waiting: 0n, waitingPrices: 0n, allowances: {} };
        assert.deepEqual({ ...is, ...moving }, { ...was, ...moving }, "INV-23: for ever");
        assert.deepEqual([is.locked, is.available], [0n, 0n], "INV-23");
      }
      if (is.status === "Punished" && gone > 0n) {
        const { treasury: had = 0n } = before.balances;
        assert.equal(of(after.balances, "treasury") - had, gone, "INV-23: to the Treasury");
        seized.push({ amount: gone, until: now + (is.registrations.at(-1)?.terms.seizureFreeze ?? 0) });
      }
      const ended = was.registrations.slice(0, -1);
      assert.deepEqual(is.registrations.slice(0, ended.length), ended, "what has ended changes no more");
    }
  }

  function watchWork(script: Script, { do: deed }: Command, after: Sight): void {
    for (const [key, was] of Object.entries(before.batches)) {
      const is = after.batches[key];
      if (was.status === "Paid" || was.status === "Refunded") assert.deepEqual(is, was, "INV-12: paid, refunded once");
      else if (is?.status === "Open" && was.status === "Taken") assert.equal(is.attempt, was.attempt + 1, "INV-14");
      else assert.equal(is?.attempt, was.attempt, "INV-14");
    }
    for (const [name, { status }] of Object.entries(before.claims)) {
      const next = after.claims[name]?.status;
      if (status === "Settled" || status === "Awarded") assert.equal(next, status, "INV-6");
      if (status === "Convicted") assert.ok(next === "Convicted" || (next === "Awarded" && deed === "award"), "INV-6");
    }
    assert.equal(Object.keys(after.claims).length, script.works.size);
  }

  return (script: Script, command: Command, refused: string | undefined, after: Sight): void => {
    const now = start + command.at;
    if (command.do === "settle" && refused !== undefined) {
      const [work, claim] = [script.works.get(command.claim), before.claims[command.claim]];
      const due = work && claim && claim.status === "Live" && claim.games === 0;
      if (due) assert.ok(now <= claim.claimedAt + work.job.window + work.job.opening, `INV-22: refused, ${refused}`);
    }
    watchPeople(command, after);
    watchWallets(command, now, after);
    watchWork(script, command, after);
    watchTotals(script, now, after);
    before = after;
  };
}
