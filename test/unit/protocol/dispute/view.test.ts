import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contentOf, type Game, gameId, phaseNames } from "@sonm/protocol/dispute/game";
import { movesOfMiner, type Shown, turnOf, viewOf, winnerOf } from "@sonm/protocol/dispute/view";
import type { Hex } from "@sonm/protocol/values/ids";
import { keccak256, numberToHex, zeroHash } from "viem";
import { about } from "./model.ts";

const game: Game = { about, first: 0, count: 100, exponent: 4, grace: 10 };
const id = gameId(game);
const hashes = (from: number) => Array.from({ length: 8 }, (_, i) => keccak256(numberToHex(from + i)));
const clock = { deadline: 500, minerRest: 7, challengerRest: 9 };
const stateOf = (phase: (typeof phaseNames)[number], level: number, position: number, content: Hex = zeroHash) => ({
  ...clock,
  content,
  phase: phaseNames.indexOf(phase),
  level,
  position,
});
const nothing: Shown = { revealed: [], posted: [], outcome: undefined };

describe("the view of a game", () => {
  it("is of the latest children and states, at the step where their segment begins", () => {
    const revealed = [
      { level: 2, children: hashes(0) },
      { level: 1, children: hashes(10) },
    ];
    const picking = viewOf(id, game, stateOf("pick", 1, 5, contentOf(id, 1, hashes(10))), { ...nothing, revealed });
    assert.deepEqual(picking?.phase, { kind: "pick", level: 1, index: 5, children: hashes(10) });
    assert.deepEqual(picking?.clock, { deadline: 500, rest: { miner: 7, challenger: 9 } });

    const posted = [
      { level: 1, segment: 0, start: zeroHash, states: hashes(20) },
      { level: 2, segment: 3, start: keccak256("0x03"), states: hashes(30) },
      { level: 3, segment: 8, start: keccak256("0x08"), states: hashes(40) },
    ] as const;
    const stored = contentOf(id, 3, [keccak256("0x08"), ...hashes(40)]);
    const splitting = viewOf(id, game, stateOf("split", 3, 41, stored), { ...nothing, posted });
    assert.deepEqual(splitting?.phase, {
      kind: "split",
      depth: 3,
      unit: 41,
      first: 2 * 512 + 7 * 64,
      start: keccak256("0x08"),
      states: hashes(40),
    });
  });

  it("tells how often the miner has moved: at every reveal, and with every second split", () => {
    const posted = [1, 2, 3, 4].map((level) => ({ level, segment: 1, start: zeroHash, states: hashes(20) }));
    const revealed = [{ level: 1, children: hashes(10) }];
    const after = (splits: number, reveals: number) =>
      movesOfMiner({ ...nothing, posted: posted.slice(0, splits), revealed: revealed.slice(0, reveals) });
    assert.deepEqual([after(0, 0), after(1, 0), after(2, 0), after(3, 0), after(4, 0)], [0, 0, 1, 1, 2]);
    assert.deepEqual([after(0, 1), after(1, 1), after(2, 1)], [1, 1, 2]);
  });

  it("does not exist where the events are not those of the state", () => {
    const revealed = [{ level: 1, children: hashes(10) }];
    const posted = [{ level: 1, segment: 0, start: zeroHash, states: hashes(20) }];
    const shown = { ...nothing, revealed, posted };
    const split = contentOf(id, 1, [zeroHash, ...hashes(20)]);
    assert.equal(viewOf(id, game, stateOf("pick", 1, 5, contentOf(id, 1, hashes(11))), shown), undefined);
    assert.equal(viewOf(id, game, stateOf("pick", 2, 5, contentOf(id, 1, hashes(10))), shown), undefined);
    assert.equal(viewOf(id, game, stateOf("split", 2, 5, split), shown), undefined);
    assert.equal(viewOf(id, game, stateOf("split", 1, 5, split), nothing), undefined);
    assert.equal(viewOf(id, game, stateOf("none", 0, 0), shown), undefined);
    assert.notEqual(viewOf(id, game, stateOf("split", 1, 5, split), shown), undefined);
  });

  it("says whose turn it is, and who has won", () => {
    const reveal = viewOf(id, game, stateOf("reveal", 2, 0), nothing);
    assert.equal(reveal && turnOf(reveal.phase), "miner");
    const over = viewOf(id, game, stateOf("over", 0, 0), { ...nothing, outcome: "proved" });
    assert.equal(over && turnOf(over.phase), undefined);
    assert.deepEqual(
      (["proved", "minerTimedOut", "challengerTimedOut", "challengerLeft"] as const).map((one) => winnerOf(one)),
      ["challenger", "challenger", "miner", undefined],
    );
  });
});
