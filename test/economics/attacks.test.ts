// Known attacks, scripted to the second, on the contracts and the model together.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { longestGame } from "@sonm/protocol/dispute/clock";
import { type Command, callFor, type Deed, openScript, type Script } from "./commands.ts";
import { deadlineOf, moverOf } from "./model/games.ts";
import { type MarketStage, type Name, openStage } from "./stage.ts";

describe("attacks", () => {
  let stage: MarketStage;
  let script: Script;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.chain.close());

  /** Makes one command at a second of the script; returns why it was refused, or "done". */
  async function act(at: number, by: Name, deed: Deed): Promise<string> {
    const call = await callFor(stage, script, { at, by, ...deed } as Command);
    assert(call, deed.do);
    const { refused = "done" } = await stage.act(call, script.start + at);
    return refused;
  }

  async function must(at: number, by: Name, deed: Deed): Promise<void> {
    assert.equal(await act(at, by, deed), "done", `${by}: ${deed.do} at ${at}`);
  }

  const attack = (play: () => Promise<void>) => () =>
    stage.branch(async () => {
      script = await openScript(stage);
      await play();
    });

  function wealthOf(...people: readonly Name[]): bigint {
    return people.reduce((sum, name) => {
      const account = stage.addresses[name];
      const { free, locked, withdrawing } = stage.state.stakes[account] ?? { free: 0n, locked: 0n, withdrawing: 0n };
      return sum + (stage.state.balances[account] ?? 0n) + free + locked + withdrawing;
    }, 0n);
  }

  /** Answers by turns, liar against truth, until the game is over. */
  async function playOut(at: number, game: number, miner: Name, challenger: Name): Promise<void> {
    for (let turn = 0; ; turn++) {
      const record = Object.values(stage.state.games)[game];
      if (!record || record.phase === "over") return;
      const minersTurn = turn % 2 === 0;
      await must(at, minersTurn ? miner : challenger, { do: "answer", game, run: minersTurn ? "claim" : "truth" });
    }
  }

  it(
    "many challenge one true claim, announce and open in the last second, and play as slowly as they may: the miner keeps its deposit and earns half their bonds (INV-3), the claim settles at the second of the formula (INV-7)",
    attack(async () => {
      const liars = ["rival", "verifier", "second", "rival", "second", "verifier"] as const;
      await must(0, "buyer", { do: "post", job: 0 });
      await must(0, "miner", { do: "claim", as: "w", job: 0, batch: 0, attempt: 0, lies: [] });
      const job = script.jobs[0];
      assert(job);
      const before = wealthOf("miner");
      for (const [i, by] of liars.entries()) await must(job.window, by, { do: "commit", as: `c${i}`, claim: "w" });
      assert.equal(await act(job.window + 1, "second", { do: "commit", as: "late", claim: "w" }), "done");
      const opened = job.window + job.opening;
      for (const [i, by] of liars.entries())
        await must(
          opened,
          by,
          i % 2 === 0
            ? { do: "open", commitment: `c${i}`, position: i % 2, run: 3 * i }
            : { do: "openTree", commitment: `c${i}` },
        );
      assert.equal(await act(opened, "second", { do: "openTree", commitment: "late" }), "ResultsCommittedTooLate");
      assert.equal(await act(opened, "buyer", { do: "confirm", claim: "w" }), "ResultsGamesOpen");

      // Everybody, also the miner, moves in its last second. Each challenger lets its last turn pass.
      for (let turn = 0; turn < 4; turn++)
        for (const game of liars.keys()) {
          const record = Object.values(stage.state.games)[game];
          if (!record || record.phase === "over" || (record.phase === "split" && record.level === 2)) continue;
          const by = moverOf(record) === "miner" ? "miner" : (liars[game] ?? "rival");
          const at = deadlineOf(record) - script.start;
          if (script.start + at >= stage.state.now)
            await act(at, by, { do: "answer", game, run: by === "miner" ? "claim" : 3 * game });
        }
      const last = opened + longestGame({ ...job, rounds: 1 });
      assert.equal(await act(last, "stranger", { do: "settle", claim: "w" }), "ResultsGamesOpen");
      for (const game of liars.keys()) await act(last + 1, "stranger", { do: "timeOut", game });
      await must(last + 1, "stranger", { do: "settle", claim: "w" });
      assert.equal(wealthOf("miner"), before + BigInt(liars.length) * (job.bond / 2n));
      assert.equal(stage.state.stakes[stage.addresses.miner]?.locked, 0n);
    }),
  );

  it("a cheat and its accomplice race an honest verifier in every order of announcing, opening and winning: they lose at least half the deposit, the verifier nothing (INV-4, INV-9)", async () => {
    for (const order of interleavings<"s" | "h">(["s", "s", "s"], ["h", "h", "h"]))
      await attack(async () => {
        await must(0, "buyer", { do: "post", job: 0 });
        await must(0, "rival", { do: "claim", as: "w", job: 0, batch: 0, attempt: 0, lies: [[1, 20]] });
        const job = script.jobs[0];
        assert(job);
        const coalition = wealthOf("rival", "second");
        const verifier = wealthOf("verifier");
        const steps = { s: 0, h: 0 };
        for (const [i, who] of order.entries()) await race(i + 1, who, steps[who]++);
        // In games that are still open, challengers with nothing left to win leave.
        for (const [game, { phase, terms }] of Object.values(stage.state.games).entries())
          if (phase !== "over")
            await act(50, terms.about.challenger === stage.addresses.second ? "second" : "verifier", {
              do: "leave",
              game,
            });
        for (const commitment of ["s", "h"])
          await act(50, commitment === "s" ? "second" : "verifier", { do: "retract", commitment });
        let awards = 0;
        for (const game of Object.keys(stage.state.games).keys())
          if ((await act(50 + job.opening, "stranger", { do: "award", claim: "w", game })) === "done") awards++;
        assert.equal(awards, 1);
        const lost = coalition - wealthOf("rival", "second");
        assert.ok(lost >= job.deposit / 2n, `${order.join("")}: lost only ${lost}`);
        assert.ok(wealthOf("verifier") >= verifier, `${order.join("")}: the verifier has lost`);
        // The winner that announced first gets the pool.
        const announcedFirst = order.indexOf("h") < order.indexOf("s");
        if (announcedFirst) assert.equal(wealthOf("verifier"), verifier + job.deposit / 2n, order.join(""));
      })();
  });

  /** One step of a racer: announce, open, win. A step that comes too late is refused and harms nobody. */
  async function race(at: number, who: "s" | "h", step: number): Promise<void> {
    const by = who === "s" ? "second" : "verifier";
    if (step === 0) return must(at, by, { do: "commit", as: who, claim: "w" });
    if (step === 1) {
      await act(at, by, { do: "open", commitment: who, position: 1, run: "truth" });
      return;
    }
    const game = Object.values(stage.state.games).findIndex(
      ({ phase, terms }) => phase !== "over" && terms.about.challenger === stage.addresses[by],
    );
    if (game >= 0) await playOut(at, game, "rival", by);
  }

  it(
    "a buyer in league with the cheat confirms before the challenge opens: the verifier takes its stake back (INV-4)",
    attack(async () => {
      await must(0, "buyer", { do: "post", job: 0 });
      await must(0, "rival", { do: "claim", as: "w", job: 0, batch: 0, attempt: 0, lies: [[0, 1]] });
      const before = wealthOf("verifier");
      await must(1, "verifier", { do: "commit", as: "c", claim: "w" });
      await must(601, "buyer", { do: "confirm", claim: "w" });
      assert.equal(await act(601, "verifier", { do: "openTree", commitment: "c" }), "ResultsClaimNot");
      await must(601, "verifier", { do: "retract", commitment: "c" });
      assert.equal(wealthOf("verifier"), before);
      assert.equal(stage.state.stakes[stage.addresses.verifier]?.locked, 0n);
    }),
  );

  it(
    "a miner who copies a root cannot show its leaves, whatever it shows (INV-10)",
    attack(async () => {
      await must(0, "buyer", { do: "post", job: 1 });
      // The copied root need not even come from an accepted claim.
      await act(0, "miner", { do: "claim", as: "own", job: 1, batch: 0, attempt: 5, lies: [] });
      await must(0, "rival", { do: "claim", as: "w", job: 1, batch: 0, attempt: 0, lies: [], copied: "own" });
      await must(1, "verifier", { do: "commit", as: "c", claim: "w" });
      assert.equal(
        await act(2, "verifier", { do: "open", commitment: "c", position: 0, run: "truth" }),
        "BisectionNodeMismatch",
      );
      await must(2, "verifier", { do: "openTree", commitment: "c" });
      assert.equal(await act(3, "rival", { do: "answer", game: 0, run: "truth" }), "BisectionNodeMismatch");
      await must(3 + 3_600, "stranger", { do: "timeOut", game: 0 });
      assert.equal(Object.values(stage.state.claims)[0]?.status, "Convicted");
    }),
  );
});

/** Every order of two sequences. */
function interleavings<T>(a: readonly T[], b: readonly T[]): T[][] {
  const [first, ...restOfA] = a;
  const [second, ...restOfB] = b;
  if (first === undefined || second === undefined) return [[...a, ...b]];
  return [
    ...interleavings(restOfA, b).map((rest) => [first, ...rest]),
    ...interleavings(a, restOfB).map((rest) => [second, ...rest]),
  ];
}
