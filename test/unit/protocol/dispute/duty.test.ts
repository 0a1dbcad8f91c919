// Every phase, both sides, before, at and after the deadline, with every status of the claim.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Side } from "@sonm/protocol/dispute/clock";
import { type Duty, duty } from "@sonm/protocol/dispute/duty";
import { outcomes } from "@sonm/protocol/dispute/game";
import type { GameView, Phase } from "@sonm/protocol/dispute/view";
import type { Hex } from "@sonm/protocol/values/ids";
import { gameOf, hashOf } from "../../agents/fixtures.ts";

const DEADLINE = 1_000_000;
const OWN = 5n;

const sides: readonly Side[] = ["miner", "challenger"];
const states: Hex[] = Array(8).fill(hashOf(1));
const split = (depth: number): Phase => ({ kind: "split", depth, unit: 0, first: 0, start: hashOf(0), states });

/** The side that has the turn in every kind of phase, according to PROTOCOL.md, section 6. */
const open: readonly (readonly [name: string, phase: Phase, turn: Side])[] = [
  ["reveal", { kind: "reveal", level: 2, index: 0 }, "miner"],
  ["reveal of results", { kind: "reveal", level: 1, index: 3 }, "miner"],
  ["pick", { kind: "pick", level: 2, index: 0, children: states }, "challenger"],
  ["pick of a result", { kind: "pick", level: 1, index: 3, children: states }, "challenger"],
  ["first split", split(1), "miner"],
  ["second split", split(2), "challenger"],
  ["last split but one", split(7), "miner"],
  ["last split", split(8), "challenger"],
];
const over: readonly Phase[] = [...outcomes, undefined].map((outcome) => ({ kind: "over", outcome }));

const moments = { before: DEADLINE - 1, at: DEADLINE, after: DEADLINE + 1, "long after": DEADLINE + 1_000_000 };
const standings = { nobody: undefined, "an earlier one": 4n, itself: OWN, "a later one": 6n };

const play: Duty = { kind: "play" };
const timeOut: Duty = { kind: "timeOut" };
const leave: Duty = { kind: "leave" };
const nothing: Duty = { kind: "wait", until: undefined };
const patience: Duty = { kind: "wait", until: DEADLINE + 1 };

const onOwnTurn = { before: play, at: play, after: nothing, "long after": nothing };
const onTheOthers = { before: patience, at: patience, after: timeOut, "long after": timeOut };

const gameIn = (phase: Phase): GameView => ({ ...gameOf("miner", DEADLINE, OWN), phase });
const entries = <K extends string, V>(record: Readonly<Record<K, V>>) => Object.entries(record) as [K, V][];

describe("a player's duty", () => {
  for (const [name, phase, turn] of open) {
    for (const side of sides) {
      test(`${name}: the ${side}`, () => {
        for (const [moment, now] of entries(moments)) {
          for (const [who, winner] of entries(standings)) {
            const usual = (turn === side ? onOwnTurn : onTheOthers)[moment];
            const expected: Duty = side === "challenger" && who === "an earlier one" ? leave : usual;
            const where = `${moment} the deadline, won by ${who}`;
            assert.deepEqual(duty(gameIn(phase), side, { winner }, now), expected, where);
          }
        }
      });
    }

    // INV-11: exactly one of the two can act.
    test(`${name}: at any second exactly one player acts`, () => {
      for (const now of Object.values(moments)) {
        const acting = sides.filter((side) => duty(gameIn(phase), side, { winner: undefined }, now).kind !== "wait");
        assert.equal(acting.length, 1, `at ${now}`);
      }
    });
  }

  test("there is none once the game is over", () => {
    for (const phase of over)
      for (const side of sides)
        for (const now of Object.values(moments))
          for (const winner of Object.values(standings))
            assert.deepEqual(duty(gameIn(phase), side, { winner }, now), nothing);
  });
});
