// A soak is well only if everybody has what it must have.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judge, type Observed, shown } from "./report.ts";
import { growthOf } from "./vitals.ts";

const well: Observed = {
  seed: 1,
  seconds: 180,
  jobs: 2,
  units: 12,
  wrong: [],
  convicted: ["liar-1"],
  liars: ["liar-1"],
  paidLies: [],
  open: [],
  troubles: { kill: 3, flood: 1 },
  conserved: true,
  broken: [],
  purses: [
    { name: "miner-1", before: 100n, after: 103n, least: 100n },
    { name: "buyer-1", before: 10n, after: 4n, least: 4n, most: 4n },
  ],
  growth: [{ name: "miner-1", rss: [2 ** 27, 2 ** 27], files: [20, 21], flat: true }],
};
const purse = { name: "miner-1", before: 100n, after: 99n, least: 100n };

describe("a soak", () => {
  it("is well if all is as it must be", () => {
    assert.deepEqual(judge(well).faults, []);
    const text = shown(judge(well), (_, words) => words).join("\n");
    assert.match(text, /2 jobs of 12 units in 180 s, 1 convictions, seed 1/);
    assert.match(text, /troubles: 3 kill, 1 flood/);
    assert.match(text, /miner-1 +128 +128 +20 +21/);
    assert.match(text, /✓ everybody has what it must have/);
  });

  const ill: readonly (readonly [string, Partial<Observed>, RegExp])[] = [
    ["does nothing", { jobs: 0 }, /no job was done/],
    ["delivers something else", { wrong: ["buyer-2"] }, /the outputs of buyer-2 are wrong/],
    ["convicts an honest miner", { convicted: ["liar-1", "miner-1"] }, /miner-1 was convicted, and is honest/],
    ["pays a lie", { paidLies: ["0x01"] }, /the lie in claim 0x01 was paid/],
    ["leaves a claim open", { open: ["0x02"] }, /claim 0x02 has no end/],
    ["loses money", { conserved: false }, /SNM are missing/],
    ["breaks an invariant", { broken: ["INV-12: …"] }, /INV-12/],
    ["ruins somebody", { purses: [purse] }, /miner-1 has .* and must have/],
    ["asks a buyer for less", { purses: [{ ...purse, least: 98n, most: 98n }] }, /miner-1 has .* and paid too little/],
    [
      "lets memory grow",
      { growth: [{ name: "hub", rss: [1, 2], files: [1, 1], flat: false }] },
      /memory or files of hub grow/,
    ],
  ];
  for (const [what, change, words] of ill) {
    it(`is not well if it ${what}`, () => {
      const { faults } = judge({ ...well, ...change });
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? "", words);
    });
  }
});

describe("memory and files of a process", () => {
  const MIB = 2 ** 20;
  const looks = (rss: (i: number) => number, files: (i: number) => number) =>
    Array.from({ length: 9 }, (_, i) => ({ at: 10 * i, rss: rss(i) * MIB, files: files(i) }));
  const flat = (rss: (i: number) => number, files: (i: number) => number) => growthOf("it", looks(rss, files))?.flat;

  it("are flat if the last third takes little more than the first", () => {
    assert.equal(
      flat(
        () => 100,
        () => 20,
      ),
      true,
    );
    assert.equal(
      flat(
        (i) => (i === 4 ? 9000 : 100),
        () => 20,
      ),
      true,
      "what lies between is no growth",
    );
  });

  it("grow beyond half as much again and 96 MiB, or 24 files", () => {
    assert.equal(
      flat(
        (i) => (i < 8 ? 100 : 246),
        () => 20,
      ),
      true,
    );
    assert.equal(
      flat(
        (i) => (i < 8 ? 100 : 247),
        () => 20,
      ),
      false,
    );
    assert.equal(
      flat(
        () => 100,
        (i) => (i < 8 ? 20 : 44),
      ),
      true,
    );
    assert.equal(
      flat(
        () => 100,
        (i) => (i < 8 ? 20 : 45),
      ),
      false,
    );
  });

  it("are not judged by a few looks, nor by a short time, of which a third is the start-up", () => {
    const all = looks(
      (i) => 100 * i,
      () => 1,
    );
    assert.equal(growthOf("it", all.slice(0, 5)), undefined);
    const quick = all.map(({ at, ...rest }) => ({ at: at / 2, ...rest }));
    assert.equal(growthOf("it", quick), undefined);
  });
});
