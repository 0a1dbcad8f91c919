// A watchman that does not know the model. It sees the chain after each command, remembers what it has seen, and asserts that things
// which no sequence of commands may cause do not happen.
import assert from "node:assert/strict";
import { DAY, STATUS } from "../support/government/fixture.ts";
import type { VotersCommand } from "./voters-commands.ts";
import { type Lane, STATES, SUPPLY, VOTERS } from "./voters-model.ts";
import type { LaneSight, ProposalSight, Sight, WalletSight } from "./voters-sight.ts";

/** What it has noted about a proposal. */
type Course = {
  proposer: string;
  queuedAt?: bigint;
  delay?: bigint;
  executed: boolean;
  /** the registration of each hub that it is about */
  registrations: Record<string, number>;
};
/** What it has noted about a rating: the rater, the registration, and what it has paid, wei. */
type Stake = { rater: string; about: string; against: boolean; stake: bigint; paid: bigint };
const FINAL = ["Canceled", "Defeated", "Expired", "Executed"];
const LIFETIME = 30n * DAY;
const LANES: Lane[] = ["slow", "fast"];
const nameOf = ({ state }: ProposalSight) => STATES[state] ?? "";
const castIn = ({ against, inFavour, abstain }: ProposalSight) => against + inFavour + abstain;

/** The state that only a decision can change, not time alone. */
function governed({ lanes, trusted, parameters }: Sight) {
  const settings = (lane: LaneSight) => ({ ...lane, nonces: [], proposals: [] });
  return {
    settings: [settings(lanes.slow), settings(lanes.fast)],
    trusted,
    scheduled: parameters.map(({ next, from }) => ({ next, from })),
  };
}
const registrationOf = ({ wallets }: Sight, name: string) => `${name}/${wallets[name]?.registrations}`;
function statusChanges(before: Sight, after: Sight): [name: string, from: number, to: number][] {
  return Object.entries(before.wallets).flatMap(([name, { status }]) => {
    const now = (after.wallets[name] as WalletSight).status;
    return now === status ? [] : [[name, status, now] as [string, number, number]];
  });
}

/** The registration of each hub that a proposal is about: the one that it names, else the current one. */
function registrationsAt({ wallets }: Sight, command: VotersCommand): Record<string, number> {
  const current = Object.entries(wallets).map(([name, { registrations }]) => [name, registrations] as const);
  const named = command.kind === "propose" ? command.calls : [];
  const other = named.flatMap((call) =>
    "registration" in call ? [[call.wallet, call.registration ?? 0] as const] : [],
  );
  return Object.fromEntries([...current, ...other]);
}

export function createWatch(first: Sight) {
  const seen = [first];
  const records: { [lane in Lane]: Course[] } = { slow: [], fast: [] };
  const stakes: Stake[] = [];
  /** wei by registration */
  const seized = new Map<string, bigint>();
  /** The sight at the end of that second. */
  const asOf = (time: bigint) => seen.findLast((sight) => sight.time <= time) ?? first;

  function watchVote(command: VotersCommand, outcome: string, time: bigint, was: ProposalSight, is: ProposalSight) {
    const voters = VOTERS.filter((_, index) => was.voted[index] !== is.voted[index]);
    if (voters.length === 0) return assert.equal(castIn(is), castIn(was));
    assert.ok(["vote", "ballot", "replay"].includes(command.kind) && outcome === "ok");
    assert.ok(time > is.snapshot && time <= is.deadline);
    assert.equal(voters.length, 1);
    const [voter = ""] = voters;
    if (command.kind === "vote") assert.equal(voter, command.by);
    if (command.kind === "ballot") assert.equal(voter, command.voter);
    const weight = asOf(is.snapshot).votes[VOTERS.indexOf(voter)];
    assert.equal(castIn(is) - castIn(was), weight, "INV-29: a vote counts as it was at the snapshot");
  }

  function watchExecution(lane: Lane, time: bigint, record: Course, proposal: ProposalSight) {
    assert.equal(record.executed, false, "INV-29: executed once");
    record.executed = true;
    const { queuedAt, delay } = record;
    assert.ok(queuedAt !== undefined && delay !== undefined, "INV-30: everybody could see it queued");
    assert.ok(queuedAt > proposal.deadline && time >= queuedAt + delay, "INV-30: the timelock's delay has passed");
    assert.ok(queuedAt <= proposal.deadline + LIFETIME && time <= queuedAt + delay + LIFETIME, "INV-34: not expired");
    const { against, inFavour, abstain, snapshot } = proposal;
    const { quorumPercent } = asOf(snapshot).lanes[lane];
    assert.ok(quorumPercent >= 1n && quorumPercent <= 4n);
    assert.ok(inFavour > against && (inFavour + abstain) * 100n >= SUPPLY * quorumPercent, "INV-30: majority, quorum");
  }

  /** @returns the lane in which the command has executed something */
  function watchProposals(command: VotersCommand, outcome: string, before: Sight, after: Sight): Lane | undefined {
    let executedIn: Lane | undefined;
    for (const lane of LANES)
      for (const [index, is] of after.lanes[lane].proposals.entries()) {
        const was = before.lanes[lane].proposals[index];
        if (!was) {
          assert.ok((command.kind === "propose" || command.kind === "repeat") && outcome === "ok");
          records[lane].push({
            proposer: command.by,
            executed: false,
            registrations: registrationsAt(before, command),
          });
          continue;
        }
        const record = records[lane][index];
        assert.ok(record);
        watchVote(command, outcome, after.time, was, is);
        if (FINAL.includes(nameOf(was))) assert.equal(nameOf(is), nameOf(was), "INV-29: the end is the end");
        else if (nameOf(is) === "Canceled") {
          assert.ok(command.kind === "cancel" && outcome === "ok" && command.by === record.proposer, "INV-31: by whom");
          assert.ok(after.time <= is.snapshot, "INV-31: before any vote");
        } else if (nameOf(is) === "Queued" && record.queuedAt === undefined)
          Object.assign(record, { queuedAt: after.time, delay: after.lanes[lane].timelockDelay });
        else if (nameOf(is) === "Executed") {
          assert.ok((command.kind === "execute" || command.kind === "carryOut") && outcome === "ok");
          assert.equal(executedIn, undefined);
          executedIn = lane;
          watchExecution(lane, after.time, record, is);
          for (const [name] of statusChanges(before, after))
            assert.equal(
              (before.wallets[name] as WalletSight).registrations,
              record.registrations[name],
              "INV-34: one registration",
            );
        }
      }
    return executedIn;
  }

  function watchIdle(before: Sight, after: Sight) {
    assert.deepEqual(governed(after), governed(before), "INV-30: nothing without a decision");
    assert.ok((after.balances.treasury ?? 0n) >= (before.balances.treasury ?? 0n), "INV-30: no spending without one");
    for (const [name, , to] of statusChanges(before, after))
      assert.ok(to !== STATUS.Suspected && to !== STATUS.Punished, `INV-30: ${name}`);
  }

  function watchFastLane(before: Sight, after: Sight) {
    const [change, ...others] = statusChanges(before, after);
    assert.ok(change && others.length === 0, "INV-32");
    const [name, from, to] = change;
    assert.deepEqual([from, to], [STATUS.Registered, STATUS.Suspected], "INV-32");
    const wallet = { ...(before.wallets[name] as WalletSight), status: STATUS.Suspected, available: 0n };
    assert.deepEqual(after.wallets, { ...before.wallets, [name]: wallet }, "INV-32");
    assert.deepEqual(governed(after), governed(before), "INV-32");
    for (const what of ["balances", "frozen", "votes"] as const) assert.deepEqual(after[what], before[what], "INV-32");
  }

  /** Raters against a banned hub win at most what its ban has seized. */
  function watchRaters(command: VotersCommand, outcome: string, before: Sight, after: Sight) {
    for (const [name, , to] of statusChanges(before, after))
      if (to === STATUS.Punished) seized.set(registrationOf(after, name), after.frozen - before.frozen);
    if (outcome !== "ok") return;
    if (command.kind === "rate") {
      const { rater, wallet, inFavour, stake } = command;
      stakes.push({ rater, about: registrationOf(after, wallet), against: !inFavour, stake, paid: 0n });
    }
    if (command.kind !== "claim") return;
    const one = stakes[command.index % (stakes.length + 1)];
    assert.ok(one);
    one.paid += (after.balances[one.rater] ?? 0n) - (before.balances[one.rater] ?? 0n);
    const most = seized.get(one.about);
    const won = stakes
      .filter(({ about, against, stake, paid }) => about === one.about && against && paid > stake)
      .reduce((sum, { stake, paid }) => sum + paid - stake, 0n);
    assert.ok(most === undefined || won <= most, "INV-33: no more won than was seized");
  }

  return (command: VotersCommand, outcome: string, after: Sight) => {
    const before = seen.at(-1) ?? first;
    watchRaters(command, outcome, before, after);
    const executedIn = watchProposals(command, outcome, before, after);
    if (executedIn === undefined) watchIdle(before, after);
    if (executedIn === "fast") watchFastLane(before, after);
    seen.push(after);
  };
}
